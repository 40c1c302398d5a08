//! `/subjects/{subject}/versions`: registering, reading and deleting versions.

use super::{
    extract::{Answer, InSubject, InVersion, Live, Query, register_request},
    render::{json, registered, schema_body, schema_text},
    subjects::visibility,
};
use crate::http::JsonText;

/// `GET /subjects/{subject}/versions`
pub(crate) async fn list(
    Live(registry): Live,
    InSubject(subject): InSubject,
    query: Query,
) -> Answer {
    json(&registry.versions(&subject, visibility(&query)?).await?)
}

/// `POST /subjects/{subject}/versions`
pub(crate) async fn register(
    Live(registry): Live,
    InSubject(subject): InSubject,
    query: Query,
    body: JsonText,
) -> Answer {
    let normalize = query.flag("normalize")?;
    let request = register_request(&body)?;
    registered(&registry.register(&subject, request, normalize).await?)
}

/// `GET /subjects/{subject}/versions/{version}`
pub(crate) async fn get(
    Live(registry): Live,
    InVersion(subject, version): InVersion,
    query: Query,
) -> Answer {
    schema_body(
        &registry
            .version(&subject, version, query.flag("deleted")?)
            .await?,
    )
}

/// `GET /subjects/{subject}/versions/{version}/schema`
pub(crate) async fn get_schema(
    Live(registry): Live,
    InVersion(subject, version): InVersion,
    query: Query,
) -> Answer {
    Ok(schema_text(
        &registry
            .version(&subject, version, query.flag("deleted")?)
            .await?,
    ))
}

/// `GET /subjects/{subject}/versions/{version}/referencedby`
pub(crate) async fn referenced_by(
    Live(registry): Live,
    InVersion(subject, version): InVersion,
    query: Query,
) -> Answer {
    json(
        &registry
            .referenced_by(&subject, version, query.flag("deleted")?)
            .await?,
    )
}

/// `DELETE /subjects/{subject}/versions/{version}`
pub(crate) async fn delete(
    Live(registry): Live,
    InVersion(subject, version): InVersion,
    query: Query,
) -> Answer {
    json(
        &registry
            .delete_version(&subject, version, query.flag("permanent")?)
            .await?,
    )
}

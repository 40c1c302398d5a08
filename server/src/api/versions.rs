//! `/subjects/{subject}/versions`: registering, reading and deleting versions.

use axum::http::StatusCode;
use dovetail_model::bodies::{RegisterRequest, TagRequest};

use super::{
    code,
    extract::{Answer, InSubject, InVersion, Live, Query, register_request},
    render::{json, registered, schema_body, schema_text},
    show::show,
    subjects::visibility,
};
use crate::{
    http::{HttpError, JsonText, parse_json},
    registry::{Profile, Registration, Registry, RegistryError, Visibility},
};

/// `GET /subjects/{subject}/versions`
pub(crate) async fn list(
    Live(registry): Live,
    InSubject(subject): InSubject,
    query: Query,
) -> Answer {
    let page = query.page(usize::MAX)?;
    let as_negative = query.flag("deletedAsNegative")?;
    let visibility = if as_negative {
        Visibility::All
    } else {
        visibility(&query)?
    };
    let versions = registry.versions(&subject, visibility).await?;
    let numbers = versions.into_iter().map(|(version, deleted)| {
        let number = i64::from(version.get());
        if deleted && as_negative {
            -number
        } else {
            number
        }
    });
    json(&page.of(numbers).collect::<Vec<_>>())
}

/// `POST /subjects/{subject}/versions`
pub(crate) async fn register(
    Live(registry): Live,
    InSubject(subject): InSubject,
    query: Query,
    body: JsonText,
) -> Answer {
    let normalize = query.flag("normalize")?;
    // Nothing that is refused here can be forced: who wants an incompatible version says so in the level.
    query.flag("force")?;
    let request = register_request(&body)?;
    let sent = request.clone();
    let found = registry
        .register(&subject, request, normalize)
        .await
        .map_err(|error| refused(error, registry.profile()))?;
    answer(&registry, &query, &sent, found).await
}

/// `POST /subjects/{subject}/versions/{version}/tags`
pub(crate) async fn tag(
    Live(registry): Live,
    InVersion(subject, version): InVersion,
    query: Query,
    body: JsonText,
) -> Answer {
    let request: TagRequest =
        parse_json(&body.0).map_err(|error| error.into_http(code::INVALID_SCHEMA))?;
    let found = registry
        .change_tags(&subject, version, request)
        .await
        .map_err(|error| refused(error, registry.profile()))?;
    answer(&registry, &query, &RegisterRequest::default(), found).await
}

async fn answer(
    registry: &Registry,
    query: &Query,
    sent: &RegisterRequest,
    found: Registration,
) -> Answer {
    let was_altered = sent.schema.as_deref() != Some(&*found.content.text())
        || sent.metadata != found.content.metadata
        || sent.rule_set != found.content.rule_set;
    let found = show(registry, query, found).await?;
    registered(&found, was_altered, registry.profile())
}

/// Old clients know an incompatible schema by its status.
fn refused(error: RegistryError, profile: Profile) -> HttpError {
    match (&error, profile) {
        (RegistryError::Incompatible { .. }, Profile::Seven) => {
            HttpError::new(StatusCode::CONFLICT, 409, error.to_string())
        }
        _ => error.into(),
    }
}

/// `GET /subjects/{subject}/versions/{version}`
pub(crate) async fn get(
    Live(registry): Live,
    InVersion(subject, version): InVersion,
    query: Query,
) -> Answer {
    let found = registry
        .version(&subject, version, query.flag("deleted")?)
        .await?;
    schema_body(&show(&registry, &query, found).await?, registry.profile())
}

/// `GET /subjects/{subject}/versions/{version}/schema`
pub(crate) async fn get_schema(
    Live(registry): Live,
    InVersion(subject, version): InVersion,
    query: Query,
) -> Answer {
    let found = registry
        .version(&subject, version, query.flag("deleted")?)
        .await?;
    Ok(schema_text(&show(&registry, &query, found).await?))
}

/// `GET /subjects/{subject}/versions/{version}/referencedby`
pub(crate) async fn referenced_by(
    Live(registry): Live,
    InVersion(subject, version): InVersion,
    query: Query,
) -> Answer {
    let page = query.page(usize::MAX)?;
    let ids = registry
        .referenced_by(&subject, version, query.flag("deleted")?)
        .await?;
    json(&page.of(ids).collect::<Vec<_>>())
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

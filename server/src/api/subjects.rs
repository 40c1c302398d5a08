//! `/subjects`: the names, looking a schema up under one, deleting one.

use super::{
    extract::{Answer, InSubject, Live, Query, register_request},
    render::{json, schema_body},
};
use crate::{
    http::{HttpError, JsonText},
    registry::{SubjectFilter, Visibility},
};

/// `GET /subjects`
pub(crate) async fn list(Live(registry): Live, query: Query) -> Answer {
    let filter = SubjectFilter::parse(query.text("subjectPrefix")?.unwrap_or(":*:"));
    json(&registry.subjects(&filter, visibility(&query)?).await?)
}

/// `POST /subjects/{subject}`: a lookup, not a registration.
pub(crate) async fn look_up(
    Live(registry): Live,
    InSubject(subject): InSubject,
    query: Query,
    body: JsonText,
) -> Answer {
    let (normalize, deleted) = (query.flag("normalize")?, query.flag("deleted")?);
    let request = register_request(&body)?;
    schema_body(
        &registry
            .look_up(&subject, &request, normalize, deleted)
            .await?,
    )
}

/// `DELETE /subjects/{subject}`
pub(crate) async fn delete(
    Live(registry): Live,
    InSubject(subject): InSubject,
    query: Query,
) -> Answer {
    json(
        &registry
            .delete_subject(&subject, query.flag("permanent")?)
            .await?,
    )
}

/// Which versions a list shows; `deletedOnly` wins over `deleted`.
pub(super) fn visibility(query: &Query) -> Result<Visibility, HttpError> {
    let (deleted, only) = (query.flag("deleted")?, query.flag("deletedOnly")?);
    Ok(match (deleted, only) {
        (_, true) => Visibility::DeletedOnly,
        (true, false) => Visibility::All,
        (false, false) => Visibility::Live,
    })
}

//! `/subjects`: the names, looking a schema up under one, deleting one.

use super::{
    extract::{Answer, InSubject, Live, Query, register_request},
    render::{json, schema_body},
    show::show,
};
use crate::{
    http::{HttpError, JsonText},
    registry::{SubjectFilter, Visibility},
};

/// `GET /subjects`
pub(crate) async fn list(Live(registry): Live, query: Query) -> Answer {
    let filter = SubjectFilter::parse(query.text("subjectPrefix")?.unwrap_or(":*:"));
    let page = query.page(usize::MAX)?;
    let subjects = registry.subjects(&filter, visibility(&query)?).await?;
    json(&page.of(subjects).collect::<Vec<_>>())
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
    let found = registry
        .look_up(&subject, &request, normalize, deleted)
        .await?;
    schema_body(&show(&registry, &query, found).await?, registry.profile())
}

/// `GET /subjects/{subject}/metadata`: the newest version with some properties, given as pairs of `key` and `value`.
pub(crate) async fn with_metadata(
    Live(registry): Live,
    InSubject(subject): InSubject,
    query: Query,
) -> Answer {
    let (keys, values): (Vec<&str>, Vec<&str>) =
        (query.every("key").collect(), query.every("value").collect());
    if keys.len() != values.len() {
        return Err(HttpError::bad_request(format!(
            "there are {} keys and {} values; each key needs a value",
            keys.len(),
            values.len()
        )));
    }
    let pairs = keys.into_iter().zip(values);
    let properties: Vec<_> = pairs
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect();
    let found = registry
        .version_with(&subject, &properties, query.flag("deleted")?)
        .await?;
    schema_body(&show(&registry, &query, found).await?, registry.profile())
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

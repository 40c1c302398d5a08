//! `/schemas`: schemas by their id and by their GUID.

use std::str::FromStr;

use axum::extract::Path;
use dovetail_compat::Guid;
use dovetail_model::SchemaType;

use super::{
    extract::{Answer, Live, Query, WithId, parse_scope},
    render::{json, schema_by_guid, schema_by_id, schema_text},
};
use crate::{core::Scope, http::HttpError, registry::RegistryError};

/// `GET /schemas/types`
pub(crate) async fn types() -> Answer {
    json(&[SchemaType::Json, SchemaType::Protobuf, SchemaType::Avro])
}

/// `GET /schemas/ids/{id}`
pub(crate) async fn get(Live(registry): Live, WithId(id): WithId, query: Query) -> Answer {
    let scope = scope(&query)?;
    let found = registry.schema_by_id(&scope, id).await?;
    let max_id = if query.flag("fetchMaxId")? {
        registry.last_id(&scope.context).await?
    } else {
        None
    };
    schema_by_id(&found, max_id)
}

/// `GET /schemas/ids/{id}/schema`
pub(crate) async fn get_schema(Live(registry): Live, WithId(id): WithId, query: Query) -> Answer {
    Ok(schema_text(
        &registry.schema_by_id(&scope(&query)?, id).await?,
    ))
}

/// `GET /schemas/ids/{id}/subjects`
pub(crate) async fn subjects(Live(registry): Live, WithId(id): WithId, query: Query) -> Answer {
    json(
        &registry
            .subjects_of(&scope(&query)?, id, query.flag("deleted")?)
            .await?,
    )
}

/// `GET /schemas/ids/{id}/versions`
pub(crate) async fn versions(Live(registry): Live, WithId(id): WithId, query: Query) -> Answer {
    json(
        &registry
            .usages_of(&scope(&query)?, id, query.flag("deleted")?)
            .await?,
    )
}

/// `GET /schemas/guids/{guid}`
pub(crate) async fn get_by_guid(Live(registry): Live, Path(text): Path<String>) -> Answer {
    let not_found = || {
        HttpError::from(RegistryError::SchemaIdNotFound(
            text.chars().take(64).collect(),
        ))
    };
    let guid = Guid::from_str(&text).map_err(|_| not_found())?;
    schema_by_guid(&registry.schema_by_guid(&guid).await?)
}

/// `GET /schemas/guids/{guid}/ids`: an unknown GUID has no ids, which is no error.
pub(crate) async fn guid_ids(Live(registry): Live, Path(text): Path<String>) -> Answer {
    match Guid::from_str(&text) {
        Ok(guid) => json(&registry.ids_of_guid(&guid).await?),
        Err(_) => json(&[(); 0]),
    }
}

/// Where an id is looked for: the query's `subject` names a context, a subject, or both.
fn scope(query: &Query) -> Result<Scope, HttpError> {
    match query.text("subject")? {
        None | Some("") => Ok(Scope::default_context()),
        Some(text) => parse_scope(text),
    }
}

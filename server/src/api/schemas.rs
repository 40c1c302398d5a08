//! `/schemas`: all of them, and each by its id or its GUID.

use std::str::FromStr;

use axum::extract::Path;
use dovetail_compat::Guid;
use dovetail_model::{Lifecycle, SchemaType};
use futures_util::{StreamExt, stream};

use super::{
    associations::typed,
    extract::{Answer, Live, Query, WithId, parse_scope},
    render::{self, json, json_list, schema_by_guid, schema_by_id, schema_text},
    show::show,
    subjects::visibility,
};
use crate::{
    core::Scope,
    http::HttpError,
    registry::{AssociatedWith, RegistryError, SchemaFilter, SubjectFilter},
};

/// The most schemas that one answer lists.
const MOST: usize = 1000;

/// How many texts are fetched at once.
const AT_ONCE: usize = 16;

/// `GET /schemas`
pub(crate) async fn list(Live(registry): Live, query: Query) -> Answer {
    let page = query.page(MOST)?;
    let filter = SchemaFilter {
        subjects: SubjectFilter::parse(query.text("subjectPrefix")?.unwrap_or_default()),
        visibility: visibility(&query)?,
        latest_only: query.flag("latestOnly")?,
        rule_type: query.text("ruleType")?.map(str::to_owned),
        aliases: query.flag("aliases")?,
        associated: associated(&query)?,
    };
    let listed = registry.listing(&filter, page.offset, page.limit).await?;
    let profile = registry.profile();
    let texts = stream::iter(listed)
        .map(move |one| {
            let registry = registry.clone();
            async move {
                let found = registry.fetch(&one).await?;
                let found = found.map(|found| render::listed(&found, &one, profile));
                found.transpose()
            }
        })
        .buffered(AT_ONCE)
        .filter_map(|text| async { text.transpose() });
    json_list(texts).await
}

/// `GET /schemas/types`
pub(crate) async fn types() -> Answer {
    json(&[SchemaType::Json, SchemaType::Protobuf, SchemaType::Avro])
}

/// `GET /schemas/ids/{id}`
pub(crate) async fn get(Live(registry): Live, WithId(id): WithId, query: Query) -> Answer {
    let scope = scope(&query)?;
    let found = registry.schema_by_id(&scope, id).await?;
    let max_id = if query.flag("fetchMaxId")? {
        registry.last_id(&found.subject.context).await?
    } else {
        None
    };
    let found = show(&registry, &query, found).await?;
    schema_by_id(&found, max_id, registry.profile())
}

/// `GET /schemas/ids/{id}/schema`
pub(crate) async fn get_schema(Live(registry): Live, WithId(id): WithId, query: Query) -> Answer {
    let found = registry.schema_by_id(&scope(&query)?, id).await?;
    Ok(schema_text(&show(&registry, &query, found).await?))
}

/// `GET /schemas/ids/{id}/subjects`
pub(crate) async fn subjects(Live(registry): Live, WithId(id): WithId, query: Query) -> Answer {
    let page = query.page(usize::MAX)?;
    let subjects = registry
        .subjects_of(&scope(&query)?, id, query.flag("deleted")?)
        .await?;
    json(&page.of(subjects).collect::<Vec<_>>())
}

/// `GET /schemas/ids/{id}/versions`
pub(crate) async fn versions(Live(registry): Live, WithId(id): WithId, query: Query) -> Answer {
    let page = query.page(usize::MAX)?;
    let usages = registry
        .usages_of(&scope(&query)?, id, query.flag("deleted")?)
        .await?;
    json(&page.of(usages).collect::<Vec<_>>())
}

/// `GET /schemas/guids/{guid}`
pub(crate) async fn get_by_guid(
    Live(registry): Live,
    Path(text): Path<String>,
    query: Query,
) -> Answer {
    let not_found = || {
        HttpError::from(RegistryError::SchemaIdNotFound(
            text.chars().take(64).collect(),
        ))
    };
    let guid = Guid::from_str(&text).map_err(|_| not_found())?;
    let found = registry.schema_by_guid(&guid).await?;
    schema_by_guid(&show(&registry, &query, found).await?, registry.profile())
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

/// Which associations subjects must have; `None` where nothing is said of them.
fn associated(query: &Query) -> Result<Option<AssociatedWith>, HttpError> {
    let mut wanted = AssociatedWith {
        resource_type: query
            .text("resourceType")?
            .filter(|text| !text.is_empty())
            .map(str::to_owned),
        types: query
            .every("associationType")
            .map(|text| typed("associationType", text))
            .collect::<Result<_, _>>()?,
        ..AssociatedWith::default()
    };
    for text in query.every("lifecycle") {
        if text == "NONE" {
            wanted.or_none = true;
        } else {
            let lifecycle: Lifecycle = typed("lifecycle", text)?;
            wanted.lifecycles.push(lifecycle);
        }
    }
    let is_said = wanted.resource_type.is_some()
        || !wanted.types.is_empty()
        || !wanted.lifecycles.is_empty()
        || wanted.or_none;
    Ok(is_said.then_some(wanted))
}

//! `/mode`: which writes the whole registry, a context or a subject takes.

use dovetail_model::{Mode, bodies::ModeBody};

use super::{
    code,
    extract::{Answer, InScope, Live, Query},
    render::json,
};
use crate::{
    core::Scope,
    http::{JsonText, parse_json},
    registry::Registry,
};

/// `GET /mode`
pub(crate) async fn get(Live(registry): Live) -> Answer {
    answer(registry.mode(&Scope::default_context(), true).await?)
}

/// `PUT /mode`
pub(crate) async fn put(Live(registry): Live, query: Query, body: JsonText) -> Answer {
    set(&registry, &Scope::default_context(), &query, &body).await
}

/// `DELETE /mode`
pub(crate) async fn delete(Live(registry): Live, query: Query) -> Answer {
    remove(&registry, &Scope::default_context(), &query).await
}

/// `GET /mode/{subject}`
pub(crate) async fn get_of(Live(registry): Live, InScope(scope): InScope, query: Query) -> Answer {
    answer(
        registry
            .mode(&scope, query.flag("defaultToGlobal")?)
            .await?,
    )
}

/// `PUT /mode/{subject}`
pub(crate) async fn put_of(
    Live(registry): Live,
    InScope(scope): InScope,
    query: Query,
    body: JsonText,
) -> Answer {
    set(&registry, &scope, &query, &body).await
}

/// `DELETE /mode/{subject}`
pub(crate) async fn delete_of(
    Live(registry): Live,
    InScope(scope): InScope,
    query: Query,
) -> Answer {
    remove(&registry, &scope, &query).await
}

/// Whoever removes the modes of everything inside is answered even where the scope has none of its own.
async fn remove(registry: &Registry, scope: &Scope, query: &Query) -> Answer {
    if !query.flag("recursive")? {
        return answer(registry.delete_mode(scope).await?);
    }
    match registry.delete_modes(scope).await? {
        Some(mode) => answer(mode),
        None => json(&serde_json::Map::new()),
    }
}

async fn set(registry: &Registry, scope: &Scope, query: &Query, body: &JsonText) -> Answer {
    let force = query.flag("force")?;
    let body: ModeBody =
        parse_json(&body.0).map_err(|error| error.into_http(code::INVALID_MODE))?;
    answer(registry.set_mode(scope, &body.mode, force).await?)
}

fn answer(mode: Mode) -> Answer {
    json(&ModeBody {
        mode: mode.as_str().into(),
    })
}

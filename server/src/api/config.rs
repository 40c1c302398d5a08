//! `/config`: what new versions owe to earlier ones, for the whole registry, a context or a subject.

use dovetail_model::bodies::{Config, ConfigUpdate};
use serde_json::{Map, Value};

use super::{
    code,
    extract::{Answer, InScope, Live, Query},
    render::json,
};
use crate::{
    core::Scope,
    http::{HttpError, JsonText, parse_json},
    registry::Registry,
};

/// `GET /config`
pub(crate) async fn get(Live(registry): Live) -> Answer {
    json(&registry.config(&Scope::default_context(), true).await?)
}

/// `PUT /config`
pub(crate) async fn put(Live(registry): Live, body: JsonText) -> Answer {
    update(&registry, &Scope::default_context(), &body).await
}

/// `DELETE /config`
pub(crate) async fn delete(Live(registry): Live) -> Answer {
    json(&registry.delete_config(&Scope::default_context()).await?)
}

/// `GET /config/{subject}`
pub(crate) async fn get_of(Live(registry): Live, InScope(scope): InScope, query: Query) -> Answer {
    json(
        &registry
            .config(&scope, query.flag("defaultToGlobal")?)
            .await?,
    )
}

/// `PUT /config/{subject}`
pub(crate) async fn put_of(
    Live(registry): Live,
    InScope(scope): InScope,
    body: JsonText,
) -> Answer {
    update(&registry, &scope, &body).await
}

/// `DELETE /config/{subject}`
pub(crate) async fn delete_of(Live(registry): Live, InScope(scope): InScope) -> Answer {
    json(&registry.delete_config(&scope).await?)
}

async fn update(registry: &Registry, scope: &Scope, body: &JsonText) -> Answer {
    let update: ConfigUpdate =
        parse_json(&body.0).map_err(|error| error.into_http(code::INVALID_LEVEL))?;
    json(&as_update(&registry.update_config(scope, update).await?)?)
}

/// An update is answered with the key of an update, `compatibility`, where reading answers `compatibilityLevel`.
fn as_update(config: &Config) -> Result<Map<String, Value>, HttpError> {
    let Ok(Value::Object(fields)) = serde_json::to_value(config) else {
        return Err(HttpError::internal());
    };
    let renamed = |(key, value)| {
        if key == "compatibilityLevel" {
            ("compatibility".to_owned(), value)
        } else {
            (key, value)
        }
    };
    Ok(fields.into_iter().map(renamed).collect())
}

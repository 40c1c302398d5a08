//! `/contexts`: the namespaces.

use axum::{
    extract::Path,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use dovetail_model::{Context, QualifiedSubject};

use super::{
    extract::{Answer, Live, Query},
    render::json,
};
use crate::{
    http::{HttpError, context_name},
    registry::RegistryError,
};

/// `GET /contexts`
pub(crate) async fn list(Live(registry): Live, query: Query) -> Answer {
    let page = query.page(usize::MAX)?;
    let prefix = query.text("contextPrefix")?.unwrap_or_default();
    let contexts = registry.contexts(prefix).await?;
    json(&page.of(contexts).collect::<Vec<_>>())
}

/// `DELETE /contexts/{context}`
pub(crate) async fn delete(
    Live(registry): Live,
    Path(text): Path<String>,
) -> Result<Response, HttpError> {
    registry.delete_context(&parse(&text)?).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// A context as `name`, `.name` or `:.name:`.
fn parse(text: &str) -> Result<Context, HttpError> {
    let name = context_name(text).ok_or_else(|| {
        let shown: String = text.chars().take(64).collect();
        HttpError::bad_request(format!(
            "\"{shown}\" is not a context; write it as \"name\", \".name\" or \":.name:\""
        ))
    })?;
    QualifiedSubject::parse_scope(&format!(":{name}:"))
        .map(|(context, _)| context)
        .map_err(|error| RegistryError::from(error).into())
}

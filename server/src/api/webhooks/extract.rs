//! What handlers of webhooks read from a request.

use std::sync::Arc;

use axum::{extract::FromRequestParts, http::request::Parts};
use serde::de::DeserializeOwned;

use super::super::{code, extract::named};
use crate::{
    app::App,
    http::{HttpError, JsonText, parse_json},
    webhooks::manage::{IdempotencyKey, Webhooks},
};

/// The use cases, once the database is loaded, and where a master key exists.
pub(crate) struct On(pub(super) Arc<Webhooks>);

impl FromRequestParts<Arc<App>> for On {
    type Rejection = HttpError;

    async fn from_request_parts(_: &mut Parts, app: &Arc<App>) -> Result<Self, HttpError> {
        app.webhooks().map(Self)
    }
}

/// A subscription in the path.
pub(crate) struct OfWebhook(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for OfWebhook {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, HttpError> {
        named(parts, state).await.map(|named| Self(named.webhook))
    }
}

/// A subscription and an event in the path.
pub(crate) struct OfDelivery(pub(super) String, pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for OfDelivery {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, HttpError> {
        let named = named(parts, state).await?;
        Ok(Self(named.webhook, named.event))
    }
}

/// A subscription and a replay in the path.
pub(crate) struct OfReplay(pub(super) String, pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for OfReplay {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, HttpError> {
        let named = named(parts, state).await?;
        Ok(Self(named.webhook, named.replay))
    }
}

/// The `Idempotency-Key` header, if there is one.
pub(crate) struct Key(pub(super) Option<IdempotencyKey>);

impl<S: Send + Sync> FromRequestParts<S> for Key {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, HttpError> {
        let key = parts.headers.get("idempotency-key").map(|value| {
            let text = value.to_str().unwrap_or_default();
            text.parse::<IdempotencyKey>()
        });
        Ok(Self(key.transpose()?))
    }
}

/// Reads a body.
pub(super) fn body<T: DeserializeOwned>(text: &JsonText) -> Result<T, HttpError> {
    parse_json(&text.0).map_err(|error| error.into_http(code::INVALID_WEBHOOK))
}

/// Reads a body that may be missing.
pub(super) fn optional_body<T: DeserializeOwned + Default>(
    text: &JsonText,
) -> Result<T, HttpError> {
    if text.0.trim_ascii().is_empty() {
        return Ok(T::default());
    }
    body(text)
}

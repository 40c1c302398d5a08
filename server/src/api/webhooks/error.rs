//! The statuses and codes of what is refused about subscriptions.

use std::time::Duration;

use axum::http::StatusCode;

use super::super::code;
use crate::{http::HttpError, registry::RegistryError, webhooks::manage::WebhookError};

impl From<WebhookError> for HttpError {
    fn from(error: WebhookError) -> Self {
        use WebhookError as E;
        let (status, code) = match &error {
            E::NotFound(_) => (StatusCode::NOT_FOUND, code::WEBHOOK_NOT_FOUND),
            E::DeliveryNotFound(_) => (StatusCode::NOT_FOUND, code::DELIVERY_NOT_FOUND),
            E::ReplayNotFound(_) => (StatusCode::NOT_FOUND, code::REPLAY_NOT_FOUND),
            E::NotBlocked(_) => (StatusCode::CONFLICT, code::NOT_BLOCKED),
            E::Invalid(_) => (StatusCode::UNPROCESSABLE_ENTITY, code::INVALID_WEBHOOK),
            E::Target(_) => (StatusCode::UNPROCESSABLE_ENTITY, code::TARGET_REFUSED),
            E::TwoSecrets => (StatusCode::CONFLICT, code::TWO_SECRETS),
            E::KeyReused => (StatusCode::CONFLICT, code::IDEMPOTENCY_KEY_REUSED),
            E::TooMany(_) => (StatusCode::CONFLICT, code::TOO_MANY_WEBHOOKS),
            E::TooManyTests(wait) => {
                return Self::too_many_requests(error.to_string()).retry_after(*wait);
            }
            E::Contended => {
                return Self::unavailable(error.to_string()).retry_after(Duration::from_secs(1));
            }
            E::Cursor => (StatusCode::BAD_REQUEST, 400),
            E::Storage(storage) => return RegistryError::from(storage.clone()).into(),
        };
        Self::new(status, code, error.to_string())
    }
}

//! Why a request about subscriptions is refused. `api/webhooks/error.rs` gives each its status and code.

use std::time::Duration;

use crate::{storage::StorageError, webhooks::target::Refusal};

/// Why a request about subscriptions is refused.
#[derive(Debug, Clone, thiserror::Error)]
pub enum WebhookError {
    #[error("there is no webhook \"{0}\"")]
    NotFound(String),
    #[error("no delivery of the event \"{0}\" to this webhook is known")]
    DeliveryNotFound(String),
    #[error("this webhook has no replay \"{0}\"")]
    ReplayNotFound(String),
    #[error("no events about the subject \"{0}\" wait for a person")]
    NotBlocked(String),
    #[error("{0}")]
    Invalid(String),
    #[error("the url cannot be called: {0}")]
    Target(Refusal),
    #[error(
        "two secrets sign already; wait until the previous one ends, or end it with revoke_previous"
    )]
    TwoSecrets,
    #[error("the Idempotency-Key was used for another request")]
    KeyReused,
    #[error("there are {0} webhooks already, and more are not taken; delete what is not needed")]
    TooMany(u64),
    #[error("too many tests; try again later")]
    TooManyTests(Duration),
    #[error("others change this webhook at the same time; try again")]
    Contended,
    #[error("the cursor is not one that this list gave out")]
    Cursor,
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl From<Refusal> for WebhookError {
    fn from(refusal: Refusal) -> Self {
        Self::Target(refusal)
    }
}

/// A request that says something which cannot be.
pub(super) fn invalid(message: impl std::fmt::Display) -> WebhookError {
    WebhookError::Invalid(message.to_string())
}

//! The one table of errors: what a use case refuses with, and the status and code clients know it by.

use std::time::Duration;

use axum::http::StatusCode;
use dovetail_model::InvalidVersion;

use crate::{http::HttpError, registry::RegistryError, storage::StorageError};

/// The protocol's codes, where a status alone does not say enough.
pub(crate) mod code {
    pub(crate) const SUBJECT_NOT_FOUND: u32 = 40401;
    pub(crate) const VERSION_NOT_FOUND: u32 = 40402;
    pub(crate) const SCHEMA_NOT_FOUND: u32 = 40403;
    pub(crate) const SUBJECT_SOFT_DELETED: u32 = 40404;
    pub(crate) const SUBJECT_NOT_SOFT_DELETED: u32 = 40405;
    pub(crate) const VERSION_SOFT_DELETED: u32 = 40406;
    pub(crate) const VERSION_NOT_SOFT_DELETED: u32 = 40407;
    pub(crate) const CONFIG_NOT_FOUND: u32 = 40408;
    pub(crate) const MODE_NOT_FOUND: u32 = 40409;
    pub(crate) const ASSOCIATION_NOT_FOUND: u32 = 40410;
    pub(crate) const WEBHOOK_NOT_FOUND: u32 = 40430;
    pub(crate) const EVENT_TYPE_NOT_FOUND: u32 = 40431;
    pub(crate) const DELIVERY_NOT_FOUND: u32 = 40432;
    pub(crate) const REPLAY_NOT_FOUND: u32 = 40433;
    pub(crate) const INCOMPATIBLE: u32 = 40901;
    pub(crate) const TOO_MANY_ASSOCIATIONS: u32 = 40902;
    pub(crate) const ASSOCIATION_FOR_RESOURCE_EXISTS: u32 = 40903;
    pub(crate) const ASSOCIATION_FOR_SUBJECT_EXISTS: u32 = 40904;
    pub(crate) const STRONG_ASSOCIATION_EXISTS: u32 = 40905;
    pub(crate) const NO_ACTIVE_VERSION: u32 = 40907;
    pub(crate) const ASSOCIATION_FROZEN: u32 = 40908;
    pub(crate) const TWO_SECRETS: u32 = 40930;
    pub(crate) const IDEMPOTENCY_KEY_REUSED: u32 = 40931;
    pub(crate) const TOO_MANY_WEBHOOKS: u32 = 40932;
    pub(crate) const NOT_BLOCKED: u32 = 40933;
    pub(crate) const INVALID_SCHEMA: u32 = 42201;
    pub(crate) const INVALID_VERSION: u32 = 42202;
    pub(crate) const INVALID_LEVEL: u32 = 42203;
    pub(crate) const INVALID_MODE: u32 = 42204;
    pub(crate) const OPERATION_NOT_PERMITTED: u32 = 42205;
    pub(crate) const REFERENCE_EXISTS: u32 = 42206;
    pub(crate) const INVALID_SUBJECT: u32 = 42208;
    pub(crate) const INVALID_RULE_SET: u32 = 42210;
    pub(crate) const CONTEXT_NOT_EMPTY: u32 = 42211;
    pub(crate) const INVALID_ASSOCIATION: u32 = 42212;
    pub(crate) const INVALID_EVENT_FILTER: u32 = 42230;
    pub(crate) const CURSOR_BEYOND_LOG: u32 = 42231;
    pub(crate) const INVALID_WEBHOOK: u32 = 42232;
    pub(crate) const TARGET_REFUSED: u32 = 42233;
    pub(crate) const WEBHOOKS_OFF: u32 = 50330;
    pub(crate) const STORE: u32 = 50001;
}

/// When a client may try again after the database was away.
const RETRY: Duration = Duration::from_secs(1);

impl From<RegistryError> for HttpError {
    fn from(error: RegistryError) -> Self {
        use RegistryError as E;
        let (status, code) = match &error {
            E::SubjectNotFound(_) => (StatusCode::NOT_FOUND, code::SUBJECT_NOT_FOUND),
            E::VersionNotFound(_) => (StatusCode::NOT_FOUND, code::VERSION_NOT_FOUND),
            E::SchemaIdNotFound(_) | E::SchemaNotFound => {
                (StatusCode::NOT_FOUND, code::SCHEMA_NOT_FOUND)
            }
            E::SubjectSoftDeleted(_) => (StatusCode::NOT_FOUND, code::SUBJECT_SOFT_DELETED),
            E::SubjectNotSoftDeleted(_) => (StatusCode::NOT_FOUND, code::SUBJECT_NOT_SOFT_DELETED),
            E::VersionSoftDeleted(..) => (StatusCode::NOT_FOUND, code::VERSION_SOFT_DELETED),
            E::VersionNotSoftDeleted(..) => (StatusCode::NOT_FOUND, code::VERSION_NOT_SOFT_DELETED),
            E::ConfigNotFound(_) => (StatusCode::NOT_FOUND, code::CONFIG_NOT_FOUND),
            E::ModeNotFound(_) => (StatusCode::NOT_FOUND, code::MODE_NOT_FOUND),
            E::Incompatible { .. } => (StatusCode::CONFLICT, code::INCOMPATIBLE),
            E::InvalidSchema(_) | E::Blocked(_) => {
                (StatusCode::UNPROCESSABLE_ENTITY, code::INVALID_SCHEMA)
            }
            E::InvalidLevel(_) => (StatusCode::UNPROCESSABLE_ENTITY, code::INVALID_LEVEL),
            E::InvalidMode(_) => (StatusCode::UNPROCESSABLE_ENTITY, code::INVALID_MODE),
            E::OperationNotPermitted(_) => (
                StatusCode::UNPROCESSABLE_ENTITY,
                code::OPERATION_NOT_PERMITTED,
            ),
            E::ReferenceExists(_) => (StatusCode::UNPROCESSABLE_ENTITY, code::REFERENCE_EXISTS),
            E::AssociationNotFound(_) => (StatusCode::NOT_FOUND, code::ASSOCIATION_NOT_FOUND),
            E::TooManyAssociations(_) => (StatusCode::CONFLICT, code::TOO_MANY_ASSOCIATIONS),
            E::AssociationForResourceExists { .. } => {
                (StatusCode::CONFLICT, code::ASSOCIATION_FOR_RESOURCE_EXISTS)
            }
            E::AssociationForSubjectExists(_) => {
                (StatusCode::CONFLICT, code::ASSOCIATION_FOR_SUBJECT_EXISTS)
            }
            E::StrongAssociationExists(_) => {
                (StatusCode::CONFLICT, code::STRONG_ASSOCIATION_EXISTS)
            }
            E::NoActiveVersion(_) => (StatusCode::CONFLICT, code::NO_ACTIVE_VERSION),
            E::AssociationFrozen { .. } => (StatusCode::CONFLICT, code::ASSOCIATION_FROZEN),
            E::InvalidAssociation { .. } => {
                (StatusCode::UNPROCESSABLE_ENTITY, code::INVALID_ASSOCIATION)
            }
            E::ImportConflict { .. } => (StatusCode::CONFLICT, 409),
            E::ImportInvalid { .. } | E::ImportUnreadable(_) => {
                (StatusCode::UNPROCESSABLE_ENTITY, 422)
            }
            E::InvalidSubject(_) => (StatusCode::UNPROCESSABLE_ENTITY, code::INVALID_SUBJECT),
            E::InvalidRuleSet(_) => (StatusCode::UNPROCESSABLE_ENTITY, code::INVALID_RULE_SET),
            E::ContextNotEmpty(_) => (StatusCode::UNPROCESSABLE_ENTITY, code::CONTEXT_NOT_EMPTY),
            E::Storage(storage) => return from_storage(storage),
            E::Internal(_) | E::Moved => {
                tracing::error!(%error, "a request could not be answered");
                (StatusCode::INTERNAL_SERVER_ERROR, code::STORE)
            }
        };
        Self::new(status, code, error.to_string())
    }
}

/// What is wrong with the database is for the log; the client is told whether to try again.
fn from_storage(error: &StorageError) -> HttpError {
    if error.is_transient() {
        return HttpError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            code::STORE,
            "the registry's database is unavailable; try again",
        )
        .retry_after(RETRY);
    }
    tracing::error!(%error, "the database is not usable");
    HttpError::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        code::STORE,
        "the registry's database is not usable",
    )
}

impl From<InvalidVersion> for HttpError {
    fn from(error: InvalidVersion) -> Self {
        Self::unprocessable(code::INVALID_VERSION, error.to_string())
    }
}

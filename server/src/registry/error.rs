//! Why a use case refuses. One variant for each thing a client can tell apart; `api/error.rs` gives each its code.

use dovetail_model::{
    AssociationType, Context, InvalidRuleSet, InvalidSubject, QualifiedSubject, Version,
    VersionSpec,
};

use crate::{core::Usage, storage::StorageError};

/// Why a use case refuses.
#[derive(Debug, Clone, thiserror::Error)]
pub enum RegistryError {
    #[error("Subject '{0}' not found.")]
    SubjectNotFound(String),
    #[error("Version {0} not found.")]
    VersionNotFound(VersionSpec),
    #[error("Schema {0} not found")]
    SchemaIdNotFound(String),
    #[error("Schema not found")]
    SchemaNotFound,
    #[error("Subject '{0}' was soft deleted. Set permanent=true to delete permanently")]
    SubjectSoftDeleted(QualifiedSubject),
    #[error("Subject '{0}' was not deleted first before being permanently deleted")]
    SubjectNotSoftDeleted(QualifiedSubject),
    #[error("Subject '{0}' Version {1} was soft deleted. Set permanent=true to delete permanently")]
    VersionSoftDeleted(QualifiedSubject, Version),
    #[error("Subject '{0}' Version {1} was not deleted first before being permanently deleted")]
    VersionNotSoftDeleted(QualifiedSubject, Version),
    #[error("Subject '{0}' does not have subject-level compatibility configured")]
    ConfigNotFound(String),
    #[error("Subject '{0}' does not have subject-level mode configured")]
    ModeNotFound(String),
    #[error(
        "Schema being registered is incompatible with an earlier schema for subject \"{subject}\", details: [{}]",
        .messages.join(", ")
    )]
    Incompatible {
        subject: QualifiedSubject,
        messages: Vec<String>,
    },
    #[error("Invalid schema: {0}")]
    InvalidSchema(String),
    #[error("{0}")]
    OperationNotPermitted(String),
    #[error(
        "One or more references exist to the schema {{magic=1,keytype=SCHEMA,subject={},version={}}}.",
        .0.subject, .0.version
    )]
    ReferenceExists(Usage),
    #[error(transparent)]
    InvalidSubject(#[from] InvalidSubject),
    #[error("Context '{0}' is not empty. Delete its subjects permanently first")]
    ContextNotEmpty(Context),
    #[error(transparent)]
    InvalidRuleSet(#[from] InvalidRuleSet),
    #[error("{0}")]
    InvalidLevel(String),
    #[error("{0}")]
    InvalidMode(String),
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error("{0}")]
    Internal(String),
    #[error("line {line} of the import conflicts with what is there: {reason}")]
    ImportConflict { line: u64, reason: String },
    #[error("line {line} of the import cannot be taken: {reason}")]
    ImportInvalid { line: u64, reason: String },
    #[error("the import cannot be read: {0}")]
    ImportUnreadable(String),
    #[error("Association for '{0}' not found.")]
    AssociationNotFound(String),
    #[error("A maximum of {0} associations already exist")]
    TooManyAssociations(usize),
    #[error("An association of type '{association_type}' already exists for resource '{resource}'")]
    AssociationForResourceExists {
        association_type: AssociationType,
        resource: String,
    },
    #[error("An association already exists for subject '{0}'")]
    AssociationForSubjectExists(QualifiedSubject),
    #[error("A strong association already exists for subject '{0}'")]
    StrongAssociationExists(QualifiedSubject),
    #[error("No active (non-deleted) version exists for subject '{0}'")]
    NoActiveVersion(QualifiedSubject),
    #[error("The association of type '{association_type}' is frozen for subject '{subject}'")]
    AssociationFrozen {
        association_type: AssociationType,
        subject: QualifiedSubject,
    },
    #[error("Invalid association: '{property}' {reason}")]
    InvalidAssociation {
        property: &'static str,
        reason: String,
    },
    #[error("schemas[{0}], which it needs, is not registered")]
    Blocked(usize),
    /// The state moved under a decision, which has to be prepared again. Never leaves this folder.
    #[error("the subject moved while the request was being decided; try again")]
    Moved,
}

impl RegistryError {
    /// A refusal because of a mode.
    pub(super) fn read_only(scope: impl std::fmt::Display) -> Self {
        Self::OperationNotPermitted(format!("Subject {scope} is in read-only mode"))
    }
}

//! Changes: the rows of the log. To add a kind, add a variant here, say what it does to a [`super::View`] in `view.rs`,
//! and which rows it writes in `storage/queries.rs`.

use std::{
    fmt,
    sync::{Arc, OnceLock},
};

use bytes::Bytes;
use dovetail_compat::Guid;
use dovetail_model::{
    Association, AssociationKey, CompatibilityLevel, Context, Direction, Metadata, Mode,
    QualifiedSubject, Reference, RuleSet, SchemaId, SchemaType, Subject, Version, bodies::Config,
};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// One committed change.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Its place in the log: 1, 2, 3, … without gaps.
    pub seq: u64,
    /// When it was committed, in milliseconds since 1970.
    pub at: i64,
    /// Who did it.
    pub actor: String,
    /// What happened.
    pub kind: ChangeKind,
}

/// What happened. Everything a view needs is in here; texts are not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ChangeKind {
    /// A version was added to a subject.
    SchemaRegistered(Registered),
    /// An id came to stand for a schema that no version carries any more where it was imported from.
    IdReserved(Reserved),
    /// The versions of a subject were counted further where it was imported from.
    SubjectCounted {
        subject: QualifiedSubject,
        last_version: Version,
    },
    /// A resource's association with a subject was made or changed.
    AssociationSet(Box<Association>),
    /// A resource's association with a subject was removed.
    AssociationDeleted(AssociationKey),
    /// A version was deleted.
    VersionDeleted(Deleted),
    /// Several versions of a subject were deleted together.
    SubjectDeleted(Deleted),
    /// The settings of a scope were set; `None` when they were removed.
    ConfigChanged {
        scope: Scope,
        config: Option<Box<Config>>,
    },
    /// The mode of a scope was set; `None` when it was removed.
    ModeChanged { scope: Scope, mode: Option<Mode> },
    /// An empty context was deleted, with all settings in it. What its ids stood for is remembered.
    ContextDeleted { context: Context },
}

/// A new version of a subject.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Registered {
    pub subject: QualifiedSubject,
    pub version: Version,
    pub id: SchemaId,
    #[serde(with = "as_text")]
    pub guid: Guid,
    /// The identity of text and references alone.
    #[serde(with = "as_text")]
    pub text_guid: Guid,
    pub schema_type: SchemaType,
    /// Whether there is metadata or a rule set.
    pub has_extras: bool,
    pub references: Vec<Reference>,
    /// Soft-deleted versions with the same schema that this one takes the place of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub purged: Vec<Version>,
    /// What those who are told of it learn besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub facts: Option<Arc<Facts>>,
    /// What it was where it was imported from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub imported: Option<Imported>,
}

/// What was true of a version when it was registered, for events. No view needs it, and rows of older programs lack it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// SHA-256 of the canonical text, in hexadecimal.
    pub sha256: String,
    /// The length of that text in bytes.
    pub size: u64,
    /// The level that held.
    pub level: CompatibilityLevel,
    /// Whether the subject had no version at all before.
    pub creates_subject: bool,
    /// How it differs from the newest live version before it, if there was one to compare with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub summary: Option<Summary>,
}

/// How a version differs from the one before it: enough rows to see what it is about.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// The version it was compared with.
    pub previous_version: Option<Version>,
    /// What differs.
    pub differences: Vec<SummaryRow>,
    /// How many more there are.
    pub omitted: usize,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SummaryRow {
    /// The rule's name in the protocol.
    pub rule: String,
    /// The place, as the protocol prints it.
    pub path: String,
    /// Backward: the new schema reads old data. Forward: the old schema reads new data.
    pub direction: Direction,
    /// Whether that reader breaks.
    pub breaks: bool,
}

/// What a version was where it was imported from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// When it was registered, in milliseconds since 1970.
    pub at: i64,
    /// Soft-deleted.
    pub deleted: bool,
}

/// An id that is taken by a schema that no version carries.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reserved {
    pub context: Context,
    pub id: SchemaId,
    #[serde(with = "as_text")]
    pub guid: Guid,
    #[serde(with = "as_text")]
    pub text_guid: Guid,
    pub schema_type: SchemaType,
    pub has_extras: bool,
}

/// Versions of a subject that went, softly or for good.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Deleted {
    pub subject: QualifiedSubject,
    pub versions: Vec<Version>,
    pub permanent: bool,
    /// Schemas that no version carries any more: their texts and references go too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub forgotten: Vec<SchemaId>,
    /// The schemas that the versions carry, in the order of the versions. Rows of older programs lack them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ids: Vec<SchemaId>,
}

/// Where settings hold: a subject, a context, or the level above all contexts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Scope {
    pub context: Context,
    pub subject: Option<Subject>,
}

/// The part of a schema that is too large for the view.
#[derive(Debug)]
pub struct Content {
    /// The canonical text as a JSON string, escaped once.
    pub text: Box<RawValue>,
    pub metadata: Option<Metadata>,
    pub rule_set: Option<RuleSet>,
    /// The answer to who asks for it by its id, once somebody did.
    pub rendered: OnceLock<Rendered>,
}

/// An answer that is kept, and the version it names. Another version may come to stand for the schema; then it is stale.
#[derive(Debug)]
pub struct Rendered {
    pub subject: QualifiedSubject,
    pub version: Version,
    pub deleted: bool,
    pub body: Bytes,
}

/// A change that is yet to get its number, with the content that goes beside it.
#[derive(Debug, Clone)]
pub struct Mutation {
    pub kind: ChangeKind,
    /// The content of a registered schema.
    pub content: Option<Arc<Content>>,
}

impl ChangeKind {
    /// The kind's name, as it is stored.
    pub fn name(&self) -> &'static str {
        match self {
            Self::SchemaRegistered(_) => "schema_registered",
            Self::IdReserved(_) => "id_reserved",
            Self::SubjectCounted { .. } => "subject_counted",
            Self::AssociationSet(_) => "association_set",
            Self::AssociationDeleted(_) => "association_deleted",
            Self::VersionDeleted(_) => "version_deleted",
            Self::SubjectDeleted(_) => "subject_deleted",
            Self::ConfigChanged { .. } => "config_changed",
            Self::ModeChanged { .. } => "mode_changed",
            Self::ContextDeleted { .. } => "context_deleted",
        }
    }
}

impl Scope {
    /// The default context: where settings live that name no subject.
    pub fn default_context() -> Self {
        Self {
            context: Context::default(),
            subject: None,
        }
    }

    /// A subject's own settings.
    pub fn subject(subject: &QualifiedSubject) -> Self {
        Self {
            context: subject.context.clone(),
            subject: Some(subject.subject.clone()),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.subject {
            Some(subject) => QualifiedSubject {
                context: self.context.clone(),
                subject: subject.clone(),
            }
            .fmt(f),
            None => write!(f, ":{}:", self.context),
        }
    }
}

impl Content {
    /// The canonical text itself.
    pub fn text(&self) -> String {
        serde_json::from_str(self.text.get()).expect("the text was written as a JSON string")
    }
}

/// GUIDs are stored as people see them.
mod as_text {
    use std::{fmt::Display, str::FromStr};

    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<T: Display, S: Serializer>(
        value: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(super) fn deserialize<'de, T, D>(deserializer: D) -> Result<T, D::Error>
    where
        T: FromStr<Err: Display>,
        D: Deserializer<'de>,
    {
        String::deserialize(deserializer)?
            .parse()
            .map_err(D::Error::custom)
    }
}

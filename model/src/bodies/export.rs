//! Lines of an export: one JSON object each, with one key that says what the line is.
//!
//! The first line is `export`, the last one `end`. Between them come contexts, then schemas with the versions that carry
//! them, what is referred to before what refers to it, then what belongs to subjects, and settings at the end.

use serde::{Deserialize, Serialize};

use super::{Config, null_as_default};
use crate::{
    Association, Context, Metadata, Mode, Reference, RuleSet, SchemaId, SchemaType, Subject,
    Version,
};

/// What the first line says of the format.
pub const EXPORT_FORMAT: &str = "dovetail/1";

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ExportLine {
    /// Where and when the export was made.
    Export(ExportHead),
    /// A context that was written to.
    Context(Context),
    /// A schema with versions that carry it, or an id whose schema no version carries any more.
    Schema(Box<ExportSchema>),
    /// How far the versions of a subject were counted, where that is further than the last that is there.
    Subject(ExportSubject),
    /// A resource's use of a subject.
    Association(Box<Association>),
    /// The settings of a scope.
    Config(Box<ExportConfig>),
    /// The mode of a scope.
    Mode(ExportMode),
    /// The export is complete.
    End(ExportEnd),
}

/// The first line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportHead {
    /// [`EXPORT_FORMAT`].
    pub format: String,
    /// The number of the last change in it.
    pub sequence: u64,
}

/// A schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExportSchema {
    /// Its context.
    pub context: Context,
    /// Its id there.
    pub id: SchemaId,
    /// Its identity.
    pub guid: String,
    /// Its format.
    pub schema_type: SchemaType,
    /// The canonical text; absent where no version carries the schema any more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// What the text refers to.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub references: Vec<Reference>,
    /// What is said about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// Its rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule_set: Option<RuleSet>,
    /// The versions that carry it.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub versions: Vec<ExportVersion>,
    /// The identity of text and references alone, where the text is absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_guid: Option<String>,
    /// Whether there was metadata or a rule set, where the text is absent.
    #[serde(default, deserialize_with = "null_as_default")]
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub has_extras: bool,
}

/// A version of a subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportVersion {
    /// The subject, without its context.
    pub subject: Subject,
    /// The version.
    pub version: Version,
    /// When it was registered, in milliseconds since 1970.
    pub ts: i64,
    /// Whether it is soft-deleted.
    #[serde(default)]
    pub deleted: bool,
}

/// How far the versions of a subject were counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExportSubject {
    /// Its context.
    pub context: Context,
    /// The subject, without its context.
    pub subject: Subject,
    /// The highest version that was ever given out.
    pub last_version: Version,
}

/// The settings of a scope.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportConfig {
    /// The context.
    pub context: Context,
    /// The subject, without its context; absent for the settings of the whole context.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// What is set.
    pub config: Config,
}

/// The mode of a scope.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportMode {
    /// The context.
    pub context: Context,
    /// The subject, without its context; absent for the mode of the whole context.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Subject>,
    /// The mode.
    pub mode: Mode,
}

/// The last line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportEnd {
    /// How many lines come before this one.
    pub lines: u64,
}

/// What an import came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportResponse {
    /// Whether this was only asked for, and nothing was written.
    pub dry_run: bool,
    /// How many lines the export has.
    pub lines: u64,
    /// How many schemas.
    pub schemas: u64,
    /// How many versions.
    pub versions: u64,
    /// How many changes were made, or would be; none where everything was there already.
    pub changes: u64,
}

//! Bodies that carry schemas.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{null_as_default, object_or_null, objects};
use crate::{
    Association, Metadata, QualifiedSubject, Reference, RuleSet, SchemaId, SchemaTags, SchemaType,
    Version,
};

/// The body of a registration, a lookup and a compatibility check.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegisterRequest {
    /// The text; absent means "as the latest version" where metadata changes alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The format, as text so that an unknown one gets its own error.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema_type: Option<String>,
    /// What the text refers to.
    #[serde(
        default,
        deserialize_with = "objects",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub references: Vec<Reference>,
    /// What is said about the schema.
    #[serde(
        default,
        deserialize_with = "object_or_null",
        skip_serializing_if = "Option::is_none"
    )]
    pub metadata: Option<Metadata>,
    /// Its rules.
    #[serde(
        default,
        deserialize_with = "object_or_null",
        skip_serializing_if = "Option::is_none"
    )]
    pub rule_set: Option<RuleSet>,
    /// An explicit id, for imports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    /// The version this is expected to become.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// Tags to put into the text.
    #[serde(
        default,
        deserialize_with = "objects",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub schema_tags_to_add: Vec<SchemaTags>,
    /// Tags to take out of it.
    #[serde(
        default,
        deserialize_with = "objects",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub schema_tags_to_remove: Vec<SchemaTags>,
    /// Whether the tags in the text of the latest version are put into this one.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "std::ops::Not::not"
    )]
    pub propagate_schema_tags: bool,
}

/// The body of a change of tags, metadata and rules, which makes a new version.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct TagRequest {
    /// The version this is expected to become.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new_version: Option<i64>,
    /// Tags to put into the text.
    #[serde(deserialize_with = "objects", skip_serializing_if = "Vec::is_empty")]
    pub tags_to_add: Vec<SchemaTags>,
    /// Tags to take out of it.
    #[serde(deserialize_with = "objects", skip_serializing_if = "Vec::is_empty")]
    pub tags_to_remove: Vec<SchemaTags>,
    /// Other metadata.
    #[serde(
        deserialize_with = "object_or_null",
        skip_serializing_if = "Option::is_none"
    )]
    pub metadata: Option<Metadata>,
    /// Other rules; not looked at where rules are merged or removed.
    #[serde(
        deserialize_with = "object_or_null",
        skip_serializing_if = "Option::is_none"
    )]
    pub rule_set: Option<RuleSet>,
    /// Rules to add to those of the version before.
    #[serde(
        deserialize_with = "object_or_null",
        skip_serializing_if = "Option::is_none"
    )]
    pub rules_to_merge: Option<RuleSet>,
    /// Names of rules to take from them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules_to_remove: Option<Vec<String>>,
}

/// A version of a subject, and what a registration answers. The text is already JSON, so that it is escaped once and not per
/// request.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SchemaBody<'a> {
    /// The subject; whoever registers knows it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<Cow<'a, str>>,
    /// The schema's id in its context.
    pub id: SchemaId,
    /// Its version under the subject.
    pub version: Version,
    /// Its identity everywhere.
    pub guid: &'a str,
    /// The format; old clients do not want to be told that it is Avro.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema_type: Option<SchemaType>,
    /// What the text refers to.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub references: &'a [Reference],
    /// What is said about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<&'a Metadata>,
    /// Its rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_set: Option<&'a RuleSet>,
    /// The text.
    pub schema: &'a RawValue,
    /// The tags in the text, where they were asked for.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub schema_tags: &'a [SchemaTags],
    /// When it was registered, in milliseconds since 1970.
    pub ts: i64,
    /// Whether this version is soft-deleted.
    pub deleted: bool,
    /// The subjects that stand for this one, where they were asked for.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub aliases: &'a [QualifiedSubject],
    /// The associations of the subject, where they were asked for.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub associations: &'a [&'a Association],
}

/// A schema found by its id.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SchemaString<'a> {
    /// One of the subjects that hold it; absent where it was asked for by its GUID.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<Cow<'a, str>>,
    /// Its version there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    /// Its identity everywhere.
    pub guid: &'a str,
    /// The format; old clients do not want to be told that it is Avro.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema_type: Option<SchemaType>,
    /// What the text refers to.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub references: &'a [Reference],
    /// What is said about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub metadata: Option<&'a Metadata>,
    /// Its rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule_set: Option<&'a RuleSet>,
    /// The text.
    pub schema: &'a RawValue,
    /// The tags in the text, where they were asked for.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    pub schema_tags: &'a [SchemaTags],
    /// The highest id of the context, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_id: Option<SchemaId>,
    /// When the version was registered, in milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ts: Option<i64>,
    /// Whether that version is soft-deleted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted: Option<bool>,
}

/// A place where a schema id is in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SubjectVersion {
    /// The subject.
    pub subject: QualifiedSubject,
    /// The version.
    pub version: Version,
}

/// An id a GUID has in one context.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdVersions {
    /// The context.
    pub context: String,
    /// The id there.
    pub id: SchemaId,
}

//! Schemas as they come back.

use dovetail_model::{
    Association, Metadata, Reference, RuleSet, SchemaId, SchemaTags, SchemaType, Version,
};
use serde::{Deserialize, Deserializer, Serialize};
use uuid::Uuid;

/// The answer to a registration. Older registries answer the id alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Registered {
    /// The schema's id in its context.
    pub id: SchemaId,
    /// Its version under the subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    /// Its identity everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guid: Option<Uuid>,
    /// The text as the registry keeps it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
}

/// A version of a subject.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SchemaVersion {
    /// The subject, qualified unless it is in the default context.
    pub subject: String,
    /// The schema's id in its context.
    pub id: SchemaId,
    /// The version.
    pub version: Version,
    /// The schema's identity everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guid: Option<Uuid>,
    /// The format.
    #[serde(default, deserialize_with = "avro_where_null")]
    pub schema_type: SchemaType,
    /// What the text refers to.
    #[serde(
        default,
        deserialize_with = "none_where_null",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub references: Vec<Reference>,
    /// What is said about the schema.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// Its rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule_set: Option<RuleSet>,
    /// The text.
    pub schema: String,
    /// Tags in the text, where those were asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schema_tags: Vec<SchemaTags>,
    /// Names that stand for the subject, where those were asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// What the subject is to resources, where that was asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub associations: Vec<Association>,
    /// When it was registered, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ts: Option<i64>,
    /// Whether the version is soft-deleted, where the registry says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<bool>,
}

/// A schema by its id or its GUID.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "they are the protocol's names")]
pub struct Schema {
    /// The format.
    #[serde(default, deserialize_with = "avro_where_null")]
    pub schema_type: SchemaType,
    /// The text.
    pub schema: String,
    /// What the text refers to.
    #[serde(
        default,
        deserialize_with = "none_where_null",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub references: Vec<Reference>,
    /// One of the subjects that hold it, where the registry says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// Its version there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    /// Its identity everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guid: Option<Uuid>,
    /// What is said about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// Its rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule_set: Option<RuleSet>,
    /// Tags in the text, where those were asked for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schema_tags: Vec<SchemaTags>,
    /// The highest id of the context, where that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_id: Option<SchemaId>,
    /// When the version was registered, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ts: Option<i64>,
    /// Whether the version is soft-deleted, where the registry says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deleted: Option<bool>,
}

/// Registries leave the format out where it is Avro.
fn avro_where_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SchemaType, D::Error> {
    none_where_null(deserializer)
}

fn none_where_null<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

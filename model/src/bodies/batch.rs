//! Bodies of `POST /api/v1/batch`.

use serde::{Deserialize, Deserializer, Serialize, de::Error};

use super::null_as_default;
use crate::{Metadata, RuleSet, SchemaId, Version};

/// Schemas that are to be registered together, all of them or none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchRequest {
    /// The schemas; those of one subject become versions in this order.
    pub schemas: Vec<BatchItem>,
}

/// One schema of a batch. Beyond subject and references it is what the body of a registration is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BatchItem {
    /// The subject, qualified or not.
    pub subject: String,
    /// The text; absent means "as the latest version" where metadata changes alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The format; Avro where nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema_type: Option<String>,
    /// What the text refers to, other schemas of the batch included.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub references: Vec<BatchReference>,
    /// What is said about the schema.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Metadata>,
    /// Its rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule_set: Option<RuleSet>,
    /// An explicit id, for imports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<i64>,
    /// The version this is expected to become.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    /// Whether the text is normalized first, where the query does not say so for all.
    #[serde(default, deserialize_with = "null_as_default")]
    pub normalize: bool,
}

/// A reference of a schema of a batch: to a version of a subject, or to another schema of the batch.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchReference {
    /// The name the referrer's text uses.
    pub name: String,
    /// The subject, unless `item` is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// The version: a number, which the batch may bring; `latest`, -1 or nothing mean the newest, with what the batch
    /// brings.
    #[serde(
        default,
        deserialize_with = "version_or_latest",
        skip_serializing_if = "Option::is_none"
    )]
    pub version: Option<i32>,
    /// Another schema of the batch, by its place, counted from 0.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<usize>,
}

/// What a batch came to, or would come to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchResponse {
    /// Whether this was only asked for, and nothing was written.
    pub dry_run: bool,
    /// One answer for each schema, in the order of the request.
    pub schemas: Vec<BatchAnswer>,
}

/// What one schema of a batch came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchAnswer {
    /// The subject, as requested.
    pub subject: String,
    /// What it came to.
    pub outcome: BatchOutcome,
    /// The schema's id in its context. A dry run says which one it would be if nothing came in between.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<SchemaId>,
    /// Its version under the subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<Version>,
    /// Its identity everywhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guid: Option<String>,
    /// Why not, by the code of a registration.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_code: Option<u32>,
    /// Why not, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What is incompatible, one message for each difference.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<String>,
}

/// What one schema of a batch comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BatchOutcome {
    /// The first version of its subject.
    New,
    /// A further version of its subject.
    Compatible,
    /// It is registered already.
    Unchanged,
    /// It breaks an earlier version.
    Incompatible,
    /// It is refused for another reason.
    Refused,
    /// Another schema of the batch, which it needs, fails.
    Blocked,
}

/// The newest version, as references name it.
pub const LATEST: i32 = -1;

fn version_or_latest<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i32>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Number(i32),
        Text(String),
    }
    match Option::deserialize(deserializer)? {
        None => Ok(None),
        Some(Written::Number(number)) => Ok(Some(number)),
        Some(Written::Text(text)) if text.eq_ignore_ascii_case("latest") => Ok(Some(LATEST)),
        Some(Written::Text(_)) => Err(D::Error::custom(
            "the version of a reference is a number or \"latest\"",
        )),
    }
}

//! Bodies of `POST /api/v1/explain`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::null_as_default;
use crate::{Direction, Reference};

/// What is to be explained: a change from one schema to another.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExplainRequest {
    /// The format of texts that are given; Avro where nothing is said. Versions bring their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema_type: Option<String>,
    /// The schema after the change.
    pub new: ExplainSide,
    /// The schema before it.
    pub previous: ExplainSide,
    /// The level to judge by; the one that holds for the subject of either side, or the registry's default, where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compatibility: Option<String>,
    /// The policy to judge by, likewise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compatibility_policy: Option<String>,
}

/// One side of a change: a text, or a version of a subject.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(untagged)]
pub enum ExplainSide {
    /// A text with what it refers to.
    Text {
        /// The text.
        schema: String,
        /// What it refers to.
        #[serde(
            default,
            deserialize_with = "null_as_default",
            skip_serializing_if = "Vec::is_empty"
        )]
        references: Vec<Reference>,
    },
    /// A registered version.
    Version {
        /// The subject.
        subject: String,
        /// A number, or `latest`.
        #[serde(default, skip_serializing_if = "Value::is_null")]
        version: Value,
    },
}

/// The whole report.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ExplainResponse {
    /// Whether the level is kept.
    pub is_compatible: bool,
    /// The level it was judged by.
    pub compatibility: &'static str,
    /// Everything that differs, in the directions the level asks for; in both where it asks for none.
    pub findings: Vec<FindingBody>,
}

/// One difference.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FindingBody {
    /// The rule, by its name in the protocol.
    pub rule: &'static str,
    /// Which side reads the other's data.
    pub direction: Direction,
    /// Whether it breaks someone at this level.
    pub breaks: bool,
    /// What differs.
    pub message: String,
    /// Who breaks, where someone does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who_breaks: Option<&'static str>,
    /// Why.
    pub why: &'static str,
    /// What to do instead.
    #[serde(skip_serializing_if = "str::is_empty")]
    pub instead: &'static str,
    /// The place as the protocol prints it.
    pub path: String,
    /// The place in the new text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub new: Option<PlaceBody>,
    /// The place in the previous text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous: Option<PlaceBody>,
    /// A value that really breaks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub witness: Option<WitnessBody>,
}

/// A place in a text.
#[derive(Debug, Clone, Serialize)]
pub struct PlaceBody {
    /// A JSON pointer, or a dotted element name for Protobuf.
    pub place: String,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1.
    pub column: usize,
}

/// A value that one side writes and the other cannot read.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WitnessBody {
    /// The value.
    pub value: Value,
    /// Its bytes on the wire, in hexadecimal.
    pub hex: String,
    /// Why the reader cannot read it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fails: Option<String>,
    /// What the reader reads instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reads_as: Option<Value>,
}

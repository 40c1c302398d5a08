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
#[serde(untagged, try_from = "SideFields")]
pub enum ExplainSide {
    /// A text with what it refers to.
    Text {
        /// The text.
        schema: String,
        /// What it refers to.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        references: Vec<Reference>,
    },
    /// A registered version.
    Version {
        /// The subject.
        subject: String,
        /// A number, or `latest`.
        #[serde(skip_serializing_if = "Value::is_null")]
        version: Value,
    },
}

/// Whatever a side may have. Read first, so that a side which is neither gets an error that says so.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SideFields {
    schema: Option<String>,
    #[serde(default, deserialize_with = "null_as_default")]
    references: Vec<Reference>,
    subject: Option<String>,
    #[serde(default)]
    version: Value,
}

impl TryFrom<SideFields> for ExplainSide {
    type Error = &'static str;

    fn try_from(fields: SideFields) -> Result<Self, Self::Error> {
        match (fields.schema, fields.subject) {
            (Some(schema), None) => Ok(Self::Text {
                schema,
                references: fields.references,
            }),
            (None, Some(subject)) => Ok(Self::Version {
                subject,
                version: fields.version,
            }),
            (Some(_), Some(_)) => Err("a side has either `schema` or `subject`, not both"),
            (None, None) => {
                Err("a side needs `schema` (a text) or `subject` (a registered version)")
            }
        }
    }
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
    /// What can be proven in those directions, whatever the rules say. JSON Schema alone has proofs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub proofs: Vec<ProofBody>,
}

/// Whether the readers of a direction accept everything that its writers may write, as sets of documents.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProofBody {
    /// Which side reads the other's data.
    pub direction: Direction,
    /// What was found.
    pub outcome: ProofOutcome,
    /// How the verdict of the rules stands to it; absent where nothing was proven.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<RulesAgainstProof>,
    /// A document that the writers may write and the readers reject.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub witness: Option<WitnessBody>,
}

/// What a proof came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum ProofOutcome {
    /// Every document is accepted.
    Proven,
    /// There is a document that is not.
    Refuted,
    /// Neither was found out.
    Unknown,
}

/// How the verdict of the rules stands to what was proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum RulesAgainstProof {
    /// They say the same.
    Agree,
    /// They refuse what breaks nobody.
    TooStrict,
    /// They let pass what breaks someone.
    TooLax,
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

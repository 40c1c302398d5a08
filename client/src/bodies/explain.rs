//! The report on a change.

use dovetail_model::Direction;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The whole report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// Whether the level is kept.
    pub is_compatible: bool,
    /// The level it was judged by.
    pub compatibility: String,
    /// Everything that differs, in the directions the level asks for; in both where it asks for none.
    pub findings: Vec<Finding>,
    /// What can be proven in those directions, whatever the rules say; of JSON Schema only.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub proofs: Vec<Proof>,
}

/// Whether the readers of a direction accept everything that its writers may write.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Proof {
    /// Which side reads the other's data.
    pub direction: Direction,
    /// `PROVEN`, `REFUTED` or `UNKNOWN`.
    pub outcome: String,
    /// How the verdict of the rules stands to it: `AGREE`, `TOO_STRICT` or `TOO_LAX`; absent where nothing was proven.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rules: Option<String>,
    /// A document that the writers may write and the readers reject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witness: Option<Witness>,
}

/// One difference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// The rule, by its name in the protocol.
    pub rule: String,
    /// Which side reads the other's data.
    pub direction: Direction,
    /// Whether it breaks someone at this level.
    pub breaks: bool,
    /// What differs.
    pub message: String,
    /// Who breaks, where someone does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub who_breaks: Option<String>,
    /// Why.
    pub why: String,
    /// What to do instead; empty where nothing is suggested.
    #[serde(default)]
    pub instead: String,
    /// The place as the protocol prints it.
    pub path: String,
    /// The place in the new text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new: Option<Place>,
    /// The place in the previous text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous: Option<Place>,
    /// A value that really breaks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub witness: Option<Witness>,
}

/// A place in a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_field_names, reason = "they are the protocol's names")]
pub struct Place {
    /// A JSON pointer, or a dotted element name for Protobuf.
    pub place: String,
    /// Counted from 1.
    pub line: usize,
    /// Counted from 1.
    pub column: usize,
}

/// A value that one side writes and the other cannot read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Witness {
    /// The value.
    pub value: Value,
    /// Its bytes on the wire, in hexadecimal.
    pub hex: String,
    /// Why the reader cannot read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fails: Option<String>,
    /// What the reader reads instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reads_as: Option<Value>,
}

//! What the JSON Schema room promises.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails loudly, and prints what it measured"
)]

use dovetail_compat::{NamedText, Report, Schema, SchemaError, check, parse};
use dovetail_model::{CompatibilityPolicy, Direction, SchemaType};
use serde_json::Value;

/// Our own cases, a file for each rule.
mod cases;
/// Cases that are published with the protocol's reference.
mod conformance;
/// The canonical and the normalized form.
mod forms;
/// Texts made to hang or overflow.
mod hostile;
/// What holds for all schemas.
mod laws;
/// Strict and lenient.
mod policies;
/// Where references lead.
mod references;
/// What is refused, and what the errors say.
mod refusals;

fn schema(text: &str) -> Schema {
    schema_with(text, &[]).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn schema_with(text: &str, references: &[(&str, &str)]) -> Result<Schema, SchemaError> {
    let references: Vec<NamedText> = references
        .iter()
        .map(|(name, text)| NamedText {
            name: (*name).to_owned(),
            text: (*text).into(),
        })
        .collect();
    parse(SchemaType::Json, text, &references)
}

fn backward(new: &Schema, previous: &Schema, policy: CompatibilityPolicy) -> Report {
    check(new, previous, &[Direction::Backward], policy).unwrap()
}

/// What differs, as "TYPE path", sorted.
fn changes(report: &Report) -> Vec<String> {
    let mut changes: Vec<String> = report
        .findings
        .iter()
        .map(|(_, difference)| format!("{} {}", difference.rule.id, difference.path))
        .collect();
    changes.sort();
    changes
}

fn texts(value: &Value) -> Vec<String> {
    let mut texts: Vec<String> = value
        .as_array()
        .into_iter()
        .flatten()
        .map(|text| text.as_str().unwrap().to_owned())
        .collect();
    texts.sort();
    texts
}

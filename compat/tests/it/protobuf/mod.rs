//! Protobuf.
//!
//! - `conformance`: the published difference cases.
//! - `cases`: our own cases, a file for each rule.
//! - `canonical`: what is printed, and that nothing is lost by it.
//! - `laws`: properties of checks.
//! - `hostile`: texts that must be refused or judged quickly, on a small stack.
//! - `opinion`, `pairs`: another implementation to ask, and every pair of texts to ask about.
//! - `agreement`: both parsers see the same in every text.
//! - `offsets`: where the elements of a difference stand in the texts.
//! - `soundness`: generated values survive every generated change that is called compatible; the exceptions by name.
//! - `witness`: which incompatibilities have a witness, and that the other implementation confirms each.

mod agreement;
mod canonical;
mod cases;
mod conformance;
mod hostile;
mod laws;
mod offsets;
mod opinion;
mod pairs;
mod soundness;
mod witness;

use std::sync::Arc;

use dovetail_compat::{Difference, NamedText, Schema, SchemaError, check, parse};
use dovetail_model::{CompatibilityPolicy, Direction, SchemaType};

fn proto(text: &str) -> Schema {
    proto_with(text, &[])
}

fn proto_with(text: &str, references: &[(&str, &str)]) -> Schema {
    try_proto(text, references).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

fn try_proto(text: &str, references: &[(&str, &str)]) -> Result<Schema, SchemaError> {
    let references: Vec<NamedText> = references
        .iter()
        .map(|(name, text)| NamedText {
            name: (*name).to_owned(),
            text: Arc::from(*text),
        })
        .collect();
    parse(SchemaType::Protobuf, text, &references)
}

fn refusal(text: &str, references: &[(&str, &str)]) -> String {
    match try_proto(text, references) {
        Ok(_) => panic!("the text is accepted: {text}"),
        Err(error) => error.to_string(),
    }
}

/// What the new schema brings going backward.
fn differences(new: &Schema, previous: &Schema) -> Vec<Difference> {
    let report = check(
        new,
        previous,
        &[Direction::Backward],
        CompatibilityPolicy::Strict,
    )
    .expect("the schemas are simple enough");
    report
        .findings
        .into_iter()
        .map(|(_, difference)| difference)
        .collect()
}

/// "RULE path" for each difference, sorted.
fn changes(new: &Schema, previous: &Schema) -> Vec<String> {
    let mut found: Vec<String> = differences(new, previous)
        .iter()
        .map(|difference| format!("{} {}", difference.rule.id, difference.path))
        .collect();
    found.sort();
    found
}

fn compatible(new: &Schema, previous: &Schema) -> bool {
    differences(new, previous)
        .iter()
        .all(|difference| !difference.rule.breaks(CompatibilityPolicy::Strict))
}

//! - `cases`: our own cases, a file for each rule.
//! - `canonical`: what the canonical and normalized forms look like.
//! - `conformance`: the recorded verdicts of Apache Avro's Java library.
//! - `generated`: what holds for every schema, over generated ones.
//! - `laws`: what holds for every schema, over a corpus of real ones.
//! - `parsing`: what is taken and what is refused.
//! - `traps`: hostile and huge inputs.

mod canonical;
mod cases;
mod conformance;
mod generated;
mod laws;
mod parsing;
mod traps;

use dovetail_compat::{NamedText, Report, Schema, check, parse};
use dovetail_model::{CompatibilityPolicy, Direction, SchemaType};

fn schema(text: &str) -> Schema {
    parse(SchemaType::Avro, text, &[]).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn schema_with(text: &str, references: &[(&str, &str)]) -> Schema {
    parse(SchemaType::Avro, text, &named(references))
        .unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn named(references: &[(&str, &str)]) -> Vec<NamedText> {
    let named = |(name, text): &(&str, &str)| NamedText {
        name: (*name).to_owned(),
        text: (*text).into(),
    };
    references.iter().map(named).collect()
}

fn refusal(text: &str) -> String {
    match parse(SchemaType::Avro, text, &[]) {
        Ok(_) => panic!("accepted: {}", &text[..text.len().min(300)]),
        Err(error) => error.0,
    }
}

/// What a reader finds in a writer.
fn read(reader: &Schema, writer: &Schema) -> Report {
    check(
        reader,
        writer,
        &[Direction::Backward],
        CompatibilityPolicy::Strict,
    )
    .expect("within the bounds")
}

//! - `cases`: our own cases, a file for each rule.
//! - `canonical`: what the canonical and normalized forms look like.
//! - `conformance`: the recorded verdicts of Apache Avro's Java library.
//! - `evolution`: schemas and what becomes of them, step by step.
//! - `families`: real schemas that are versions of one another.
//! - `generated`: what holds for every schema, over generated ones.
//! - `laws`: what holds for every schema, over a corpus of real ones.
//! - `parsing`: what is taken and what is refused.
//! - `second`: what another library reads.
//! - `soundness`: what is called compatible is really read.
//! - `traps`: hostile and huge inputs.
//! - `values`: values of any schema, for the tests.
//! - `witness`: what is called incompatible really breaks.

mod canonical;
mod cases;
mod conformance;
mod evolution;
mod families;
mod generated;
mod laws;
mod parsing;
mod second;
mod soundness;
mod traps;
mod values;
mod witness;

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

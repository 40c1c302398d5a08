//! Types from Avro schemas. What is generated is compiled and run: `compiled.rs` builds a crate of it and talks to it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod cases;
mod compiled;
mod corpus;
mod evolution;
mod options;
mod random;

use std::sync::Arc;

use dovetail_codegen::{NamedText, SchemaText, Unit};
use dovetail_model::SchemaType;

/// A unit of one text.
pub(crate) fn unit(name: &str, text: &str) -> Unit {
    Unit {
        name: name.to_owned(),
        schema_type: SchemaType::Avro,
        schema: schema_text(text, &[]),
        also: Vec::new(),
    }
}

fn schema_text(text: &str, references: &[(&str, &str)]) -> SchemaText {
    SchemaText {
        text: Arc::from(text),
        references: references
            .iter()
            .map(|(name, text)| NamedText {
                name: (*name).to_owned(),
                text: Arc::from(*text),
            })
            .collect(),
        registered: None,
    }
}

//! Example events: values that a writer with a schema may produce, as JSON and as bytes on the wire.
//!
//! The same seed gives the same events. Each format has a file that draws one value; a value is returned only after the
//! format's own means accepted it: it was written (Avro, Protobuf) or validated (JSON Schema).

mod avro;
mod json_schema;
mod protobuf;
mod random;

pub(crate) use random::Random;
use serde_json::Value;

use crate::{Schema, schema::Parsed};

/// One event.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// In JSON: Avro's JSON encoding, Protobuf's JSON mapping, or the document itself.
    pub value: Value,
    /// On the wire, without any frame.
    pub bytes: Vec<u8>,
}

/// Why there is no example of a schema.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NoSample(&'static str);

/// Draws example events.
#[derive(Debug)]
pub struct Sampler<'a> {
    schema: &'a Schema,
    message: Option<&'a str>,
    random: Random,
}

/// How often a value is drawn again where one did not come out valid.
const TRIES: usize = 20;

impl<'a> Sampler<'a> {
    /// Draws events of a schema; for Protobuf, of its first message.
    ///
    /// ```
    /// use dovetail_compat::{parse, sample::Sampler};
    /// use dovetail_model::SchemaType;
    /// let schema = parse(SchemaType::Avro, r#"{"type": "map", "values": "long"}"#, &[]).unwrap();
    /// let (one, same) = (Sampler::new(&schema, 7).draw(), Sampler::new(&schema, 7).draw());
    /// assert_eq!(one.unwrap(), same.unwrap());
    /// ```
    pub const fn new(schema: &'a Schema, seed: u64) -> Self {
        Self {
            schema,
            message: None,
            random: Random::new(seed),
        }
    }

    /// Draws events of another message of a Protobuf schema, by its full name.
    #[must_use]
    pub const fn of_message(mut self, name: &'a str) -> Self {
        self.message = Some(name);
        self
    }

    /// The next event.
    pub fn draw(&mut self) -> Result<Sample, NoSample> {
        match &self.schema.parsed {
            Parsed::Avro(schema) => avro::draw(schema, &mut self.random),
            Parsed::Protobuf(schema) => {
                protobuf::draw(schema.pool(), self.message, &mut self.random)
            }
            Parsed::Json(schema) => json_schema::draw(schema, &mut self.random),
        }
    }
}

//! Avro values: drawn type by type while there is weight left, and the smallest ones after that.

use serde_json::Value;

use super::{NoSample, Random, Sample};
use crate::avro::{AvroSchema, sample as values};

/// Draws a value and writes it.
pub(super) fn draw(schema: &AvroSchema, random: &mut Random) -> Result<Sample, NoSample> {
    let drawn: Option<(Value, Vec<u8>)> = values::draw(schema, random);
    let (value, bytes) = drawn.ok_or(NoSample(
        "the schema has no value that ends: a record contains itself without a way out, or it is too large",
    ))?;
    Ok(Sample { value, bytes })
}

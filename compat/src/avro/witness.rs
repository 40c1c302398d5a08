//! The smallest value that a difference breaks, really written and really read.
//!
//! `trail.rs` finds the way to the difference through both schemas at once, `smallest.rs` makes the value: what the way
//! asks for, and as little as possible beside it. Then the value is encoded and read; it is a witness only when reading
//! fails at the difference's own place, not merely somewhere. Two kinds of differences have none: those in a type without
//! finite values, and those whose smallest value is beyond [`WEIGHT_LIMIT`] or nests too deep.

mod smallest;
mod trail;

pub(super) use self::smallest::Smallest;
use super::{AvroSchema, resolve::resolve, value::to_json};
use crate::{
    Difference,
    explain::{Outcome, Witness},
};

/// Parts and bytes that a witness may have; a larger one would explain nothing.
pub(super) const WEIGHT_LIMIT: u64 = 64 << 10;

/// The smallest value the writer can produce that the reader cannot read because of the difference; `None` where none was
/// found and confirmed.
pub(crate) fn witness(
    reader: &AvroSchema,
    writer: &AvroSchema,
    difference: &Difference,
) -> Option<Witness> {
    let smallest = Smallest::of(writer);
    let trail = trail::find(reader, writer, &smallest, difference)?;
    let value = smallest.along(&trail.moves)?;
    let bytes = value.bytes();
    let reading = resolve(reader, writer, &bytes, Some(trail.wanted)).ok()?;
    let failure = reading.failures.into_iter().next()?;
    Some(Witness {
        value: to_json(writer, writer.root, &value),
        bytes,
        outcome: Outcome::Fails(failure),
    })
}

//! Witnesses: the smallest message that the writer can send and the reader does not read as it was meant.
//!
//! Any message type may be a payload of its own, so a witness is a value of the message in which the difference is, with
//! the field in question set to something telling and nothing else but what `required` asks for. [`values`] knows what
//! is telling, [`oneofs`] which members to set together, [`path`] the way to a difference in the body of another
//! message; [`confirm`] writes, reads and compares.
//!
//! Two kinds of incompatibility can have no witness, because no value is lost on the wire: another package, and another
//! name for a type with the same fields. The protocol refuses them for the sake of generated code.

mod confirm;
mod data;
mod oneofs;
mod path;
mod values;

use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor};

use super::{ProtobufSchema, rules};
use crate::{
    Difference, Verdict,
    explain::{Outcome, Witness},
};

/// The smallest value the writer can produce that the reader cannot read, or reads differently; `None` where none was
/// found and confirmed.
pub(crate) fn witness(
    reader: &ProtobufSchema,
    writer: &ProtobufSchema,
    difference: &Difference,
) -> Option<Witness> {
    let rule = difference.rule;
    // A package is not on the wire.
    if rule.verdict == Verdict::Compatible || rule == &rules::PACKAGE_CHANGED {
        return None;
    }
    if rule == &rules::MESSAGE_REMOVED {
        return removed_message(reader.pool(), writer.pool(), difference);
    }
    let pair = Pair {
        writer: message_at(writer.pool(), &difference.writer_place)?,
        reader: message_at(reader.pool(), &difference.reader_place)?,
    };
    let last = difference.path.rsplit('/').next()?;
    if rule == &rules::MULTIPLE_FIELDS_MOVED_TO_ONEOF
        || rule == &rules::FIELD_MOVED_TO_EXISTING_ONEOF
    {
        return oneofs::excluded(&pair, last)
            .and_then(|(message, numbers)| confirm::changed(&message, &numbers, &pair.reader));
    }
    let number = last.parse().ok()?;
    if rule == &rules::FIELD_NAMED_TYPE_CHANGED {
        return path::into_field(&pair, number);
    }
    changed_field(&pair, number).or_else(|| missing_field(&pair, number))
}

/// Two messages that a difference compares.
#[derive(Clone)]
struct Pair {
    writer: MessageDescriptor,
    reader: MessageDescriptor,
}

/// The message at a place, or the one that a field or oneof at that place is in.
fn message_at(pool: &DescriptorPool, place: &str) -> Option<MessageDescriptor> {
    pool.get_message_by_name(place).or_else(|| {
        let (scope, _) = place.rsplit_once('.')?;
        pool.get_message_by_name(scope)
    })
}

/// The writer may still send the message, and the reader has nothing to read it with.
fn removed_message(
    reader: &DescriptorPool,
    writer: &DescriptorPool,
    difference: &Difference,
) -> Option<Witness> {
    let message = writer.get_message_by_name(&difference.writer_place)?;
    let name = match difference.reader_place.as_str() {
        "" => difference.detail.clone(),
        scope => format!("{scope}.{}", difference.detail),
    };
    if reader.get_message_by_name(&name).is_some() {
        return None;
    }
    let outcome = Outcome::Fails(format!("the reader has no message \"{name}\""));
    let mut message = DynamicMessage::new(message);
    values::complete(&mut message)?;
    confirm::written(&message, outcome)
}

/// A value of the field that comes out as another one, or not at all.
fn changed_field(pair: &Pair, number: u32) -> Option<Witness> {
    let field = pair.writer.get_field(number)?;
    values::of(&field).into_iter().find_map(|value| {
        let mut message = DynamicMessage::new(pair.writer.clone());
        message.try_set_field(&field, value).ok()?;
        confirm::changed(&message, &[number], &pair.reader)
    })
}

/// A message without the field, which the reader requires.
fn missing_field(pair: &Pair, number: u32) -> Option<Witness> {
    let field = pair.reader.get_field(number)?;
    let message = DynamicMessage::new(pair.writer.clone());
    if !field.is_required() {
        return None;
    }
    confirm::incomplete(&message, &pair.reader, field.full_name())
}

//! Writing, reading and comparing: what makes a value a witness.

use prost::Message as _;
use prost_reflect::{
    DynamicMessage, MessageDescriptor, ReflectMessage as _, SerializeOptions, Value,
};

use super::{data, values};
use crate::explain::{Outcome, Witness};

/// A witness, if the reader makes something else of these fields than the writer meant.
///
/// The fields are judged alone first. What `required` adds to them afterwards may have changed as well, and would
/// otherwise lend its own failure to a difference that does no harm. `numbers` are those that are set.
pub(super) fn changed(
    fields: &DynamicMessage,
    numbers: &[u32],
    reader: &MessageDescriptor,
) -> Option<Witness> {
    if !is_changed(fields, numbers, reader)? {
        return None;
    }
    read(fields.clone(), reader)
}

/// The witness with what the reader makes of it.
pub(super) fn read(mut whole: DynamicMessage, reader: &MessageDescriptor) -> Option<Witness> {
    values::complete(&mut whole)?;
    let outcome = match DynamicMessage::decode(reader.clone(), whole.encode_to_vec().as_slice()) {
        Ok(read) => Outcome::ReadsAs(json(&read)?),
        Err(error) => Outcome::Fails(format!("the reader cannot decode it: {error}")),
    };
    written(&whole, outcome)
}

/// Whether the reader fails on these fields or reads something else. `None` if that is too much to look at.
pub(super) fn is_changed(
    fields: &DynamicMessage,
    numbers: &[u32],
    reader: &MessageDescriptor,
) -> Option<bool> {
    if reader.fields().len() > values::MAX_FIELDS {
        return None;
    }
    let meant = data::at(fields, numbers)?;
    match DynamicMessage::decode(reader.clone(), fields.encode_to_vec().as_slice()) {
        Ok(read) => Some(data::at(&read, numbers)? != meant),
        Err(_) => Some(true),
    }
}

/// Whether the same numbers are another value in JSON, as they are in well-known types.
pub(super) fn means_something_else(
    message: &DynamicMessage,
    reader: &MessageDescriptor,
) -> Option<bool> {
    let read = DynamicMessage::decode(reader.clone(), message.encode_to_vec().as_slice()).ok()?;
    Some(json(message)? != json(&read)?)
}

/// A witness, if the reader misses a field that it requires in what the writer may send.
pub(super) fn incomplete(
    fields: &DynamicMessage,
    reader: &MessageDescriptor,
    required: &str,
) -> Option<Witness> {
    let mut whole = fields.clone();
    values::complete(&mut whole)?;
    let read = DynamicMessage::decode(reader.clone(), whole.encode_to_vec().as_slice()).ok()?;
    let mut missing = Vec::new();
    required_fields_missing(&read, &mut missing)?;
    if !missing.iter().any(|name| name == required) {
        return None;
    }
    let outcome = Outcome::Fails(format!("the required field \"{required}\" is missing"));
    written(&whole, outcome)
}

/// The witness with what the writer puts on the wire.
pub(super) fn written(message: &DynamicMessage, outcome: Outcome) -> Option<Witness> {
    Some(Witness {
        value: json(message)?,
        bytes: message.encode_to_vec(),
        outcome,
    })
}

/// prost decodes what is incomplete without a word; other implementations refuse it, and so does the specification.
fn required_fields_missing(message: &DynamicMessage, missing: &mut Vec<String>) -> Option<()> {
    let descriptor = message.descriptor();
    if descriptor.fields().len() > values::MAX_FIELDS {
        return None;
    }
    for field in descriptor.fields() {
        if field.is_required() && !message.has_field(&field) {
            missing.push(field.full_name().to_owned());
        }
    }
    for (_, value) in message.fields() {
        let inside: Vec<&Value> = match value {
            Value::Message(_) => vec![value],
            Value::List(list) => list.iter().collect(),
            Value::Map(map) => map.values().collect(),
            _ => Vec::new(),
        };
        for inner in inside.into_iter().filter_map(Value::as_message) {
            required_fields_missing(inner, missing)?;
        }
    }
    Some(())
}

/// Protobuf's JSON mapping. `None` for what has none, such as an `Any` of a type that is unknown.
fn json(message: &DynamicMessage) -> Option<serde_json::Value> {
    message
        .serialize_with_options(serde_json::value::Serializer, &SerializeOptions::new())
        .ok()
}

//! Values that tell: small, not the default, and the same after every change that the wire forgives. An int32 of 1 is
//! also 1 as a bool, but -1 as a sint32.

use std::collections::HashMap;

use prost_reflect::{
    DynamicMessage, EnumDescriptor, FieldDescriptor, Kind, MessageDescriptor, Value,
};

/// Fields of a message that are looked at for one to fill.
const LOOKED_AT: usize = 50;

/// Values of a field, the smallest first: one element or entry of what is repeated, then two.
pub(super) fn of(field: &FieldDescriptor) -> Vec<Value> {
    if field.is_map() {
        return entries(field);
    }
    let elements = elements(&field.kind());
    if !field.is_list() {
        return elements;
    }
    let single = elements.iter().map(|one| Value::List(vec![one.clone()]));
    let mut lists: Vec<Value> = single.collect();
    if let Some(first) = elements.first() {
        let second = elements.get(1).unwrap_or(first);
        lists.push(Value::List(vec![first.clone(), second.clone()]));
        lists.push(Value::List(vec![first.clone(), first.clone()]));
    }
    lists
}

/// Maps with one entry.
fn entries(field: &FieldDescriptor) -> Vec<Value> {
    let Kind::Message(entry) = field.kind() else {
        return Vec::new();
    };
    let keys = elements(&entry.map_entry_key_field().kind());
    let values = elements(&entry.map_entry_value_field().kind());
    let mut maps = Vec::new();
    for key in &keys {
        for value in &values {
            if let Some(key) = key.clone().into_map_key() {
                maps.push(Value::Map(HashMap::from([(key, value.clone())])));
            }
        }
    }
    maps
}

/// Single values of a type.
pub(super) fn elements(kind: &Kind) -> Vec<Value> {
    match kind {
        Kind::Double => vec![Value::F64(1.5), Value::F64(-2.0)],
        Kind::Float => vec![Value::F32(1.5), Value::F32(-2.0)],
        Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => vec![Value::I32(1), Value::I32(2)],
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => vec![Value::I64(1), Value::I64(2)],
        Kind::Uint32 | Kind::Fixed32 => vec![Value::U32(1), Value::U32(2)],
        Kind::Uint64 | Kind::Fixed64 => vec![Value::U64(1), Value::U64(2)],
        Kind::Bool => vec![Value::Bool(true), Value::Bool(false)],
        Kind::String => vec!["a", "b"]
            .into_iter()
            .map(|text| Value::String(text.to_owned()))
            .collect(),
        Kind::Bytes => vec![Value::Bytes("a".into()), Value::Bytes("b".into())],
        Kind::Enum(one) => constants(one),
        Kind::Message(message) => {
            let mut messages: Vec<Value> = sample(message).into_iter().collect();
            messages.push(Value::Message(DynamicMessage::new(message.clone())));
            messages
        }
    }
}

/// Numbers other than zero first. Where all constants are zero, proto3 lets a writer send a number without a name.
fn constants(one: &EnumDescriptor) -> Vec<Value> {
    let mut numbers: Vec<i32> = one
        .values()
        .map(|value| value.number())
        .filter(|number| *number != 0)
        .take(2)
        .collect();
    let open = one.parent_file_descriptor_proto().syntax() == "proto3";
    if numbers.is_empty() && open {
        numbers.push(1);
    }
    numbers.push(0);
    numbers.into_iter().map(Value::EnumNumber).collect()
}

/// A message with one scalar set, if it has any.
fn sample(message: &MessageDescriptor) -> Option<Value> {
    let scalar =
        |field: &FieldDescriptor| !field.is_list() && !matches!(field.kind(), Kind::Message(_));
    let field = message.fields().take(LOOKED_AT).find(scalar)?;
    let value = elements(&field.kind()).into_iter().next()?;
    let mut message = DynamicMessage::new(message.clone());
    message.try_set_field(&field, value).ok()?;
    Some(Value::Message(message))
}

/// Sets whatever is required and absent, here and in the messages inside, to its default. `None` if that has no end: a
/// writer cannot send such a message either.
pub(super) fn complete(message: &mut DynamicMessage) -> Option<()> {
    complete_within(message, MAX_DEPTH, &mut { MAX_REQUIRED })
}

/// Messages inside each other.
const MAX_DEPTH: usize = 48;
/// Required fields to be set in one witness. More would make it unreadable.
const MAX_REQUIRED: usize = 256;
/// Fields of a message that is looked at as a whole.
pub(super) const MAX_FIELDS: usize = 1_000;

fn complete_within(message: &mut DynamicMessage, depth: usize, left: &mut usize) -> Option<()> {
    use prost_reflect::ReflectMessage as _;
    let depth = depth.checked_sub(1)?;
    let descriptor = message.descriptor();
    if descriptor.fields().len() > MAX_FIELDS {
        return None;
    }
    for field in descriptor.fields() {
        if field.is_required() && !message.has_field(&field) {
            *left = left.checked_sub(1)?;
            message
                .try_set_field(&field, Value::default_value_for_field(&field))
                .ok()?;
        }
        if !message.has_field(&field) {
            continue;
        }
        match message.get_field_mut(&field) {
            Value::Message(inner) => complete_within(inner, depth, left)?,
            Value::List(list) => {
                for inner in list.iter_mut().filter_map(Value::as_message_mut) {
                    complete_within(inner, depth, left)?;
                }
            }
            Value::Map(map) => {
                for inner in map.values_mut().filter_map(Value::as_message_mut) {
                    complete_within(inner, depth, left)?;
                }
            }
            _ => {}
        }
    }
    Some(())
}

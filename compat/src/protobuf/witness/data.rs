//! What a message holds, by numbers only, so that two sides can be compared whatever they call their fields.
//!
//! What the wire cannot tell apart is equal here: a bool and 0 or 1, an enum and its number, a string and its bytes, a
//! single value and a list of one, a map and a list of its entries.

use std::collections::BTreeMap;

use prost_reflect::{DynamicMessage, MapKey, ReflectMessage as _, Value};

use super::values::MAX_FIELDS;

/// A value without its names.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Data {
    Number(i128),
    /// The bits of a float or a double.
    Float(u64),
    Text(Vec<u8>),
    Message(BTreeMap<u32, Vec<Data>>),
}

/// What a message holds at these numbers, which are all that can be set in it.
pub(super) fn at(message: &DynamicMessage, numbers: &[u32]) -> Option<Data> {
    let descriptor = message.descriptor();
    let mut fields = BTreeMap::new();
    for &number in numbers {
        let field = descriptor.get_field(number);
        if let Some(field) = field.filter(|field| message.has_field(field)) {
            fields.insert(number, values(&message.get_field(&field))?);
        }
        let extension = descriptor.get_extension(number);
        if let Some(extension) = extension.filter(|one| message.has_extension(one)) {
            fields.insert(number, values(&message.get_extension(&extension))?);
        }
    }
    Some(Data::Message(fields))
}

/// What a message holds. `None` where a message in it has more fields than are worth going through.
fn of(message: &DynamicMessage) -> Option<Data> {
    if message.descriptor().fields().len() > MAX_FIELDS {
        return None;
    }
    let mut fields = BTreeMap::new();
    for (field, value) in message.fields() {
        fields.insert(field.number(), values(value)?);
    }
    for (extension, value) in message.extensions() {
        fields.insert(extension.number(), values(value)?);
    }
    Some(Data::Message(fields))
}

fn values(value: &Value) -> Option<Vec<Data>> {
    match value {
        Value::List(list) => list.iter().map(single).collect(),
        Value::Map(map) => {
            let entry = |(key, value): (&MapKey, &Value)| {
                let fields = BTreeMap::from([(1, vec![self::key(key)]), (2, vec![single(value)?])]);
                Some(Data::Message(fields))
            };
            let mut entries: Vec<Data> = map.iter().map(entry).collect::<Option<_>>()?;
            entries.sort();
            Some(entries)
        }
        _ => Some(vec![single(value)?]),
    }
}

fn single(value: &Value) -> Option<Data> {
    Some(match value {
        Value::Bool(value) => Data::Number((*value).into()),
        Value::I32(value) | Value::EnumNumber(value) => Data::Number((*value).into()),
        Value::I64(value) => Data::Number((*value).into()),
        Value::U32(value) => Data::Number((*value).into()),
        Value::U64(value) => Data::Number((*value).into()),
        Value::F32(value) => Data::Float(f64::from(*value).to_bits()),
        Value::F64(value) => Data::Float(value.to_bits()),
        Value::String(value) => Data::Text(value.as_bytes().to_vec()),
        Value::Bytes(value) => Data::Text(value.to_vec()),
        Value::Message(message) => of(message)?,
        // Neither stands inside another value.
        Value::List(_) | Value::Map(_) => return None,
    })
}

fn key(key: &MapKey) -> Data {
    match key {
        MapKey::Bool(value) => Data::Number((*value).into()),
        MapKey::I32(value) => Data::Number((*value).into()),
        MapKey::I64(value) => Data::Number((*value).into()),
        MapKey::U32(value) => Data::Number((*value).into()),
        MapKey::U64(value) => Data::Number((*value).into()),
        MapKey::String(value) => Data::Text(value.as_bytes().to_vec()),
    }
}

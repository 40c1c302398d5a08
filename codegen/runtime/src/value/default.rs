//! Defaults: from their JSON to values (specification, "Complex Types").
//!
//! Bytes and fixed types are strings with one character for each byte. An integer is a default for a floating number. A
//! union takes the first of its branches that the default fits, and a record may leave out what has a default itself.

use alloc::{boxed::Box, string::String, string::ToString, vec::Vec};
use serde_json::{Map, Number, Value as Json};

use super::Value;
use crate::schema::{Field, Kind, NodeId, Primitive, Record, Schema};

/// How deep a default may nest: a record may be a default inside its own default.
const DEPTH: usize = 100;

/// Appends a default as a writer of the type would write it.
pub(crate) fn write_default(
    schema: &Schema,
    id: NodeId,
    default: &Json,
    out: &mut Vec<u8>,
    limit: usize,
) -> Result<(), &'static str> {
    let mut left = limit;
    let value = value(schema, id, default, DEPTH, &mut left);
    value?.write(out);
    Ok(())
}

/// The value of a field's default, or what is wrong with it.
pub fn default_value(schema: &Schema, field: &Field) -> Option<Result<Value, &'static str>> {
    let mut left = 16 << 20;
    let default = field.default.as_ref()?;
    Some(value(schema, field.type_id, default, DEPTH, &mut left))
}

type Made = Result<Value, &'static str>;

/// What is wrong with a default that fits no type; nothing else can be said about one that a union does not take.
const NO_VALUE: &str = "is no value of its type";

fn value(schema: &Schema, id: NodeId, json: &Json, depth: usize, left: &mut usize) -> Made {
    let depth = depth
        .checked_sub(1)
        .ok_or("contains itself, or nests too deep")?;
    *left = left
        .checked_sub(1)
        .ok_or("is too large when it is written out")?;
    match (schema.kind(id), json) {
        (Kind::Primitive(primitive), _) => primitive_value(*primitive, json, left).ok_or(NO_VALUE),
        (Kind::Enum(symbols), Json::String(text)) => {
            let index = symbols.symbols.iter().position(|symbol| symbol == text);
            let index = index.and_then(|index| u32::try_from(index).ok());
            index.map(Value::Enum).ok_or("is no symbol of its enum")
        }
        (Kind::Fixed(fixed), Json::String(text)) => {
            let bytes = bytes(text).ok_or("has a character beyond U+00FF, so it is no bytes")?;
            if bytes.len() != fixed.size {
                return Err("has another number of characters than its fixed type has bytes");
            }
            *left = left.saturating_sub(bytes.len());
            Ok(Value::Fixed(bytes))
        }
        (Kind::Array(inner), Json::Array(items)) => {
            let items = items.iter();
            let values = items.map(|item| value(schema, *inner, item, depth, left));
            Ok(Value::Array(values.collect::<Result<_, _>>()?))
        }
        (Kind::Map(inner), Json::Object(entries)) => {
            let entries = entries.iter().map(|(key, item)| {
                *left = left.saturating_sub(key.len());
                Ok((key.clone(), value(schema, *inner, item, depth, left)?))
            });
            Ok(Value::Map(entries.collect::<Result<_, _>>()?))
        }
        (Kind::Record(record), Json::Object(entries)) => {
            record_value(schema, record, entries, depth, left)
        }
        (Kind::Union(branches), _) => {
            for (index, &branch) in (0..).zip(branches) {
                if let Ok(value) = value(schema, branch, json, depth, left) {
                    return Ok(Value::Union(index, Box::new(value)));
                }
            }
            Err("is no value of any branch of its union")
        }
        _ => Err(NO_VALUE),
    }
}

fn record_value(
    schema: &Schema,
    record: &Record,
    entries: &Map<String, Json>,
    depth: usize,
    left: &mut usize,
) -> Made {
    let fields = record.fields.iter().map(|field| {
        let json = entries.get(&field.name).or(field.default.as_ref());
        let json = json.ok_or("leaves out a field that has no default itself")?;
        value(schema, field.type_id, json, depth, left)
    });
    Ok(Value::Record(fields.collect::<Result<_, _>>()?))
}

fn primitive_value(primitive: Primitive, json: &Json, left: &mut usize) -> Option<Value> {
    Some(match (primitive, json) {
        (Primitive::Null, Json::Null) => Value::Null,
        (Primitive::Boolean, Json::Bool(value)) => Value::Boolean(*value),
        (Primitive::Int, Json::Number(number)) => Value::Int(integer(number)?.try_into().ok()?),
        (Primitive::Long, Json::Number(number)) => Value::Long(integer(number)?),
        (Primitive::Float, Json::Number(number)) => Value::Float(number.to_string().parse().ok()?),
        (Primitive::Double, Json::Number(number)) => {
            Value::Double(number.to_string().parse().ok()?)
        }
        #[expect(
            clippy::cast_possible_truncation,
            reason = "Java rounds the text's number, too"
        )]
        (Primitive::Float, Json::String(text)) => Value::Float(spelled(text)? as f32),
        (Primitive::Double, Json::String(text)) => Value::Double(spelled(text)?),
        (Primitive::Bytes, Json::String(text)) => {
            *left = left.saturating_sub(text.len());
            Value::Bytes(bytes(text)?)
        }
        (Primitive::String, Json::String(text)) => {
            *left = left.saturating_sub(text.len());
            Value::String(text.clone())
        }
        _ => return None,
    })
}

/// An integer; `1.0` is none, as in Java.
fn integer(number: &Number) -> Option<i64> {
    match number.to_string().as_str() {
        "-0" => Some(0),
        text => text.parse().ok(),
    }
}

/// A floating number that is spelled as a text: Java takes these, and writes what JSON has no number for like this.
fn spelled(text: &str) -> Option<f64> {
    match text.trim() {
        "NaN" | "+NaN" | "-NaN" => Some(f64::NAN),
        "Infinity" | "+Infinity" => Some(f64::INFINITY),
        "-Infinity" => Some(f64::NEG_INFINITY),
        text => {
            let digits = text.trim_end_matches(['d', 'D', 'f', 'F']);
            let is_number = digits
                .bytes()
                .all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
            is_number.then(|| digits.parse().ok()).flatten()
        }
    }
}

/// One byte for each character; nothing where one is beyond U+00FF.
fn bytes(text: &str) -> Option<Vec<u8>> {
    text.chars()
        .map(|character| u8::try_from(u32::from(character)).ok())
        .collect()
}

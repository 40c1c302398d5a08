//! Values as JSON: Avro's JSON encoding, which names the branch of a union, and the form of defaults, which does not.
//!
//! Bytes are a string with one character per byte. What JSON has no number for is written as the string `NaN`,
//! `Infinity` or `-Infinity`.

use serde_json::{Map, Value};

use super::{DEPTH_LIMIT, Datum};
use crate::avro::{
    numbers,
    parse::number,
    tree::{AvroSchema, Kind, NodeId, Primitive, Record, Union},
};

/// Which of the two ways to write a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::avro) enum Form {
    /// A union's value is an object with the branch's name, or null.
    Encoding,
    /// A union's value is that of the first branch that takes it, and a record may leave out what has a default.
    Default,
}

/// The JSON encoding of a value of the type.
pub(in crate::avro) fn to_json(schema: &AvroSchema, id: NodeId, datum: &Datum) -> Value {
    match (schema.kind(id), datum) {
        (_, Datum::Boolean(value)) => Value::Bool(*value),
        (_, Datum::Int(value)) => Value::from(*value),
        (_, Datum::Long(value)) => Value::from(*value),
        (_, Datum::Float(value)) if value.is_finite() => {
            numbers::number_value(&numbers::float_text(*value))
        }
        (_, Datum::Float(value)) => numbers::double_value(f64::from(*value)),
        (_, Datum::Double(value)) => numbers::double_value(*value),
        (_, Datum::Bytes(bytes) | Datum::Fixed(bytes)) => {
            Value::String(bytes.iter().map(|&byte| char::from(byte)).collect())
        }
        (_, Datum::String(text)) => Value::String(text.clone()),
        (Kind::Enum(symbols), Datum::Enum(index)) => symbols
            .symbols
            .get(*index as usize)
            .map_or(Value::Null, |symbol| Value::String(symbol.clone())),
        (Kind::Array(inner), Datum::Array(items)) => items
            .iter()
            .map(|item| to_json(schema, *inner, item))
            .collect(),
        (Kind::Map(inner), Datum::Map(entries)) => entries
            .iter()
            .map(|(key, value)| (key.clone(), to_json(schema, *inner, value)))
            .collect(),
        (Kind::Record(record), Datum::Record(values)) => record
            .fields
            .iter()
            .zip(values)
            .map(|(field, value)| {
                let value = to_json(schema, field.type_id, value);
                (field.name.to_string(), value)
            })
            .collect(),
        (Kind::Union(union), Datum::Union(index, value)) => {
            branch_to_json(schema, union, *index, value)
        }
        _ => Value::Null,
    }
}

fn branch_to_json(schema: &AvroSchema, union: &Union, index: u32, value: &Datum) -> Value {
    match union.branches.get(index as usize) {
        Some(&branch) if *value != Datum::Null => {
            let name = schema.kind(branch).full_name().to_owned();
            Value::Object(Map::from_iter([(name, to_json(schema, branch, value))]))
        }
        _ => Value::Null,
    }
}

/// A value of the type from its JSON; `None` where it is none, nests too deep, or has more parts than are `left`: defaults
/// inside defaults can be far larger than their text.
pub(in crate::avro) fn from_json(
    schema: &AvroSchema,
    id: NodeId,
    value: &Value,
    form: Form,
    left: &mut u64,
) -> Option<Datum> {
    let mut reading = FromJson {
        schema,
        form,
        left,
        depth: 0,
    };
    reading.value(id, value)
}

struct FromJson<'a> {
    schema: &'a AvroSchema,
    form: Form,
    left: &'a mut u64,
    depth: usize,
}

impl FromJson<'_> {
    fn value(&mut self, id: NodeId, value: &Value) -> Option<Datum> {
        *self.left = self.left.checked_sub(1)?;
        if self.depth == DEPTH_LIMIT {
            return None;
        }
        self.depth += 1;
        let read = self.value_of(id, value);
        self.depth -= 1;
        read
    }

    fn value_of(&mut self, id: NodeId, value: &Value) -> Option<Datum> {
        match (self.schema.kind(id), value) {
            (Kind::Primitive(primitive), _) => primitive_from_json(*primitive, value),
            (Kind::Enum(symbols), Value::String(text)) => {
                let index = symbols.symbols.iter().position(|symbol| symbol == text)?;
                Some(Datum::Enum(number(index)))
            }
            (Kind::Fixed(fixed), Value::String(text)) => {
                let bytes = bytes_of(text)?;
                (bytes.len() == fixed.size as usize).then_some(Datum::Fixed(bytes))
            }
            (Kind::Array(inner), Value::Array(values)) => {
                let items = values.iter().map(|value| self.value(*inner, value));
                Some(Datum::Array(items.collect::<Option<_>>()?))
            }
            (Kind::Map(inner), Value::Object(entries)) => {
                let entries = entries
                    .iter()
                    .map(|(key, value)| Some((key.clone(), self.value(*inner, value)?)));
                Some(Datum::Map(entries.collect::<Option<_>>()?))
            }
            (Kind::Record(record), Value::Object(entries)) => self.record(record, entries),
            (Kind::Union(union), _) => self.union(union, value),
            _ => None,
        }
    }

    fn record(&mut self, record: &Record, entries: &Map<String, Value>) -> Option<Datum> {
        let fields = record.fields.iter().map(|field| {
            let value = match (entries.get(&*field.name), self.form) {
                (Some(value), _) => value,
                (None, Form::Default) => field.default.as_ref()?,
                (None, Form::Encoding) => return None,
            };
            self.value(field.type_id, value)
        });
        Some(Datum::Record(fields.collect::<Option<_>>()?))
    }

    fn union(&mut self, union: &Union, value: &Value) -> Option<Datum> {
        let mut branches = (0_u32..).zip(&union.branches);
        if self.form == Form::Default {
            return branches.find_map(|(index, &branch)| {
                let value = self.value(branch, value)?;
                Some(Datum::Union(index, Box::new(value)))
            });
        }
        let (name, value) = match value {
            Value::Null => ("null", value),
            Value::Object(entries) if entries.len() == 1 => {
                let (name, value) = entries.iter().next()?;
                (name.as_str(), value)
            }
            _ => return None,
        };
        let is_named = |branch: NodeId| self.schema.kind(branch).full_name() == name;
        let (index, &branch) = branches.find(|(_, branch)| is_named(**branch))?;
        let value = self.value(branch, value)?;
        Some(Datum::Union(index, Box::new(value)))
    }
}

fn primitive_from_json(primitive: Primitive, value: &Value) -> Option<Datum> {
    Some(match (primitive, value) {
        (Primitive::Null, Value::Null) => Datum::Null,
        (Primitive::Boolean, Value::Bool(value)) => Datum::Boolean(*value),
        (Primitive::Int, Value::Number(number)) => Datum::Int(number.as_str().parse().ok()?),
        (Primitive::Long, Value::Number(number)) => Datum::Long(number.as_str().parse().ok()?),
        (Primitive::Float, Value::Number(number)) => Datum::Float(number.as_str().parse().ok()?),
        (Primitive::Double, Value::Number(number)) => Datum::Double(number.as_str().parse().ok()?),
        #[expect(
            clippy::cast_possible_truncation,
            reason = "only NaN and the infinities come as texts"
        )]
        (Primitive::Float, Value::String(text)) => Datum::Float(special(text)? as f32),
        (Primitive::Double, Value::String(text)) => Datum::Double(special(text)?),
        (Primitive::Bytes, Value::String(text)) => Datum::Bytes(bytes_of(text)?),
        (Primitive::String, Value::String(text)) => Datum::String(text.clone()),
        _ => return None,
    })
}

fn special(text: &str) -> Option<f64> {
    numbers::parse_double(text).filter(|number| !number.is_finite())
}

/// One byte for each character; `None` where one is beyond U+00FF.
fn bytes_of(text: &str) -> Option<Vec<u8>> {
    text.chars()
        .map(|character| u8::try_from(u32::from(character)).ok())
        .collect()
}

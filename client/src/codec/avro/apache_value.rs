//! Our plain values as those of `apache-avro`, which know names, symbols and logical types.

use apache_avro::{Decimal, Duration, Uuid, types::Value};
use dovetail_runtime::{
    Value as Plain,
    schema::{Kind, Logical, NodeId, Schema},
};

/// Turns a value of a node of a schema.
pub(super) fn to_apache(schema: &Schema, node: NodeId, value: Plain) -> Value {
    let logical = schema.logical(node);
    match value {
        Plain::Null => Value::Null,
        Plain::Boolean(value) => Value::Boolean(value),
        Plain::Int(value) => int(logical, value),
        Plain::Long(value) => long(logical, value),
        Plain::Float(value) => Value::Float(value),
        Plain::Double(value) => Value::Double(value),
        Plain::Bytes(bytes) => match logical {
            Some(Logical::Decimal { .. }) => Value::Decimal(Decimal::from(bytes)),
            _ => Value::Bytes(bytes),
        },
        Plain::String(text) => match (logical, Uuid::parse_str(&text)) {
            (Some(Logical::Uuid), Ok(uuid)) => Value::Uuid(uuid),
            _ => Value::String(text),
        },
        Plain::Fixed(bytes) => fixed(logical, bytes),
        Plain::Enum(index) => symbol(schema.kind(node), index),
        Plain::Union(index, value) => {
            let branch = child(schema.kind(node), index as usize);
            Value::Union(index, Box::new(to_apache(schema, branch, *value)))
        }
        Plain::Array(items) => {
            let of = child(schema.kind(node), 0);
            let items = items.into_iter();
            Value::Array(items.map(|item| to_apache(schema, of, item)).collect())
        }
        Plain::Map(entries) => {
            let of = child(schema.kind(node), 0);
            let entries = entries.into_iter();
            let entries = entries.map(|(key, value)| (key, to_apache(schema, of, value)));
            Value::Map(entries.collect())
        }
        Plain::Record(fields) => record(schema, node, fields),
    }
}

fn record(schema: &Schema, node: NodeId, values: Vec<Plain>) -> Value {
    let Kind::Record(record) = schema.kind(node) else {
        return Value::Null;
    };
    let fields = record.fields.iter().zip(values);
    let fields = fields.map(|(field, value)| {
        let value = to_apache(schema, field.type_id, value);
        (field.name.clone(), value)
    });
    Value::Record(fields.collect())
}

/// The node of what an array, a map or a union holds. Values are read with their schema, so there is one.
fn child(kind: &Kind, index: usize) -> NodeId {
    match kind {
        Kind::Array(of) | Kind::Map(of) => *of,
        Kind::Union(branches) => branches.get(index).copied().unwrap_or_default(),
        _ => NodeId::default(),
    }
}

fn symbol(kind: &Kind, index: u32) -> Value {
    let symbol = match kind {
        Kind::Enum(symbols) => symbols.symbols.get(index as usize).cloned(),
        _ => None,
    };
    Value::Enum(index, symbol.unwrap_or_default())
}

fn int(logical: Option<Logical>, value: i32) -> Value {
    match logical {
        Some(Logical::Date) => Value::Date(value),
        Some(Logical::TimeMillis) => Value::TimeMillis(value),
        _ => Value::Int(value),
    }
}

fn long(logical: Option<Logical>, value: i64) -> Value {
    match logical {
        Some(Logical::TimeMicros) => Value::TimeMicros(value),
        Some(Logical::TimestampMillis) => Value::TimestampMillis(value),
        Some(Logical::TimestampMicros) => Value::TimestampMicros(value),
        Some(Logical::TimestampNanos) => Value::TimestampNanos(value),
        Some(Logical::LocalTimestampMillis) => Value::LocalTimestampMillis(value),
        Some(Logical::LocalTimestampMicros) => Value::LocalTimestampMicros(value),
        Some(Logical::LocalTimestampNanos) => Value::LocalTimestampNanos(value),
        _ => Value::Long(value),
    }
}

fn fixed(logical: Option<Logical>, bytes: Vec<u8>) -> Value {
    match logical {
        Some(Logical::Decimal { .. }) => return Value::Decimal(Decimal::from(bytes)),
        Some(Logical::Uuid) => {
            if let Ok(uuid) = Uuid::from_slice(&bytes) {
                return Value::Uuid(uuid);
            }
        }
        Some(Logical::Duration) => {
            if let Ok(bytes) = <[u8; 12]>::try_from(&bytes[..]) {
                return Value::Duration(Duration::from(bytes));
            }
        }
        _ => {}
    }
    Value::Fixed(bytes.len(), bytes)
}

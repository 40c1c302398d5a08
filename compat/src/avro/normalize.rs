//! What the normalized form rewrites: the order of attributes, and the spelling of defaults.
//!
//! Confluent's registry builds a text of its own for this (full names first, the order of fields always written), reads
//! it back and stores the reprint. What is left of that text in the reprint is done here in one go.

use std::{borrow::Cow, cmp::Ordering};

use serde_json::{Map, Value};

use super::{
    numbers,
    tree::{AvroSchema, Kind, Node, NodeId, Primitive},
};

/// The order of Java's sorted collections: by UTF-16 units.
pub(super) fn java_order(one: &str, other: &str) -> Ordering {
    one.encode_utf16().cmp(other.encode_utf16())
}

/// Attributes in their order: the leading ones as they are told, then all others sorted.
pub(super) fn props<'a>(
    props: &'a [(String, Value)],
    leading: &[&str],
) -> Vec<(&'a str, &'a Value)> {
    let rank = |key: &str| {
        leading
            .iter()
            .position(|lead| *lead == key)
            .unwrap_or(leading.len())
    };
    let mut sorted: Vec<_> = props
        .iter()
        .map(|(key, value)| (key.as_str(), value))
        .collect();
    sorted.sort_by(|(one, _), (other, _)| {
        rank(one)
            .cmp(&rank(other))
            .then_with(|| java_order(one, other))
    });
    sorted
}

/// A value with the keys of its objects sorted.
pub(super) fn sorted(value: &Value) -> Cow<'_, Value> {
    match value {
        Value::Array(items) => {
            Cow::Owned(items.iter().map(|item| sorted(item).into_owned()).collect())
        }
        Value::Object(entries) => {
            Cow::Owned(sort_entries(entries, |_, value| sorted(value).into_owned()))
        }
        other => Cow::Borrowed(other),
    }
}

fn sort_entries(entries: &Map<String, Value>, rewrite: impl Fn(&str, &Value) -> Value) -> Value {
    let mut keys: Vec<&String> = entries.keys().collect();
    keys.sort_by(|one, other| java_order(one, other));
    keys.into_iter()
        .map(|key| (key.clone(), rewrite(key, &entries[key])))
        .collect()
}

/// A default in the spelling of its type: keys sorted, and a number of a float or double with its fraction.
pub(super) fn default(schema: &AvroSchema, type_id: NodeId, value: &Value) -> Value {
    match (schema.kind(type_id), value) {
        (Kind::Primitive(Primitive::Double), Value::Number(number)) => match number.as_f64() {
            Some(double) => numbers::double_value(double),
            None => value.clone(),
        },
        (Kind::Primitive(Primitive::Float), Value::Number(number)) => match number
            .as_str()
            .parse::<f32>()
        {
            Ok(float) if float.is_finite() => numbers::number_value(&numbers::float_text(float)),
            _ => value.clone(),
        },
        (Kind::Array(inner), Value::Array(items)) => items
            .iter()
            .map(|item| default(schema, *inner, item))
            .collect(),
        (Kind::Map(inner), Value::Object(entries)) => {
            sort_entries(entries, |_, value| default(schema, *inner, value))
        }
        (Kind::Record(record), Value::Object(entries)) => {
            sort_entries(entries, |key, value| match record.by_name.get(key) {
                Some(&index) => default(schema, record.fields[index as usize].type_id, value),
                None => sorted(value).into_owned(),
            })
        }
        (Kind::Union(union), _) => match union.branches.first() {
            Some(&first) => default(schema, first, value),
            None => value.clone(),
        },
        _ => sorted(value).into_owned(),
    }
}

/// The attributes that come first because they make up a logical type that is valid where it stands.
pub(super) fn leading(node: &Node) -> Vec<&'static str> {
    let prop = |name: &str| {
        node.props
            .iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    };
    let Some(logical_type) = prop("logicalType").and_then(Value::as_str) else {
        return Vec::new();
    };
    let size = match &node.kind {
        Kind::Fixed(fixed) => Some(fixed.size),
        _ => None,
    };
    let on = |primitive| matches!(node.kind, Kind::Primitive(actual) if actual == primitive);
    let valid = match logical_type {
        "decimal" => return decimal(size, on(Primitive::Bytes), prop("precision"), prop("scale")),
        "big-decimal" => on(Primitive::Bytes),
        "uuid" => on(Primitive::String) || size == Some(16),
        "duration" => size == Some(12),
        "date" | "time-millis" => on(Primitive::Int),
        "time-micros"
        | "timestamp-millis"
        | "timestamp-micros"
        | "timestamp-nanos"
        | "local-timestamp-millis"
        | "local-timestamp-micros"
        | "local-timestamp-nanos" => on(Primitive::Long),
        _ => false,
    };
    if valid {
        vec!["logicalType"]
    } else {
        Vec::new()
    }
}

/// A decimal is valid with a precision that its type can hold and a scale within it (specification, "Decimal").
fn decimal(
    size: Option<u32>,
    on_bytes: bool,
    precision: Option<&Value>,
    scale: Option<&Value>,
) -> Vec<&'static str> {
    let whole = |value: &Value| {
        value
            .as_i64()
            .filter(|number| i32::try_from(*number).is_ok())
    };
    let holds = match size {
        Some(size) => (f64::from(size) * 8.0 - 1.0) * f64::log10(2.0),
        None if on_bytes => f64::from(i32::MAX),
        None => return Vec::new(),
    };
    let scale = scale.map_or(Some(0), whole);
    match (precision.and_then(whole), scale) {
        (Some(precision), Some(scale))
            if precision > 0
                && scale >= 0
                && scale <= precision
                && whole_digits(precision) <= holds =>
        {
            let mut leading = vec!["logicalType", "precision"];
            if scale != 0 {
                leading.push("scale");
            }
            leading
        }
        _ => Vec::new(),
    }
}

/// A precision is an `i32` here, which a double holds exactly.
fn whole_digits(precision: i64) -> f64 {
    i32::try_from(precision).map_or(f64::INFINITY, f64::from)
}

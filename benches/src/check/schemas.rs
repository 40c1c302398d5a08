//! Schemas of a size, in all formats, each with a field of a few kinds in turn.

use std::fmt::Write as _;

use dovetail_model::SchemaType;
use serde_json::{Map, Value, json};

/// A schema as it looks after so many changes, each of which described one more field.
pub(super) fn version(schema_type: SchemaType, fields: usize, number: usize) -> String {
    let fields = (0..fields).map(|field| {
        let doc = if field < number {
            "described by now"
        } else {
            ""
        };
        (format!("field_{field}"), field, doc)
    });
    match schema_type {
        SchemaType::Avro => avro(fields),
        SchemaType::Protobuf => protobuf(fields),
        SchemaType::Json => json_schema(fields),
    }
}

fn avro(fields: impl Iterator<Item = (String, usize, &'static str)>) -> String {
    let fields: Vec<Value> = fields
        .map(|(name, field, doc)| {
            let kind = match field % 5 {
                0 => json!("string"),
                1 => json!("long"),
                2 => json!(["null", "string"]),
                3 => json!({ "type": "array", "items": "double" }),
                _ => json!({ "type": "map", "values": ["null", "int"] }),
            };
            json!({ "name": name, "type": kind, "doc": doc })
        })
        .collect();
    json!({ "type": "record", "name": "Order", "namespace": "shop", "fields": fields }).to_string()
}

fn protobuf(fields: impl Iterator<Item = (String, usize, &'static str)>) -> String {
    let mut text = "syntax = \"proto3\";\npackage shop;\nmessage Order {\n".to_owned();
    for (name, field, doc) in fields {
        let kind = match field % 5 {
            0 => "string",
            1 => "int64",
            2 => "optional string",
            3 => "repeated double",
            _ => "map<string, int32>",
        };
        let _ = writeln!(text, "  {kind} {name} = {}; // {doc}", field + 1);
    }
    text + "}\n"
}

fn json_schema(fields: impl Iterator<Item = (String, usize, &'static str)>) -> String {
    let properties: Map<String, Value> = fields
        .map(|(name, field, doc)| {
            let mut property = match field % 5 {
                0 => json!({ "type": "string" }),
                1 => json!({ "type": "integer" }),
                2 => json!({ "type": ["string", "null"] }),
                3 => json!({ "type": "array", "items": { "type": "number" } }),
                _ => json!({ "type": "object", "additionalProperties": { "type": "integer" } }),
            };
            property["$comment"] = json!(doc);
            (name, property)
        })
        .collect();
    json!({
        "$schema": "http://json-schema.org/draft-07/schema#",
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    })
    .to_string()
}

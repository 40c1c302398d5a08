//! Example events: valid by somebody else's judgement, the same for the same seed, and bounded.

use std::collections::HashSet;

use apache_avro::reader::datum::GenericDatumReader;
use dovetail_compat::{Schema, parse, sample::Sampler};
use dovetail_model::SchemaType;
use serde_json::Value;

fn schema(schema_type: SchemaType, text: &str) -> Schema {
    parse(schema_type, text, &[]).unwrap_or_else(|error| panic!("{text}: {error}"))
}

const ORDER: &str = r#"{"type": "record", "name": "Order", "namespace": "shop", "fields": [
    {"name": "id", "type": {"type": "string", "logicalType": "uuid"}},
    {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
    {"name": "day", "type": {"type": "int", "logicalType": "date"}},
    {"name": "state", "type": {"type": "enum", "name": "State", "symbols": ["NEW", "PAID"]}},
    {"name": "note", "type": ["null", "string"], "default": null},
    {"name": "lines", "type": {"type": "array", "items": {"type": "record", "name": "Line", "fields": [
        {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
        {"name": "tags", "type": {"type": "map", "values": "string"}}]}}},
    {"name": "parent", "type": ["null", "Order"], "default": null}]}"#;

/// Apache's own library reads every drawn Avro value back.
#[test]
fn avro_values_are_read_by_another_library() {
    let ours = schema(SchemaType::Avro, ORDER);
    let theirs = apache_avro::Schema::parse_str(ORDER).expect("a schema");
    let reader = GenericDatumReader::builder(&theirs)
        .build()
        .expect("a reader");
    let mut sampler = Sampler::new(&ours, 1);
    let mut seen = HashSet::new();
    for _ in 0..300 {
        let event = sampler.draw().expect("an event");
        let mut bytes = &event.bytes[..];
        let read = reader.read_value(&mut bytes).expect("readable");
        assert!(
            bytes.is_empty() && read.validate(&theirs),
            "{}",
            event.value
        );
        assert_eq!(
            ours.write_avro(&event.value).expect("the same value"),
            event.bytes
        );
        seen.insert(event.value.to_string());
    }
    assert!(seen.len() > 290, "only {} different events", seen.len());
}

/// The text, compiled without any help of ours.
fn compiled(text: &str) -> prost_reflect::DescriptorPool {
    use protox::file::{ChainFileResolver, File, FileResolver, GoogleFileResolver};
    struct One(File);
    impl FileResolver for One {
        fn open_file(&self, name: &str) -> Result<File, protox::Error> {
            if name == "t.proto" {
                return Ok(self.0.clone());
            }
            Err(protox::Error::file_not_found(name))
        }
    }
    let mut files = ChainFileResolver::new();
    files.add(GoogleFileResolver::new());
    files.add(One(
        File::from_source("t.proto", text).expect("the text is valid")
    ));
    let mut compiler = protox::Compiler::with_file_resolver(files);
    compiler.open_file("t.proto").expect("the text is valid");
    compiler.descriptor_pool()
}

#[test]
fn protobuf_messages_are_read_back_whole() {
    let text = r#"syntax = "proto3"; package shop; import "google/protobuf/timestamp.proto";
        import "google/protobuf/struct.proto";
        message Order { string id = 1; google.protobuf.Timestamp at = 2; repeated Line lines = 3;
            oneof payment { string card = 4; Line cash = 5; } map<string, int64> counts = 6;
            google.protobuf.Value extra = 7; Order parent = 8; State state = 10;
            message Line { double price = 1; optional bytes data = 2; } enum State { NEW = 0; PAID = 5; } }
        message Other { bool yes = 1; }"#;
    let ours = schema(SchemaType::Protobuf, text);
    let order = compiled(text)
        .get_message_by_name("shop.Order")
        .expect("a message");
    for seed in 0..100 {
        let event = Sampler::new(&ours, seed).draw().expect("an event");
        let message = prost_reflect::DynamicMessage::decode(order.clone(), &event.bytes[..]);
        let json = serde_json::to_value(message.expect("readable")).expect("JSON");
        assert_eq!(json, event.value);
    }
    let other = Sampler::new(&ours, 1)
        .of_message("shop.Other")
        .draw()
        .expect("an event");
    assert!(other.value.get("id").is_none());
    assert!(
        Sampler::new(&ours, 1)
            .of_message("shop.None")
            .draw()
            .is_err()
    );
}

#[test]
fn json_documents_are_valid_and_differ() {
    let text = r##"{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object",
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "quantity": {"type": "integer", "minimum": 1, "maximum": 99},
            "price": {"type": "number", "exclusiveMinimum": 0, "multipleOf": 0.01},
            "code": {"type": "string", "pattern": "^[A-Z]{3}-[0-9]+$"},
            "state": {"enum": ["new", "paid", null]},
            "lines": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/line"}},
            "payment": {"oneOf": [{"type": "object", "properties": {"card": {"type": "string", "minLength": 12}},
                "required": ["card"]}, {"type": "null"}]}},
        "required": ["id", "quantity", "lines"], "additionalProperties": false,
        "$defs": {"line": {"type": "object", "required": ["sku"], "properties": {"sku": {"type": "string"},
            "sub": {"type": "array", "items": {"$ref": "#/$defs/line"}}}}}}"##;
    let ours = schema(SchemaType::Json, text);
    let value: Value = serde_json::from_str(text).expect("JSON");
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&value)
        .expect("a schema");
    let mut sampler = Sampler::new(&ours, 3);
    let mut seen = HashSet::new();
    for _ in 0..100 {
        let event = sampler.draw().expect("an event");
        assert!(validator.is_valid(&event.value), "{}", event.value);
        seen.insert(event.value.to_string());
    }
    assert!(seen.len() > 80, "only {} different events", seen.len());
}

#[test]
fn a_schema_without_values_says_so() {
    let endless = r#"{"type": "record", "name": "R", "fields": [{"name": "r", "type": "R"}]}"#;
    assert!(
        Sampler::new(&schema(SchemaType::Avro, endless), 0)
            .draw()
            .is_err()
    );
    assert!(
        Sampler::new(&schema(SchemaType::Json, "false"), 0)
            .draw()
            .is_err()
    );
    let endless = r#"syntax = "proto2"; message R { required R r = 1; }"#;
    assert!(
        Sampler::new(&schema(SchemaType::Protobuf, endless), 0)
            .draw()
            .is_err()
    );
    let empty = r#"syntax = "proto3"; enum E { A = 0; }"#;
    assert!(
        Sampler::new(&schema(SchemaType::Protobuf, empty), 0)
            .draw()
            .is_err()
    );
}

/// What could grow without end is cut short.
#[test]
fn values_stay_small() {
    let tree = r#"{"type": "record", "name": "T", "fields": [{"name": "a", "type": {"type": "array", "items": "T"}},
        {"name": "b", "type": {"type": "array", "items": "T"}}, {"name": "c", "type": {"type": "map", "values": "T"}}]}"#;
    let schema = schema(SchemaType::Avro, tree);
    let mut sampler = Sampler::new(&schema, 0);
    let largest = (0..200)
        .map(|_| sampler.draw().expect("an event").bytes.len())
        .max();
    assert!(largest < Some(20_000), "{largest:?}");
}

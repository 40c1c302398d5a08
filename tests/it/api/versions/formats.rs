//! The three formats: what is stored, what is refused, and what a change of format means.

use dovetail_tests::on_both;

use super::*;

const PROTO: &str = "syntax = \"proto3\";\npackage shop;\n\nmessage Order {\n  string id = 1;\n}\n";
const JSON_SCHEMA: &str = r#"{"type":"object","properties":{"id":{"type":"string"}}}"#;

on_both!(each_format_is_registered_and_read_back, |node| {
    for (subject, schema_type, text) in [
        ("avro", "AVRO", STRING),
        ("proto", "PROTOBUF", PROTO),
        ("json", "JSON", JSON_SCHEMA),
    ] {
        let registered = node.register_as(schema_type, subject, text).await.ok();
        assert_eq!(registered["schemaType"], schema_type);
        assert_eq!(registered["schema"], text);
        let id = &registered["id"];
        let by_id = node.get(&format!("/schemas/ids/{id}")).await.ok();
        assert_eq!(by_id["schemaType"], schema_type);
        assert_eq!(by_id["schema"], text);
        let raw = format!("/subjects/{subject}/versions/1/schema");
        assert_eq!(node.get(&raw).await.text, text);
    }
});

on_both!(what_is_stored_is_the_canonical_form, |node| {
    let avro = r#"{ "fields" : [ ], "doc": "kept", "name" : "R" , "type" : "record" }"#;
    let canonical = r#"{"type":"record","name":"R","doc":"kept","fields":[]}"#;
    assert_eq!(node.register("avro", avro).await.ok()["schema"], canonical);
    let proto = "syntax=\"proto3\"; // gone\npackage shop; message Order { string id=1; }";
    let registered = node.register_as("PROTOBUF", "proto", proto).await.ok();
    assert_eq!(registered["schema"], PROTO);
    let spaced = "{ \"type\" : \"object\",\n \"properties\": {\"id\": { \"type\": \"string\"}} }";
    let registered = node.register_as("JSON", "json", spaced).await.ok();
    assert_eq!(registered["schema"], JSON_SCHEMA);
});

on_both!(what_cannot_be_parsed_is_refused, |node| {
    for (schema_type, text) in [
        ("AVRO", "{"),
        ("AVRO", r#""nothing""#),
        ("AVRO", r#"{"type":"record"}"#),
        ("PROTOBUF", "message {"),
        (
            "PROTOBUF",
            r#"syntax = "proto3"; message A { Missing m = 1; }"#,
        ),
        ("JSON", "{"),
        ("JSON", r#"{"type":"nothing"}"#),
        ("JSON", r##"{"$ref":"#/nowhere"}"##),
    ] {
        let answer = node.register_as(schema_type, "a", text).await;
        assert_eq!(answer.refusal(), (422, 42201), "{schema_type} {text}");
        let message = answer.json()["message"].as_str().expect("text").to_owned();
        assert!(message.starts_with("Invalid schema: "), "{message}");
    }
    assert_eq!(node.get("/subjects").await.ok(), json!([]));
});

on_both!(an_incompatible_change_is_refused_in_each_format, |node| {
    let cases = [
        ("AVRO", "avro", INT, STRING, "TYPE_MISMATCH"),
        (
            "PROTOBUF",
            "proto",
            r#"syntax = "proto3"; message A { string id = 1; }"#,
            r#"syntax = "proto3"; message A { int32 id = 1; }"#,
            "FIELD_SCALAR_KIND_CHANGED",
        ),
        (
            "JSON",
            "json",
            r#"{"type":"string"}"#,
            r#"{"type":"string","maxLength":3}"#,
            "MAX_LENGTH_ADDED",
        ),
    ];
    for (schema_type, subject, before, after, rule) in cases {
        node.register_as(schema_type, subject, before).await.ok();
        let answer = node.register_as(schema_type, subject, after).await;
        assert_eq!(answer.refusal(), (409, 40901), "{schema_type}");
        assert!(answer.text.contains(rule), "{}", answer.text);
    }
});

on_both!(
    a_subject_keeps_its_format_unless_nothing_is_checked,
    |node| {
        node.register("a", STRING).await.ok();
        let text = r#"{"type":"string"}"#;
        let answer = node.register_as("JSON", "a", text).await;
        assert_eq!(answer.refusal(), (409, 40901));
        node.level("a", "NONE").await.ok();
        let changed = node.register_as("JSON", "a", text).await.ok();
        assert_eq!(changed["version"], 2);
        assert_eq!(changed["schemaType"], "JSON");
    }
);

//! Rows 21 to 29: Avro.

use super::*;

fn fixed(size: &str) -> String {
    format!(r#"{{"type":"fixed","name":"F","size":{size}}}"#)
}

fn record(fields: &str) -> String {
    format!(r#"{{"type":"record","name":"R","fields":[{fields}]}}"#)
}

fn with_default(of: &str, default: &str) -> String {
    record(&format!(
        r#"{{"name":"f","type":{of},"default":{default}}}"#
    ))
}

#[tokio::test(flavor = "multi_thread")]
async fn i21_nested_records_and_arrays() {
    let mut records = "\"int\"".to_owned();
    for level in 0..60 {
        records = format!(
            r#"{{"type":"record","name":"R{level}","fields":[{{"name":"f","type":{records}}}]}}"#
        );
    }
    let arrays = nested(r#"{"type":"array","items":"#, "\"int\"", "}", 200);
    let maps = nested(r#"{"type":"map","values":"#, "\"int\"", "}", 200);
    let node = start().await;
    for (what, text) in [("records", records), ("arrays", arrays), ("maps", maps)] {
        let answer = register(&node, "AVRO", &text).await;
        refused(&answer, 422, 42201, what);
        let message = answer.text.to_lowercase();
        let says_so = ["deep", "depth", "nest"]
            .iter()
            .any(|word| message.contains(word));
        assert!(says_so, "{what}: {message}");
    }
    is_healthy(&node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i22_sizes_that_are_none() {
    let sizes = [
        "18446744073709551615",
        "-1",
        "1e30",
        "\"16\"",
        "1.5",
        "null",
        "[]",
        "1e400",
    ];
    let texts = sizes.map(|size| (size, fixed(size)));
    are_invalid("AVRO", &texts).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i23_sizes_that_nobody_can_hold() {
    let sizes = ["9223372036854775807", "4294967296", "2147483648"];
    let texts = sizes.map(|size| (size, fixed(size)));
    are_invalid("AVRO", &texts).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i24_a_union_of_too_many_branches() {
    let branches = joined(20_000, ",", |n| {
        format!(r#"{{"type":"fixed","name":"F{n}","size":1}}"#)
    });
    are_invalid("AVRO", &[("branches", format!("[{branches}]"))]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i25_a_record_with_very_many_fields() {
    // As many as fit into a body.
    let fields = joined(20_000, ",", |n| {
        format!(r#"{{"name":"f{n}","type":"int"}}"#)
    });
    are_settled("AVRO", &[("fields", record(&fields))]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i26_texts_that_are_no_schema() {
    let field = |name: &str| format!(r#"{{"name":"{name}","type":"int"}}"#);
    let texts = [
        ("an unknown type", r#""strin""#.to_owned()),
        (
            "an unknown type inside",
            record(r#"{"name":"f","type":"strin"}"#),
        ),
        (
            "a name twice",
            format!(
                "[{},{}]",
                fixed("1"),
                r#"{"type":"enum","name":"F","symbols":["A"]}"#
            ),
        ),
        (
            "a field twice",
            record(&format!("{},{}", field("f"), field("f"))),
        ),
        (
            "a bad name",
            r#"{"type":"record","name":"1R","fields":[]}"#.to_owned(),
        ),
        ("a bad field name", record(&field("a-b"))),
        ("no name", r#"{"type":"record","fields":[]}"#.to_owned()),
        (
            "an empty name",
            r#"{"type":"record","name":"","fields":[]}"#.to_owned(),
        ),
        ("no fields", r#"{"type":"record","name":"R"}"#.to_owned()),
        (
            "a symbol twice",
            r#"{"type":"enum","name":"E","symbols":["A","A"]}"#.to_owned(),
        ),
        (
            "a bad symbol",
            r#"{"type":"enum","name":"E","symbols":["a b"]}"#.to_owned(),
        ),
        ("a union in a union", r#"["int",["string"]]"#.to_owned()),
        ("a branch twice", r#"["int","int"]"#.to_owned()),
        ("nothing", "null".to_owned()),
        ("a number", "1".to_owned()),
        ("a list of nothing", r#"{"type":"array"}"#.to_owned()),
        ("two values", r#""int" "int""#.to_owned()),
    ];
    are_invalid("AVRO", &texts).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i26_an_enum_without_symbols() {
    // Avro's own parser takes it, and no value can ever be written with it.
    let text = r#"{"type":"enum","name":"E","symbols":[]}"#;
    are_settled("AVRO", &[("no symbols", text.to_owned())]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i27_defaults_of_the_wrong_type() {
    let texts = [
        ("text for a number", with_default("\"int\"", "\"1\"")),
        ("a number for text", with_default("\"string\"", "1")),
        (
            "a huge number for an int",
            with_default("\"int\"", "2147483648"),
        ),
        ("1e400 for a long", with_default("\"long\"", "1e400")),
        ("a fraction for a long", with_default("\"long\"", "1.5")),
        ("null for a boolean", with_default("\"boolean\"", "null")),
        (
            "an object for a list",
            with_default(r#"{"type":"array","items":"int"}"#, "{}"),
        ),
        (
            "a wrong item",
            with_default(r#"{"type":"array","items":"int"}"#, r#"["a"]"#),
        ),
    ];
    are_invalid("AVRO", &texts).await;
}

/// Avro's own parser asks for text, and not for one of the symbols.
#[tokio::test(flavor = "multi_thread")]
async fn i27_a_default_that_is_no_symbol() {
    let of = r#"{"type":"enum","name":"E","symbols":["A"]}"#;
    are_settled("AVRO", &[("no such symbol", with_default(of, "\"B\""))]).await;
}

/// Avro's own parser takes comments.
#[tokio::test(flavor = "multi_thread")]
async fn i26_a_comment() {
    let comments = [r#""int" // text"#, r#"/* text */ "int""#];
    are_settled("AVRO", &comments.map(|text| ("a comment", text.to_owned()))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i27_a_number_beyond_every_float() {
    are_settled("AVRO", &[("1e400", with_default("\"double\"", "1e400"))]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i28_records_that_hold_themselves() {
    let shapes = [
        ("map", r#"{"type":"map","values":"R"}"#),
        ("list", r#"{"type":"array","items":"R"}"#),
        ("union", r#"["null","R"]"#),
        ("itself", "\"R\""),
        (
            "all at once",
            r#"["null",{"type":"map","values":["null","R",{"type":"array","items":"R"}]}]"#,
        ),
    ];
    let texts =
        shapes.map(|(what, shape)| (what, record(&format!(r#"{{"name":"f","type":{shape}}}"#))));
    let node = start().await;
    for (what, text) in &texts {
        let answer = register(&node, "AVRO", text).await;
        assert_eq!(answer.status, 200, "{what}: {}", answer.text);
        let body = json!({ "schema": text }).to_string();
        let verdict = send(&node, "POST", "/compatibility/subjects/a/versions/1", body).await;
        assert_eq!(verdict.ok(), json!({ "is_compatible": true }), "{what}");
        forget(&node).await;
    }
    is_healthy(&node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i29_records_that_hold_each_other_across_references() {
    let node = start().await;
    let node_of = |name: &str, other: &str| {
        format!(
            r#"{{"type":"record","name":"{name}","fields":[{{"name":"f","type":["null","{other}"]}}]}}"#
        )
    };
    // A cycle cannot be registered: whoever comes first refers to nothing yet.
    let first = node_of("A", "B");
    let body =
        json!({ "schema": first, "references": [{ "name": "B", "subject": "b", "version": 1 }] });
    let answer = send(&node, "POST", REGISTER, body.to_string()).await;
    refused(&answer, 422, 42201, "first");
    // One that defines what its reference defines too says the same thing twice.
    node.register("b", &node_of("B", "B")).await.ok();
    let both = format!("[{},{}]", node_of("A", "A"), node_of("B", "A"));
    let body =
        json!({ "schema": both, "references": [{ "name": "B", "subject": "b", "version": 1 }] });
    let answer = send(&node, "POST", REGISTER, body.to_string()).await;
    assert!([200, 422].contains(&answer.status), "{}", answer.text);
    is_healthy(&node).await;
}

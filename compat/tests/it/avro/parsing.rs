//! What is taken and what is refused: as Apache Avro's Java library does, except where a test says otherwise.

use dovetail_compat::parse;
use dovetail_model::SchemaType;

use super::{named, read, refusal, schema, schema_with};

fn refused_with(text: &str, words: &[&str]) {
    let message = refusal(text);
    for word in words {
        assert!(
            message.contains(word),
            "{word:?} is not in {message:?}, about {text}"
        );
    }
}

fn record(fields: &str) -> String {
    format!(r#"{{"type":"record","name":"R","fields":[{fields}]}}"#)
}

fn field(rest: &str) -> String {
    record(&format!(r#"{{"name":"f",{rest}}}"#))
}

#[test]
fn names_are_refused_or_taken() {
    refused_with(r#""nothing""#, &["\"nothing\" is not defined"]);
    refused_with(r#"{"type":"nothing"}"#, &["\"nothing\" is not defined"]);
    refused_with(
        &field(r#""type":"nothing""#),
        &["\"nothing\" is not defined", "/fields/0/type"],
    );
    for name in ["1x", "a-b", "", "a b", "x.", "é!", "a..b", "a.1.b", "m²"] {
        refused_with(
            &format!(r#"{{"type":"fixed","name":"{name}","size":1}}"#),
            &["name"],
        );
    }
    refused_with(
        r#"{"type":"fixed","name":"F","namespace":"a b","size":1}"#,
        &["namespace"],
    );
    refused_with(r#"{"type":"fixed","size":1}"#, &["no \"name\""]);
    refused_with(r#"{"type":"fixed","name":7,"size":1}"#, &["no \"name\""]);
    refused_with(r#"{"type":"fixed","name":"int","size":1}"#, &["primitive"]);
    refused_with(
        r#"{"type":"fixed","name":"F","aliases":["a-b"],"size":1}"#,
        &["a-b"],
    );
    refused_with(
        r#"{"type":"fixed","name":"F","aliases":"G","size":1}"#,
        &["aliases"],
    );
    for name in ["Größe", "名前", "_", "a.b.C1", "a.int", ".F"] {
        schema(&format!(r#"{{"type":"fixed","name":"{name}","size":1}}"#));
    }
}

#[test]
fn repeated_names_are_refused() {
    let twice = |first: &str, second: &str| {
        record(&format!(
            r#"{{"name":"a","type":{first}}},{{"name":"b","type":{second}}}"#
        ))
    };
    let (four, eight) = (
        r#"{"type":"fixed","name":"F","size":4}"#,
        r#"{"type":"fixed","name":"F","size":8}"#,
    );
    refused_with(
        &twice(four, eight),
        &["\"F\" is defined twice", "/fields/1/type"],
    );
    refused_with(&twice(&record(""), "\"int\""), &["\"R\" is defined twice"]);
    refused_with(
        &twice(r#"{"type":"enum","name":"F","symbols":["A"]}"#, four),
        &["twice"],
    );
    refused_with(
        &record(r#"{"name":"a","type":"int"},{"name":"a","type":"int"}"#),
        &["field \"a\" twice", "/fields/1"],
    );
    // Java takes these, as long as the repetition says the same.
    schema(&twice(four, four));
}

#[test]
fn fields_are_checked() {
    refused_with(r#"{"type":"record","name":"R"}"#, &["fields"]);
    refused_with(r#"{"type":"record","name":"R","fields":{}}"#, &["fields"]);
    refused_with(&record("7"), &["/fields/0", "not a number"]);
    refused_with(&record(r#"{"type":"int"}"#), &["no \"name\""]);
    refused_with(&record(r#"{"name":"a"}"#), &["\"a\" has no \"type\""]);
    refused_with(&record(r#"{"name":"a-b","type":"int"}"#), &["a-b"]);
    refused_with(
        &field(r#""type":"int","order":"random""#),
        &["order", "random"],
    );
    refused_with(&field(r#""type":"int","order":1"#), &["order"]);
    refused_with(&field(r#""type":"int","aliases":[1]"#), &["alias"]);
    refused_with(&field(r#""type":null"#), &["null", "/fields/0/type"]);
    schema(&field(r#""type":"int","order":"DESCENDING""#));
    schema(&record(
        r#"{"name":"a","type":"int","aliases":["b"]},{"name":"b","type":"int"}"#,
    ));
}

#[test]
fn enums_are_checked() {
    refused_with(
        r#"{"type":"enum","name":"E","symbols":[]}"#,
        &["at least one"],
    );
    refused_with(r#"{"type":"enum","name":"E"}"#, &["symbols"]);
    refused_with(
        r#"{"type":"enum","name":"E","symbols":["A","B","A"]}"#,
        &["\"A\" twice"],
    );
    refused_with(r#"{"type":"enum","name":"E","symbols":["A-B"]}"#, &["A-B"]);
    refused_with(r#"{"type":"enum","name":"E","symbols":[1]}"#, &["symbol"]);
    refused_with(
        r#"{"type":"enum","name":"E","symbols":["A"],"default":"B"}"#,
        &["\"B\"", "symbols"],
    );
    schema(r#"{"type":"enum","name":"E","symbols":["A"],"default":"A"}"#);
    schema(r#"{"type":"enum","name":"E","symbols":["A"],"default":null}"#);
}

#[test]
fn unions_are_checked() {
    refused_with(
        r#"["int",["null"]]"#,
        &["union contains a union", "(at /1)"],
    );
    refused_with(r#"["int","int"]"#, &["\"int\" twice"]);
    refused_with(
        r#"["int",{"type":"int","logicalType":"date"}]"#,
        &["\"int\" twice"],
    );
    refused_with(
        r#"[{"type":"array","items":"int"},{"type":"array","items":"long"}]"#,
        &["\"array\" twice"],
    );
    refused_with(
        &record(r#"{"name":"f","type":["R","R"]}"#),
        &["\"R\" twice"],
    );
    schema("[]");
    schema(r#"[{"type":"fixed","name":"a.F","size":1},{"type":"fixed","name":"b.F","size":1}]"#);
}

#[test]
fn defaults_are_checked_against_the_type() {
    let fits = [
        ("\"int\"", "2147483647"),
        ("\"long\"", "-9223372036854775808"),
        ("\"float\"", "1"),
        ("\"double\"", "1.5e3"),
        ("\"double\"", "\"NaN\""),
        ("\"float\"", "\" -1.5f \""),
        ("\"string\"", "\"\""),
        ("\"bytes\"", "\"\\u00ff\""),
        ("\"null\"", "null"),
        ("\"boolean\"", "false"),
        (r#"["null","int"]"#, "null"),
        (r#"["null","int"]"#, "7"),
        (r#"{"type":"array","items":"int"}"#, "[1,2]"),
        (r#"{"type":"map","values":["null","R"]}"#, r#"{"a":null}"#),
        (r#"{"type":"enum","name":"E","symbols":["A"]}"#, "\"B\""),
        (r#"{"type":"fixed","name":"F","size":2}"#, "\"abc\""),
        (
            r#"{"type":"record","name":"S","fields":[{"name":"a","type":"int"},{"name":"b","type":"int","default":1}]}"#,
            r#"{"a":1}"#,
        ),
    ];
    for (kind, default) in fits {
        schema(&field(&format!(r#""type":{kind},"default":{default}"#)));
    }
    let clashes = [
        ("\"int\"", "2147483648"),
        ("\"int\"", "1.0"),
        ("\"int\"", "\"1\""),
        ("\"int\"", "null"),
        ("\"long\"", "9223372036854775808"),
        ("\"float\"", "\"one\""),
        ("\"double\"", "true"),
        ("\"string\"", "1"),
        ("\"bytes\"", "[]"),
        ("\"null\"", "0"),
        (r#"["null","int"]"#, "\"x\""),
        (r#"{"type":"array","items":"int"}"#, "[1,\"2\"]"),
        (r#"{"type":"array","items":"int"}"#, "{}"),
        (r#"{"type":"map","values":"int"}"#, r#"{"a":null}"#),
        (r#"{"type":"enum","name":"E","symbols":["A"]}"#, "0"),
        (
            r#"{"type":"record","name":"S","fields":[{"name":"a","type":"int"}]}"#,
            "{}",
        ),
        ("\"R\"", "{}"),
        ("[]", "null"),
    ];
    for (kind, default) in clashes {
        refused_with(
            &field(&format!(r#""type":{kind},"default":{default}"#)),
            &["default", "/fields/0"],
        );
    }
    refused_with(
        &field(r#""type":"double","default":1e400"#),
        &["out of range"],
    );
}

#[test]
fn json_is_read_as_java_reads_it() {
    schema("/* a comment */ {\"type\": // another\n \"string\", \"a\": \"// none /* none\"}");
    refused_with("/* open", &["comment", "not closed"]);
    for text in ["", "  ", "// only a comment"] {
        refused_with(text, &["empty"]);
    }
    for text in ["string", "{", "{}}", "\"int\" x", "{'type':'int'}"] {
        refused_with(text, &["JSON"]);
    }
    refused_with("7", &["a number"]);
    refused_with("null", &["null"]);
    refused_with("{}", &["no \"type\""]);
    refused_with(r#"{"type":"array"}"#, &["items"]);
    refused_with(r#"{"type":"map"}"#, &["values"]);
    refused_with(r#"{"type":{"type":"string"}}"#, &["name of a type"]);
    refused_with(r#"{"type":["null","string"]}"#, &["name of a type"]);
}

/// Java keeps the last of two keys silently.
#[test]
fn repeated_keys_are_refused() {
    refused_with(r#"{"type":"string","type":"int"}"#, &["\"type\" twice"]);
    refused_with(
        r#"{"type":"string","a":{"b":1,"\u0062":2}}"#,
        &["\"b\" twice"],
    );
    schema(r#"{"type":"string","a":[{"b":1},{"b":"a"}],"b":"b"}"#);
}

/// Java refuses these, but schemas in use have them.
#[test]
fn an_object_around_a_definition_stands_for_it() {
    let wrapped = schema(&field(
        r#""type":{"type":"array","items":{"name":"x","type":{"type":"fixed","name":"F","size":1}}}"#,
    ));
    let plain = schema(&field(
        r#""type":{"type":"array","items":{"type":"fixed","name":"F","size":1}}"#,
    ));
    assert_eq!(wrapped.canonical(), plain.canonical());
    let larger = schema(&field(
        r#""type":{"type":"array","items":{"type":"fixed","name":"F","size":2}}"#,
    ));
    let report = read(&wrapped, &larger);
    let (_, found) = report.incompatibilities().next().expect("the sizes differ");
    assert_eq!(found.path, "/fields/0/type/items/size");
    assert_eq!(found.reader_place, "/fields/0/type/items/type/size");
    assert_eq!(found.writer_place, "/fields/0/type/items/size");
}

#[test]
fn names_resolve_in_their_namespace_first() {
    let text = r#"{"type":"record","name":"a.R","fields":[
        {"name":"outer","type":{"type":"fixed","name":"F","namespace":"","size":1}},
        {"name":"first","type":"F"},
        {"name":"inner","type":{"type":"fixed","name":"F","size":2}},
        {"name":"second","type":"F"}]}"#;
    let same = r#"{"type":"record","name":"a.R","fields":[
        {"name":"outer","type":{"type":"fixed","name":"F","namespace":"","size":1}},
        {"name":"first","type":{"type":"fixed","name":"x.F","size":1}},
        {"name":"inner","type":{"type":"fixed","name":"F","size":2}},
        {"name":"second","type":"a.F"}]}"#;
    let report = read(&schema(text), &schema(same));
    assert!(report.is_compatible(), "{:?}", report.messages());
}

#[test]
fn a_type_may_be_used_before_its_definition() {
    let text = r#"{"type":"record","name":"a.R","fields":[
        {"name":"early","type":["null","F"],"default":null},
        {"name":"list","type":{"type":"array","items":"a.F"},"default":["x"]},
        {"name":"late","type":{"type":"fixed","name":"F","size":1}}]}"#;
    let canonical = schema(text).canonical().to_owned();
    assert!(
        canonical.contains(r#"["null",{"type":"fixed","name":"F","size":1}]"#),
        "{canonical}"
    );
    assert_eq!(schema(&canonical).canonical(), canonical);
    refused_with(
        r#"{"type":"record","name":"R","fields":[{"name":"a","type":["F","F"]},{"name":"b","type":{"type":"fixed","name":"F","size":1}}]}"#,
        &["\"F\" twice"],
    );
}

#[test]
fn references_make_their_types_known() {
    let address = (
        "com.Address",
        r#"{"type":"record","name":"com.Address","fields":[{"name":"kind","type":{"type":"enum","name":"Kind","symbols":["HOME"]}}]}"#,
    );
    let both = (
        "all",
        r#"[{"type":"fixed","name":"com.A","size":1},{"type":"fixed","name":"com.B","size":1}]"#,
    );
    schema_with(
        r#"["com.Address","com.Kind","com.A","com.B"]"#,
        &[address, both],
    );
    // The same definition through two references, as when both inline it.
    schema_with(r#""com.Address""#, &[address, address]);
    let kind = (
        "com.Kind",
        r#"{"type":"enum","name":"com.Kind","symbols":["HOME"]}"#,
    );
    schema_with(
        r#""com.Address""#,
        &[
            kind,
            (
                "x",
                r#"{"type":"record","name":"com.X","fields":[{"name":"a","type":"Kind"}]}"#,
            ),
            address,
        ],
    );
    let other = (
        "com.Kind",
        r#"{"type":"enum","name":"com.Kind","symbols":["WORK"]}"#,
    );
    let refused = |text: &str, references: &[(&str, &str)]| {
        parse(SchemaType::Avro, text, &named(references))
            .expect_err("refused")
            .0
    };
    let message = refused(r#""com.Address""#, &[other, address]);
    assert!(
        message.contains("reference \"com.Address\"") && message.contains("\"com.Kind\""),
        "{message}"
    );
    let message = refused(address.1, &[address]);
    assert!(
        message.contains("\"com.Address\" is defined twice"),
        "{message}"
    );
    let message = refused(r#""int""#, &[("x", "{")]);
    assert!(
        message.contains("reference \"x\"") && message.contains("JSON"),
        "{message}"
    );
}

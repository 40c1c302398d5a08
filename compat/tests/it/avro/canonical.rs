//! The canonical form, which is Java's `Schema.toString`, and what normalizing adds.

use super::{schema, schema_with};

fn prints(text: &str, canonical: &str) {
    assert_eq!(schema(text).canonical(), canonical);
    assert_eq!(schema(canonical).canonical(), canonical, "a fixpoint");
}

fn normalizes(text: &str, normalized: &str) {
    let printed = schema(text).normalized();
    assert_eq!(printed, normalized);
    assert_eq!(schema(&printed).normalized(), normalized, "a fixpoint");
    assert_eq!(
        schema(&printed).canonical(),
        normalized,
        "canonical as well"
    );
}

#[test]
fn keys_have_a_fixed_order_and_nothing_is_lost() {
    prints(
        r#"{"fields":[{"aliases":["g"],"x":{"b":1,"a":[true,null]},"order":"IGNORE","default":"é\u0001\"","doc":"d","type":{"type":"string"},"name":"f"}],
            "aliases":["Q","b.Q"],"y":"z","doc":"","namespace":"a","name":"R","type":"record"}"#,
        r#"{"type":"record","name":"R","namespace":"a","doc":"","fields":[{"name":"f","type":"string","doc":"d","default":"é\u0001\"","order":"ignore","aliases":["g"],"x":{"b":1,"a":[true,null]}}],"y":"z","aliases":["Q","b.Q"]}"#,
    );
    prints(
        r#"{"default":"B","symbols":["A","B"],"name":"a.E","type":"enum","p":1,"aliases":["a.F"]}"#,
        r#"{"type":"enum","name":"E","namespace":"a","symbols":["A","B"],"default":"B","p":1,"aliases":["F"]}"#,
    );
    prints(
        r#"{"logicalType":"decimal","precision":4,"size":2,"name":"F","type":"fixed"}"#,
        r#"{"type":"fixed","name":"F","size":2,"logicalType":"decimal","precision":4}"#,
    );
    prints(
        r#"{"items":{"values":"long","q":0,"type":"map"},"p":[],"default":[],"type":"array"}"#,
        r#"{"type":"array","items":{"type":"map","values":"long","q":0},"p":[],"default":[]}"#,
    );
    prints(
        r#"{"type":"error","name":"E","fields":[]}"#,
        r#"{"type":"error","name":"E","fields":[]}"#,
    );
}

#[test]
fn primitives_are_plain_unless_they_have_attributes() {
    prints(r#"{"type":"string"}"#, r#""string""#);
    prints(
        r#"{"type":"string","doc":"lost in Java too"}"#,
        r#""string""#,
    );
    prints(
        r#"{"avro.java.string":"String","type":"string","logicalType":"of-our-own"}"#,
        r#"{"type":"string","avro.java.string":"String","logicalType":"of-our-own"}"#,
    );
    prints(
        r#"{"type":"bytes","logicalType":"decimal"}"#,
        r#"{"type":"bytes","logicalType":"decimal"}"#,
    );
}

#[test]
fn namespaces_are_printed_where_they_are_not_inherited() {
    prints(
        r#"{"type":"record","name":"a.R","fields":[
            {"name":"b","type":{"type":"fixed","name":"F","namespace":"a","size":1}},
            {"name":"c","type":{"type":"fixed","name":"G","namespace":"","size":1}},
            {"name":"d","type":{"type":"record","name":"b.S","fields":[{"name":"e","type":"a.F"},{"name":"f","type":"G"},{"name":"g","type":"S"}]}},
            {"name":"h","type":"a.F"},{"name":"i","type":"G"},{"name":"j","type":{"type":"fixed","name":"a.int","size":1}},{"name":"k","type":"a.int"}]}"#,
        r#"{"type":"record","name":"R","namespace":"a","fields":[{"name":"b","type":{"type":"fixed","name":"F","size":1}},{"name":"c","type":{"type":"fixed","name":"G","namespace":"","size":1}},{"name":"d","type":{"type":"record","name":"S","namespace":"b","fields":[{"name":"e","type":"a.F"},{"name":"f","type":"G"},{"name":"g","type":"S"}]}},{"name":"h","type":"F"},{"name":"i","type":"G"},{"name":"j","type":{"type":"fixed","name":"int","size":1}},{"name":"k","type":"a.int"}]}"#,
    );
}

#[test]
fn aliases_without_namespace_keep_their_dot() {
    prints(
        r#"{"type":"fixed","name":"a.F","aliases":[".G","H","a.H"],"size":1}"#,
        r#"{"type":"fixed","name":"F","namespace":"a","size":1,"aliases":[".G","H"]}"#,
    );
}

#[test]
fn types_of_references_are_printed_as_names() {
    let reference = [("a.F", r#"{"type":"fixed","name":"a.F","size":1}"#)];
    let text = r#"{"type":"record","name":"a.R","fields":[{"name":"f","type":"a.F"},{"name":"g","type":{"type":"record","name":"b.S","fields":[{"name":"h","type":"a.F"}]}}]}"#;
    let canonical = r#"{"type":"record","name":"R","namespace":"a","fields":[{"name":"f","type":"F"},{"name":"g","type":{"type":"record","name":"S","namespace":"b","fields":[{"name":"h","type":"a.F"}]}}]}"#;
    let printed = schema_with(text, &reference);
    assert_eq!(printed.canonical(), canonical);
    assert_eq!(schema_with(canonical, &reference).canonical(), canonical);
    assert_eq!(schema_with(r#""a.F""#, &reference).canonical(), r#""a.F""#);
}

#[test]
fn numbers_and_strings_are_spelled_as_in_java() {
    let default = |kind: &str, default: &str, printed: &str| {
        let with = |default: &str| {
            format!(
                r#"{{"type":"record","name":"R","fields":[{{"name":"f","type":"{kind}","default":{default}}}]}}"#
            )
        };
        prints(&with(default), &with(printed));
    };
    for (number, printed) in [
        ("1", "1"),
        ("-0", "0"),
        ("1.50", "1.5"),
        ("1e5", "100000.0"),
        ("10000000.0", "1.0E7"),
        ("123456789.5", "1.234567895E8"),
        ("0.001", "0.001"),
        ("0.00012", "1.2E-4"),
        ("-0.0", "-0.0"),
        ("1E+2", "100.0"),
        (
            "123456789012345678901234567890",
            "123456789012345678901234567890",
        ),
        ("\"1\"", "1.0"),
        ("\"NaN\"", "\"NaN\""),
        ("\"-Infinity\"", "\"-Infinity\""),
    ] {
        default("double", number, printed);
    }
    default(
        "string",
        r#""\/\b\f\n\r\t\u001f\u007f\\\u00e9""#,
        "\"/\\b\\f\\n\\r\\t\\u001F\u{7f}\\\\é\"",
    );
}

#[test]
fn normalizing_sorts_attributes_and_aliases() {
    normalizes(
        r#"{"type":"record","name":"a.R","doc":"","aliases":["Z","b.A"],"z":{"y":1,"x":[{"w":0,"v":0}]},"a":1,"fields":[
            {"name":"f","type":{"type":"int","connect.version":1,"connect.name":"Date","logicalType":"date"},"doc":"","order":"ascending","aliases":["z","y"],"q":1,"p":2}]}"#,
        r#"{"type":"record","name":"R","namespace":"a","fields":[{"name":"f","type":{"type":"int","logicalType":"date","connect.name":"Date","connect.version":1},"doc":"","aliases":["y","z"],"p":2,"q":1}],"a":1,"z":{"x":[{"v":0,"w":0}],"y":1},"aliases":["Z","b.A"]}"#,
    );
    normalizes(
        r#"{"type":"bytes","scale":2,"precision":4,"logicalType":"decimal","a":1}"#,
        r#"{"type":"bytes","logicalType":"decimal","precision":4,"scale":2,"a":1}"#,
    );
    normalizes(
        r#"{"type":"bytes","scale":5,"precision":4,"logicalType":"decimal","a":1}"#,
        r#"{"type":"bytes","a":1,"logicalType":"decimal","precision":4,"scale":5}"#,
    );
    normalizes(
        r#"{"type":"error","name":"E","fields":[]}"#,
        r#"{"type":"record","name":"E","fields":[]}"#,
    );
}

#[test]
fn normalizing_spells_defaults_as_their_type() {
    normalizes(
        r#"{"type":"record","name":"R","fields":[{"name":"f","type":"double","default":1},{"name":"g","type":"float","default":3.14159265358979},
            {"name":"h","type":{"type":"map","values":["double","null"]},"default":{"b":1,"a":null}},{"name":"i","type":["null","int"],"default":null}]}"#,
        r#"{"type":"record","name":"R","fields":[{"name":"f","type":"double","default":1.0},{"name":"g","type":"float","default":3.1415927},{"name":"h","type":{"type":"map","values":["double","null"]},"default":{"a":null,"b":1.0}},{"name":"i","type":["null","int"],"default":null}]}"#,
    );
}

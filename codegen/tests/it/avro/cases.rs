//! Small schemas for everything that generators get wrong, in one crate that is compiled and run (`cases/main.rs`).

use dovetail_codegen::{Options, Registration, Unit, avro};

use super::{compiled::Compiled, schema_text, unit};

pub(super) fn units() -> Vec<Unit> {
    let mut order = unit(
        "order",
        r#"{"type": "record", "name": "Order", "fields": [
            {"name": "id", "type": "long"},
            {"name": "name", "type": "string", "aliases": ["old_name"]},
            {"name": "place", "type": {"type": "record", "name": "Place", "fields": [{"name": "city", "type": "string"}]}},
            {"name": "note", "type": "string", "default": "none"}]}"#,
    );
    let registered = |version, id| {
        Some(Registration {
            subject: "orders-value".to_owned(),
            version,
            id,
            guid: None,
        })
    };
    order.schema.registered = registered(2, 12);
    let mut older = schema_text(
        r#"{"type": "record", "name": "Order", "fields": [
            {"name": "id", "type": "int"},
            {"name": "old_name", "type": "string"},
            {"name": "dropped", "type": {"type": "array", "items": "long"}},
            {"name": "place", "type": {"type": "record", "name": "Place", "fields": [{"name": "city", "type": "string"}]}}]}"#,
        &[],
    );
    older.registered = registered(1, 11);
    order.also.push(older);
    let mut grown = unit(
        "grown",
        r#"{"type": "record", "name": "Grown", "namespace": "new", "fields": [
            {"name": "number", "type": "long"}, {"name": "text", "type": "bytes"},
            {"name": "list", "type": {"type": "array", "items": ["long", "null"]}},
            {"name": "entries", "type": {"type": "map", "values": "double"}},
            {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["C", "A"], "default": "A"}},
            {"name": "maybe", "type": ["null", {"type": "record", "name": "Part", "fields": [
                {"name": "y", "type": "string", "default": "y"}, {"name": "x", "type": "long"}]}]},
            {"name": "either", "type": ["int", "null", "Part", "string"]},
            {"name": "single", "type": ["null", "int"]},
            {"name": "hash", "type": {"type": "fixed", "name": "Hash", "size": 2}},
            {"name": "part", "type": "Part", "default": {"x": 7}}]}"#,
    );
    let mut older = schema_text(
        r#"{"type": "record", "name": "Grown", "namespace": "new", "fields": [
            {"name": "hash", "type": {"type": "fixed", "name": "Hash", "size": 2}},
            {"name": "number", "type": "int"}, {"name": "text", "type": "string"},
            {"name": "list", "type": {"type": "array", "items": ["null", "int"]}},
            {"name": "entries", "type": {"type": "map", "values": "float"}},
            {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["A", "B"]}},
            {"name": "maybe", "type": ["null", {"type": "record", "name": "Part", "fields": [{"name": "x", "type": "int"}]}]},
            {"name": "either", "type": ["string", "Part", "null"]},
            {"name": "single", "type": ["int"]}]}"#,
        &[],
    );
    older.registered = registered(1, 21);
    grown.also.push(older);
    let mut narrowed = unit(
        "narrowed",
        r#"{"type": "record", "name": "Narrowed", "fields": [
            {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["A"]}}]}"#,
    );
    let mut older = schema_text(
        r#"{"type": "record", "name": "Narrowed", "fields": [
            {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["A", "B"]}}]}"#,
        &[],
    );
    older.registered = registered(1, 31);
    narrowed.also.push(older);
    let mut referrer = unit(
        "referrer",
        r#"{"type": "record", "name": "Referrer", "fields": [{"name": "place", "type": ["null", "Place"]}]}"#,
    );
    referrer.schema.references = schema_text(
        "null",
        &[(
            "place.avsc",
            r#"{"type": "record", "name": "Place", "fields": [{"name": "city", "type": "string"}]}"#,
        )],
    )
    .references;
    let mut units = vec![order, grown, narrowed, referrer];
    units.extend(CASES.iter().map(|(name, text)| unit(name, text)));
    units
}

const CASES: &[(&str, &str)] = &[
    (
        "defaults",
        r#"{"type": "record", "name": "Defaults", "fields": [
            {"name": "integer_for_double", "type": "double", "default": 3},
            {"name": "small_double", "type": "double", "default": 0.000123456},
            {"name": "large_float", "type": "float", "default": 3e38},
            {"name": "one_byte", "type": "bytes", "default": "\u00ff"},
            {"name": "two_fixed_bytes", "type": {"type": "fixed", "name": "Two", "size": 2}, "default": "\u00ff\u0000"},
            {"name": "quoted", "type": "string", "default": "a\"b\\c\n\u00e9"},
            {"name": "second_branch", "type": ["null", "string"], "default": "x"},
            {"name": "inner", "type": {"type": "record", "name": "Inner", "fields": [
                {"name": "number", "type": "int"}, {"name": "text", "type": "string", "default": "of the inner record"}]},
                "default": {"number": 7}},
            {"name": "list", "type": {"type": "array", "items": "long"}, "default": [1, -2]},
            {"name": "entries", "type": {"type": "map", "values": {"type": "array", "items": "boolean"}}, "default": {"k": [true]}},
            {"name": "symbol", "type": {"type": "enum", "name": "Symbol", "symbols": ["OFF", "ON"]}, "default": "ON"},
            {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}, "default": "\u0004\u00d2"},
            {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}, "default": 5},
            {"name": "not_a_number", "type": "double", "default": "NaN"}]}"#,
    ),
    (
        "nulls",
        r#"{"type": "record", "name": "Nulls", "fields": [
            {"name": "last", "type": ["string", "null"]},
            {"name": "only", "type": "null"},
            {"name": "only_branch", "type": ["null"]},
            {"name": "single", "type": ["int"]}]}"#,
    ),
    (
        "unions",
        r#"{"type": "record", "name": "Unions", "fields": [
            {"name": "mixed", "type": ["string", {"type": "map", "values": "int"}, "null",
                {"type": "fixed", "name": "Hash", "size": 2},
                {"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 1}]},
            {"name": "ids", "type": {"type": "array", "items": ["null", {"type": "string", "logicalType": "uuid"}]}},
            {"name": "amounts", "type": {"type": "map", "values": {"type": "bytes", "logicalType": "decimal", "precision": 4, "scale": 1}}},
            {"name": "bytes", "type": {"type": "array", "items": ["null", "bytes"]}}]}"#,
    ),
    (
        "keywords",
        r#"{"type": "record", "name": "Keywords", "fields": [
            {"name": "type", "type": "int"}, {"name": "self", "type": "int"}, {"name": "fn", "type": "int"},
            {"name": "crate", "type": "int"}, {"name": "value", "type": "int"}, {"name": "out", "type": "int"},
            {"name": "input", "type": "int"}, {"name": "at", "type": "int"}, {"name": "step", "type": "int"},
            {"name": "steps", "type": "int"}, {"name": "level", "type": "int"}]}"#,
    ),
    (
        "collisions",
        r#"{"type": "record", "name": "Collisions", "fields": [
            {"name": "fooBar", "type": "string"}, {"name": "foo_bar", "type": "string"},
            {"name": "switch", "type": {"type": "enum", "name": "Switch", "symbols": ["on", "ON"]}}]}"#,
    ),
    (
        "names-of-the-prelude",
        r#"{"type": "record", "name": "NamesOfThePrelude", "fields": [
            {"name": "option", "type": ["null", {"type": "record", "name": "Option", "fields": [
                {"name": "vec", "type": {"type": "array", "items": "int"}}]}]},
            {"name": "vec", "type": {"type": "record", "name": "Vec", "fields": [
                {"name": "some", "type": ["null", "string"]}]}}]}"#,
    ),
    (
        "two namespaces",
        r#"{"type": "record", "name": "Outer", "fields": [
            {"name": "one", "type": {"type": "record", "name": "a.Same", "fields": [{"name": "x", "type": "int"}]}},
            {"name": "other", "type": {"type": "record", "name": "b.Same", "fields": [{"name": "y", "type": "string"}]}}]}"#,
    ),
    (
        "recursive",
        r#"{"type": "record", "name": "Tree", "fields": [
            {"name": "kind", "type": ["int", {"type": "record", "name": "Branch", "fields": [
                {"name": "left", "type": "Tree"}, {"name": "right", "type": {"type": "array", "items": "Tree"}}]}]},
            {"name": "next", "type": ["null", "Tree"]}]}"#,
    ),
    (
        "borrowed",
        r#"{"type": "record", "name": "Borrowed", "namespace": "lent", "fields": [
            {"name": "text", "type": "string", "doc": "What it says."}, {"name": "bytes", "type": "bytes"},
            {"name": "hash", "type": {"type": "fixed", "name": "Hash", "size": 4}},
            {"name": "number", "type": "long"},
            {"name": "plain", "type": {"type": "record", "name": "Plain", "fields": [{"name": "x", "type": "double"}]}},
            {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["A", "B"]}},
            {"name": "inner", "type": {"type": "record", "name": "Inner", "namespace": "lent.deep", "fields": [
                {"name": "tags", "type": {"type": "array", "items": "string"}}]}},
            {"name": "maybe", "type": ["null", "lent.deep.Inner"]},
            {"name": "late", "type": ["string", "null"]},
            {"name": "either", "type": ["null", "string", "bytes", "Hash", "lent.deep.Inner", "long"]},
            {"name": "always", "type": ["string", {"type": "array", "items": "bytes"}]},
            {"name": "entries", "type": {"type": "map", "values": {"type": "map", "values": "Hash"}}},
            {"name": "numbers", "type": {"type": "map", "values": "int"}},
            {"name": "list", "type": {"type": "array", "items": ["null", "lent.deep.Inner"]}},
            {"name": "single", "type": ["string"]},
            {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}},
            {"name": "id", "type": {"type": "string", "logicalType": "uuid"}},
            {"name": "next", "type": ["null", "Borrowed"]},
            {"name": "hash_ref", "type": {"type": "record", "name": "HashRef", "fields": []}}]}"#,
    ),
    (
        "documented",
        "{\"type\": \"record\", \"name\": \"Documented\", \"doc\": \"```\\nlet x: NoSuchType = 1;\\n```\\n*/ \\\" [link] <b>\\r\\rx\", \
         \"fields\": [{\"name\": \"x\", \"type\": \"int\", \"doc\": \"    indented();\\n\\n    more\"}]}",
    ),
    ("text root", r#""string""#),
    ("null root", r#""null""#),
    (
        "long root",
        r#"{"type": "long", "logicalType": "timestamp-micros"}"#,
    ),
    (
        "array root",
        r#"{"type": "array", "items": ["int", "string"]}"#,
    ),
    ("map root", r#"{"type": "map", "values": "bytes"}"#),
    (
        "union root",
        r#"["int", {"type": "record", "name": "R", "fields": []}]"#,
    ),
    ("nullable union root", r#"["int", "null", "string"]"#),
    (
        "enum root",
        r#"{"type": "enum", "name": "E", "symbols": ["a", "b"]}"#,
    ),
    ("fixed root", r#"{"type": "fixed", "name": "F", "size": 3}"#),
    (
        "decimal root",
        r#"{"type": "fixed", "name": "D", "size": 5, "logicalType": "decimal", "precision": 8, "scale": 2}"#,
    ),
    (
        "duration root",
        r#"{"type": "fixed", "name": "D", "size": 12, "logicalType": "duration"}"#,
    ),
];

#[test]
fn what_generators_get_wrong_is_right() {
    let options = Options {
        borrowed: true,
        ..Options::default()
    };
    let output = avro::generate(&units(), &options).unwrap();
    let main = concat!(
        include_str!("cases/main.rs"),
        "mod lending {\n",
        include_str!("cases/borrowed.rs"),
        "}\n"
    );
    let compiled = Compiled::new("avro_cases", &output, &["serde"], main);
    assert!(compiled.run(), "see above");
    let warnings: Vec<_> = output.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(warnings.len(), 3, "{warnings:?}");
    assert!(warnings[0].contains("foo_bar_2"), "{warnings:?}");
    assert!(warnings[1].contains("On_2"), "{warnings:?}");
    assert!(warnings[2].contains("HashRef_2"), "{warnings:?}");
}

#[test]
fn the_same_units_give_the_same_bytes() {
    let modules = |units: &[Unit]| avro::generate(units, &Options::default()).unwrap().modules;
    assert_eq!(modules(&units()), modules(&units()));
}

#[test]
fn all_problems_are_reported_at_once_with_their_places() {
    let units = [
        unit(
            "one",
            r#"{"type": "record", "name": "R", "fields": [{"name": "a", "type": "Missing"}]}"#,
        ),
        unit(
            "two",
            r#"["int", {"type": "enum", "name": "E", "symbols": []}]"#,
        ),
        unit("three", "{"),
    ];
    let error = avro::generate(&units, &Options::default()).unwrap_err();
    let found: Vec<_> = error
        .problems
        .iter()
        .map(|problem| (problem.unit.as_str(), problem.place.as_str()))
        .collect();
    assert_eq!(
        found,
        [("one", "/fields/0/type"), ("two", "/1"), ("three", "")]
    );
}

#[test]
fn invalid_defaults_are_problems_unless_they_are_to_be_left_out() {
    let text = r#"{"type": "record", "name": "R", "fields": [
        {"name": "a", "type": "int", "default": "x"},
        {"name": "b", "type": {"type": "fixed", "name": "F", "size": 2}, "default": "abc"}]}"#;
    let units = [unit("bad", text)];
    let error = avro::generate(&units, &Options::default()).unwrap_err();
    let places: Vec<_> = error
        .problems
        .iter()
        .map(|problem| problem.place.as_str())
        .collect();
    assert_eq!(places, ["/fields/0/default", "/fields/1/default"]);
    let lenient = Options {
        ignore_invalid_defaults: true,
        ..Options::default()
    };
    let output = avro::generate(&units, &lenient).unwrap();
    assert_eq!(output.warnings.len(), 2);
    assert!(!output.modules[0].source.contains("Default for R"));
}

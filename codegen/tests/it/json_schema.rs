//! What becomes of JSON Schemas that say more than types can hold, or that no generator was made for.

use dovetail_codegen::{Map, NamedText, Options, Output, Registration, SchemaText, Unit, generate};
use dovetail_model::SchemaType;

fn unit(name: &str, schema: &str, references: &[(&str, &str)]) -> Unit {
    Unit {
        name: name.to_owned(),
        schema_type: SchemaType::Json,
        schema: SchemaText {
            text: schema.into(),
            references: references
                .iter()
                .map(|(name, text)| NamedText {
                    name: (*name).to_owned(),
                    text: (*text).into(),
                })
                .collect(),
            registered: None,
        },
        also: Vec::new(),
    }
}

fn made(schema: &str) -> Output {
    made_with(schema, &[], &Options::default())
}

fn made_with(schema: &str, references: &[(&str, &str)], options: &Options) -> Output {
    let made = generate(&[unit("orders-value", schema, references)], options);
    made.unwrap_or_else(|error| panic!("{error}"))
}

fn source(output: &Output) -> &str {
    &output.modules[0].source
}

fn warnings(output: &Output) -> String {
    let all = output.warnings.iter().map(ToString::to_string);
    all.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_root_is_called_after_its_title_or_its_subject() {
    let titled = made(r#"{"title": "placed order", "type": "object"}"#);
    assert!(
        source(&titled).contains("JsonType for PlacedOrder"),
        "{}",
        source(&titled)
    );
    let prose = made(r#"{"title": "JSON schema for the orders, version two!", "type": "object"}"#);
    assert!(source(&prose).contains("JsonType for OrdersValue"));
    for root in [
        "true",
        "{}",
        r#"{"type": "string"}"#,
        r#"{"type": "array", "items": {"type": "integer"}}"#,
        r#"{"enum": ["a", "b"]}"#,
    ] {
        assert!(
            source(&made(root)).contains("JsonType for OrdersValue"),
            "{root}"
        );
    }
}

#[test]
fn what_types_cannot_hold_is_left_out_and_said() {
    let output = made(
        r#"{"type": "object", "properties": {"a": {"type": "string", "not": {"const": "x"}}}, "if": {}, "then": {}}"#,
    );
    assert!(source(&output).contains("pub a: ::std::option::Option<::std::string::String>"));
    let said = warnings(&output);
    assert!(
        said.contains("types do not hold if, then; only validation does"),
        "{said}"
    );
    assert!(
        said.contains("orders-value, at /properties/a: types do not hold not"),
        "{said}"
    );
}

#[test]
fn references_are_found_by_name_by_id_and_inside_themselves() {
    let schema = r##"{
        "type": "object",
        "properties": {
            "name": {"$ref": "money.json"}, "id": {"$ref": "https://x.example/customer"},
            "part": {"$ref": "money.json#/definitions/Unit"}, "anchor": {"$ref": "#here"}, "self": {"$ref": "#"}
        },
        "$defs": {"Anchored": {"$anchor": "here", "type": "object", "properties": {"x": {"type": "boolean"}}}}
    }"##;
    let references = [
        (
            "money.json",
            r#"{"type": "object", "properties": {"cents": {"type": "integer"}}, "definitions": {"Unit": {"enum": ["EUR"]}}}"#,
        ),
        (
            "c.json",
            r#"{"$id": "https://x.example/customer", "title": "Customer", "type": "object", "properties": {"since": {"type": "string"}}}"#,
        ),
    ];
    let output = made_with(schema, &references, &Options::default());
    let source = source(&output);
    for item in [
        "pub struct Money",
        "pub struct Customer",
        "pub enum Unit",
        "pub struct Anchored",
        "Box<OrdersValue>",
    ] {
        assert!(source.contains(item), "{item}\n{source}");
    }
    assert_eq!(warnings(&output), "");
}

#[test]
fn what_is_found_nowhere_is_any_value_and_never_fetched() {
    let output =
        made(r#"{"type": "object", "properties": {"a": {"$ref": "https://x.example/y.json"}}}"#);
    assert!(source(&output).contains("::serde_json::Value"));
    let said = warnings(&output);
    assert!(said.contains("found in none of the references"), "{said}");
}

#[test]
fn circles_end() {
    for schema in [
        r##"{"$ref": "#"}"##,
        r##"{"allOf": [{"$ref": "#"}, {"type": "object", "properties": {"a": {"type": "string"}}}]}"##,
        r##"{"$ref": "#/definitions/A", "definitions": {"A": {"$ref": "#/definitions/B"}, "B": {"$ref": "#/definitions/A"}}}"##,
        r##"{"oneOf": [{"$ref": "#"}, {"type": "null"}]}"##,
        r##"{"anyOf": [{"$ref": "#/definitions/A"}, {"type": "string"}], "definitions": {"A": {"anyOf": [{"$ref": "#/definitions/A"}, {"type": "integer"}]}}}"##,
    ] {
        assert!(source(&made(schema)).contains("JsonType"), "{schema}");
    }
}

#[test]
fn names_that_would_clash_are_kept_apart() {
    let output = made(
        r#"{"type": "object", "properties": {
            "fooBar": {"type": "object", "properties": {"a": {"type": "string"}}},
            "foo": {"type": "object", "properties": {"bar": {"type": "object", "properties": {"b": {"type": "string"}}}}},
            "foo_bar": {"type": "integer"},
            "vec": {"type": "object", "properties": {"option": {"enum": ["a", "b"]}}}
        }, "definitions": {"Option": {"type": "object"}, "Vec": {"type": "object"}}}"#,
    );
    let source = source(&output);
    assert!(
        source.contains("pub struct OrdersValueFooBar {")
            && source.contains("pub struct OrdersValueFooBar2 {"),
        "{source}"
    );
    assert!(
        warnings(&output).contains("\"foo_bar\" would be the same field as \"fooBar\""),
        "{}",
        warnings(&output)
    );
}

#[test]
fn a_list_whose_values_clash_becomes_a_string_with_a_warning() {
    let output = made(
        r#"{"type": "object", "properties": {"flag": {"enum": ["on", "ON", "off"]}, "kind": {"enum": ["a", "b"]}}}"#,
    );
    assert!(source(&output).contains("pub enum OrdersValueKind"));
    assert!(
        warnings(&output).contains("OrdersValueFlag is made without its lists"),
        "{}",
        warnings(&output)
    );
}

#[test]
fn unknown_properties_are_kept_where_that_is_asked_for() {
    let schema = r#"{"type": "object", "properties": {"a": {"type": "string"}}}"#;
    assert!(!source(&made(schema)).contains("flatten"));
    let options = Options {
        preserve_unknown: true,
        map: Map::BTreeMap,
        ..Options::default()
    };
    let kept = made_with(schema, &[], &options);
    assert!(source(&kept).contains("flatten"), "{}", source(&kept));
}

#[test]
fn a_registered_schema_says_where_and_its_other_versions_stand_inside() {
    let at = |version| {
        Some(Registration {
            subject: "orders-value".to_owned(),
            version,
            id: version + 10,
            guid: Some("g".to_owned()),
        })
    };
    let mut unit = unit("orders-value", r#"{"type": "object"}"#, &[]);
    unit.schema.registered = at(3);
    unit.also = vec![SchemaText {
        registered: at(2),
        ..unit.schema.clone()
    }];
    let output = generate(&[unit], &Options::default()).expect("modules");
    let source = source(&output);
    for part in [
        "Registered for OrdersValue",
        "pub const ID: u32 = 13",
        "pub mod v2",
        "pub const ID: u32 = 12",
        "pub const GUID: &str = \"g\"",
    ] {
        assert!(source.contains(part), "{part}\n{source}");
    }
}

#[test]
fn hostile_texts_end_in_words() {
    let deep = format!(
        "{}true{}",
        r#"{"properties":{"a":"#.repeat(5000),
        "}}".repeat(5000)
    );
    let nested = format!(
        "{}{{}}{}",
        r#"{"type":"object","properties":{"a":"#.repeat(60),
        "}}".repeat(60)
    );
    let wide = format!(
        r#"{{"allOf": [{}{{}}]}}"#,
        r#"{"properties": {"a": {"oneOf": [{}]}}},"#.repeat(500)
    );
    for schema in [
        &*deep,
        "[]",
        "3",
        "",
        "{\"type\": 3}",
        "{\"properties\": []}",
        "{\"required\": {}}",
        &nested,
        &wide,
        "{\"enum\": []}",
        "{\"type\": [\"object\", 3]}",
        "{\"default\": {\"a\": []}, \"type\": \"object\"}",
        "{\"$ref\": \"%%%#/~9\"}",
        "{\"title\": \"\\u0000*/ ```\", \"description\": \"```\\r\\n\\u2028\"}",
        "{\"properties\": {\"\": {}, \"$\": {}, \"1\": {}, \"self\": {}, \"crate\": {}, \"Self\": {}}}",
    ] {
        // Either types or an error, never a panic.
        let _ = generate(&[unit("x", schema, &[])], &Options::default());
    }
}

#[test]
fn the_same_text_gives_the_same_bytes() {
    let schema = r#"{"type": "object", "properties": {"b": {"enum": ["x", "y"]}, "a": {"oneOf": [{"type": "string"}, {"type": "integer"}]}}}"#;
    assert_eq!(made(schema).modules, made(schema).modules);
}

#[test]
fn of_more_types_than_are_made_those_beyond_are_any_value() {
    let numbers = 0..4_010;
    let uses: Vec<String> = numbers
        .clone()
        .map(|number| format!(r##""p{number}": {{"$ref": "#/$defs/d{number}"}}"##))
        .collect();
    let definitions: Vec<String> = numbers
        .map(|number| format!(r#""d{number}": {{"type": "object", "required": ["v"], "properties": {{"v": {{"type": "string"}}}}}}"#))
        .collect();
    let schema = format!(
        r#"{{"type": "object", "properties": {{{}}}, "$defs": {{{}}}}}"#,
        uses.join(","),
        definitions.join(",")
    );
    let output = made(&schema);
    let source = source(&output);
    // The first is the schema itself.
    assert_eq!(
        source.matches("pub v: ::std::string::String").count(),
        3_999
    );
    assert_eq!(source.matches("(pub ::serde_json::Value)").count(), 11);
    assert!(source.contains("pub p4009: "));
    let said = warnings(&output);
    assert_eq!(
        said,
        "orders-value: it leads to more than 4000 types, and those beyond are any JSON value"
    );
}

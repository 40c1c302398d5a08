//! Texts find each other by name, path or URI, in any order.

use dovetail_compat::link::{Document, Linked, mentions};
use dovetail_model::SchemaType;

fn linked(schema_type: SchemaType, files: &[(&str, &str)]) -> Linked {
    let documents = files.iter().map(|(path, text)| Document {
        path: (*path).to_owned(),
        schema_type,
        text: (*text).into(),
    });
    Linked::of(documents.collect()).expect("no cycle")
}

/// The paths in their order.
fn ordered(linked: &Linked) -> Vec<&str> {
    let paths = linked.order().iter();
    paths
        .map(|number| linked.documents()[*number].path.as_str())
        .collect()
}

/// `name -> path` for each link of a text.
fn links(linked: &Linked, number: usize) -> Vec<String> {
    let links = linked.links(number).expect("a readable text").iter();
    links
        .map(|link| format!("{} -> {}", link.name, linked.documents()[link.to].path))
        .collect()
}

const ORDER: &str = r#"{"type": "record", "name": "Order", "namespace": "shop", "fields": [
    {"name": "total", "type": ["null", "Money"]},
    {"name": "lines", "type": {"type": "array", "items": {"type": "map", "values": "shop.Line"}}},
    {"name": "own", "type": {"type": "enum", "name": "State", "symbols": ["A"]}},
    {"name": "again", "type": "State"},
    {"name": "note", "type": {"type": "string", "logicalType": "x"}}]}"#;

#[test]
fn avro_types_are_found_by_full_name() {
    let money = r#"{"type": "record", "name": "shop.Money", "fields": []}"#;
    let line = r#"{"type": "record", "name": "Line", "namespace": "shop",
                   "fields": [{"name": "price", "type": "Money"}]}"#;
    let linked = linked(
        SchemaType::Avro,
        &[
            ("order.avsc", ORDER),
            ("line.avsc", line),
            ("m.avsc", money),
        ],
    );
    assert_eq!(
        links(&linked, 0),
        ["shop.Line -> line.avsc", "shop.Money -> m.avsc"]
    );
    assert_eq!(ordered(&linked), ["m.avsc", "line.avsc", "order.avsc"]);
    let references = linked.references(0);
    let names: Vec<&str> = references.iter().map(|text| text.name.as_str()).collect();
    assert_eq!(names, ["shop.Money", "shop.Line"]);
    dovetail_compat::parse(SchemaType::Avro, ORDER, &references).expect("everything is there");
}

#[test]
fn an_avro_name_without_namespace_is_found_too() {
    let id = r#"{"type": "fixed", "name": "Id", "size": 4}"#;
    let user = r#"{"type": "record", "name": "User", "namespace": "shop",
                   "fields": [{"name": "id", "type": "Id"}]}"#;
    let linked = linked(SchemaType::Avro, &[("user.avsc", user), ("id.avsc", id)]);
    assert_eq!(links(&linked, 0), ["shop.Id -> id.avsc"]);
    dovetail_compat::parse(SchemaType::Avro, user, &linked.references(0)).expect("it is there");
}

#[test]
fn one_text_that_defines_two_names_is_one_reference() {
    let both =
        r#"[{"type": "fixed", "name": "A", "size": 1}, {"type": "fixed", "name": "B", "size": 1}]"#;
    let user = r#"["A", "B"]"#;
    let linked = linked(
        SchemaType::Avro,
        &[("both.avsc", both), ("user.avsc", user)],
    );
    assert_eq!(links(&linked, 1), ["A -> both.avsc"]);
}

#[test]
fn protobuf_files_are_found_by_import_path_below_the_common_root() {
    let order = "syntax = \"proto3\"; import \"shop/money.proto\"; import \"google/protobuf/any.proto\"; \
                 import \"google/type/date.proto\"; message O { shop.Money m = 1; }";
    let money = "syntax = \"proto3\"; package shop; message Money {}";
    let linked = linked(
        SchemaType::Protobuf,
        &[
            ("old/shop/money.proto", money),
            ("new/shop/order.proto", order),
            ("new/shop/money.proto", money),
            ("new/othershop/money.proto", money),
        ],
    );
    assert_eq!(
        links(&linked, 1),
        ["shop/money.proto -> new/shop/money.proto"]
    );
    assert!(linked.missing(1).is_empty());
}

#[test]
fn json_schemas_are_found_by_uri_and_by_relative_path() {
    let order = r##"{"$id": "https://shop.example/order.json", "properties": {
        "a": {"$ref": "money.json"}, "b": {"$ref": "./parts/line.json#/definitions/L"}, "c": {"$ref": "#/definitions/X"}},
        "definitions": {"X": {"$id": "own.json"}, "Y": {"$ref": "own.json"}}}"##;
    let money = r#"{"$id": "https://shop.example/money.json"}"#;
    let line = r#"{"definitions": {"L": {}}}"#;
    let linked = linked(
        SchemaType::Json,
        &[
            ("s/order.json", order),
            ("elsewhere/m.json", money),
            ("s/parts/line.json", line),
            ("parts/line.json", line),
        ],
    );
    assert_eq!(
        links(&linked, 0),
        [
            "money.json -> elsewhere/m.json",
            "./parts/line.json -> s/parts/line.json"
        ]
    );
    dovetail_compat::parse(SchemaType::Json, order, &linked.references(0)).expect("all there");
}

#[test]
fn what_nobody_defines_is_named() {
    let linked = linked(SchemaType::Avro, &[("order.avsc", ORDER)]);
    let missing: Vec<&str> = linked
        .missing(0)
        .iter()
        .map(|need| need.name.as_str())
        .collect();
    assert_eq!(missing, ["shop.Line", "shop.Money"]);
}

#[test]
fn a_cycle_names_its_members() {
    let text = |name: &str, other: &str| {
        format!(
            r#"{{"type": "record", "name": "{name}", "fields": [{{"name": "f", "type": "{other}"}}]}}"#
        )
    };
    let files = [
        ("a", text("A", "B")),
        ("b", text("B", "C")),
        ("c", text("C", "B")),
    ];
    let documents = files.map(|(path, text)| Document {
        path: path.to_owned(),
        schema_type: SchemaType::Avro,
        text: text.into(),
    });
    let cycle = Linked::of(documents.into()).expect_err("B and C need each other");
    assert_eq!(cycle.0, [1, 2]);
}

#[test]
fn an_unreadable_text_has_no_links_and_disturbs_nobody() {
    let linked = linked(SchemaType::Avro, &[("bad", "{"), ("good", "\"int\"")]);
    assert!(linked.links(0).is_err());
    assert_eq!(linked.order(), [0, 1]);
}

/// A chain longer than any stack is deep.
#[test]
fn long_chains_need_no_recursion() {
    let documents = (0..20_000).map(|number| Document {
        path: number.to_string(),
        schema_type: SchemaType::Avro,
        text: format!(
            r#"{{"type": "record", "name": "R{number}", "fields": [{{"name": "f", "type": "R{}"}}]}}"#,
            number + 1
        )
        .into(),
    });
    let linked = Linked::of(documents.collect()).expect("no cycle");
    assert_eq!(linked.order().first(), Some(&19_999));
    assert_eq!(linked.references(0).len(), 19_999);
}

#[test]
fn schemas_that_are_no_objects_need_nothing() {
    for text in ["true", "{}"] {
        assert!(
            mentions(SchemaType::Json, text)
                .expect("a schema")
                .needs
                .is_empty()
        );
    }
}

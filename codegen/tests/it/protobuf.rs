//! Which Protobuf files may stand together, and what is said of those that may not.

use dovetail_codegen::{
    Module, NamedText, Options, Output, Registration, SchemaText, Unit, generate,
};
use dovetail_model::SchemaType;

fn text(schema: &str, references: &[(&str, &str)]) -> SchemaText {
    SchemaText {
        text: schema.into(),
        references: references
            .iter()
            .map(|(name, text)| NamedText {
                name: (*name).to_owned(),
                text: (*text).into(),
            })
            .collect(),
        registered: None,
    }
}

fn unit(name: &str, schema: &str, references: &[(&str, &str)]) -> Unit {
    Unit {
        name: name.to_owned(),
        schema_type: SchemaType::Protobuf,
        schema: text(schema, references),
        also: Vec::new(),
    }
}

fn registered(mut unit: Unit, version: u32) -> Unit {
    unit.schema.registered = Some(Registration {
        subject: unit.name.clone(),
        version,
        id: version + 100,
        guid: None,
    });
    unit
}

fn made(units: &[Unit]) -> Output {
    generate(units, &Options::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn refusal(units: &[Unit]) -> String {
    let made = generate(units, &Options::default());
    made.expect_err("a refusal").to_string()
}

fn module<'a>(output: &'a Output, name: &str) -> &'a Module {
    let found = output.modules.iter().find(|module| module.name == name);
    found.unwrap_or_else(|| panic!("no module {name}"))
}

const MONEY: &str = "syntax = \"proto3\"; package pay; message Money { int64 cents = 1; }";
const EVOLVED: &str =
    "syntax = \"proto3\"; package pay; message Money { int64 cents = 1; string currency = 2; }";
const ORDER: &str =
    "syntax = \"proto3\"; import \"money.proto\"; message Order { pay.Money total = 1; }";
const REFUND: &str =
    "syntax = \"proto3\"; import \"money.proto\"; message Refund { pay.Money sum = 1; }";

#[test]
fn what_two_subjects_import_is_made_once() {
    let units = [
        registered(unit("orders-value", ORDER, &[("money.proto", MONEY)]), 1),
        registered(unit("refunds-value", REFUND, &[("money.proto", MONEY)]), 1),
        registered(unit("money", MONEY, &[]), 4),
    ];
    let output = made(&units);
    let shared = &module(&output, "protobuf").source;
    assert_eq!(shared.matches("pub struct Money").count(), 1);
    assert!(
        module(&output, "money")
            .source
            .contains("pub use super::protobuf::pay::Money;")
    );
    assert!(
        module(&output, "orders_value")
            .source
            .contains("pub const ID: u32 = 101")
    );
    assert_eq!(output.warnings, []);
}

#[test]
fn subjects_that_pin_different_versions_of_an_import_have_types_of_their_own() {
    let units = [
        registered(unit("orders-value", ORDER, &[("money.proto", MONEY)]), 1),
        registered(
            unit("refunds-value", REFUND, &[("money.proto", EVOLVED)]),
            1,
        ),
    ];
    let output = made(&units);
    let own = &module(&output, "refunds_value").source;
    assert!(
        own.contains("pub mod packages") && own.contains("currency"),
        "{own}"
    );
    let said = output.warnings[0].to_string();
    assert!(
        said.contains("refunds-value: \"money.proto\" is another text here than in orders-value"),
        "{said}"
    );
}

#[test]
fn other_versions_of_a_subject_stand_inside_it() {
    let mut money = registered(unit("money", EVOLVED, &[]), 2);
    let older = registered(unit("money", MONEY, &[]), 1);
    money.also.push(older.schema);
    let output = made(&[money]);
    let source = &module(&output, "money").source;
    assert!(source.contains("pub mod v1"), "{source}");
    assert!(source.contains("pub const VERSION: u32 = 1"), "{source}");
    assert!(source.contains("pub const VERSION: u32 = 2"), "{source}");
    assert_eq!(output.warnings, []);
}

#[test]
fn files_that_declare_one_symbol_are_refused_with_both_origins() {
    let copy = "syntax = \"proto3\"; package pay; message Money { string text = 9; }";
    let said = refusal(&[unit("money", MONEY, &[]), unit("preview", copy, &[])]);
    for part in [
        "preview:",
        "pay.Money is declared twice",
        "\"preview.proto\"",
        "\"money.proto\" of money",
    ] {
        assert!(said.contains(part), "{said}");
    }
    let inside = refusal(&[unit(
        "order",
        ORDER,
        &[("money.proto", MONEY), ("copy.proto", copy)],
    )]);
    assert!(inside.contains("pay.Money is declared twice"), "{inside}");
}

#[test]
fn what_cannot_be_read_is_named_with_its_place() {
    let broken = unit("orders-value", "syntax = \"proto3\";\nmessage {}", &[]);
    let said = refusal(&[broken]);
    assert!(
        said.contains("orders-value") && said.contains(":2:9"),
        "{said}"
    );

    let unknown = unit(
        "a",
        "syntax = \"proto3\"; message A { Missing b = 1; }",
        &[],
    );
    assert!(refusal(&[unknown]).contains("Missing"));

    let import = unit("a", "syntax = \"proto3\"; import \"missing.proto\";", &[]);
    let said = refusal(&[import]);
    assert!(
        said.contains("missing.proto") && said.contains("references"),
        "{said}"
    );

    let edition = unit("a", "edition = \"2023\"; message A {}", &[]);
    assert!(refusal(&[edition]).contains("edition"));

    let deep = format!(
        "syntax = \"proto3\"; message A {}",
        "{ message B ".repeat(10_000)
    );
    assert!(refusal(&[unit("a", &deep, &[])]).contains("64 deep"));
}

#[test]
fn every_problem_is_in_one_error() {
    let said = refusal(&[
        unit("a", "syntax = \"proto3\"; message A {", &[]),
        unit("b", "syntax = \"proto3\"; mesage B {}", &[]),
    ]);
    assert!(said.lines().any(|line| line.starts_with("a: ")), "{said}");
    assert!(said.lines().any(|line| line.starts_with("b: ")), "{said}");
}

#[test]
fn the_same_texts_give_the_same_bytes_in_any_order_of_references() {
    let one = made(&[unit(
        "o",
        ORDER,
        &[("money.proto", MONEY), ("z.proto", "syntax = \"proto3\";")],
    )]);
    let other = made(&[unit(
        "o",
        ORDER,
        &[("z.proto", "syntax = \"proto3\";"), ("money.proto", MONEY)],
    )]);
    assert_eq!(one.modules, other.modules);
}

#[test]
fn a_package_called_as_a_message_shares_its_module() {
    let chain =
        "syntax = \"proto3\"; package api.type.listener; message Chain { string name = 1; }";
    let listener = "syntax = \"proto3\"; package api.type; import \"chain.proto\";
        message Listener { message Legacy { bool on = 1; } Legacy legacy = 1; api.type.listener.Chain chain = 2; }";
    let output = made(&[unit("l", listener, &[("chain.proto", chain)])]);
    let source = &module(&output, "protobuf").source;
    assert_eq!(source.matches("pub mod listener {").count(), 1, "{source}");
    let inside = &source[source.find("pub mod listener {").unwrap()..];
    assert!(inside.contains("pub struct Legacy"), "{source}");
    assert!(inside.contains("pub struct Chain"), "{source}");

    let clash = chain.replace("Chain", "Legacy");
    let listener = listener.replace("Chain", "Legacy");
    let said = refusal(&[unit("l", &listener, &[("chain.proto", &clash)])]);
    assert!(
        said.contains("in the module listener, Legacy is there twice"),
        "{said}"
    );
}

#[test]
fn messages_that_become_one_rust_type_are_refused_with_its_name() {
    let text = "syntax = \"proto3\"; message foo_bar {} message FooBar {}";
    let said = refusal(&[unit("f", text, &[])]);
    assert!(
        said.contains("FooBar") && said.contains("does not tell apart"),
        "{said}"
    );
}

#[test]
fn types_that_public_imports_pass_on_are_found_through_any_number_of_them() {
    let references = [
        ("d.proto", "syntax = \"proto3\"; package x; message D {}"),
        ("c.proto", "syntax = \"proto3\"; import public \"d.proto\";"),
        ("b.proto", "syntax = \"proto3\"; import public \"c.proto\";"),
        ("a.proto", "syntax = \"proto3\"; import public \"b.proto\";"),
    ];
    let text = "syntax = \"proto3\"; import \"a.proto\"; message M { x.D d = 1; }";
    let output = made(&[unit("m", text, &references)]);
    assert!(
        module(&output, "protobuf")
            .source
            .contains("pub d: ::core::option::Option<x::D>")
    );
}

#[test]
fn descriptors_with_maps_in_their_options_are_the_same_bytes_each_time() {
    let text = "syntax = \"proto3\"; import \"confluent/meta.proto\"; message M { option (confluent.message_meta) = {
        params: [{ key: \"a\", value: \"1\" }, { key: \"b\", value: \"2\" }, { key: \"c\", value: \"3\" }, { key: \"d\", value: \"4\" }] }; }";
    let first = made(&[unit("m", text, &[])]);
    for _ in 0..10 {
        assert_eq!(made(&[unit("m", text, &[])]).modules, first.modules);
    }
}

//! Options whose keys are names: what they do, and what is said where they name nothing.

use std::collections::BTreeMap;

use dovetail_codegen::{NamedText, Options, Output, SchemaText, Unit, generate};
use dovetail_model::SchemaType;

const AVRO: &str = r#"{"type": "record", "name": "Order", "namespace": "shop", "fields": [
    {"name": "id", "type": "string"}, {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["NEW", "OLD"]}},
    {"name": "sum", "type": ["long", "string"]}]}"#;
const PROTOBUF: &str = "syntax = \"proto3\"; package pay.v1; import \"money.proto\"; message Bill { message Line { string text = 1; }
    repeated Line lines = 1; common.Money total = 2; oneof by { string card = 3; bool cash = 4; } State state = 5; map<string, common.Money> parts = 6; }
    enum State { OPEN = 0; PAID = 1; }";
const MONEY: &str = "syntax = \"proto3\"; package common; message Money { int64 cents = 1; Unit unit = 2; message Unit { string code = 1; } }";
const JSON: &str = r##"{"title": "Parcel", "type": "object", "properties": {"weight": {"$ref": "#/definitions/Weight"}},
    "definitions": {"Weight": {"type": "object", "properties": {"grams": {"type": "integer"}}}}}"##;

fn unit(name: &str, schema_type: SchemaType, schema: &str) -> Unit {
    let references = match schema_type {
        SchemaType::Protobuf => vec![NamedText {
            name: "money.proto".to_owned(),
            text: MONEY.into(),
        }],
        _ => Vec::new(),
    };
    Unit {
        name: name.to_owned(),
        schema_type,
        schema: SchemaText {
            text: schema.into(),
            references,
            registered: None,
        },
        also: Vec::new(),
    }
}

fn made(options: &Options) -> Output {
    let units = [
        unit("orders", SchemaType::Avro, AVRO),
        unit("bills", SchemaType::Protobuf, PROTOBUF),
        unit("parcels", SchemaType::Json, JSON),
    ];
    generate(&units, options).unwrap_or_else(|error| panic!("{error}"))
}

fn source<'a>(output: &'a Output, module: &str) -> &'a str {
    let found = output.modules.iter().find(|one| one.name == module);
    &found.unwrap_or_else(|| panic!("no module {module}")).source
}

fn paths(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    let owned = pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    owned.collect()
}

fn lists(keys: &[&str], item: &str) -> BTreeMap<String, Vec<String>> {
    let owned = keys
        .iter()
        .map(|key| ((*key).to_owned(), vec![item.to_owned()]));
    owned.collect()
}

#[test]
fn keys_that_name_something_of_any_format_are_not_warned_about() {
    let options = Options {
        derives: lists(
            &[
                "*",
                "shop.Order",
                "shop.Kind",
                "PurchaseSum",
                "pay.v1.Bill",
                "pay.v1",
                "pay.v1.Bill.by",
                "Mass",
            ],
            "PartialOrd",
        ),
        renames: paths(&[
            ("shop.Order", "Purchase"),
            ("shop.Order.id", "number"),
            ("shop.Kind.NEW", "Fresh"),
            ("Weight", "Mass"),
        ]),
        ..Options::default()
    };
    // A derive of `*` and of a name would be there twice; only what is said counts here.
    assert_eq!(made(&options).warnings, []);
}

#[test]
fn keys_that_name_nothing_are_warned_about_with_what_was_probably_meant() {
    let options = Options {
        derives: lists(&["shop.order"], "PartialOrd"),
        attributes: lists(&["OrderRef", "pay.v1.Bil"], "#[allow(dead_code)]"),
        replacements: paths(&[
            ("com.other.Wholly", "crate::Other"),
            ("Wieght", "crate::W"),
            ("Money", "crate::M"),
        ]),
        renames: paths(&[("shop.Order.idd", "number"), ("pay.v1.Bill", "Invoice")]),
        ..Options::default()
    };
    let said: Vec<String> = made(&options)
        .warnings
        .iter()
        .map(ToString::to_string)
        .collect();
    let nothing = "is nothing that is made here, so it has no effect";
    assert_eq!(
        said,
        [
            format!("options, at derives: \"shop.order\" {nothing}; there is \"shop.Order\""),
            format!("options, at attributes: \"OrderRef\" {nothing}"),
            format!("options, at attributes: \"pay.v1.Bil\" {nothing}; there is \"pay.v1.Bill\""),
            format!("options, at replacements: \"Money\" {nothing}; there is \"common.Money\""),
            format!("options, at replacements: \"Wieght\" {nothing}"),
            format!("options, at replacements: \"com.other.Wholly\" {nothing}"),
            "options, at renames: \"pay.v1.Bill\" is a type of Protobuf, and those keep their names".to_owned(),
            format!("options, at renames: \"shop.Order.idd\" {nothing}; there is \"shop.Order.id\""),
        ]
    );
}

#[test]
fn messages_enums_and_packages_of_protobuf_are_replaced_wherever_they_are_used() {
    let replaced = |pairs: &[(&str, &str)]| {
        let options = Options {
            replacements: paths(pairs),
            ..Options::default()
        };
        let output = made(&options);
        assert_eq!(output.warnings, []);
        source(&output, "protobuf").to_owned()
    };
    let own = replaced(&[
        ("common.Money", "crate::own::Money"),
        ("pay.v1.State", "crate::own::State"),
    ]);
    assert!(
        !own.contains("struct Money")
            && !own.contains("struct Unit")
            && !own.contains("pub enum State"),
        "{own}"
    );
    assert!(
        own.contains("pub total: ::core::option::Option<crate::own::Money>"),
        "{own}"
    );
    assert!(
        own.matches("crate::own::Money").count() == 2 && own.contains("HashMap<"),
        "{own}"
    );
    assert!(own.contains("enumeration = \"crate::own::State\""), "{own}");
    let package = replaced(&[("common", "::common_types")]);
    assert!(
        package.contains("pub total: ::core::option::Option<::common_types::Money>"),
        "{package}"
    );
    assert!(package.contains("pub struct Bill"), "{package}");
}

#[test]
fn a_path_that_is_none_does_not_replace_a_type_of_protobuf() {
    let options = Options {
        replacements: paths(&[("common.Money", "no path")]),
        ..Options::default()
    };
    let refused = generate(&[unit("bills", SchemaType::Protobuf, PROTOBUF)], &options);
    let said = refused.expect_err("a refusal").to_string();
    assert!(
        said.contains("\"no path\", which is to replace common.Money, is no path"),
        "{said}"
    );
}

#[test]
fn types_of_json_schema_are_replaced_wherever_they_are_used() {
    let options = Options {
        replacements: paths(&[("Weight", "crate::own::Weight")]),
        ..Options::default()
    };
    let output = made(&options);
    let parcels = source(&output, "parcels");
    assert!(!parcels.contains("struct Weight"), "{parcels}");
    assert!(
        parcels.contains("pub weight: ::std::option::Option<crate::own::Weight>"),
        "{parcels}"
    );
    let options = Options {
        replacements: paths(&[("Weight", "no type")]),
        ..Options::default()
    };
    let refused = generate(&[unit("parcels", SchemaType::Json, JSON)], &options);
    let said = refused.expect_err("a refusal").to_string();
    assert!(
        said.contains("\"no type\", which is to replace Weight, is no type"),
        "{said}"
    );
}

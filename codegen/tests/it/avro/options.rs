//! Options that change types, in one crate that is compiled and run (`options/main.rs`).

use std::collections::BTreeMap;

use dovetail_codegen::{Decimal, Map, Module, Options, Output, Time, Uuid, avro};

use super::{
    compiled::{self, Compiled},
    unit,
};

/// Every logical type that becomes a type of another crate, with a default, alone and inside other types.
const LOGICAL: &str = r#"{"type": "record", "name": "Logical", "fields": [
    {"name": "date", "type": {"type": "int", "logicalType": "date"}, "default": 19723},
    {"name": "time_millis", "type": {"type": "int", "logicalType": "time-millis"}, "default": 1},
    {"name": "time_micros", "type": {"type": "long", "logicalType": "time-micros"}, "default": 2},
    {"name": "millis", "type": {"type": "long", "logicalType": "timestamp-millis"}, "default": 1704067200000},
    {"name": "micros", "type": {"type": "long", "logicalType": "timestamp-micros"}, "default": 4},
    {"name": "nanos", "type": {"type": "long", "logicalType": "timestamp-nanos"}, "default": 5},
    {"name": "local_millis", "type": {"type": "long", "logicalType": "local-timestamp-millis"}, "default": 6},
    {"name": "local_micros", "type": {"type": "long", "logicalType": "local-timestamp-micros"}, "default": 7},
    {"name": "local_nanos", "type": {"type": "long", "logicalType": "local-timestamp-nanos"}, "default": 8},
    {"name": "text_id", "type": {"type": "string", "logicalType": "uuid"},
        "default": "67e55044-10b1-426f-9247-bb680e5fe0c8"},
    {"name": "fixed_id", "type": {"type": "fixed", "name": "Id", "size": 16, "logicalType": "uuid"},
        "default": "\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f"},
    {"name": "list", "type": {"type": "array", "items": {"type": "long", "logicalType": "timestamp-millis"}}, "default": [9]},
    {"name": "entries", "type": {"type": "map", "values": {"type": "string", "logicalType": "uuid"}}, "default": {}},
    {"name": "maybe", "type": ["null", {"type": "int", "logicalType": "date"}], "default": null},
    {"name": "either", "type": [{"type": "long", "logicalType": "timestamp-micros"}, {"type": "string", "logicalType": "uuid"}],
        "default": 10},
    {"name": "days", "type": ["null", {"type": "int", "logicalType": "time-millis"}, {"type": "long", "logicalType": "time-micros"}],
        "default": null}]}"#;

/// Decimals alone and inside other types, one of them with more digits than some crate has room for.
const DECIMALS: &str = r#"{"type": "record", "name": "Decimals", "fields": [
    {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}, "default": "\u0004\u00d2"},
    {"name": "fixed", "type": {"type": "fixed", "name": "Amount", "size": 4, "logicalType": "decimal", "precision": 8, "scale": 3},
        "default": "\u00ff\u00ff\u00ff\u0085"},
    {"name": "list", "type": {"type": "array", "items": {"type": "bytes", "logicalType": "decimal", "precision": 5}},
        "default": ["\u0007"]},
    {"name": "entries", "type": {"type": "map", "values": "Amount"}, "default": {}},
    {"name": "maybe", "type": ["null", "Amount"], "default": null},
    {"name": "either", "type": ["string", {"type": "bytes", "logicalType": "decimal", "precision": 28, "scale": 28}],
        "default": "x"},
    {"name": "wide", "type": {"type": "bytes", "logicalType": "decimal", "precision": 38, "scale": 10}, "default": "\u0001"}]}"#;

/// A record and a fixed type that are somebody else's, where types, defaults and unions use them.
const PRICED: &str = r#"{"type": "record", "name": "Priced", "namespace": "shop", "fields": [
    {"name": "price", "type": {"type": "record", "name": "Money", "fields": [{"name": "cents", "type": "long"}]},
        "default": {"cents": 5}},
    {"name": "build", "type": "string"}, {"name": "type", "type": ["null", {"type": "record", "name": "PricedBuilder", "fields": []}]},
    {"name": "all", "type": {"type": "array", "items": "Money"}, "default": []},
    {"name": "either", "type": ["null", "Money", {"type": "fixed", "name": "Tags", "size": 1}], "default": null}]}"#;

fn with(name: &str, time: Time, uuid: Uuid) -> Output {
    let options = Options {
        time,
        uuid,
        map: Map::BTreeMap,
        ..Options::default()
    };
    avro::generate(&[unit(name, LOGICAL)], &options).unwrap()
}

#[test]
fn types_of_other_crates_compile_and_come_back() {
    let mut output = with("with-runtime", Time::Runtime, Uuid::Runtime);
    for more in [
        with("with-jiff", Time::Jiff, Uuid::Uuid),
        with("with-chrono", Time::Chrono, Uuid::Uuid),
    ] {
        assert!(more.warnings.is_empty(), "{:?}", more.warnings);
        output.modules.extend(more.modules);
    }
    for (name, decimal) in [
        ("decimals", Decimal::Runtime),
        ("with-rust-decimal", Decimal::RustDecimal),
        ("with-bigdecimal", Decimal::BigDecimal),
    ] {
        let options = Options {
            decimal,
            borrowed: true,
            map: Map::BTreeMap,
            ..Options::default()
        };
        let more = avro::generate(&[unit(name, DECIMALS)], &options).unwrap();
        output.modules.extend(more.modules);
    }
    let options = Options {
        builders: true,
        replacements: BTreeMap::from([
            ("shop.Money".to_owned(), "crate::own::Cents".to_owned()),
            ("shop.Tags".to_owned(), "crate::own::Bits".to_owned()),
        ]),
        ..Options::default()
    };
    let replaced = avro::generate(&[unit("replaced", PRICED)], &options).unwrap();
    output.modules.extend(replaced.modules);
    output.modules.push(Module {
        name: "own".to_owned(),
        root: None,
        source: include_str!("options/own.rs").to_owned(),
    });
    let main = include_str!("options/main.rs");
    let features = [
        "serde",
        "bigdecimal",
        "chrono",
        "jiff",
        "rust_decimal",
        "uuid",
    ];
    let compiled = Compiled::new("avro_options", &output, &features, main);
    assert!(compiled.run(), "see above");
}

#[test]
fn what_cannot_be_replaced_is_an_error() {
    for (name, path, said) in [
        ("shop.Priced", "crate::Priced", "the type of a whole schema"),
        ("shop.Money", "not a type", "is no type"),
    ] {
        let options = Options {
            replacements: BTreeMap::from([(name.to_owned(), path.to_owned())]),
            ..Options::default()
        };
        let error = avro::generate(&[unit("replaced", PRICED)], &options).unwrap_err();
        assert!(error.to_string().contains(said), "{error}");
    }
}

#[test]
fn a_default_that_another_crate_has_no_room_for_is_an_error() {
    let text = r#"{"type": "record", "name": "R", "fields": [
        {"name": "a", "type": {"type": "array", "items": {"type": "bytes", "logicalType": "decimal", "precision": 9}},
            "default": ["\u0001\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000\u0000"]}]}"#;
    let with = |decimal| {
        let options = Options {
            decimal,
            ..Options::default()
        };
        avro::generate(&[unit("large", text)], &options)
    };
    let error = with(Decimal::RustDecimal).unwrap_err();
    assert_eq!(error.problems[0].place, "/fields/0/default");
    assert!(error.to_string().contains("rust_decimal"), "{error}");
    assert!(with(Decimal::Runtime).is_ok() && with(Decimal::BigDecimal).is_ok());
}

/// With everything that types are made of, because each may need something of `std`.
#[test]
fn types_and_runtime_get_by_without_std() {
    let options = Options {
        borrowed: true,
        builders: true,
        no_std: true,
        ..Options::default()
    };
    let mut units: Vec<_> = super::cases::units();
    units.extend([
        unit("logical", LOGICAL),
        unit("decimals", DECIMALS),
        unit("priced", PRICED),
    ]);
    let output = avro::generate(&units, &options).unwrap();
    for module in &output.modules {
        assert!(!module.source.contains("std::"), "{}", module.source);
    }
    compiled::check_without_std("avro_no_std", &output);
}

//! Laws over generated schemas, valid and almost valid.

use dovetail_compat::{Schema, parse};
use dovetail_model::SchemaType;
use proptest::{collection::vec, prelude::*, sample::select};
use serde_json::{Value, json};

use super::{read, schema};

/// Few names, so that they meet: repeated, used before their definition, in several namespaces.
const NAMES: [&str; 6] = ["A", "B", "a.A", "a.B", "b.A", "C"];
const PRIMITIVES: [&str; 5] = ["null", "int", "long", "double", "string"];

fn name() -> impl Strategy<Value = &'static str> {
    select(&NAMES[..])
}

fn leaf() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => select(&PRIMITIVES[..]).prop_map(|name| json!(name)),
        1 => select(&PRIMITIVES[..]).prop_map(|name| json!({"type": name, "q": {"z": 1, "y": 2}, "logicalType": "date"})),
        3 => name().prop_map(|name| json!(name)),
        1 => (name(), 1..3).prop_map(|(name, size)| json!({"type": "fixed", "name": name, "size": size})),
        1 => (name(), vec(select(&["X", "Y", "Z"][..]), 1..3), any::<bool>()).prop_map(|(name, mut symbols, has_default)| {
            symbols.dedup();
            let mut made = json!({"type": "enum", "name": name, "symbols": symbols});
            if has_default {
                made["default"] = json!(symbols[0]);
            }
            made
        }),
    ]
}

fn field(kind: &Value, name: &str, default: Option<Value>, alias: Option<&str>) -> Value {
    let mut field = json!({"name": name, "type": kind});
    if let Some(default) = default {
        field["default"] = default;
    }
    if let Some(alias) = alias {
        field["aliases"] = json!([alias]);
    }
    field
}

fn record(inner: impl Strategy<Value = Value>) -> impl Strategy<Value = Value> {
    let default = select(vec![
        None,
        None,
        Some(json!(null)),
        Some(json!(1)),
        Some(json!("x")),
    ]);
    let alias = select(&[None, None, None, Some("f0"), Some("g")][..]);
    let namespace = select(&[None, None, Some(""), Some("b")][..]);
    let record_alias = select(&[None, None, Some("A"), Some("a.B"), Some(".A")][..]);
    (
        name(),
        vec((inner, default, alias), 0..4),
        namespace,
        record_alias,
    )
        .prop_map(|(name, fields, namespace, alias)| {
            let fields: Vec<Value> = fields
                .into_iter()
                .enumerate()
                .map(|(index, (kind, default, alias))| {
                    field(&kind, &format!("f{index}"), default, alias)
                })
                .collect();
            let mut made = json!({"type": "record", "name": name, "fields": fields, "doc": ""});
            if let Some(namespace) = namespace {
                made["namespace"] = json!(namespace);
            }
            if let Some(alias) = alias {
                made["aliases"] = json!([alias, "Other"]);
            }
            made
        })
}

fn any_schema() -> impl Strategy<Value = Value> {
    leaf().prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            5 => record(inner.clone()),
            1 => inner.clone().prop_map(|items| json!({"type": "array", "items": items})),
            1 => inner.clone().prop_map(|values| json!({"type": "map", "values": values})),
            2 => vec(inner, 1..4).prop_map(|branches| {
                let plain: Vec<Value> = branches.into_iter().filter(|branch| !branch.is_array()).collect();
                json!(plain)
            }),
        ]
    })
}

fn parsed(text: &Value) -> Option<Schema> {
    parse(SchemaType::Avro, &text.to_string(), &[]).ok()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, max_global_rejects: 100_000, ..ProptestConfig::default() })]

    #[test]
    fn printing_keeps_the_meaning(text in any_schema()) {
        let Some(original) = parsed(&text) else {
            return Ok(());
        };
        let canonical = schema(original.canonical());
        prop_assert_eq!(canonical.canonical(), original.canonical());
        let normalized = schema(&original.normalized());
        prop_assert_eq!(normalized.canonical(), original.normalized());
        prop_assert_eq!(normalized.normalized(), original.normalized());
        let original_ref = &original;
        for other in [original_ref, &canonical, &normalized] {
            for report in [read(original_ref, other), read(other, original_ref)] {
                prop_assert!(report.is_compatible(), "{:?} {:?}", report.messages(), original.canonical());
            }
        }
    }

    #[test]
    fn normalizing_changes_no_verdict(one in any_schema(), other in any_schema()) {
        let (Some(one), Some(other)) = (parsed(&one), parsed(&other)) else {
            return Ok(());
        };
        let (plain, normal) = (read(&one, &other), read(&schema(&one.normalized()), &schema(&other.normalized())));
        prop_assert_eq!(plain.messages(), normal.messages());
    }

    #[test]
    fn broken_texts_are_refused_without_a_panic(text in any_schema(), at in any::<prop::sample::Index>(), with in "[\\[\\]{}\",:/*\\\\0-9a-z]{0,3}") {
        let mut text = text.to_string();
        let at = at.index(text.len());
        text.replace_range(at..=at, &with);
        if let Ok(parsed) = parse(SchemaType::Avro, &text, &[]) {
            prop_assert!(read(&parsed, &parsed).is_compatible());
        }
    }
}

//! What holds for all schemas, tried on generated ones.

use dovetail_compat::{check, parse};
use dovetail_model::{CompatibilityPolicy, Direction, SchemaType};
use proptest::prelude::*;
use serde_json::{Value, json};

const POLICIES: [CompatibilityPolicy; 2] =
    [CompatibilityPolicy::Strict, CompatibilityPolicy::Lenient];

/// Schemas of all classes, a few levels deep, some of them recursive.
fn schemas() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(json!(true)),
        Just(json!(false)),
        Just(json!({})),
        Just(json!({"$ref": "#"})).prop_map(|reference| json!({"properties": {"up": reference}})),
        Just(json!({"type": "null"})),
        Just(json!({"type": "boolean"})),
        (0..4, any::<bool>()).prop_map(|(limit, typed)| {
            if typed {
                json!({"type": "string", "maxLength": limit})
            } else {
                json!({"minLength": limit})
            }
        }),
        (0..4, prop_oneof![Just("integer"), Just("number")])
            .prop_map(|(limit, kind)| json!({"type": kind, "exclusiveMaximum": limit})),
        proptest::collection::btree_set(0..4, 1..4).prop_map(|values| json!({"enum": values})),
        (0..3).prop_map(|value| json!({"const": value})),
        Just(json!({"type": ["string", "null"], "maxLength": 3, "title": "two"})),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        let some = proptest::collection::vec(inner.clone(), 1..4);
        let properties = proptest::collection::btree_map("[a-c]", inner.clone(), 0..3);
        let rest = proptest::option::of(prop_oneof![
            Just(json!(true)),
            Just(json!(false)),
            inner.clone()
        ]);
        let required = proptest::sample::subsequence(vec!["a", "b", "c"], 0..3);
        prop_oneof![
            (properties, rest.clone(), required).prop_map(|(properties, rest, required)| {
                let mut schema =
                    json!({"type": "object", "properties": properties, "required": required});
                if let Some(rest) = rest {
                    schema["additionalProperties"] = rest;
                }
                schema
            }),
            (some.clone(), rest).prop_map(|(items, rest)| {
                let mut schema = json!({"type": "array", "items": items});
                if let Some(rest) = rest {
                    schema["additionalItems"] = rest;
                }
                schema
            }),
            inner
                .clone()
                .prop_map(|items| json!({"type": "array", "items": items})),
            some.clone().prop_map(|members| json!({"oneOf": members})),
            some.clone().prop_map(|members| json!({"anyOf": members})),
            some.clone().prop_map(|members| json!({"allOf": members})),
            some.prop_map(|members| json!({"type": "object", "allOf": members})),
            inner.prop_map(|not| json!({"not": not})),
        ]
    })
}

fn read(schema: &Value) -> dovetail_compat::Schema {
    parse(SchemaType::Json, &schema.to_string(), &[])
        .unwrap_or_else(|error| panic!("{error}: {schema}"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_schema_is_compatible_with_itself(schema in schemas()) {
        let schema = read(&schema);
        for policy in POLICIES {
            let report = check(&schema, &schema, &[Direction::Backward, Direction::Forward], policy).unwrap();
            prop_assert!(report.is_compatible(), "{:?}", report.messages());
        }
    }

    #[test]
    fn forward_is_backward_with_the_sides_swapped(one in schemas(), other in schemas()) {
        let (one, other) = (read(&one), read(&other));
        for policy in POLICIES {
            let forward = check(&one, &other, &[Direction::Forward], policy).unwrap();
            let backward = check(&other, &one, &[Direction::Backward], policy).unwrap();
            let found = |report: &dovetail_compat::Report| {
                report.findings.iter().map(|(_, difference)| difference.clone()).collect::<Vec<_>>()
            };
            prop_assert_eq!(found(&forward), found(&backward));
        }
    }

    #[test]
    fn both_directions_are_one_and_then_the_other(one in schemas(), other in schemas()) {
        let (one, other) = (read(&one), read(&other));
        let found = |directions: &[Direction]| {
            let report = check(&one, &other, directions, CompatibilityPolicy::Strict).unwrap();
            report.findings
        };
        let both = found(&[Direction::Backward, Direction::Forward]);
        prop_assert_eq!(both, [found(&[Direction::Backward]), found(&[Direction::Forward])].concat());
    }

    #[test]
    fn normalizing_changes_no_verdict(one in schemas(), other in schemas()) {
        let (one, other) = (read(&one), read(&other));
        let normal = |schema: &dovetail_compat::Schema| {
            parse(SchemaType::Json, &schema.normalized(), &[]).unwrap()
        };
        let normalized = (normal(&one), normal(&other));
        for policy in POLICIES {
            for direction in [Direction::Backward, Direction::Forward] {
                let plain = check(&one, &other, &[direction], policy).unwrap();
                let normal = check(&normalized.0, &normalized.1, &[direction], policy).unwrap();
                prop_assert_eq!(plain.is_compatible(), normal.is_compatible(), "{:?}", plain.messages());
            }
        }
    }

    #[test]
    fn what_the_strict_policy_passes_the_lenient_one_passes(one in schemas(), other in schemas()) {
        let (one, other) = (read(&one), read(&other));
        let passes = |policy| check(&one, &other, &[Direction::Backward], policy).unwrap().is_compatible();
        prop_assert!(!passes(CompatibilityPolicy::Strict) || passes(CompatibilityPolicy::Lenient));
    }

    #[test]
    fn forms_are_stable(schema in schemas()) {
        let schema = read(&schema);
        let normalized = schema.normalized();
        let again = parse(SchemaType::Json, &normalized, &[]).unwrap();
        prop_assert_eq!(again.normalized(), normalized.clone());
        prop_assert_eq!(again.canonical(), normalized.as_str());
        let report = check(&again, &schema, &[Direction::Backward, Direction::Forward], CompatibilityPolicy::Strict).unwrap();
        prop_assert!(report.is_compatible(), "{:?}", report.messages());
        let canonical = parse(SchemaType::Json, schema.canonical(), &[]).unwrap();
        prop_assert_eq!(canonical.canonical(), schema.canonical());
    }
}

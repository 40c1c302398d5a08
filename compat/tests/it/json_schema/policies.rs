//! What the lenient policy lets pass, also inside of alternatives and negations.

use dovetail_model::CompatibilityPolicy;

use super::{backward, changes, schema};

#[test]
fn alternatives_are_judged_by_the_policy() {
    let small = r#"{"type": "object", "properties": {"a": {"type": "string"}}}"#;
    let large =
        r#"{"type": "object", "properties": {"a": {"type": "string"}, "b": {"type": "string"}}}"#;
    for (previous, new, expected) in [
        (
            format!(r#"{{"oneOf": [{small}, {{"type": "null"}}]}}"#),
            format!(r#"{{"oneOf": [{large}, {{"type": "null"}}]}}"#),
            "COMBINED_TYPE_SUBSCHEMAS_CHANGED #/",
        ),
        (
            small.to_owned(),
            format!(r#"{{"oneOf": [{large}, {{"type": "null"}}]}}"#),
            "TYPE_CHANGED #/",
        ),
        (
            format!(r#"{{"not": {large}}}"#),
            format!(r#"{{"not": {small}}}"#),
            "NOT_TYPE_EXTENDED #/not",
        ),
        (
            format!(r#"{{"not": {{"not": {small}}}}}"#),
            format!(r#"{{"not": {{"not": {large}}}}}"#),
            "NOT_TYPE_EXTENDED #/not",
        ),
    ] {
        let (previous, new) = (schema(&previous), schema(&new));
        let strict = backward(&new, &previous, CompatibilityPolicy::Strict);
        assert_eq!(changes(&strict), [expected]);
        assert!(!strict.is_compatible());
        assert!(
            backward(&new, &previous, CompatibilityPolicy::Lenient).is_compatible(),
            "{expected}"
        );
    }
}

#[test]
fn what_breaks_under_both_policies_still_breaks() {
    let previous = schema(
        r#"{"oneOf": [{"type": "string"}, {"type": "object", "properties": {"a": {"type": "string"}}}]}"#,
    );
    let new = schema(
        r#"{"oneOf": [{"type": "number"}, {"type": "object", "properties": {"a": {"type": "string"}, "b": {}}}]}"#,
    );
    for policy in [CompatibilityPolicy::Strict, CompatibilityPolicy::Lenient] {
        assert!(!backward(&new, &previous, policy).is_compatible());
    }
}

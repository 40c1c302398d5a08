//! Where references lead.

use dovetail_model::CompatibilityPolicy;

use super::{backward, changes, schema, schema_with};

const MODERN: &str = r#""$schema": "https://json-schema.org/draft/2020-12/schema", "#;

/// A schema whose property `x` is a string through a reference, against one where it is a number.
fn reaches(text: &str, references: &[(&str, &str)]) {
    let referring = schema_with(text, references).unwrap_or_else(|error| panic!("{error}: {text}"));
    let number = schema(r#"{"properties": {"x": {"type": "number"}}}"#);
    let found = changes(&backward(&number, &referring, CompatibilityPolicy::Strict));
    assert!(
        found.contains(&"TYPE_CHANGED #/properties/x".to_owned()),
        "{text}: {found:?}"
    );
    let string = schema(r#"{"properties": {"x": {"type": "string"}}}"#);
    let found = changes(&backward(&string, &referring, CompatibilityPolicy::Strict));
    assert!(
        !found.iter().any(|change| change.starts_with("TYPE")),
        "{text}: {found:?}"
    );
}

#[test]
fn fragments_lead_into_the_same_text() {
    let own = |draft: &str, reference: &str, rest: &str| {
        reaches(
            &format!(r#"{{{draft}"properties": {{"x": {{"$ref": "{reference}"}}}}, {rest}}}"#),
            &[],
        );
    };
    own(
        "",
        "#/definitions/a",
        r#""definitions": {"a": {"type": "string"}}"#,
    );
    own(
        "",
        "#/definitions/a~1b~0c%20d%25",
        r#""definitions": {"a/b~c d%": {"type": "string"}}"#,
    );
    own(
        "",
        "#/elsewhere/1/a",
        r#""elsewhere": [0, {"a": {"type": "string"}}]"#,
    );
    own(
        "",
        "#a",
        r##""definitions": {"b": {"$id": "#a", "type": "string"}}"##,
    );
    own(
        r#""$schema": "http://json-schema.org/draft-04/schema#", "#,
        "#a",
        r##""definitions": {"b": {"id": "#a", "type": "string"}}"##,
    );
    own(
        MODERN,
        "#a",
        r#""$defs": {"b": {"$anchor": "a", "type": "string"}}"#,
    );
    own(
        MODERN,
        "#a",
        r#""$defs": {"b": {"$dynamicAnchor": "a", "type": "string"}}"#,
    );
    own(
        MODERN,
        "#/$defs/b",
        r##""$defs": {"b": {"$ref": "#/$defs/c"}, "c": {"type": "string"}}"##,
    );
}

#[test]
fn identifiers_move_the_base() {
    for draft in ["", MODERN] {
        let with = |rest: &str| reaches(&format!("{{{draft}{rest}}}"), &[]);
        with(
            r#""$id": "http://example.com/root.json", "properties": {"x": {"$ref": "inner.json"}},
            "definitions": {"a": {"$id": "inner.json", "type": "string"}}"#,
        );
        with(
            r#""$id": "http://example.com/root.json", "properties": {"x": {"$ref": "http://example.com/root.json#/definitions/a"}},
            "definitions": {"a": {"type": "string"}}"#,
        );
        with(
            r##""$id": "http://example.com/root.json", "properties": {"x": {"$ref": "folder/inner.json"}},
            "definitions": {"a": {"$id": "folder/inner.json", "allOf": [{"$ref": "#/definitions/b"}],
                "definitions": {"b": {"type": "string"}}},
                "b": {"type": "string"}}"##,
        );
        with(
            r#""$id": "urn:example:root", "properties": {"x": {"$ref": "urn:example:inner"}},
            "definitions": {"a": {"$id": "urn:example:inner", "type": "string"}}"#,
        );
    }
}

#[test]
fn names_lead_to_the_references() {
    let string = r#"{"type": "string"}"#;
    let inside = r#"{"definitions": {"a": {"type": "string"}}}"#;
    let to = |reference: &str| format!(r#"{{"properties": {{"x": {{"$ref": "{reference}"}}}}}}"#);
    reaches(&to("other.json"), &[("other.json", string)]);
    reaches(&to("./other.json"), &[("other.json", string)]);
    reaches(&to("other.json#"), &[("other.json", string)]);
    reaches(&to("other.json#/definitions/a"), &[("other.json", inside)]);
    reaches(
        &to("http://example.com/other.json#/definitions/a"),
        &[("http://example.com/other.json", inside)],
    );
    reaches(
        &to("other"),
        &[("last.json", string), ("other", r#"{"$ref": "last.json"}"#)],
    );
    reaches(
        r#"{"$id": "http://example.com/root.json", "properties": {"x": {"$ref": "http://example.com/other.json"}}}"#,
        &[("other.json", string)],
    );
    reaches(
        &to("known.json"),
        &[(
            "known.json",
            r##"{"$id": "http://example.com/known.json", "$ref": "#/definitions/a", "definitions": {"a": {"type": "string"}}}"##,
        )],
    );
    reaches(
        &to("http://example.com/id.json"),
        &[(
            "by-name.json",
            r#"{"$id": "http://example.com/id.json", "type": "string"}"#,
        )],
    );
}

#[test]
fn siblings_of_a_reference_count_from_2019_09_on() {
    let text = |draft: &str, length: &str| {
        schema(&format!(
            r##"{{{draft}"definitions": {{"a": {{"type": "string"}}}}, "properties": {{"x": {{"$ref": "#/definitions/a"{length}}}}}}}"##
        ))
    };
    for (draft, expected) in [("", true), (MODERN, false)] {
        let (plain, longer) = (text(draft, ""), text(draft, r#", "maxLength": 1"#));
        let report = backward(&longer, &plain, CompatibilityPolicy::Strict);
        assert_eq!(report.is_compatible(), expected, "{draft}");
    }
}

#[test]
fn dynamic_references_are_followed_as_if_static() {
    let text = |draft: &str, keyword: &str, value: &str| {
        schema(&format!(
            r#"{{"$schema": "{draft}", "type": "object", "additionalProperties": false,
                "properties": {{"value": {{"type": "{value}"}}, "next": {{"{keyword}": "{}"}}}}}}"#,
            "#"
        ))
    };
    for (draft, keyword) in [
        (
            "https://json-schema.org/draft/2020-12/schema",
            "$dynamicRef",
        ),
        (
            "https://json-schema.org/draft/2019-09/schema",
            "$recursiveRef",
        ),
        ("http://json-schema.org/draft-07/schema#", "$ref"),
    ] {
        let (string, number) = (
            text(draft, keyword, "string"),
            text(draft, keyword, "number"),
        );
        let report = backward(&number, &string, CompatibilityPolicy::Strict);
        assert_eq!(changes(&report), ["TYPE_CHANGED #/properties/value"]);
    }
}

#[test]
fn recursion_is_followed_to_the_change() {
    let tree = |leaf: &str, draft: &str| {
        schema(&format!(
            r##"{{{draft}"definitions": {{
                "tree": {{"oneOf": [{{"type": "{leaf}"}}, {{"$ref": "#/definitions/branch"}}]}},
                "branch": {{"type": "object", "additionalProperties": false,
                    "properties": {{"left": {{"$ref": "#/definitions/tree"}}, "right": {{"$ref": "#/definitions/tree"}}}}}}}},
                "$ref": "#/definitions/tree"}}"##
        ))
    };
    for draft in ["", MODERN] {
        let (string, number, integer) = (
            tree("string", draft),
            tree("number", draft),
            tree("integer", draft),
        );
        assert!(backward(&string, &string, CompatibilityPolicy::Strict).is_compatible());
        assert!(!backward(&number, &string, CompatibilityPolicy::Strict).is_compatible());
        assert!(backward(&number, &integer, CompatibilityPolicy::Strict).is_compatible());
        assert!(!backward(&integer, &number, CompatibilityPolicy::Strict).is_compatible());
    }
}

/// A pair that is first taken for compatible, because it is being compared, and is not.
#[test]
fn hopes_are_disappointed() {
    let text = |kind: &str| {
        schema(&format!(
            r##"{{"type": "object", "additionalProperties": false, "properties": {{
                "a": {{"anyOf": [{{"type": "object", "additionalProperties": false, "properties": {{"up": {{"$ref": "#"}}}}}}, {{"type": "null"}}]}},
                "b": {{"type": "{kind}"}}}}}}"##
        ))
    };
    let report = backward(
        &text("number"),
        &text("string"),
        CompatibilityPolicy::Strict,
    );
    assert_eq!(
        changes(&report),
        [
            "COMBINED_TYPE_SUBSCHEMAS_CHANGED #/properties/a",
            "TYPE_CHANGED #/properties/b"
        ]
    );
}

#[test]
fn places_are_those_of_each_text() {
    let previous = schema_with(
        r#"{"properties": {"x": {"$ref": "other.json#/definitions/a"}}}"#,
        &[(
            "other.json",
            r#"{"definitions": {"a": {"type": "string", "maxLength": 7}}}"#,
        )],
    )
    .unwrap();
    let new = schema(r##"{"properties": {"x": {"$ref": "#/definitions/b~c"}}, "definitions": {"b~c": {"type": "string", "maxLength": 5}}}"##
        .replace("b~c\"}}, ", "b~0c\"}}, ").as_str());
    let report = backward(&new, &previous, CompatibilityPolicy::Strict);
    let (_, difference) = &report.findings[0];
    assert_eq!(difference.path, "#/properties/x/maxLength");
    assert_eq!(difference.reader_place, "/definitions/b~0c/maxLength");
    assert_eq!(
        difference.writer_place,
        "other.json#/definitions/a/maxLength"
    );
    assert_eq!(difference.detail, "7 to 5");
}

//! What is refused, and what the errors say.

use super::schema_with;

fn error(text: &str) -> String {
    error_with(text, &[])
}

fn error_with(text: &str, references: &[(&str, &str)]) -> String {
    match schema_with(text, references) {
        Ok(_) => panic!("accepted: {text}"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn texts_that_are_no_schema_are_refused() {
    for (text, expected) in [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("{} {}", "not JSON"),
        ("[]", "an object, true or false, not an array"),
        ("null", "not null"),
        ("\"string\"", "not a string"),
        ("1", "not a number"),
    ] {
        let error = error(text);
        assert!(error.contains(expected), "{text}: {error}");
    }
}

#[test]
fn unknown_drafts_are_refused_with_the_known_ones() {
    for named in [
        "\"http://json-schema.org/draft-03/schema#\"",
        "\"http://example.com/my-schema\"",
        "\"\"",
        "1",
    ] {
        let error = error(&format!(r#"{{"$schema": {named}}}"#));
        assert!(error.contains("draft-04, draft-06, draft-07"), "{error}");
    }
    for draft in [
        "http://json-schema.org/draft-04/schema#",
        "http://json-schema.org/draft-06/schema",
        "https://json-schema.org/draft-07/schema#",
        "https://json-schema.org/draft/2019-09/schema",
        "https://json-schema.org/draft/2020-12/schema#",
        "http://json-schema.org/schema#",
        "https://json-schema.org/schema",
    ] {
        assert!(
            schema_with(
                &format!(r#"{{"$schema": "{draft}", "type": "string"}}"#),
                &[]
            )
            .is_ok()
        );
    }
}

#[test]
fn schemas_that_break_their_meta_schema_are_refused_with_the_place() {
    for (text, expected) in [
        (
            r#"{"properties": {"a": {"type": "strin"}}}"#,
            "/properties/a/type",
        ),
        (r#"{"minLength": -1}"#, "/minLength"),
        (r#"{"required": "a"}"#, "/required"),
        (r#"{"required": ["a", "a"]}"#, "/required"),
        (r#"{"properties": {"a": 1}}"#, "/properties/a"),
        (r#"{"multipleOf": 0}"#, "/multipleOf"),
        (r#"{"items": [{"pattern": "("}]}"#, "/items/0/pattern"),
        (
            r#"{"patternProperties": {"[": true}}"#,
            "not a regular expression",
        ),
        (
            r#"{"$schema": "http://json-schema.org/draft-04/schema#", "$ref": 1}"#,
            "$ref at the root must be a string",
        ),
    ] {
        let error = error(text);
        assert!(error.contains(expected), "{text}: {error}");
    }
}

#[test]
fn unresolvable_references_are_named_with_their_place() {
    for reference in [
        "http://127.0.0.1:1/other.json",
        "https://example.com/other.json#/definitions/a",
        "file:///etc/passwd",
        "/etc/passwd",
        "other.json",
        "../other.json",
        "#/definitions/missing",
        "#/definitions/a/0",
        "#missing",
        "urn:example:other",
    ] {
        for draft in [
            "",
            r#""$schema": "https://json-schema.org/draft/2020-12/schema", "#,
        ] {
            let text = format!(
                r#"{{{draft}"properties": {{"x": {{"$ref": "{reference}"}}}}, "definitions": {{"a": {{"type": "string"}}}}}}"#
            );
            let error = error(&text);
            assert!(
                error.contains(&format!("\"{reference}\" at /properties/x")),
                "{error}"
            );
        }
    }
    let inside = error_with(
        r#"{"$ref": "other.json"}"#,
        &[("other.json", r#"{"items": {"$ref": "missing.json"}}"#)],
    );
    assert!(
        inside.contains("\"missing.json\" at other.json#/items"),
        "{inside}"
    );
}

#[test]
fn broken_references_are_named() {
    let broken = error_with(
        r#"{"$ref": "other.json"}"#,
        &[("other.json", r#"{"type": 1}"#)],
    );
    assert!(broken.contains("other.json#/type"), "{broken}");
    let no_json = error_with(r#"{"$ref": "other.json"}"#, &[("other.json", "{")]);
    assert!(
        no_json.contains("the reference \"other.json\": the text is not JSON"),
        "{no_json}"
    );
    let elsewhere = error(r##"{"$ref": "#/elsewhere", "elsewhere": {"type": 7}}"##);
    assert!(elsewhere.contains("/elsewhere/type"), "{elsewhere}");
    let no_schema = error(r##"{"$ref": "#/title", "title": "a"}"##);
    assert!(no_schema.contains("/title"), "{no_schema}");
}

#[test]
fn a_reference_that_leads_only_to_itself_is_refused() {
    for text in [
        r##"{"$ref": "#"}"##,
        r#"{"$ref": ""}"#,
        r##"{"properties": {"a": {"$ref": "#/definitions/b"}}, "definitions": {"b": {"$ref": "#/definitions/c"}, "c": {"$ref": "#/definitions/b"}}}"##,
    ] {
        let error = error(text);
        assert!(error.contains("leads only to itself"), "{error}");
    }
}

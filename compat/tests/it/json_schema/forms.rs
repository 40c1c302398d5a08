//! The canonical and the normalized form.

use super::schema;

#[test]
fn canonical_form_keeps_order_and_numbers() {
    let text = r#" { "type" : "number", "maximum": 1.50, "minimum": -1E+2, "b": [1, 0.0, 1e400, 12345678901234567890123], "a": {} } "#;
    assert_eq!(
        schema(text).canonical(),
        r#"{"type":"number","maximum":1.50,"minimum":-1e+2,"b":[1,0.0,1e+400,12345678901234567890123],"a":{}}"#
    );
    assert_eq!(schema(" true ").canonical(), "true");
    assert_eq!(schema("{}").canonical(), "{}");
}

#[test]
fn strings_are_escaped_as_jackson_does() {
    let text = r#"{"title":"\u0022\\\/\b\f\n\r\t\u001f\u0001\u007f\u00e9\u2028\ud83d\ude00"}"#;
    assert_eq!(
        schema(text).canonical(),
        "{\"title\":\"\\\"\\\\/\\b\\f\\n\\r\\t\\u001F\\u0001\u{7f}é\u{2028}😀\"}"
    );
}

#[test]
fn normalized_form_sorts_keys_at_every_level() {
    let text = r#"{"type":"object","properties":{"b":{"type":"string","title":"x"},"a":{"enum":["z",{"d":1,"c":2},"y"]}}}"#;
    assert_eq!(
        schema(text).normalized(),
        r#"{"properties":{"a":{"enum":["z",{"c":2,"d":1},"y"]},"b":{"title":"x","type":"string"}},"type":"object"}"#
    );
    // Java compares UTF-16 units: the surrogates of an emoji come before U+FF5E.
    assert_eq!(
        schema(r#"{"～":1,"😀":2}"#).normalized(),
        r#"{"😀":2,"～":1}"#
    );
}

#[test]
fn normalization_is_idempotent() {
    let once = schema(r#"{"b":{"d":1,"c":[{"y":1,"x":2}]},"a":true}"#).normalized();
    assert_eq!(schema(&once).normalized(), once);
    assert_eq!(schema(&once).canonical(), once);
}

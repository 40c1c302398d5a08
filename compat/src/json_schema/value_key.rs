//! A text that equal JSON values share, whatever the order of their keys and the spelling of their numbers. Sets of
//! values (`enum`) and duplicate members of combinators are found through it.

use md5::{Digest, Md5};
use serde_json::Value;

use super::decimal::Decimal;

/// The shared text of a value.
pub(super) fn value_key(value: &Value) -> Box<str> {
    let mut key = String::new();
    push(&mut key, value);
    key.into()
}

/// The same in 16 bytes, for values that may be large.
pub(super) fn value_digest(value: &Value) -> [u8; 16] {
    Md5::digest(value_key(value).as_bytes()).into()
}

/// Recursion is bounded by the nesting limit of the parser.
fn push(key: &mut String, value: &Value) {
    match value {
        Value::Null => key.push_str("null"),
        Value::Bool(true) => key.push_str("true"),
        Value::Bool(false) => key.push_str("false"),
        Value::Number(number) => Decimal::of(number).push_key(key),
        Value::String(text) => push_text(key, text),
        Value::Array(items) => {
            key.push('[');
            for item in items {
                push(key, item);
                key.push(',');
            }
            key.push(']');
        }
        Value::Object(entries) => {
            let mut sorted: Vec<_> = entries.iter().collect();
            sorted.sort_unstable_by_key(|&(name, _)| name);
            key.push('{');
            for (name, value) in sorted {
                push_text(key, name);
                key.push(':');
                push(key, value);
                key.push(',');
            }
            key.push('}');
        }
    }
}

/// The length in front makes quotes inside harmless.
fn push_text(key: &mut String, text: &str) {
    use std::fmt::Write as _;
    let _ = write!(key, "{}\"", text.len());
    key.push_str(text);
}

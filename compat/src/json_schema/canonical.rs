//! The canonical form: the submitted JSON reprinted without whitespace, keys in their order, numbers as written (but for
//! an exponent, which becomes `e` with a sign). The normalized form is the same with the keys sorted.
//!
//! Strings are escaped as Jackson does, because the canonical text is hashed into the identity that Confluent's clients
//! and other registries compute: only `"`, `\` and control characters, the latter with capital hexadecimal digits.

use std::io;

use serde::Serialize as _;
use serde_json::{
    Serializer, Value,
    ser::{CharEscape, Formatter},
};

/// Prints a value compactly.
pub(super) fn print(value: &Value) -> String {
    let mut bytes = Vec::new();
    value
        .serialize(&mut Serializer::with_formatter(&mut bytes, JacksonStyle))
        .expect("writing a JSON value to memory cannot fail");
    String::from_utf8(bytes).expect("the serializer copies valid strings")
}

/// The same value with all keys sorted by their UTF-16 units, as Java sorts strings. Arrays keep their order.
pub(super) fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => items.iter().map(sorted).collect(),
        Value::Object(entries) => {
            let mut entries: Vec<_> = entries.iter().collect();
            entries.sort_by(|(one, _), (other, _)| one.encode_utf16().cmp(other.encode_utf16()));
            let entries = entries
                .into_iter()
                .map(|(name, value)| (name.clone(), sorted(value)));
            Value::Object(entries.collect())
        }
        other => other.clone(),
    }
}

struct JacksonStyle;

impl Formatter for JacksonStyle {
    fn write_char_escape<W: io::Write + ?Sized>(
        &mut self,
        writer: &mut W,
        escape: CharEscape,
    ) -> io::Result<()> {
        let short = match escape {
            CharEscape::Quote => b"\\\"",
            CharEscape::ReverseSolidus => b"\\\\",
            CharEscape::Solidus => b"\\/",
            CharEscape::Backspace => b"\\b",
            CharEscape::FormFeed => b"\\f",
            CharEscape::LineFeed => b"\\n",
            CharEscape::CarriageReturn => b"\\r",
            CharEscape::Tab => b"\\t",
            CharEscape::AsciiControl(byte) => return write!(writer, "\\u{byte:04X}"),
        };
        writer.write_all(short)
    }
}

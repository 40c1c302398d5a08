//! From text to JSON, with the checks that must come before or beside the parser.
//!
//! Java's parser takes comments, so they are blanked first. Depth is bounded before anything recursive runs. A key that
//! appears twice is refused: `serde_json` and Java would both keep the last one silently, which hides a mistake.

use std::borrow::Cow;

use serde_json::Value;

use crate::{SchemaError, limits::json_nesting_within};

/// Levels of brackets a schema may have. The parser beneath stops at 128; a nested record takes three levels.
pub(super) const NESTING_LIMIT: usize = 120;

/// Reads a text as JSON.
pub(super) fn read(text: &str) -> Result<Value, SchemaError> {
    let text = without_comments(text)?;
    if text.trim().is_empty() {
        return Err(SchemaError("the schema is empty".to_owned()));
    }
    if !json_nesting_within(&text, NESTING_LIMIT) {
        return Err(SchemaError(format!(
            "the schema is nested too deeply: its brackets go deeper than {NESTING_LIMIT} levels; give inner types a \
             name and define them side by side"
        )));
    }
    let value = serde_json::from_str(&text)
        .map_err(|error| SchemaError(format!("the schema is not valid JSON: {error}")))?;
    refuse_repeated_keys(&text)?;
    refuse_huge_numbers(&value)?;
    Ok(value)
}

/// Replaces `/* */` and `//` comments outside strings by spaces, so that lines and columns stay true.
fn without_comments(text: &str) -> Result<Cow<'_, str>, SchemaError> {
    let bytes = text.as_bytes();
    let mut blanked: Option<Vec<u8>> = None;
    let mut at = 0;
    while at < bytes.len() {
        let end = match (bytes[at], bytes.get(at + 1)) {
            (b'"', _) => {
                at = string_end(bytes, at);
                continue;
            }
            (b'/', Some(b'/')) => find(bytes, at, b"\n").unwrap_or(bytes.len()),
            (b'/', Some(b'*')) => {
                let close = find(bytes, at + 2, b"*/").ok_or_else(|| {
                    SchemaError(format!("the comment at byte {at} is not closed"))
                })?;
                close + 2
            }
            _ => {
                at += 1;
                continue;
            }
        };
        let copy = blanked.get_or_insert_with(|| bytes.to_vec());
        for byte in &mut copy[at..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        at = end;
    }
    Ok(match blanked {
        // Whole characters were replaced, so the bytes are still UTF-8 and nothing is lost.
        Some(copy) => Cow::Owned(String::from_utf8_lossy(&copy).into_owned()),
        None => Cow::Borrowed(text),
    })
}

fn find(bytes: &[u8], from: usize, wanted: &[u8]) -> Option<usize> {
    bytes
        .get(from..)?
        .windows(wanted.len())
        .position(|window| window == wanted)
        .map(|position| from + position)
}

/// The place after the string that opens at `start`, or the end of the text.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        at += match byte {
            b'"' => return at + 1,
            b'\\' => 2,
            _ => 1,
        };
    }
    bytes.len()
}

/// Refuses an object that has a key twice. The text is known to be JSON.
fn refuse_repeated_keys(text: &str) -> Result<(), SchemaError> {
    let bytes = text.as_bytes();
    let mut keys: Vec<Cow<'_, str>> = Vec::new();
    // Where the keys of each open bracket start; an array has none.
    let mut open: Vec<Option<usize>> = Vec::new();
    let mut key_next = false;
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => {
                let end = string_end(bytes, at);
                if key_next {
                    keys.push(key(&text[at..end]));
                    key_next = false;
                }
                at = end;
                continue;
            }
            b'{' => {
                open.push(Some(keys.len()));
                key_next = true;
            }
            b'[' => open.push(None),
            b',' => key_next = matches!(open.last(), Some(Some(_))),
            b'}' => {
                key_next = false;
                if let Some(Some(start)) = open.pop() {
                    refuse_repeated(&mut keys[start..])?;
                    keys.truncate(start);
                }
            }
            b']' => {
                open.pop();
            }
            _ => {}
        }
        at += 1;
    }
    Ok(())
}

/// A key without its quotes and escapes.
fn key(quoted: &str) -> Cow<'_, str> {
    if quoted.contains('\\') {
        Cow::Owned(serde_json::from_str(quoted).unwrap_or_default())
    } else {
        Cow::Borrowed(quoted.trim_matches('"'))
    }
}

fn refuse_repeated(keys: &mut [Cow<'_, str>]) -> Result<(), SchemaError> {
    keys.sort_unstable();
    match keys.windows(2).find(|pair| pair[0] == pair[1]) {
        Some(pair) => Err(SchemaError(format!(
            "an object of the schema has the key \"{}\" twice; remove one of them",
            pair[0]
        ))),
        None => Ok(()),
    }
}

/// Refuses numbers that no double holds: Java would turn them into infinity.
fn refuse_huge_numbers(value: &Value) -> Result<(), SchemaError> {
    match value {
        Value::Number(number) if number.as_f64().is_none_or(f64::is_infinite) => {
            Err(SchemaError(format!("the number {number} is out of range")))
        }
        Value::Array(items) => items.iter().try_for_each(refuse_huge_numbers),
        Value::Object(entries) => entries.values().try_for_each(refuse_huge_numbers),
        _ => Ok(()),
    }
}

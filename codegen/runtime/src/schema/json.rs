//! From text to JSON.

use alloc::borrow::Cow;
use alloc::{format, string::String};

use serde_json::Value;

use super::SchemaError;

/// Reads a text as JSON. Java's parser takes comments, so they are blanked first. `serde_json` bounds the depth.
pub(super) fn read(text: &str) -> Result<Value, SchemaError> {
    serde_json::from_str(&without_comments(text)).map_err(|error| SchemaError {
        place: String::new(),
        message: format!("the schema is not valid JSON: {error}"),
    })
}

/// Replaces `/* */` and `//` comments outside strings by spaces, so that lines and columns stay true.
fn without_comments(text: &str) -> Cow<'_, str> {
    if !text.contains("//") && !text.contains("/*") {
        return Cow::Borrowed(text);
    }
    let mut blanked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['"', '/']) {
        blanked.push_str(&rest[..at]);
        rest = &rest[at..];
        let (length, is_comment) = if rest.starts_with("//") {
            (rest.find('\n').unwrap_or(rest.len()), true)
        } else if rest.starts_with("/*") {
            (rest.find("*/").map_or(rest.len(), |end| end + 2), true)
        } else if rest.starts_with('"') {
            (string_length(rest), false)
        } else {
            (1, false)
        };
        let (part, behind) = rest.split_at(length);
        if is_comment {
            let blank = |character| if character == '\n' { '\n' } else { ' ' };
            blanked.extend(part.chars().map(blank));
        } else {
            blanked.push_str(part);
        }
        rest = behind;
    }
    blanked.push_str(rest);
    Cow::Owned(blanked)
}

/// The length of a JSON string with its quotes.
fn string_length(text: &str) -> usize {
    let mut is_escaped = false;
    let end = text.char_indices().skip(1).find(|&(_, character)| {
        let ends = character == '"' && !is_escaped;
        is_escaped = character == '\\' && !is_escaped;
        ends
    });
    end.map_or(text.len(), |(at, _)| at + 1)
}

#[cfg(test)]
mod tests {
    use super::without_comments;

    #[test]
    fn comments_become_spaces_and_strings_stay() {
        assert_eq!(
            without_comments("/* é\n */ [\"//\\\"/*\"] // x"),
            "    \n    [\"//\\\"/*\"]     "
        );
        assert_eq!(without_comments("// \"a"), "     ");
    }
}

//! The line a finding is about, with carets under what is meant.

use std::fmt::Write as _;

use super::Paint;
use crate::report::Place;

/// The widest excerpt, in characters. A longer line, as stored schemas have, is cut around the place.
const WIDEST: usize = 100;

/// Appends `--> file:line:column` and the line.
pub(super) fn push(out: &mut String, place: &Place, paint: Paint, arrow: &str) {
    let (line, column) = (place.at.line, place.at.column);
    let text = place.text.lines().nth(line - 1).unwrap_or_default();
    let number = line.to_string();
    let margin = " ".repeat(number.len());
    let bar = paint.frame("|");
    let _ = writeln!(
        out,
        "{margin}{} {}:{line}:{column}",
        paint.frame(arrow),
        place.source
    );
    let (shown, from, length) = window(text, column - 1);
    let _ = writeln!(out, "{margin} {bar}");
    let _ = writeln!(out, "{} {bar} {shown}", paint.frame(&number));
    let carets = paint.bad(&"^".repeat(length));
    let _ = writeln!(out, "{margin} {bar} {}{carets}", " ".repeat(from));
}

/// The part of a line to show, where in it the place begins, and how many characters are meant.
fn window(line: &str, column: usize) -> (String, usize, usize) {
    // A tab is as wide as the terminal likes, which would move the carets.
    let characters: Vec<char> = line
        .chars()
        .map(|c| if c == '\t' { ' ' } else { c })
        .collect();
    let column = column.min(characters.len());
    let length = meant(&characters[column..]).max(1);
    if characters.len() <= WIDEST {
        let indent = characters.iter().take_while(|c| **c == ' ').count();
        let indent = indent.min(column);
        let shown: String = characters[indent..].iter().collect();
        return (shown.trim_end().to_owned(), column - indent, length);
    }
    let start = column.saturating_sub(WIDEST / 4);
    let end = (start + WIDEST).min(characters.len());
    let (before, after) = (
        if start > 0 { "…" } else { "" },
        if end < characters.len() { "…" } else { "" },
    );
    let shown: String = characters[start..end].iter().collect();
    let from = column - start + before.chars().count();
    (
        format!("{before}{shown}{after}"),
        from,
        length.min(end - column),
    )
}

/// How many characters belong to what begins here: a value of JSON as far as the line has it, or a word.
pub(super) fn meant(rest: &[char]) -> usize {
    let Some(first) = rest.first() else { return 0 };
    if !matches!(first, '"' | '{' | '[') {
        let is_word = |c: &&char| c.is_alphanumeric() || matches!(**c, '_' | '.' | '-' | '+');
        return rest.iter().take_while(is_word).count();
    }
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for (at, character) in rest.iter().enumerate() {
        match character {
            _ if escaped => escaped = false,
            '\\' if in_string => escaped = true,
            '"' => in_string = !in_string,
            '{' | '[' if !in_string => depth += 1,
            '}' | ']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && !in_string {
            return at + 1;
        }
    }
    let blank = rest.iter().rev().take_while(|c| c.is_whitespace()).count();
    rest.len() - blank
}

#[cfg(test)]
mod tests {
    use super::{meant, window};

    fn length(text: &str) -> usize {
        meant(&text.chars().collect::<Vec<_>>())
    }

    #[test]
    fn what_is_meant_ends_where_the_value_ends() {
        assert_eq!(length(r#"{"a": "}\""}, 1"#), 12);
        assert_eq!(length(r#""text", 1"#), 6);
        assert_eq!(length("customer = 3;"), 8);
        assert_eq!(length("{ \"open\":   "), 9);
        assert_eq!(length(""), 0);
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let line = format!("{}\"here\"{}", "x".repeat(500), "y".repeat(500));
        let (shown, from, length) = window(&line, 500);
        assert!(shown.chars().count() <= 102, "{shown}");
        let marked: String = shown.chars().skip(from).take(length).collect();
        assert_eq!(marked, "\"here\"");
    }
}

//! XML of test results: a test case for each schema, failed where there are findings, in error where nothing could be found out.

use std::fmt::Write as _;

use super::{Paint, text};
use crate::report::{Entry, Report, Status};

pub(super) fn report(report: &Report) -> String {
    let count = |status: fn(Status) -> bool| {
        let entries = report.entries.iter();
        entries.filter(|entry| status(entry.status)).count()
    };
    let (failures, errors) = (count(is_failure), count(is_error));
    let totals = format!(
        "tests=\"{}\" failures=\"{failures}\" errors=\"{errors}\"",
        report.entries.len()
    );
    let suite = escaped(&format!("dovetail {}", report.command));
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(out, "<testsuites {totals}>");
    let _ = writeln!(out, "  <testsuite name=\"{suite}\" {totals} skipped=\"0\">");
    for entry in &report.entries {
        case(&mut out, entry, &suite);
    }
    out + "  </testsuite>\n</testsuites>\n"
}

const fn is_failure(status: Status) -> bool {
    matches!(status, Status::Breaking | Status::Refused)
}

const fn is_error(status: Status) -> bool {
    matches!(status, Status::Invalid | Status::Unknown)
}

fn case(out: &mut String, entry: &Entry, suite: &str) {
    let name = escaped(entry.name());
    let file = entry
        .file
        .as_deref()
        .map_or_else(String::new, |file| format!(" file=\"{}\"", escaped(file)));
    let _ = write!(
        out,
        "    <testcase classname=\"{suite}\" name=\"{name}\"{file}"
    );
    let kind = match entry.status {
        status if is_failure(status) => "failure",
        status if is_error(status) => "error",
        _ => {
            out.push_str("/>\n");
            return;
        }
    };
    let rules: Vec<&str> = entry
        .findings
        .iter()
        .map(|finding| &*finding.rule)
        .collect();
    let messages: Vec<&str> = entry
        .findings
        .iter()
        .map(|finding| &*finding.message)
        .collect();
    let _ = writeln!(
        out,
        ">\n      <{kind} type=\"{}\" message=\"{}\">{}</{kind}>\n    </testcase>",
        escaped(&rules.join(" ")),
        escaped(&messages.join("; ").replace('\n', " ")),
        escaped(&text::findings(entry, Paint::none()))
    );
}

/// Text in XML, whether in an attribute or in an element. XML has no way to say most control characters.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(character),
            '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            control if control < ' ' => out.push('\u{FFFD}'),
            other => out.push(other),
        }
    }
    out
}

//! Annotations of GitHub Actions: workflow commands, one line for each finding.

use std::fmt::Write as _;

use super::paths::in_checkout;
use crate::report::{Entry, Finding, Report};

pub(super) fn report(report: &Report) -> String {
    let mut out = String::new();
    for (entry, finding) in report.findings() {
        let mut place = String::new();
        if let Some(file) = &entry.file {
            let _ = write!(place, "file={},", property(&in_checkout(file)));
        }
        if let Some(new) = &finding.new {
            let _ = write!(place, "line={},col={},", new.at.line, new.at.column);
        }
        let title = match &entry.subject {
            Some(subject) => format!("{subject}: {}", finding.rule),
            None => finding.rule.clone(),
        };
        let _ = writeln!(
            out,
            "::error {place}title={}::{}",
            property(&title),
            data(&message(entry, finding))
        );
    }
    out
}

/// What an annotation has room for.
fn message(entry: &Entry, finding: &Finding) -> String {
    let mut message = finding.message.clone();
    if let Some(who) = finding.who_breaks {
        let _ = write!(message, "\nBreaks {who} ({}).", finding.against.join(", "));
    }
    if !finding.instead.is_empty() {
        let _ = write!(message, "\nInstead: {}", finding.instead);
    }
    if let (Some(place), Some(file)) = (&finding.new, &entry.file)
        && place.source != *file
    {
        let _ = write!(message, "\nIn {}", place.source);
    }
    message
}

/// Text behind the two colons.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

/// A property's value.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

//! For people: each finding like a good compiler's, then one line for each schema, then the sum.

use std::fmt::Write as _;

use dovetail_model::{SchemaType, bodies::WitnessBody};

use super::{Paint, excerpt};
use crate::report::{Entry, Finding, Report, Status};

/// The longest witness that is printed.
const WITNESS: usize = 300;

pub(super) fn report(report: &Report, paint: Paint) -> String {
    let mut out = String::new();
    for entry in &report.entries {
        out += &findings(entry, paint);
    }
    let widest = report
        .entries
        .iter()
        .map(|entry| entry.name().chars().count());
    let widest = widest.max().unwrap_or_default().min(60);
    for entry in &report.entries {
        line(&mut out, entry, widest, paint);
    }
    summary(&mut out, report, paint);
    out
}

/// The findings of one schema.
pub(crate) fn findings(entry: &Entry, paint: Paint) -> String {
    let mut out = String::new();
    for found in &entry.findings {
        finding(&mut out, entry, found, paint);
    }
    out
}

fn finding(out: &mut String, entry: &Entry, finding: &Finding, paint: Paint) {
    let heading = format!("error[{}]", finding.rule);
    let _ = writeln!(
        out,
        "{}: {}",
        paint.bad(&heading),
        paint.bold(&finding.message)
    );
    match (&finding.new, &entry.file) {
        (Some(place), _) => excerpt::push(out, place, paint, "-->"),
        (None, Some(file)) => {
            let _ = writeln!(out, " {} {file}", paint.frame("-->"));
        }
        (None, None) => {}
    }
    // A whole text is no place to look at.
    let previous = finding.previous.as_ref();
    if let Some(place) = previous.filter(|place| !place.at.place.is_empty()) {
        excerpt::push(out, place, paint, ":::");
    }
    let mut say = |what: &str, text: &str| {
        let text = text.replace('\n', "\n      ");
        let _ = writeln!(out, "  {} {what}: {text}", paint.frame("="));
    };
    if let Some(subject) = &entry.subject {
        say("subject", subject);
    }
    if !finding.against.is_empty() {
        let levels: Vec<String> = entry
            .levels
            .iter()
            .map(|(level, origin)| format!("{level} ({origin})"))
            .collect();
        let under = if levels.is_empty() {
            String::new()
        } else {
            format!(", level {}", levels.join(" and "))
        };
        say("against", &format!("{}{under}", finding.against.join(", ")));
    }
    if let Some(who) = finding.who_breaks {
        say("breaks", who);
    }
    if !finding.why.is_empty() {
        say("why", finding.why);
    }
    if let Some(witness) = &finding.witness {
        say("witness", &witness_text(witness, finding.schema_type));
    }
    if !finding.instead.is_empty() {
        say("instead", &finding.instead);
    }
    if finding.schema_type.is_some() {
        say("more", &format!("dovetail explain {}", finding.rule));
    }
    out.push('\n');
}

/// The value that breaks, its bytes, and what the reader makes of them.
fn witness_text(witness: &WitnessBody, schema_type: Option<SchemaType>) -> String {
    let outcome = match (&witness.fails, &witness.reads_as) {
        (Some(reason), _) => format!("cannot be read: {reason}"),
        (None, Some(value)) => format!("is read as {}", shortened(&value.to_string())),
        (None, None) => String::new(),
    };
    let value = shortened(&witness.value.to_string());
    // A JSON document is its own bytes.
    if schema_type == Some(SchemaType::Json) {
        return format!("{value}, {outcome}");
    }
    let bytes = match witness.hex.as_str() {
        "" => "no bytes".to_owned(),
        hex => format!("bytes {}", shortened(hex)),
    };
    format!("{value}, {bytes}, {outcome}")
}

fn shortened(text: &str) -> String {
    if text.len() <= WITNESS {
        return text.to_owned();
    }
    format!(
        "{}… ({} bytes)",
        &text[..text.floor_char_boundary(WITNESS)],
        text.len()
    )
}

fn line(out: &mut String, entry: &Entry, widest: usize, paint: Paint) {
    let word = format!("{:<10}", entry.status.word());
    let word = match entry.status {
        Status::Breaking | Status::Refused | Status::Invalid | Status::Unknown => paint.bad(&word),
        Status::Unchanged { .. } => word,
        _ => paint.good(&word),
    };
    let name = entry.name();
    let file = entry.file.as_deref().filter(|file| *file != name);
    let file = file.map_or_else(String::new, |file| format!("  {file}"));
    let detail = match entry.status {
        Status::Unchanged {
            version: Some(version),
            id: Some(id),
        }
        | Status::Registered { version, id } => format!("  version {version}, id {id}"),
        Status::Compatible if !entry.compared_with.is_empty() => {
            let count = entry.compared_with.len();
            let versions = if count == 1 { "version" } else { "versions" };
            let levels: Vec<&str> = entry
                .levels
                .iter()
                .map(|(level, _)| level.as_str())
                .collect();
            format!("  {} with {count} {versions}", levels.join(", "))
        }
        _ => String::new(),
    };
    let shown = format!("{word} {name:<widest$}{file}{detail}");
    let _ = writeln!(out, "{}", shown.trim_end());
    for note in &entry.notes {
        let _ = writeln!(out, "  {} note: {note}", paint.frame("="));
    }
}

fn summary(out: &mut String, report: &Report, paint: Paint) {
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for entry in &report.entries {
        let word = entry.status.word();
        match counts.iter_mut().find(|(known, _)| *known == word) {
            Some((_, count)) => *count += 1,
            None => counts.push((word, 1)),
        }
    }
    let counts: Vec<String> = counts
        .iter()
        .map(|(word, count)| format!("{count} {word}"))
        .collect();
    let counts = if counts.is_empty() {
        "nothing to check".to_owned()
    } else {
        counts.join(", ")
    };
    let against = if report.baseline.is_empty() {
        String::new()
    } else {
        format!(", against {}", report.baseline)
    };
    let _ = writeln!(out, "{}", paint.bold(&format!("{counts}{against}")));
}

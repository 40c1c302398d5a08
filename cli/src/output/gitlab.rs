//! A GitLab code quality report.

use dovetail_compat::identity;
use serde_json::{Value, json};

use super::paths::in_checkout;
use crate::report::{Entry, Finding, Report};

pub(super) fn report(report: &Report) -> String {
    let issues: Vec<Value> = report
        .findings()
        .map(|(entry, finding)| issue(entry, finding))
        .collect();
    super::pretty(&issues)
}

fn issue(entry: &Entry, finding: &Finding) -> Value {
    let file = entry
        .file
        .as_deref()
        .map_or_else(|| entry.name().to_owned(), in_checkout);
    let line = finding.new.as_ref().map_or(1, |place| place.at.line);
    let place = finding.new.as_ref().map_or("", |place| &place.at.place);
    // GitLab tells by it which findings are new in a merge request, so the line must not be part of it.
    let mark = [&file, entry.name(), &finding.rule, place, &finding.message].join("\n");
    json!({
        "description": format!("{}: {}", entry.name(), finding.message),
        "check_name": finding.rule,
        "fingerprint": identity(&mark, &[], None, None).to_string().replace('-', ""),
        "severity": "critical",
        "location": {"path": file, "lines": {"begin": line}},
    })
}

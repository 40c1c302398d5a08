//! SARIF 2.1.0, for code scanning services.

use std::fmt::Write as _;

use dovetail_compat::rules;
use dovetail_model::SchemaType;
use serde_json::{Value, json};

use super::paths::in_checkout;
use crate::report::{Entry, Finding, Report};

pub(super) fn report(report: &Report) -> String {
    let mut rules: Vec<&Finding> = Vec::new();
    for (_, finding) in report.findings() {
        if !rules.iter().any(|known| known.rule == finding.rule) {
            rules.push(finding);
        }
    }
    let results: Vec<Value> = report
        .findings()
        .map(|(entry, finding)| {
            let known = rules.iter().position(|known| known.rule == finding.rule);
            result(entry, finding, known.unwrap_or_default())
        })
        .collect();
    super::pretty(&json!({
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "dovetail",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.into_iter().map(rule).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    }))
}

fn rule(finding: &Finding) -> Value {
    let text = |text: &str| json!({"text": text});
    let row = finding.schema_type.and_then(|schema_type: SchemaType| {
        let mut rows = rules(schema_type).iter();
        rows.find(|row| row.id == finding.rule)
    });
    let short = finding.rule.to_lowercase().replace('_', " ");
    let mut rule = json!({
        "id": finding.rule,
        "shortDescription": text(&short),
        "defaultConfiguration": {"level": "error"},
    });
    if let Some(row) = row {
        rule["fullDescription"] = text(row.why);
        if !row.instead.is_empty() {
            rule["help"] = text(row.instead);
        }
    }
    rule
}

fn result(entry: &Entry, finding: &Finding, rule: usize) -> Value {
    let mut message = finding.message.clone();
    if let Some(who) = finding.who_breaks {
        let _ = write!(message, ". Breaks {who} ({})", finding.against.join(", "));
    }
    if !finding.instead.is_empty() {
        let _ = write!(message, ". Instead: {}", finding.instead);
    }
    let place = finding.new.as_ref().map_or("", |place| &place.at.place);
    let mark = [entry.name(), &finding.rule, place, &finding.message].join("\n");
    let fingerprint = dovetail_compat::identity(&mark, &[], None, None).to_string();
    let mut result = json!({
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": "error",
        "message": {"text": message},
        "partialFingerprints": {"dovetail/v1": fingerprint},
    });
    if let Some(file) = &entry.file {
        let mut physical = json!({"artifactLocation": {"uri": uri(&in_checkout(file))}});
        if let Some(place) = &finding.new {
            physical["region"] =
                json!({"startLine": place.at.line, "startColumn": place.at.column});
        }
        let mut location = json!({"physicalLocation": physical});
        if !place.is_empty() {
            location["logicalLocations"] = json!([{"fullyQualifiedName": place}]);
        }
        result["locations"] = json!([location]);
    }
    result
}

/// A path as a relative URI reference.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            other => {
                let _ = write!(out, "%{other:02X}");
            }
        }
    }
    out
}

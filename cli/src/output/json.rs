//! For programs. `version` is raised when a key goes away or changes its meaning; new keys may come at any time.

use dovetail_model::{
    Direction, SchemaType,
    bodies::{PlaceBody, WitnessBody},
};
use serde::Serialize;

use crate::{
    ending::Ending,
    report::{Entry, Finding, Place, Report, Status},
};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    version: u32,
    command: &'a str,
    against: &'a str,
    is_fine: bool,
    schemas: Vec<SchemaBody<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SchemaBody<'a> {
    subject: Option<&'a str>,
    file: Option<&'a str>,
    #[serde(flatten)]
    status: Status,
    levels: Vec<LevelBody<'a>>,
    compared_with: &'a [String],
    findings: Vec<FindingBody<'a>>,
    notes: &'a [String],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LevelBody<'a> {
    level: &'static str,
    said_by: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FindingBody<'a> {
    rule: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    schema_type: Option<SchemaType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    direction: Option<Direction>,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    who_breaks: Option<&'a str>,
    #[serde(skip_serializing_if = "str::is_empty")]
    why: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    instead: &'a str,
    against: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    new: Option<SourcePlace<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    previous: Option<SourcePlace<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    witness: Option<&'a WitnessBody>,
}

#[derive(Serialize)]
struct SourcePlace<'a> {
    source: &'a str,
    #[serde(flatten)]
    at: &'a PlaceBody,
}

pub(crate) fn report(report: &Report) -> String {
    super::pretty(&Document {
        version: 1,
        command: report.command,
        against: &report.baseline,
        is_fine: report.ending() == Ending::Fine,
        schemas: report.entries.iter().map(schema).collect(),
    })
}

fn schema(entry: &Entry) -> SchemaBody<'_> {
    SchemaBody {
        subject: entry.subject.as_deref(),
        file: entry.file.as_deref(),
        status: entry.status,
        levels: entry
            .levels
            .iter()
            .map(|(level, said_by)| LevelBody {
                level: level.as_str(),
                said_by,
            })
            .collect(),
        compared_with: &entry.compared_with,
        findings: entry.findings.iter().map(finding).collect(),
        notes: &entry.notes,
    }
}

fn finding(finding: &Finding) -> FindingBody<'_> {
    FindingBody {
        rule: &finding.rule,
        schema_type: finding.schema_type,
        direction: finding.direction,
        message: &finding.message,
        who_breaks: finding.who_breaks,
        why: finding.why,
        instead: &finding.instead,
        against: &finding.against,
        new: finding.new.as_ref().map(place),
        previous: finding.previous.as_ref().map(place),
        witness: finding.witness.as_ref(),
    }
}

fn place(place: &Place) -> SourcePlace<'_> {
    SourcePlace {
        source: &place.source,
        at: &place.at,
    }
}

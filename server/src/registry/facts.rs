//! What is recorded of a registration for those who are told of it: no view needs it, every event does.
//!
//! It is prepared with the plan, outside any transaction. Where the subject moved in between, the summary is made again on the
//! spot if that is cheap, and left out if it is not: a summary of the wrong step would mislead.

use std::{fmt::Write as _, sync::Arc};

use dovetail_compat::{Schema, check};
use dovetail_model::{CompatibilityPolicy, Direction, QualifiedSubject, SchemaId, Version};
use ring::digest;

use super::{Registry, candidate::Candidate};
use crate::core::{Scope, Summary, SummaryRow, VersionEntry, View};

/// The most rows of a summary, and the most bytes that they take together.
const ROWS: usize = 50;
const BYTES: usize = 8 * 1024;

/// The largest schema that is summarised, in bytes of its canonical text.
const SUMMARISED_BYTES: usize = 64 * 1024;

/// A summary, and the schema it was made against.
#[derive(Debug, Clone)]
pub(super) struct Compared {
    pub(super) against: SchemaId,
    pub(super) summary: Summary,
}

impl Registry {
    /// Compares a candidate with the newest live version of its subject. What goes wrong here is no reason to refuse: then
    /// there is no summary.
    pub(super) async fn compare(&self, view: &View, candidate: &Candidate) -> Option<Compared> {
        let subject = &candidate.subject;
        let latest = *view.subject(subject)?.latest()?;
        let new = Arc::clone(&candidate.parsed.schema);
        let previous = self.parsed(view, subject, &latest).await.ok()?;
        let policy = view.policy(&Scope::subject(subject));
        let summary = self
            .parser
            .run(move || summarise(&new, &previous, latest.version, policy))
            .await;
        summary.ok().flatten().map(|summary| Compared {
            against: latest.id,
            summary,
        })
    }
}

/// The summary of the step from `latest`, if the one at hand is of that step or can be made at once.
pub(super) fn summary(
    view: &View,
    subject: &QualifiedSubject,
    compared: Option<&Compared>,
    at_once: impl FnOnce(&VersionEntry) -> Option<(Arc<Schema>, Arc<Schema>)>,
) -> Option<Summary> {
    let latest = view.subject(subject)?.latest()?;
    if let Some(compared) = compared.filter(|compared| compared.against == latest.id) {
        return Some(Summary {
            previous_version: Some(latest.version),
            ..compared.summary.clone()
        });
    }
    let (new, previous) = at_once(latest)?;
    let policy = view.policy(&Scope::subject(subject));
    summarise(&new, &previous, latest.version, policy)
}

fn summarise(
    new: &Schema,
    previous: &Schema,
    version: Version,
    policy: CompatibilityPolicy,
) -> Option<Summary> {
    if new.canonical().len().max(previous.canonical().len()) > SUMMARISED_BYTES {
        return None;
    }
    let both = [Direction::Backward, Direction::Forward];
    let report = check(new, previous, &both, policy).ok()?;
    let mut summary = Summary {
        previous_version: Some(version),
        ..Summary::default()
    };
    let mut bytes = 0;
    // Whom it breaks comes first: that is what must not be cut off.
    let (breaking, harmless): (Vec<_>, Vec<_>) = report
        .findings
        .iter()
        .partition(|(_, difference)| difference.rule.breaks(policy));
    for (direction, difference) in breaking.into_iter().chain(harmless) {
        bytes += difference.rule.id.len() + difference.path.len();
        if summary.differences.len() == ROWS || bytes > BYTES {
            summary.omitted = report.findings.len() - summary.differences.len();
            break;
        }
        summary.differences.push(SummaryRow {
            rule: difference.rule.id.to_owned(),
            path: difference.path.clone(),
            direction: *direction,
            breaks: difference.rule.breaks(policy),
        });
    }
    Some(summary)
}

/// SHA-256 in hexadecimal.
pub(super) fn sha256(text: &str) -> String {
    let digest = digest::digest(&digest::SHA256, text.as_bytes());
    digest
        .as_ref()
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

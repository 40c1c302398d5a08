//! What a check found, as data: one entry for each schema, with every finding at its place. `output` prints it.

use std::sync::Arc;

use dovetail_compat::explain::{Explanation, Outcome as Read, Position, Witness};
use dovetail_model::{
    CompatibilityLevel, Direction, SchemaType,
    bodies::{PlaceBody, WitnessBody},
};
use serde::Serialize;

use crate::ending::Ending;

/// A whole report.
#[derive(Debug, Default)]
pub(crate) struct Report {
    /// The command that made it.
    pub(crate) command: &'static str,
    /// What the schemas were compared with: a registry's URL, a git revision, a folder.
    pub(crate) baseline: String,
    pub(crate) entries: Vec<Entry>,
}

/// What is said of one schema.
#[derive(Debug)]
pub(crate) struct Entry {
    pub(crate) subject: Option<String>,
    /// As the user would open it.
    pub(crate) file: Option<String>,
    pub(crate) status: Status,
    /// What was compared with, newest first.
    pub(crate) compared_with: Vec<String>,
    /// The levels that hold, each with where it is said.
    pub(crate) levels: Vec<(CompatibilityLevel, String)>,
    pub(crate) findings: Vec<Finding>,
    /// What else the user should know.
    pub(crate) notes: Vec<String>,
}

/// What becomes of one schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "status")]
pub(crate) enum Status {
    /// The first version of its subject.
    New,
    /// It is registered already.
    Unchanged {
        version: Option<u32>,
        id: Option<u32>,
    },
    /// It would become a new version.
    Compatible,
    /// It was registered just now.
    Registered { version: u32, id: u32 },
    /// It breaks somebody.
    Breaking,
    /// The registry would refuse it for another reason than compatibility.
    Refused,
    /// It is no schema.
    Invalid,
    /// It could not be found out.
    Unknown,
}

/// One thing to be said against a schema.
#[derive(Debug, Clone)]
pub(crate) struct Finding {
    /// The rule, by its name in the protocol.
    pub(crate) rule: String,
    /// The format, for a rule of compatibility.
    pub(crate) schema_type: Option<SchemaType>,
    pub(crate) direction: Option<Direction>,
    pub(crate) message: String,
    pub(crate) who_breaks: Option<&'static str>,
    pub(crate) why: &'static str,
    pub(crate) instead: String,
    /// The versions it breaks, newest first.
    pub(crate) against: Vec<String>,
    /// The place in the new text, and in that of the newest version it breaks.
    pub(crate) new: Option<Place>,
    pub(crate) previous: Option<Place>,
    pub(crate) witness: Option<WitnessBody>,
}

/// A place in a text, with the text.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// The file's path, or the version's name.
    pub(crate) source: String,
    pub(crate) text: Arc<str>,
    pub(crate) at: PlaceBody,
}

impl Report {
    /// How a command that made this report ends.
    pub(crate) fn ending(&self) -> Ending {
        let has = |wanted: &[Status]| {
            let mut entries = self.entries.iter();
            entries.any(|entry| wanted.contains(&entry.status))
        };
        if has(&[Status::Unknown]) {
            Ending::Undecided
        } else if has(&[Status::Invalid]) {
            Ending::Unusable
        } else if has(&[Status::Breaking, Status::Refused]) {
            Ending::Findings
        } else {
            Ending::Fine
        }
    }

    /// Every finding with the entry it belongs to.
    pub(crate) fn findings(&self) -> impl Iterator<Item = (&Entry, &Finding)> {
        let entries = self.entries.iter();
        entries.flat_map(|entry| entry.findings.iter().map(move |finding| (entry, finding)))
    }
}

impl Entry {
    /// What the entry is called: its subject, or its file where it has none.
    pub(crate) fn name(&self) -> &str {
        let name = self.subject.as_deref().or(self.file.as_deref());
        name.unwrap_or("schema")
    }
}

impl Status {
    /// One word for people.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Unchanged { .. } => "unchanged",
            Self::Compatible => "compatible",
            Self::Registered { .. } => "registered",
            Self::Breaking => "breaking",
            Self::Refused => "refused",
            Self::Invalid => "invalid",
            Self::Unknown => "unknown",
        }
    }
}

impl Finding {
    /// Something other than an incompatibility, about a whole file.
    pub(crate) fn plain(
        rule: &str,
        message: impl Into<String>,
        instead: impl Into<String>,
    ) -> Self {
        Self {
            rule: rule.to_owned(),
            schema_type: None,
            direction: None,
            message: message.into(),
            who_breaks: None,
            why: "",
            instead: instead.into(),
            against: Vec::new(),
            new: None,
            previous: None,
            witness: None,
        }
    }

    /// An explained difference between two texts, each with what it is called.
    pub(crate) fn explained(
        explanation: Explanation,
        (new, new_text): (&str, &Arc<str>),
        (previous, previous_text): (&str, &Arc<str>),
    ) -> Self {
        let place = |source: &str, text: &Arc<str>, at: Position| Place {
            source: source.to_owned(),
            text: Arc::clone(text),
            at: PlaceBody {
                place: at.place,
                line: at.line,
                column: at.column,
            },
        };
        Self {
            rule: explanation.difference.rule.id.to_owned(),
            schema_type: Some(explanation.difference.schema_type),
            direction: Some(explanation.direction),
            message: explanation.sentence(),
            who_breaks: explanation.who_breaks(),
            why: explanation.difference.rule.why,
            instead: explanation.difference.rule.instead.to_owned(),
            against: vec![previous.to_owned()],
            new: explanation.new.map(|at| place(new, new_text, at)),
            previous: explanation
                .previous
                .map(|at| place(previous, previous_text, at)),
            witness: explanation.witness.map(witness_body),
        }
    }

    /// Whether this says the same of the new schema, whatever it was compared with.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let at = |finding: &Self| finding.new.as_ref().map(|place| place.at.place.clone());
        (&self.rule, self.direction, &self.message, at(self))
            == (&other.rule, other.direction, &other.message, at(other))
    }
}

fn witness_body(witness: Witness) -> WitnessBody {
    let hex = witness.hex();
    let (fails, reads_as) = match witness.outcome {
        Read::Fails(reason) => (Some(reason), None),
        Read::ReadsAs(value) => (None, Some(value)),
    };
    WitnessBody {
        value: witness.value,
        hex,
        fails,
        reads_as,
    }
}

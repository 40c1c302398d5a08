//! The verdict on one schema against what came before it: everything that breaks anybody, each said once.

use std::sync::Arc;

use dovetail_compat::{
    Schema, check,
    explain::{Side, explain},
    parse,
};
use dovetail_model::{CompatibilityLevel, CompatibilityPolicy, Direction};

use crate::{
    ending::{Failure, Outcome},
    report::{Finding, Place},
    source::Loaded,
};

/// What a new schema owes.
#[derive(Debug, Default)]
pub(crate) struct Obligation {
    /// Every level that holds, each with where it is said.
    pub(crate) levels: Vec<(CompatibilityLevel, String)>,
    pub(crate) policy: CompatibilityPolicy,
    /// Newest first.
    pub(crate) previous: Vec<Loaded>,
}

impl Obligation {
    /// Whether any level looks beyond the newest version.
    pub(crate) fn is_transitive(&self) -> bool {
        self.levels.iter().any(|(level, _)| level.is_transitive())
    }

    /// Whether any level asks for anything.
    pub(crate) fn asks(&self) -> bool {
        self.levels
            .iter()
            .any(|(level, _)| !level.directions().is_empty())
    }

    /// The directions that the versions at a place in the line are checked in.
    fn directions(&self, place: usize) -> Vec<Direction> {
        let asks = |direction: &Direction| {
            let counts = |level: &CompatibilityLevel| place == 0 || level.is_transitive();
            let mut levels = self.levels.iter().map(|(level, _)| level);
            levels.any(|level| counts(level) && level.directions().contains(direction))
        };
        let both = [Direction::Forward, Direction::Backward];
        both.into_iter().filter(asks).collect()
    }
}

/// Parses a schema; what is wrong with it is a finding.
pub(crate) fn parsed(loaded: &Loaded) -> Result<Schema, Box<Finding>> {
    parse(loaded.schema_type, &loaded.text, &loaded.references).map_err(|error| {
        let mut finding = Finding::plain("INVALID_SCHEMA", error.to_string(), "");
        finding.new = place_in(&error.to_string(), loaded);
        Box::new(finding)
    })
}

/// Everything in which a schema breaks its obligation.
pub(crate) fn judge(
    new: &Loaded,
    schema: &Schema,
    obligation: &Obligation,
) -> Outcome<Vec<Finding>> {
    let mut findings: Vec<Finding> = Vec::new();
    for (place, previous) in obligation.previous.iter().enumerate() {
        let directions = obligation.directions(place);
        for finding in broken(new, schema, previous, &directions, obligation.policy)? {
            match findings.iter_mut().find(|known| known.is_like(&finding)) {
                Some(known) => known.against.extend(finding.against),
                None => findings.push(finding),
            }
        }
    }
    Ok(findings)
}

/// What breaks between two schemas.
fn broken(
    new: &Loaded,
    schema: &Schema,
    previous: &Loaded,
    directions: &[Direction],
    policy: CompatibilityPolicy,
) -> Outcome<Vec<Finding>> {
    if directions.is_empty() {
        return Ok(Vec::new());
    }
    let earlier = parsed(previous).map_err(|finding| unreadable(previous, &finding.message))?;
    let report = check(schema, &earlier, directions, policy)
        .map_err(|error| unreadable(previous, &error))?;
    if let Some((now, before)) = report.type_change {
        let mut finding = Finding::plain(
            "SCHEMA_TYPE_CHANGED",
            format!("the new schema is {now}, the previous one is {before}"),
            "a subject keeps its format; register the new format under another subject",
        );
        finding.against.push(previous.name.clone());
        return Ok(vec![finding]);
    }
    if report.is_compatible() {
        return Ok(Vec::new());
    }
    let explained = explain(
        new.schema_type,
        side(new),
        side(previous),
        directions,
        policy,
    )
    .map_err(|error| unreadable(previous, &error))?;
    let (name, earlier_name) = (new.file.as_deref().unwrap_or(&new.name), &previous.name);
    Ok(explained
        .into_iter()
        .filter(|explanation| explanation.breaks)
        .map(|explanation| {
            let sides = ((name, &new.text), (&**earlier_name, &previous.text));
            Finding::explained(explanation, sides.0, sides.1)
        })
        .collect())
}

/// A schema as the explanations take it.
pub(crate) fn side(loaded: &Loaded) -> Side<'_> {
    Side {
        text: &loaded.text,
        references: &loaded.references,
    }
}

fn unreadable(previous: &Loaded, why: &impl std::fmt::Display) -> Failure {
    Failure::undecided(format!("{} cannot be compared with: {why}", previous.name))
}

/// The place that an error's text names, as `line 3 column 5` or `line 3, column 5`.
fn place_in(message: &str, loaded: &Loaded) -> Option<Place> {
    if message.contains("in \"") || message.contains("the reference") {
        return None; // It stands in a text that this one refers to.
    }
    let number = |text: &str| -> Option<usize> {
        let digits = text
            .trim_start()
            .split(|c: char| !c.is_ascii_digit())
            .next()?;
        digits.parse().ok().filter(|number| *number > 0)
    };
    let (_, after) = message.rsplit_once("line ")?;
    let line = number(after)?;
    let column = after
        .split_once("column")
        .and_then(|(_, rest)| number(rest));
    (line <= loaded.text.lines().count()).then(|| Place {
        source: loaded.file.clone().unwrap_or_else(|| loaded.name.clone()),
        text: Arc::clone(&loaded.text),
        at: dovetail_model::bodies::PlaceBody {
            place: String::new(),
            line,
            column: column.unwrap_or(1),
        },
    })
}

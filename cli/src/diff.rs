//! `dovetail diff`: what changed between two schemas, and what that means for readers and writers.

use std::{collections::BTreeMap, fmt::Write as _};

use clap::Args;
use dovetail_compat::{
    check,
    explain::{Explanation, explain},
    parse,
};
use dovetail_model::{CompatibilityPolicy, Direction, SchemaType};
use serde::Serialize;
use similar::{ChangeTag, TextDiff};

use crate::{
    ending::{Ending, Failure, Outcome},
    judge::{parsed, side},
    output::{self, Paint},
    registry::Connect,
    source::{Loaded, SOURCES, Source},
};

/// Says what changed between two schemas: every difference the rules know, whom it breaks, and the text.
#[derive(Debug, Args)]
#[command(after_help = format!("\
Examples:
  dovetail diff orders-value@latest schemas/order.avsc
  dovetail diff git:main:schemas/order.avsc schemas/order.avsc --exit-code
  dovetail diff http://staging:8081/subjects/orders-value/versions/latest orders-value@latest

{SOURCES}

Exit codes: 0, or 3 where something changed and --exit-code is given; 101 a side could not be read, 2 it is no schema."))]
pub(crate) struct Diff {
    /// The schema before the change
    #[arg(value_name = "PREVIOUS")]
    previous: String,

    /// The schema after it
    #[arg(value_name = "NEW")]
    new: String,

    /// Exit with 3 where anything changed
    #[arg(long)]
    exit_code: bool,

    #[command(flatten)]
    sides: Sides,
}

/// The options of commands that look at two schemas.
#[derive(Debug, Args)]
pub(crate) struct Sides {
    /// How the result is printed
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    pub(crate) format: Form,

    /// The format of files whose names do not say it: AVRO, PROTOBUF or JSON
    #[arg(long = "type", value_name = "FORMAT", ignore_case = true)]
    pub(crate) schema_type: Option<SchemaType>,

    /// Judge content models of JSON Schema leniently
    #[arg(long)]
    pub(crate) lenient: bool,

    #[command(flatten)]
    pub(crate) connect: Connect,
}

/// How the result of a command that makes no report is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Form {
    /// For people
    Text,
    /// For programs
    Json,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    version: u32,
    command: &'static str,
    previous: &'a str,
    new: &'a str,
    changed: bool,
    backward: Verdict,
    forward: Verdict,
    differences: Vec<DifferenceBody<'a>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Compatible,
    Breaks,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DifferenceBody<'a> {
    rule: &'a str,
    direction: Direction,
    breaks: bool,
    path: &'a str,
    message: String,
}

/// Two schemas, compared.
struct Comparison {
    previous: Loaded,
    new: Loaded,
    is_changed: bool,
    type_change: Option<(SchemaType, SchemaType)>,
    found: Vec<Explanation>,
}

impl Sides {
    /// Loads both sides.
    pub(crate) fn load(&self, previous: &str, new: &str) -> Outcome<(Loaded, Loaded)> {
        let load = |source: &str| Source::parse(source)?.load(&self.connect, self.schema_type);
        Ok((load(previous)?, load(new)?))
    }

    pub(crate) const fn policy(&self) -> CompatibilityPolicy {
        if self.lenient {
            CompatibilityPolicy::Lenient
        } else {
            CompatibilityPolicy::Strict
        }
    }
}

impl Diff {
    pub(crate) fn run(self) -> Outcome {
        let (previous, new) = self.sides.load(&self.previous, &self.new)?;
        let comparison = Comparison::of(previous, new, self.sides.policy())?;
        output::print(&match self.sides.format {
            Form::Text => comparison.text(Paint::for_stdout()),
            Form::Json => comparison.json(),
        })?;
        Ok(if self.exit_code && comparison.is_changed {
            Ending::Changes
        } else {
            Ending::Fine
        })
    }
}

/// Both directions, in the order in which they are reported.
pub(crate) const BOTH: [Direction; 2] = [Direction::Backward, Direction::Forward];

impl Comparison {
    fn of(previous: Loaded, new: Loaded, policy: CompatibilityPolicy) -> Outcome<Self> {
        let usable = |loaded: &Loaded| {
            parsed(loaded).map_err(|finding| {
                Failure::usage(format!("{} is no schema: {}", loaded.name, finding.message))
            })
        };
        let (earlier, later) = (usable(&previous)?, usable(&new)?);
        let report = check(&later, &earlier, &BOTH, policy).map_err(Failure::undecided)?;
        let found = if report.type_change.is_some() {
            Vec::new()
        } else {
            explain(new.schema_type, side(&new), side(&previous), &BOTH, policy)
                .map_err(Failure::undecided)?
        };
        Ok(Self {
            is_changed: report.type_change.is_some()
                || earlier.canonical() != later.canonical()
                || reached(&previous) != reached(&new)
                || !found.is_empty(),
            type_change: report.type_change,
            previous,
            new,
            found,
        })
    }

    fn verdict(&self, direction: Direction) -> Verdict {
        let mut found = self.found.iter();
        let breaks = found.any(|one| one.direction == direction && one.breaks);
        if breaks || self.type_change.is_some() {
            Verdict::Breaks
        } else {
            Verdict::Compatible
        }
    }

    fn text(&self, paint: Paint) -> String {
        let mut out = String::new();
        let _ = writeln!(
            out,
            "{}",
            paint.bold(&format!("--- {}", self.previous.name))
        );
        let _ = writeln!(out, "{}", paint.bold(&format!("+++ {}", self.new.name)));
        if !self.is_changed {
            out.push_str("nothing changed\n");
            return out;
        }
        self.lines(&mut out, paint);
        out.push('\n');
        for explanation in &self.found {
            let mark = if explanation.breaks {
                paint.bad("breaks")
            } else {
                paint.good("fine  ")
            };
            let direction = word(explanation.direction);
            let rule = explanation.difference.rule.id;
            let _ = writeln!(
                out,
                "{mark} {direction:<8} {rule}: {}",
                explanation.sentence()
            );
        }
        if let Some((now, before)) = self.type_change {
            let _ = writeln!(out, "the format changed from {before} to {now}");
        }
        for (direction, meaning) in [
            (Direction::Backward, "new readers, old data"),
            (Direction::Forward, "old readers, new data"),
        ] {
            let verdict = match self.verdict(direction) {
                Verdict::Compatible => paint.good("compatible"),
                Verdict::Breaks => paint.bad("breaks"),
            };
            let _ = writeln!(out, "{:<8} ({meaning}): {verdict}", word(direction));
        }
        out
    }

    /// What changed in the text, line by line, after both were written the same way.
    fn lines(&self, out: &mut String, paint: Paint) {
        let (previous, new) = (spread(&self.previous), spread(&self.new));
        let diff = TextDiff::from_lines(&previous, &new);
        for group in diff.grouped_ops(3) {
            out.push_str(&paint.frame("@@\n"));
            for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
                let text = change.value().trim_end_matches('\n');
                let line = match change.tag() {
                    ChangeTag::Delete => paint.bad(&format!("-{text}")),
                    ChangeTag::Insert => paint.good(&format!("+{text}")),
                    ChangeTag::Equal => format!(" {text}"),
                };
                let _ = writeln!(out, "{line}");
            }
        }
    }

    fn json(&self) -> String {
        let differences = self.found.iter().map(|explanation| DifferenceBody {
            rule: explanation.difference.rule.id,
            direction: explanation.direction,
            breaks: explanation.breaks,
            path: &explanation.difference.path,
            message: explanation.sentence(),
        });
        output::pretty(&Document {
            version: 1,
            command: "diff",
            previous: &self.previous.name,
            new: &self.new.name,
            changed: self.is_changed,
            backward: self.verdict(Direction::Backward),
            forward: self.verdict(Direction::Forward),
            differences: differences.collect(),
        })
    }
}

fn word(direction: Direction) -> &'static str {
    match direction {
        Direction::Backward => "backward",
        Direction::Forward => "forward",
    }
}

/// What a schema refers to, by name, printed the same way on both sides. Each text stands behind those it needs.
fn reached(loaded: &Loaded) -> BTreeMap<&str, String> {
    let texts = loaded.references.iter().enumerate();
    let printed = texts.map(|(at, one)| {
        let schema = parse(loaded.schema_type, &one.text, &loaded.references[..at]);
        let text = schema.map_or_else(
            |_| one.text.to_string(),
            |schema| schema.canonical().to_owned(),
        );
        (one.name.as_str(), text)
    });
    printed.collect()
}

/// A text over many lines, so that a line is a small thing.
fn spread(loaded: &Loaded) -> String {
    let spread = match loaded.schema_type {
        SchemaType::Protobuf => None,
        SchemaType::Avro | SchemaType::Json => {
            let value: Option<serde_json::Value> = serde_json::from_str(&loaded.text).ok();
            value.and_then(|value| serde_json::to_string_pretty(&value).ok())
        }
    };
    spread.unwrap_or_else(|| loaded.text.to_string()) + "\n"
}

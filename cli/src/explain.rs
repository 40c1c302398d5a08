//! `dovetail explain`: why a change breaks whom it breaks, with a value that really does; or what a rule means.

use clap::Args;
use dovetail_compat::explain::explain;
use dovetail_model::Direction;

use crate::{
    diff::{BOTH, Form, Sides},
    ending::{Ending, Failure, Outcome},
    judge::{parsed, side},
    output::{self, Paint},
    report::{Entry, Finding, Report, Status},
    source::{Loaded, SOURCES},
};

/// Each rule with its page. Rules of two formats may have one name.
const PAGES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/rule_pages.rs"));

/// Explains why a change breaks: each difference with its places, who breaks, a value that breaks, and what to do instead.
/// With the name of a rule, explains the rule.
#[derive(Debug, Args)]
#[command(after_help = format!("\
Examples:
  dovetail explain READER_FIELD_MISSING_DEFAULT_VALUE
  dovetail explain orders-value@latest schemas/order.avsc
  dovetail explain git:main:schemas/order.avsc schemas/order.avsc --format json

{SOURCES}"))]
pub(crate) struct Explain {
    /// The schema before the change, or a rule
    #[arg(value_name = "PREVIOUS|RULE")]
    previous: String,

    /// The schema after it
    #[arg(value_name = "NEW")]
    new: Option<String>,

    #[command(flatten)]
    sides: Sides,
}

impl Explain {
    pub(crate) fn run(self) -> Outcome {
        match &self.new {
            Some(new) => self.change(new),
            None => self.rule(),
        }
    }

    fn rule(&self) -> Outcome {
        let wanted = self.previous.to_uppercase();
        let pages: Vec<&str> = PAGES
            .iter()
            .filter(|(rule, _)| *rule == wanted)
            .map(|(_, page)| *page)
            .collect();
        let could_be_rule = |c: char| c.is_ascii_uppercase() || c == '_';
        if !wanted.chars().all(could_be_rule) {
            let schema = &self.previous;
            return Err(Failure::usage(format!(
                "{schema} is no rule, and one schema is no change"
            ))
            .help(format!(
                "name the schema before it as well: dovetail explain SUBJECT@latest {schema}"
            )));
        }
        if pages.is_empty() {
            return Err(Failure::usage(format!("there is no rule {wanted}")).help(nearest(&wanted)));
        }
        output::print(&pages.join("\n"))?;
        Ok(Ending::Fine)
    }

    fn change(&self, new: &str) -> Outcome {
        let (previous, new) = self.sides.load(&self.previous, new)?;
        for loaded in [&previous, &new] {
            parsed(loaded).map_err(|finding| {
                Failure::usage(format!("{} is no schema: {}", loaded.name, finding.message))
            })?;
        }
        if previous.schema_type != new.schema_type {
            return Err(Failure::usage(format!(
                "{} is {} and {} is {}: schemas of two formats have nothing to compare",
                previous.name, previous.schema_type, new.name, new.schema_type
            )));
        }
        let policy = self.sides.policy();
        let explained = explain(new.schema_type, side(&new), side(&previous), &BOTH, policy)
            .map_err(Failure::undecided)?;
        let findings: Vec<Finding> = explained
            .into_iter()
            .filter(|explanation| explanation.breaks)
            .map(|explanation| {
                let name = new.file.as_deref().unwrap_or(&new.name);
                Finding::explained(
                    explanation,
                    (name, &new.text),
                    (&previous.name, &previous.text),
                )
            })
            .collect();
        self.print(previous, &new, findings)?;
        Ok(Ending::Fine)
    }

    fn print(&self, previous: Loaded, new: &Loaded, findings: Vec<Finding>) -> Outcome<()> {
        let breaks = |wanted| findings.iter().any(|one| one.direction == Some(wanted));
        let verdict = match (breaks(Direction::Backward), breaks(Direction::Forward)) {
            (false, false) => "nobody breaks: FULL compatibility is kept",
            (true, false) => {
                "new readers break on old data: FORWARD compatibility is kept, BACKWARD is not"
            }
            (false, true) => {
                "old readers break on new data: BACKWARD compatibility is kept, FORWARD is not"
            }
            (true, true) => "both sides break: neither BACKWARD nor FORWARD compatibility is kept",
        };
        let entry = Entry {
            subject: new.subject.clone(),
            file: new.file.clone(),
            status: if findings.is_empty() {
                Status::Compatible
            } else {
                Status::Breaking
            },
            compared_with: vec![previous.name.clone()],
            levels: Vec::new(),
            findings,
            notes: vec![verdict.to_owned()],
        };
        output::print(&match self.sides.format {
            Form::Text => {
                let findings = output::text_of_findings(&entry, Paint::for_stdout());
                format!("{findings}{verdict}\n")
            }
            Form::Json => output::json(&Report {
                command: "explain",
                baseline: previous.name,
                entries: vec![entry],
            }),
        })
    }
}

/// The rules that share most words with what was asked for.
fn nearest(wanted: &str) -> String {
    let words = |rule: &str| {
        let words = rule.split('_');
        words
            .filter(|word| wanted.split('_').any(|other| other == *word))
            .count()
    };
    let best = PAGES
        .iter()
        .map(|(rule, _)| words(rule))
        .max()
        .unwrap_or_default();
    let mut alike: Vec<&str> = PAGES
        .iter()
        .map(|(rule, _)| *rule)
        .filter(|rule| best > 0 && words(rule) == best)
        .collect();
    alike.dedup();
    alike.truncate(5);
    if alike.is_empty() {
        return "docs/rules/README.md lists all rules; to explain a change, name two schemas"
            .to_owned();
    }
    format!("did you mean {}?", alike.join(", "))
}

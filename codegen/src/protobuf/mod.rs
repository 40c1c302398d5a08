//! Types from Protobuf schemas: protox reads the texts, prost's generator makes the types, and this module puts them
//! into modules and tells each message what it is registered as. No `protoc` is needed.
//!
//! All files of all units that fit together make one tree of packages, so that a message imported by two subjects is one
//! Rust type. A unit whose files contradict the tree's gets a tree of its own.

mod compile;
mod sources;
mod tree;
mod units;

use std::collections::BTreeSet;

use crate::{Error, Options, Output, Problem, Unit};

/// Makes types of Protobuf schemas; `taken` are names of modules that are not free. Every problem is in the error.
pub(crate) fn generate(
    units: &[Unit],
    options: &Options,
    taken: &BTreeSet<String>,
) -> Result<Output, Error> {
    let plan = units::plan(units)?;
    let mut compiled = Vec::with_capacity(plan.trees.len());
    let mut problems = Vec::new();
    for tree in &plan.trees {
        match compile::compile(tree, options) {
            Ok(tree) => compiled.push(tree),
            Err(problem) => problems.push(problem),
        }
    }
    if !problems.is_empty() {
        return Err(Error { problems });
    }
    units::modules(units, &plan, &compiled, taken)
}

fn problem(unit: &str, place: &str, message: String) -> Problem {
    Problem {
        unit: unit.to_owned(),
        place: place.to_owned(),
        message,
    }
}

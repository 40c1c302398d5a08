//! What would become of a project's schemas: a report on each, and the steps that a registration would take.
//!
//! [`against_registry`] judges as a registration would; [`against_files`] needs no registry. Both go through the schemas in
//! dependency order, so that a schema that refers to another one of the project is judged with what that one is going
//! to be.

mod batch;
mod files;
mod registry;
mod subject;
mod texts;

pub(crate) use batch::register_all;
pub(crate) use files::{Baseline, against_files};
pub(crate) use registry::{Step, against_registry};

use dovetail_model::{CompatibilityLevel, VersionSpec};

use crate::{
    report::{Entry, Report, Status},
    workspace::Owned,
};

/// What the user said beside the schemas.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Options {
    /// Judge by this level, whatever the manifest and the registry say.
    pub(crate) level: Option<CompatibilityLevel>,
    /// Register in normal form.
    pub(crate) normalize: bool,
    /// Compare with this version only.
    pub(crate) version: Option<VersionSpec>,
}

/// A report, and what a registration would do, in order.
#[derive(Debug, Default)]
pub(crate) struct Plan {
    pub(crate) report: Report,
    pub(crate) steps: Vec<Step>,
}

/// An entry about which nothing is known yet.
fn entry(owned: &Owned) -> Entry {
    Entry {
        subject: owned.subject.as_ref().map(ToString::to_string),
        file: Some(owned.file.clone()),
        status: Status::Unknown,
        compared_with: Vec::new(),
        levels: Vec::new(),
        findings: Vec::new(),
        notes: Vec::new(),
    }
}

//! `dovetail subjects`: the subjects of a registry.

use clap::Args;
use dovetail_client::ListSubjects;

use crate::{
    diff::Form,
    ending::{Ending, Outcome},
    output,
    registry::Connect,
};

/// Lists subjects, one a line.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  dovetail subjects
  dovetail subjects orders-
      Those that begin so
  dovetail subjects ':.staging:'
      Those of a context; ':*:' is every context")]
pub(crate) struct Subjects {
    /// How their names begin
    #[arg(value_name = "PREFIX")]
    prefix: Option<String>,

    /// Those as well whose versions are all soft-deleted
    #[arg(long)]
    deleted: bool,

    /// How the result is printed
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "text")]
    format: Form,

    #[command(flatten)]
    connect: Connect,
}

impl Subjects {
    pub(crate) fn run(self) -> Outcome {
        let registry = self.connect.registry()?;
        let list = ListSubjects {
            prefix: self.prefix,
            deleted: self.deleted,
            ..ListSubjects::default()
        };
        let subjects = registry.ask(registry.client().subjects(&list))?;
        output::print(&match self.format {
            Form::Json => output::pretty(&subjects),
            Form::Text => subjects.into_iter().map(|subject| subject + "\n").collect(),
        })?;
        Ok(Ending::Fine)
    }
}

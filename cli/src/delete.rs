//! `dovetail delete`: takes a version or a subject out of sight, or away for good.

use clap::Args;
use dovetail_client::{Deletion, ListVersions};
use dovetail_model::{Version, VersionSpec};

use crate::{
    ending::{Ending, Failure, Outcome},
    output,
    registry::Connect,
};

/// Deletes a version or a whole subject.
///
/// A deletion is soft: ids stay readable, so nobody who holds data breaks, and registering the schema again brings it back.
/// `--permanent` removes for good what is soft-deleted already.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  dovetail delete orders-value@3
  dovetail delete orders-value
      Every version of the subject
  dovetail delete orders-value --permanent --yes
      For good, after a soft deletion")]
pub(crate) struct Delete {
    /// A subject, or SUBJECT@VERSION
    #[arg(value_name = "SUBJECT[@VERSION]")]
    what: String,

    /// Remove for good what is soft-deleted already; needs --yes
    #[arg(long)]
    permanent: bool,

    /// Yes, for good
    #[arg(long)]
    yes: bool,

    /// Only say what would be deleted
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    connect: Connect,
}

impl Delete {
    pub(crate) fn run(self) -> Outcome {
        if self.permanent && !self.yes && !self.dry_run {
            return Err(Failure::usage("a permanent deletion cannot be undone")
                .help("pass --yes to do it, or --dry-run to see what it would remove"));
        }
        let (subject, version) = self.parts();
        let registry = self.connect.registry()?;
        let client = registry.client();
        let deletion = if self.permanent {
            Deletion::Permanent
        } else {
            Deletion::Soft
        };
        let deleted: Vec<Version> = match version {
            _ if self.dry_run => {
                let list = ListVersions {
                    deleted_only: self.permanent,
                    deleted: self.permanent,
                    ..ListVersions::default()
                };
                let there = registry.ask(client.versions(subject, &list))?;
                wanted(there, version)
            }
            Some(version) => vec![registry.ask(client.delete_version(subject, version, deletion))?],
            None => registry.ask(client.delete_subject(subject, deletion))?,
        };
        let versions: Vec<String> = deleted.iter().map(ToString::to_string).collect();
        let verb = if self.dry_run {
            "would delete"
        } else {
            "deleted"
        };
        let how = if self.permanent { " for good" } else { "" };
        output::print(&format!(
            "{verb}{how}: {subject} version {}\n",
            versions.join(", ")
        ))?;
        Ok(Ending::Fine)
    }

    /// The subject, and the version where one is named. A subject may have an `@` in its name.
    fn parts(&self) -> (&str, Option<VersionSpec>) {
        let split = self
            .what
            .rsplit_once('@')
            .and_then(|(subject, version)| Some((subject, version.parse::<VersionSpec>().ok()?)));
        match split {
            Some((subject, version)) if !subject.is_empty() => (subject, Some(version)),
            _ => (&self.what, None),
        }
    }
}

fn wanted(there: Vec<Version>, version: Option<VersionSpec>) -> Vec<Version> {
    match version {
        None => there,
        Some(VersionSpec::Latest) => there.into_iter().next_back().into_iter().collect(),
        Some(VersionSpec::Number(number)) => there
            .into_iter()
            .filter(|version| *version == number)
            .collect(),
    }
}

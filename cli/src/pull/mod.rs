//! `dovetail pull`: pins the schemas that types are generated from, vendors their texts, and checks both in CI.

mod check;
mod online;
mod readable;
mod resolve;
mod write;

use std::path::Path;

use clap::Args;
use dovetail_codegen::lock::{LOCK, Lock, LockError};

use crate::{
    ending::{Ending, Failure, Outcome},
    output::{counted, print, warn},
    registry::Connect,
};

/// Pins schemas in dovetail.lock and vendors their texts
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  dovetail pull                        resolve the manifest, write dovetail.lock and schemas/registry/
  dovetail pull payments-value         move this subject only; the others stay as they are locked
  dovetail pull --dry-run              say what would change, and write nothing
  dovetail pull --check                manifest, lock and vendored files agree (no network)
  dovetail pull --check --online       the registry still serves the same bytes, and nothing newer
  dovetail pull --check --reads latest what is locked reads what the registry serves now")]
pub(crate) struct Pull {
    /// Subjects to resolve again; all of them by default
    #[arg(value_name = "SUBJECT", conflicts_with = "check")]
    subjects: Vec<String>,

    /// Say what would change, and write nothing
    #[arg(long, conflicts_with = "check")]
    dry_run: bool,

    /// Check that manifest, lock and vendored files agree; without the network unless asked for
    #[arg(long)]
    check: bool,

    /// With --check: also ask the registry whether it still serves the same bytes, and what is newer
    #[arg(long, requires = "check")]
    online: bool,

    /// With --check: also check that what is locked can read what this version of each subject writes
    #[arg(long, requires = "check", value_name = "VERSION", value_parser = ["latest"])]
    reads: Option<String>,

    #[command(flatten)]
    connect: Connect,
}

impl Pull {
    pub(crate) fn run(self) -> Outcome {
        let manifest = self.connect.manifest()?;
        if self.check {
            return check::run(&manifest, &self.connect, self.online, self.reads.is_some());
        }
        for name in &self.subjects {
            if !manifest
                .subjects
                .iter()
                .any(|entry| entry.name.to_string() == *name)
            {
                return Err(Failure::usage(format!(
                    "subject \"{name}\" is not in {}",
                    manifest.path.display()
                )));
            }
        }
        let locked = locked(manifest.root(), &self.subjects)?;
        let registry = self.connect.registry()?;
        let pulled = resolve::resolve(&manifest, &registry, locked.as_ref(), &self.subjects)?;
        let unreadable = readable::older_versions(&pulled)?;
        if !unreadable.is_empty() {
            print(&lines(&unreadable))?;
            return Ok(Ending::Findings);
        }
        let changes = write::changes(manifest.root(), locked.as_ref(), &pulled)?;
        if changes.is_empty() {
            print("Everything is as it is locked.\n")?;
            return Ok(Ending::Fine);
        }
        let said: Vec<String> = changes.iter().map(ToString::to_string).collect();
        print(&lines(&said))?;
        if self.dry_run {
            return Ok(Ending::Fine);
        }
        write::write(manifest.root(), &pulled, &changes)?;
        print(&format!(
            "{LOCK} pins {}. Commit it with the files it names.\n",
            counted(pulled.lock.schemas.len(), "schema")
        ))?;
        Ok(Ending::Fine)
    }
}

/// One line for each thing that is to be said.
fn lines(said: &[String]) -> String {
    said.iter().flat_map(|line| [line.as_str(), "\n"]).collect()
}

/// The lock, if there is one. A broken one is written anew where every subject is resolved again; where only some are, it
/// would have to say what the others stay at.
fn locked(root: &Path, moving: &[String]) -> Outcome<Option<Lock>> {
    match Lock::read(&root.join(LOCK)) {
        Ok(lock) => Ok(Some(lock)),
        Err(LockError::Missing { .. }) => Ok(None),
        Err(LockError::Invalid { path, message }) if moving.is_empty() => {
            warn(&format!("{path}: {message}; it is written anew"));
            Ok(None)
        }
        Err(LockError::Invalid { path, message }) => {
            Err(Failure::usage(format!("{path}: {message}")).help(
                "restore it from version control, or run `dovetail pull` without naming subjects, which writes it anew",
            ))
        }
        Err(error) => Err(Failure::usage(error)),
    }
}

//! What a pull changes on disk. Texts are written before the lock that pins them, and each file appears whole.

use std::{
    fmt, fs, io,
    path::{Path, PathBuf},
};

use dovetail_codegen::{
    agree,
    lock::{LOCK, Lock},
};

use super::resolve::Pulled;
use crate::ending::{Failure, Outcome};

/// One thing that a pull changes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// A subject stands for another version, or is new or gone.
    Subject {
        name: String,
        from: Option<u32>,
        to: Option<u32>,
    },
    Write(String),
    Remove(String),
}

/// Everything that differs from what is there.
pub(super) fn changes(root: &Path, locked: Option<&Lock>, pulled: &Pulled) -> Outcome<Vec<Change>> {
    let mut changes = subjects(locked, &pulled.lock);
    let schemas = pulled.lock.schemas.iter().zip(pulled.texts.values());
    for (schema, found) in schemas {
        if differs(&root.join(&schema.file), &found.schema) {
            changes.push(Change::Write(schema.file.clone()));
        }
    }
    if differs(&root.join(LOCK), &pulled.lock.print()) {
        changes.push(Change::Write(LOCK.to_owned()));
    }
    for file in agree::vendored(root).map_err(|error| failed(root, &error))? {
        if !pulled.lock.schemas.iter().any(|schema| schema.file == file) {
            changes.push(Change::Remove(file));
        }
    }
    Ok(changes)
}

/// Makes the changes.
pub(super) fn write(root: &Path, pulled: &Pulled, changes: &[Change]) -> Outcome<()> {
    let schemas = pulled.lock.schemas.iter().zip(pulled.texts.values());
    for (schema, found) in schemas {
        if changes.contains(&Change::Write(schema.file.clone())) {
            replace(&root.join(&schema.file), &found.schema)?;
        }
    }
    replace(&root.join(LOCK), &pulled.lock.print())?;
    for change in changes {
        if let Change::Remove(file) = change {
            let path = root.join(file);
            fs::remove_file(&path).map_err(|error| failed(&path, &error))?;
            // The folder of a subject goes with its last version; one that still holds something stays.
            let _ = path.parent().map(fs::remove_dir);
        }
    }
    Ok(())
}

fn subjects(locked: Option<&Lock>, pulled: &Lock) -> Vec<Change> {
    let before = locked.map_or(&[][..], |lock| &lock.subjects);
    let version = |subjects: &[dovetail_codegen::lock::LockedSubject], name: &str| {
        let found = subjects.iter().find(|one| one.name.to_string() == name);
        found.map(|one| one.version.get())
    };
    let mut names: Vec<String> = before
        .iter()
        .chain(&pulled.subjects)
        .map(|one| one.name.to_string())
        .collect();
    names.sort();
    names.dedup();
    names
        .into_iter()
        .filter_map(|name| {
            let (from, to) = (version(before, &name), version(&pulled.subjects, &name));
            (from != to).then_some(Change::Subject { name, from, to })
        })
        .collect()
}

fn differs(path: &Path, text: &str) -> bool {
    fs::read(path).map_or(true, |found| found != text.as_bytes())
}

/// Writes a file beside its place and moves it there, so that nobody ever reads half of it.
fn replace(path: &Path, text: &str) -> Outcome<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| failed(folder, &error))?;
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    fs::write(&beside, text).map_err(|error| failed(&beside, &error))?;
    fs::rename(&beside, path).map_err(|error| failed(path, &error))
}

fn failed(path: &Path, error: &io::Error) -> Failure {
    Failure::undecided(format!("{}: {error}", path.display()))
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Subject {
                name,
                from: Some(from),
                to: Some(to),
            } => write!(f, "{name}: version {from} -> {to}"),
            Self::Subject {
                name, to: Some(to), ..
            } => write!(f, "{name}: version {to}, new"),
            Self::Subject { name, .. } => write!(f, "{name}: gone"),
            Self::Write(file) => write!(f, "write {file}"),
            Self::Remove(file) => write!(f, "remove {file}"),
        }
    }
}

//! Files, whether they lie on disk or in a git revision.

use std::{fs, io::ErrorKind, path::Path, sync::Arc};

use dovetail_model::SchemaType;

use super::{git::Revision, schema_type_of};
use crate::ending::{Failure, Outcome};

/// The largest file that is read as a schema.
const LARGEST: u64 = 16 * 1024 * 1024;

/// How many files are looked at for what a schema refers to.
const MOST: usize = 20_000;

/// How deep folders are looked into.
const DEEPEST: usize = 32;

/// Where files are read. Paths have `/` between folders: on disk they are relative to the working folder or absolute, in a
/// revision to the root of the repository.
#[derive(Debug)]
pub(crate) enum Tree {
    Disk,
    Git(Revision),
}

impl Tree {
    /// The texts of files; nothing for those that are not there.
    pub(crate) fn read(&self, paths: &[String]) -> Outcome<Vec<Option<Arc<str>>>> {
        match self {
            Self::Disk => paths.iter().map(|path| read(path)).collect(),
            Self::Git(revision) => revision.read(paths),
        }
    }

    /// The text of a file that must be there.
    pub(crate) fn read_one(&self, path: &str) -> Outcome<Arc<str>> {
        let text = self.read(&[path.to_owned()])?.pop().flatten();
        text.ok_or_else(|| self.absent(path))
    }

    fn absent(&self, path: &str) -> Failure {
        match self {
            Self::Disk => Failure::usage(format!("there is no file {path}")),
            Self::Git(revision) => {
                Failure::undecided(format!("{} has no file {path}", revision.name()))
            }
        }
    }

    /// Every schema of a format below a folder, sorted.
    pub(crate) fn schemas_below(
        &self,
        folder: &str,
        schema_type: SchemaType,
    ) -> Outcome<Vec<String>> {
        let mut found = match self {
            Self::Disk => on_disk(folder),
            Self::Git(revision) => revision.below(folder),
        }?;
        found.retain(|path| schema_type_of(path) == Some(schema_type));
        found.sort();
        found.truncate(MOST);
        Ok(found)
    }

    /// Whether what a file refers to may lie in a folder: in the repository, or up to the working folder, and for files
    /// elsewhere not further than names lead.
    pub(super) fn reaches(&self, folder: &str) -> bool {
        match self {
            Self::Git(_) => true,
            Self::Disk if Path::new(folder).is_absolute() => {
                let inside = std::env::current_dir().ok();
                let is_inside = inside.is_some_and(|inside| Path::new(folder).starts_with(inside));
                is_inside || Path::new(folder).components().count() > 2
            }
            Self::Disk => folder.rsplit('/').next() != Some(".."),
        }
    }
}

/// The text of a file on disk; nothing where it is not there.
fn read(path: &str) -> Outcome<Option<Arc<str>>> {
    let unreadable = |error| Failure::usage(format!("{path} cannot be read: {error}"));
    let length = match fs::metadata(path) {
        Ok(data) if data.is_dir() => {
            return Err(Failure::usage(format!("{path} is a folder, not a schema")));
        }
        Ok(data) => data.len(),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(unreadable(error)),
    };
    if length > LARGEST {
        return Err(Failure::usage(format!(
            "{path} has {length} bytes, more than the {LARGEST} that are read as a schema"
        )));
    }
    let bytes = fs::read(path).map_err(unreadable)?;
    text(path, bytes).map(Some)
}

/// Bytes as text. A byte order mark is not part of it.
pub(super) fn text(path: &str, bytes: Vec<u8>) -> Outcome<Arc<str>> {
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::usage(format!("{path} is not UTF-8: byte {at} is not valid"))
    })?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(&text).into())
}

/// Every file below a folder. Hidden folders and those of build tools are left out, links are not followed.
fn on_disk(folder: &str) -> Outcome<Vec<String>> {
    let start = if folder.is_empty() { "." } else { folder };
    let mut found = Vec::new();
    let mut waiting = vec![(start.to_owned(), 0)];
    while let Some((folder, depth)) = waiting.pop() {
        let unreadable = |error| Failure::usage(format!("{folder} cannot be read: {error}"));
        for entry in fs::read_dir(&folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let (Ok(name), Ok(kind)) = (entry.file_name().into_string(), entry.file_type()) else {
                continue;
            };
            let path = if folder == "." {
                name.clone()
            } else {
                format!("{}/{name}", folder.trim_end_matches('/'))
            };
            let is_skipped = name.starts_with('.') || name == "target" || name == "node_modules";
            if kind.is_dir() && !is_skipped && depth < DEEPEST {
                waiting.push((path, depth + 1));
            } else if kind.is_file() && found.len() < MOST * 10 {
                found.push(path);
            }
        }
    }
    Ok(found)
}

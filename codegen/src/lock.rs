//! `dovetail.lock`: exactly which schemas a project is built from.
//!
//! `dovetail pull` writes it and the texts it names; the build reads both and nothing else. It holds what the registry
//! said (version, id, GUID, references, all pinned) and the SHA-256 of each text, so that a build on any machine is made
//! from the same bytes. Its order and its spelling depend on its content alone.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs, io,
    path::Path,
};

use dovetail_model::{QualifiedSubject, SchemaId, SchemaType, Version};
use serde::{Deserialize, Serialize};

use crate::manifest::MANIFEST;

/// The name of the lock, beside the manifest.
pub const LOCK: &str = "dovetail.lock";

/// The layout this version of the crate writes and reads.
const FORMAT: u32 = 1;

/// The largest lock that is read.
const MAX_BYTES: u64 = 64 * 1024 * 1024;

/// What is pinned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lock {
    /// The layout of the file.
    #[serde(rename = "version")]
    format: u32,
    /// The version of Dovetail that wrote it.
    pub generator: String,
    /// The registry the schemas came from, without credentials.
    pub registry: String,
    /// What the manifest's subjects were resolved to, sorted by name.
    #[serde(default, rename = "subject", skip_serializing_if = "Vec::is_empty")]
    pub subjects: Vec<LockedSubject>,
    /// Every schema that is needed, those only referred to included, sorted by subject and version.
    #[serde(default, rename = "schema", skip_serializing_if = "Vec::is_empty")]
    pub schemas: Vec<LockedSchema>,
}

/// What one subject of the manifest was resolved to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedSubject {
    /// The subject.
    pub name: QualifiedSubject,
    /// The version the manifest asked for, as it was written there; absent for an owned subject.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// The SHA-256 of the file that an owned subject was registered from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_sha256: Option<String>,
    /// The version it stands for.
    pub version: Version,
    /// The older versions that are read as well.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<Version>,
}

/// One schema: what the registry said about it, and where its text is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedSchema {
    /// The subject.
    pub subject: QualifiedSubject,
    /// Its version there.
    pub version: Version,
    /// Its id in the registry's context.
    pub id: SchemaId,
    /// Its identity everywhere, where the registry says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guid: Option<String>,
    /// Its format.
    #[serde(rename = "type")]
    pub schema_type: SchemaType,
    /// The SHA-256 of its exact text, in lower-case hexadecimal.
    pub sha256: String,
    /// The file that holds the text, relative to the lock, with forward slashes.
    pub file: String,
    /// What its text refers to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<LockedReference>,
}

/// A reference, pinned.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LockedReference {
    /// The name the referrer's text uses.
    pub name: String,
    /// The subject.
    pub subject: QualifiedSubject,
    /// The version.
    pub version: Version,
}

/// Why a lock cannot be used. The text names the file and what to do.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// There is none.
    #[error(
        "there is no {path}; run `dovetail pull` and commit it together with the files it writes"
    )]
    Missing {
        /// Where it was looked for.
        path: String,
    },
    /// It cannot be read.
    #[error("{path} cannot be read: {error}")]
    Unreadable {
        /// The file.
        path: String,
        /// Why.
        #[source]
        error: io::Error,
    },
    /// Its layout is that of another version of Dovetail.
    #[error(
        "{path}: its layout is {found}, and this version of Dovetail knows {FORMAT}; use the version that wrote it, or \
         remove it and run `dovetail pull`"
    )]
    Layout {
        /// The file.
        path: String,
        /// The layout it says it has.
        found: i64,
    },
    /// It is not what `dovetail pull` writes.
    #[error("{path}: {message}; run `dovetail pull` to write it anew")]
    Invalid {
        /// The file.
        path: String,
        /// What is wrong.
        message: String,
    },
}

impl Lock {
    /// A lock that pins nothing yet.
    pub fn new(generator: &str, registry: &str) -> Self {
        Self {
            format: FORMAT,
            generator: generator.to_owned(),
            registry: registry.to_owned(),
            subjects: Vec::new(),
            schemas: Vec::new(),
        }
    }

    /// Reads a lock from its file.
    pub fn read(path: &Path) -> Result<Self, LockError> {
        let shown = path.display().to_string();
        let failed = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => LockError::Missing {
                path: path.display().to_string(),
            },
            _ => LockError::Unreadable {
                path: path.display().to_string(),
                error,
            },
        };
        let length = fs::metadata(path).map_err(failed)?.len();
        if length > MAX_BYTES {
            let message = format!("it has {length} bytes, more than the {MAX_BYTES} that are read");
            return Err(LockError::Invalid {
                path: shown,
                message,
            });
        }
        let text = fs::read_to_string(path).map_err(failed)?;
        Self::parse(&text).map_err(|message| match layout(&text) {
            Some(found) if found != i64::from(FORMAT) => LockError::Layout { path: shown, found },
            _ => LockError::Invalid {
                path: shown,
                message,
            },
        })
    }

    /// Reads a lock from its text. The error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let told = |error: toml::de::Error| {
            let line = error
                .span()
                .and_then(|span| Some(text.get(..span.start)?.matches('\n').count() + 1));
            let message = error.message();
            line.map_or_else(
                || message.to_owned(),
                |line| format!("line {line}: {message}"),
            )
        };
        // The marks of a merge are the usual reason why it is no TOML, and the parser's words would not say so.
        let merging = text.lines().any(|line| line.starts_with("<<<<<<< "));
        if merging {
            return Err("it has unresolved merge conflicts".to_owned());
        }
        let found: toml::Table = text.parse().map_err(told)?;
        let format = found.get("version").and_then(toml::Value::as_integer);
        if format != Some(i64::from(FORMAT)) {
            let format = format.map_or_else(|| "none".to_owned(), |format| format.to_string());
            return Err(format!(
                "its layout is {format}, and this version of Dovetail knows {FORMAT}"
            ));
        }
        let mut lock: Self = found.try_into().map_err(told)?;
        lock.sort();
        for pair in lock.schemas.windows(2) {
            if pair[0].key() == pair[1].key() {
                return Err(format!(
                    "it lists {} version {} twice",
                    pair[0].subject, pair[0].version
                ));
            }
        }
        Ok(lock)
    }

    /// The text of the file.
    pub fn print(&self) -> String {
        let mut sorted = self.clone();
        sorted.sort();
        let mut text = format!(
            "# Written by `dovetail pull` from {MANIFEST}: the schemas this project is built from. Commit it; do not edit it.\n"
        );
        // Only keys of maps and values of floats can fail to be TOML, and a lock has neither.
        match toml::to_string(&sorted) {
            Ok(body) => text.push_str(&body),
            Err(error) => drop(writeln!(text, "# {error}")),
        }
        text
    }

    /// The schema that stands for a version of a subject.
    pub fn schema(&self, subject: &QualifiedSubject, version: Version) -> Option<&LockedSchema> {
        self.schemas
            .iter()
            .find(|schema| schema.subject == *subject && schema.version == version)
    }

    /// What a subject of the manifest was resolved to.
    pub fn subject(&self, name: &QualifiedSubject) -> Option<&LockedSubject> {
        self.subjects.iter().find(|subject| subject.name == *name)
    }

    /// Everything a schema refers to, directly and indirectly, each once and before those that refer to it. The error
    /// names what is missing, or a schema that refers to itself.
    pub fn closure<'a>(
        &'a self,
        schema: &'a LockedSchema,
    ) -> Result<Vec<(&'a str, &'a LockedSchema)>, String> {
        let index: BTreeMap<_, _> = self
            .schemas
            .iter()
            .map(|schema| (schema.key(), schema))
            .collect();
        let mut found = Vec::new();
        let mut seen = BTreeSet::new();
        // Depth first, without recursion: each schema on the path with the number of its references looked at.
        let mut path = vec![("", schema, 0)];
        while let Some((name, current, looked_at)) = path.last_mut() {
            let Some(reference) = current.references.get(*looked_at) else {
                let done = (*name, *current);
                path.pop();
                if !path.is_empty() && seen.insert((done.0, done.1.key())) {
                    found.push(done);
                }
                continue;
            };
            *looked_at += 1;
            let key = (&reference.subject, reference.version);
            let shown = format!("{} version {}", reference.subject, reference.version);
            if path.iter().any(|(_, open, _)| open.key() == key) {
                return Err(format!("{shown} refers to itself"));
            }
            let target = index.get(&key).ok_or_else(|| {
                format!(
                    "it lacks {shown}, which is referred to as {:?}",
                    reference.name
                )
            })?;
            if !seen.contains(&(reference.name.as_str(), key)) {
                path.push((&reference.name, target, 0));
            }
        }
        Ok(found)
    }

    fn sort(&mut self) {
        self.subjects
            .sort_by(|one, other| one.name.cmp(&other.name));
        self.schemas
            .sort_by(|one, other| one.key().cmp(&other.key()));
    }
}

impl LockedSchema {
    fn key(&self) -> (&QualifiedSubject, Version) {
        (&self.subject, self.version)
    }
}

/// The layout that a text says it has.
fn layout(text: &str) -> Option<i64> {
    let found: toml::Table = text.parse().ok()?;
    found.get("version")?.as_integer()
}

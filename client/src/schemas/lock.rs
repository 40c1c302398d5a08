//! Schemas that a project pinned: `dovetail.lock` and the texts beside it, which `dovetail pull` writes.

use std::{
    fs,
    path::{Component, Path},
};

use dovetail_model::{Reference, SchemaId, SchemaType, Version};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{KnownSchema, Schemas};
use crate::error::{Error, Kind, Result};

/// The layout of locks that is read.
const FORMAT: u32 = 1;

#[derive(Deserialize)]
struct Lock {
    version: u32,
    #[serde(default)]
    schema: Vec<Pinned>,
}

#[derive(Deserialize)]
struct Pinned {
    subject: String,
    version: Version,
    id: SchemaId,
    guid: Option<Uuid>,
    #[serde(rename = "type")]
    schema_type: SchemaType,
    sha256: String,
    file: String,
    #[serde(default)]
    references: Vec<Reference>,
}

impl Schemas {
    /// Preloads every schema of a `dovetail.lock`, from the texts beside it, and answers how many those are. Reads files, so
    /// it belongs where a program starts.
    pub fn preload_lock(&self, lock: impl AsRef<Path>) -> Result<usize> {
        let path = lock.as_ref();
        let folder = path.parent().unwrap_or_else(|| Path::new(""));
        let text = read(path)?;
        let lock: Lock = toml::from_str(&text).map_err(|error| {
            let what = format!("{} is not what `dovetail pull` writes", path.display());
            Error::because(Kind::Usage(what), error)
        })?;
        if lock.version != FORMAT {
            let (path, found) = (path.display(), lock.version);
            return Err(Error::usage(format!(
                "{path} has layout {found}, and {FORMAT} is known here; run `dovetail pull` of this version"
            )));
        }
        let count = lock.schema.len();
        for pinned in lock.schema {
            self.preload(pinned.known(folder)?)?;
        }
        Ok(count)
    }
}

impl Pinned {
    fn known(self, folder: &Path) -> Result<KnownSchema> {
        let file = Path::new(&self.file);
        let is_inside = file
            .components()
            .all(|component| matches!(component, Component::Normal(_)));
        if !is_inside {
            return Err(Error::usage(format!(
                "the lock names {:?}, which is not beside it",
                self.file
            )));
        }
        let path = folder.join(file);
        let text = read(&path)?;
        let found = hexadecimal(&Sha256::digest(&text));
        if found != self.sha256 {
            return Err(Error::usage(format!(
                "{} has the SHA-256 {found}, and the lock says {}; run `dovetail pull`",
                path.display(),
                self.sha256
            )));
        }
        Ok(KnownSchema {
            id: Some(self.id),
            guid: self.guid,
            subject: Some(self.subject),
            version: Some(self.version),
            schema_type: self.schema_type,
            text,
            references: self.references,
        })
    }
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).map_err(|error| {
        Error::because(
            Kind::Usage(format!("{} cannot be read", path.display())),
            error,
        )
    })
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let digits = digits.filter_map(|digit| char::from_digit(digit.into(), 16));
    digits.collect()
}

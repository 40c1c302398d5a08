//! From a manifest, a lock and vendored texts to the units that types are made of.
//!
//! Nothing here opens a socket: what the registry knows, `dovetail pull` has written down.

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use dovetail_model::{QualifiedSubject, Version};

use crate::{
    BuildError, NamedText, Registration, SchemaText, Unit, agree,
    local::{Local, LocalFile},
    lock::{LOCK, Lock, LockedSchema},
    manifest::{Manifest, Source, SubjectEntry},
    vendor,
};

/// A manifest with everything it names, read and verified.
#[derive(Debug)]
pub(crate) struct Project {
    pub(crate) manifest: Manifest,
    pub(crate) units: Vec<Unit>,
}

impl Project {
    /// Reads a project. Every file that is looked at is added to `read`, whether that goes well or not.
    pub(crate) fn load(manifest: &Path, read: &mut Vec<PathBuf>) -> Result<Self, BuildError> {
        read.push(manifest.to_owned());
        let manifest = Manifest::read(manifest)?;
        let root = manifest.root().to_owned();
        let owned = owned_files(&manifest, &root, read)?;
        let lock = lock_of(&manifest, &root, read)?;
        let disagreements = agree::disagreements(&manifest, &lock);
        if !disagreements.is_empty() {
            return Err(BuildError::disagreeing(&disagreements));
        }
        let texts = Texts { lock, root };
        let local = Local::new(texts.around(owned));
        let mut units = Vec::new();
        for entry in manifest.subjects.iter().filter(|entry| entry.generate) {
            units.push(texts.unit(entry, &local)?);
        }
        Ok(Self { manifest, units })
    }
}

/// The files of the subjects that the manifest owns.
fn owned_files(
    manifest: &Manifest,
    root: &Path,
    read: &mut Vec<PathBuf>,
) -> Result<Vec<LocalFile>, BuildError> {
    let mut found = Vec::new();
    for entry in &manifest.subjects {
        if let Source::Owned {
            file, schema_type, ..
        } = &entry.source
        {
            let path = root.join(file);
            read.push(path.clone());
            let text = fs::read_to_string(&path).map_err(|error| {
                let used_by = format!("the file of subject \"{}\"", entry.name);
                BuildError::reading(&path, &used_by, error)
            })?;
            let name = entry.name.to_string();
            found.push(LocalFile::new(file.clone(), name, *schema_type, &text));
        }
    }
    Ok(found)
}

/// The lock, which may be missing where nothing of the registry is used.
fn lock_of(manifest: &Manifest, root: &Path, read: &mut Vec<PathBuf>) -> Result<Lock, BuildError> {
    let path = root.join(LOCK);
    let needed = manifest.used().next().is_some();
    if !needed && !path.exists() {
        return Ok(Lock::new("", ""));
    }
    read.push(path.clone());
    let lock = Lock::read(&path)?;
    read.extend(lock.schemas.iter().map(|schema| root.join(&schema.file)));
    Ok(lock)
}

struct Texts {
    lock: Lock,
    root: PathBuf,
}

impl Texts {
    fn unit(&self, entry: &SubjectEntry, local: &Local) -> Result<Unit, BuildError> {
        let locked = self.lock.subject(&entry.name);
        let also = locked.map_or(&[][..], |locked| &locked.also);
        let owned = local.named(&entry.name.to_string());
        let schema = match (&entry.source, owned, locked) {
            (Source::Owned { .. }, Some(file), locked) => {
                let hash = vendor::sha256(file.text.as_bytes());
                match locked.filter(|locked| locked.source_sha256.as_ref() == Some(&hash)) {
                    Some(locked) => self.text(&entry.name, locked.version)?,
                    None => local.text(file),
                }
            }
            (_, _, Some(locked)) => self.text(&entry.name, locked.version)?,
            (_, _, None) => return Err(BuildError::inconsistent(&entry.name)),
        };
        let also: Vec<SchemaText> = also
            .iter()
            .map(|version| self.text(&entry.name, *version))
            .collect::<Result<_, _>>()?;
        let schema_type = match (&entry.source, locked) {
            (Source::Owned { schema_type, .. }, _) => *schema_type,
            (Source::Used(_), Some(locked)) => {
                self.schema(&entry.name, locked.version)?.schema_type
            }
            (Source::Used(_), None) => return Err(BuildError::inconsistent(&entry.name)),
        };
        Ok(Unit {
            name: entry.name.to_string(),
            schema_type,
            schema,
            also,
        })
    }

    /// The owned files, and what the lock pins as files that they may refer to.
    fn around(&self, owned: Vec<LocalFile>) -> Vec<LocalFile> {
        if owned.is_empty() {
            return owned;
        }
        let names: HashSet<String> = owned.iter().map(|file| file.name.clone()).collect();
        let mut found = owned;
        for schema in &self.lock.schemas {
            let is_owned = names.contains(&schema.subject.to_string());
            if let (false, Ok(text)) = (is_owned, vendor::read(&self.root, schema)) {
                // Whoever refers to it calls it by a name, which is more telling than where it is kept.
                let mut names: Vec<_> = self
                    .lock
                    .schemas
                    .iter()
                    .flat_map(|referrer| &referrer.references)
                    .filter(|one| one.subject == schema.subject && one.version == schema.version)
                    .map(|one| one.name.clone())
                    .collect();
                names.sort();
                names.dedup();
                names.push(schema.subject.to_string());
                let schema_type = schema.schema_type;
                found.extend(
                    names
                        .into_iter()
                        .map(|name| LocalFile::new(PathBuf::from(&name), name, schema_type, &text)),
                );
            }
        }
        found
    }

    fn schema(
        &self,
        subject: &QualifiedSubject,
        version: Version,
    ) -> Result<&LockedSchema, BuildError> {
        let found = self.lock.schema(subject, version);
        found.ok_or_else(|| BuildError::inconsistent(subject))
    }

    fn text(&self, subject: &QualifiedSubject, version: Version) -> Result<SchemaText, BuildError> {
        let schema = self.schema(subject, version)?;
        let closure = self
            .lock
            .closure(schema)
            .map_err(|_| BuildError::inconsistent(subject))?;
        let references = closure
            .into_iter()
            .map(|(name, schema)| {
                Ok(NamedText {
                    name: name.to_owned(),
                    text: self.read(schema)?,
                })
            })
            .collect::<Result<_, BuildError>>()?;
        Ok(SchemaText {
            text: self.read(schema)?,
            references,
            registered: Some(Registration {
                subject: schema.subject.to_string(),
                version: schema.version.get(),
                id: schema.id.get(),
                guid: schema.guid.clone(),
            }),
        })
    }

    fn read(&self, schema: &LockedSchema) -> Result<Arc<str>, BuildError> {
        Ok(vendor::read(&self.root, schema)?.into())
    }
}

//! Whether manifest, lock and vendored files say the same. The build asks before it generates, `dovetail pull --check`
//! asks in CI; neither needs the network. All disagreements are reported, not the first.

use std::{
    collections::BTreeSet,
    fmt, fs, io,
    path::{Path, PathBuf},
};

use dovetail_model::{QualifiedSubject, Version};

use crate::{
    lock::{LOCK, Lock, LockedSubject},
    manifest::{Manifest, Source, SubjectEntry, VersionRequest},
    vendor::{self, FOLDER},
};

/// One thing that manifest, lock and files disagree about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disagreement {
    /// The file at fault, relative to the manifest's folder.
    pub file: String,
    /// The line of it, from 1, where one is at fault.
    pub line: Option<usize>,
    /// What is wrong, and what to do.
    pub message: String,
}

/// What a build needs: the lock pins what the manifest asks for, nothing is missing, and every text is what was pinned.
pub fn disagreements(manifest: &Manifest, lock: &Lock) -> Vec<Disagreement> {
    let mut found: Vec<Disagreement> = manifest
        .subjects
        .iter()
        .filter_map(|entry| {
            let message = subject(entry, lock)?;
            Some(Disagreement {
                file: file_name(&manifest.path),
                line: Some(entry.line),
                message,
            })
        })
        .collect();
    found.extend(references(lock).into_iter().map(Disagreement::in_lock));
    for schema in &lock.schemas {
        if let Err(error) = vendor::read(manifest.root(), schema) {
            found.push(Disagreement {
                file: schema.file.clone(),
                line: None,
                message: error.fault(),
            });
        }
    }
    found
}

/// What a build can do without, but a clean project has not: pins that nothing asks for, and files that nothing pins.
pub fn leftovers(manifest: &Manifest, lock: &Lock) -> io::Result<Vec<Disagreement>> {
    let mut found = Vec::new();
    if let Some(registry) = &manifest.registry
        && without_credentials(registry) != lock.registry
    {
        found.push(Disagreement::in_lock(format!(
            "it was pulled from {}, and the manifest names {}; run `dovetail pull`",
            lock.registry,
            without_credentials(registry)
        )));
    }
    for locked in &lock.subjects {
        if !manifest
            .subjects
            .iter()
            .any(|entry| entry.name == locked.name)
        {
            found.push(Disagreement::in_lock(format!(
                "it pins \"{}\", which the manifest does not list; run `dovetail pull`",
                locked.name
            )));
        }
    }
    let needed = reachable(lock);
    for schema in &lock.schemas {
        if !needed.contains(&(&schema.subject, schema.version)) {
            found.push(Disagreement::in_lock(format!(
                "nothing asks for {} version {}; run `dovetail pull`",
                schema.subject, schema.version
            )));
        }
    }
    for file in vendored(manifest.root())? {
        if !lock.schemas.iter().any(|schema| schema.file == file) {
            found.push(Disagreement {
                message: "nothing pins it; `dovetail pull` removes it".to_owned(),
                file,
                line: None,
            });
        }
    }
    Ok(found)
}

/// Every file in the folder of vendored texts, relative to the manifest, sorted.
pub fn vendored(root: &Path) -> io::Result<Vec<String>> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(FOLDER)];
    while let Some(folder) = folders.pop() {
        let entries = match fs::read_dir(root.join(&folder)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let path = folder.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else {
                let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
                found.push(parts.join("/"));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// A URL without the name and password it may carry.
pub fn without_credentials(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.trim_end_matches('/').to_owned();
    };
    let (authority, path) = match rest.find('/') {
        Some(at) => rest.split_at(at),
        None => (rest, ""),
    };
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    format!("{scheme}://{host}{}", path.trim_end_matches('/'))
}

fn subject(entry: &SubjectEntry, lock: &Lock) -> Option<String> {
    let name = &entry.name;
    let locked = lock.subject(name);
    let message = match (&entry.source, locked) {
        (Source::Owned { .. }, None) if entry.also.is_empty() => return None,
        (_, None) => format!("subject \"{name}\" is not in {LOCK}"),
        (Source::Used(request), Some(locked)) => used(entry, request, locked)?,
        (Source::Owned { .. }, Some(locked)) => also(entry, locked)?,
    };
    Some(format!("{message}; run `dovetail pull`"))
}

fn used(entry: &SubjectEntry, request: &VersionRequest, locked: &LockedSubject) -> Option<String> {
    let name = &entry.name;
    if !request.allows(locked.version) {
        return Some(format!(
            "subject \"{name}\" is asked for at version {request}, and {LOCK} pins version {}",
            locked.version
        ));
    }
    if locked.request.as_deref() != Some(request.to_string().as_str()) {
        return Some(format!(
            "subject \"{name}\" is asked for at version {request}, and {LOCK} was written for {}",
            locked.request.as_deref().unwrap_or("a file")
        ));
    }
    also(entry, locked)
}

fn also(entry: &SubjectEntry, locked: &LockedSubject) -> Option<String> {
    (entry.also != locked.also).then(|| {
        format!(
            "subject \"{}\" must also read {:?}, and {LOCK} pins {:?}",
            entry.name,
            entry
                .also
                .iter()
                .map(|version| version.get())
                .collect::<Vec<_>>(),
            locked
                .also
                .iter()
                .map(|version| version.get())
                .collect::<Vec<_>>()
        )
    })
}

/// What the lock's own entries lack.
fn references(lock: &Lock) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for locked in &lock.subjects {
        for version in std::iter::once(&locked.version).chain(&locked.also) {
            if lock.schema(&locked.name, *version).is_none() {
                found.insert(format!(
                    "it lacks {} version {version}; run `dovetail pull`",
                    locked.name
                ));
            }
        }
    }
    for schema in &lock.schemas {
        if let Err(message) = lock.closure(schema) {
            found.insert(format!("{message}; run `dovetail pull`"));
        }
    }
    found
}

fn reachable(lock: &Lock) -> BTreeSet<(&QualifiedSubject, Version)> {
    let mut found = BTreeSet::new();
    let mut open: Vec<(&QualifiedSubject, Version)> = Vec::new();
    for locked in &lock.subjects {
        let versions = std::iter::once(locked.version).chain(locked.also.iter().copied());
        open.extend(versions.map(|version| (&locked.name, version)));
    }
    while let Some((subject, version)) = open.pop() {
        if found.insert((subject, version))
            && let Some(schema) = lock.schema(subject, version)
        {
            let references = schema.references.iter();
            open.extend(references.map(|reference| (&reference.subject, reference.version)));
        }
    }
    found
}

fn file_name(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str());
    name.to_string_lossy().into_owned()
}

impl Disagreement {
    fn in_lock(message: String) -> Self {
        Self {
            file: LOCK.to_owned(),
            line: None,
            message,
        }
    }
}

impl fmt::Display for Disagreement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", self.file, self.message),
            None => write!(f, "{}: {}", self.file, self.message),
        }
    }
}

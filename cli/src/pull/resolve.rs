//! What the manifest asks for, as the registry has it now: every version, every reference, every text.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use dovetail_client::{Error, ListVersions, ReadVersion, SchemaVersion};
use dovetail_codegen::{
    agree,
    lock::{Lock, LockedReference, LockedSchema, LockedSubject},
    manifest::{Manifest, Source, SubjectEntry, VersionRequest},
    vendor,
};
use dovetail_compat::parse;
use dovetail_model::{Context, QualifiedSubject, Reference, Version, VersionSpec};
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::{
    ending::{Failure, Outcome},
    registry::{Registry, failure},
};

/// How many questions wait for the registry at once.
const AT_ONCE: usize = 16;

/// The most schemas a project can need.
const MOST_SCHEMAS: usize = 20_000;

/// A lock with the texts it pins, in the order of its schemas.
pub(super) struct Pulled {
    pub(super) lock: Lock,
    pub(super) texts: BTreeMap<(QualifiedSubject, Version), Arc<SchemaVersion>>,
}

/// Resolves the manifest. Subjects that are not among `moving` stay as they are locked, unless none are named.
pub(super) fn resolve(
    manifest: &Manifest,
    registry: &Registry,
    locked: Option<&Lock>,
    moving: &[String],
) -> Outcome<Pulled> {
    let url = manifest.registry.as_deref().unwrap_or(registry.url());
    let mut pull = Resolving {
        registry,
        lock: Lock::new(env!("CARGO_PKG_VERSION"), &agree::without_credentials(url)),
        texts: BTreeMap::new(),
    };
    registry.run(async {
        let stays = |entry: &SubjectEntry| {
            let named = moving.iter().any(|name| *name == entry.name.to_string());
            let locked = locked.and_then(|lock| lock.subject(&entry.name));
            locked.filter(|_| !named && !moving.is_empty())
        };
        let roots: Vec<LockedSubject> = stream::iter(&manifest.subjects)
            .map(|entry| pull.subject(manifest, entry, stays(entry)))
            .buffered(AT_ONCE)
            .try_filter_map(|found| async move { Ok(found) })
            .try_collect()
            .await?;
        pull.lock.subjects = roots;
        pull.closure().await
    })?;
    Ok(pull.finish())
}

struct Resolving<'a> {
    registry: &'a Registry,
    lock: Lock,
    texts: BTreeMap<(QualifiedSubject, Version), Arc<SchemaVersion>>,
}

impl Resolving<'_> {
    /// What one subject of the manifest stands for.
    async fn subject(
        &self,
        manifest: &Manifest,
        entry: &SubjectEntry,
        stays: Option<&LockedSubject>,
    ) -> Outcome<Option<LockedSubject>> {
        let (version, request, source_sha256) = match (&entry.source, stays) {
            (Source::Used(request), Some(locked)) if request.allows(locked.version) => {
                (locked.version, Some(request.to_string()), None)
            }
            (Source::Used(request), _) => {
                let version = self.newest(manifest, entry, request).await?;
                (version, Some(request.to_string()), None)
            }
            (Source::Owned { .. }, _) => match self.registered(manifest, entry).await? {
                Some((version, hash)) => (version, None, Some(hash)),
                None => return Ok(None),
            },
        };
        Ok(Some(LockedSubject {
            name: entry.name.clone(),
            request,
            source_sha256,
            version,
            also: entry.also.clone(),
        }))
    }

    /// The newest version that is asked for.
    async fn newest(
        &self,
        manifest: &Manifest,
        entry: &SubjectEntry,
        request: &VersionRequest,
    ) -> Outcome<Version> {
        let name = entry.name.to_string();
        if *request == VersionRequest::Latest {
            let found = self.registry.client().latest(&name).await;
            return found
                .map(|found| found.version)
                .map_err(|error| not_there(manifest, entry, &error));
        }
        let versions = self
            .registry
            .client()
            .versions(&name, &ListVersions::default())
            .await;
        let versions = versions.map_err(|error| not_there(manifest, entry, &error))?;
        let newest = versions
            .iter()
            .filter(|version| request.allows(**version))
            .max();
        newest.copied().ok_or_else(|| {
            let known: Vec<String> = versions.iter().map(ToString::to_string).collect();
            Failure::usage(format!(
                "{}:{}: subject \"{name}\" has no version {request}; it has {}",
                manifest.path.display(),
                entry.line,
                known.join(", ")
            ))
        })
    }

    /// The version that an owned file is registered as, if its newest version says the same as the file.
    async fn registered(
        &self,
        manifest: &Manifest,
        entry: &SubjectEntry,
    ) -> Outcome<Option<(Version, String)>> {
        let name = entry.name.to_string();
        let latest = match self.registry.client().latest(&name).await {
            Ok(latest) => latest,
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) => return Err(failure(&error)),
        };
        let Source::Owned {
            file, schema_type, ..
        } = &entry.source
        else {
            return Ok(None);
        };
        let path = manifest.root().join(file);
        let bytes = std::fs::read_to_string(&path)
            .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
        let loaded = self.registry.load(&latest).await?;
        let same = latest.schema == bytes
            || latest.schema_type == *schema_type
                && match (
                    parse(*schema_type, &bytes, &loaded.references),
                    parse(*schema_type, &latest.schema, &loaded.references),
                ) {
                    (Ok(file), Ok(registered)) => file.canonical() == registered.canonical(),
                    _ => false,
                };
        Ok(same.then(|| (latest.version, vendor::sha256(bytes.as_bytes()))))
    }

    /// Reads every schema of the lock's subjects and everything they refer to, one layer of references after another.
    async fn closure(&mut self) -> Outcome<()> {
        let mut wanted: BTreeSet<(QualifiedSubject, Version)> = BTreeSet::new();
        for subject in &self.lock.subjects {
            let versions = std::iter::once(subject.version).chain(subject.also.iter().copied());
            wanted.extend(versions.map(|version| (subject.name.clone(), version)));
        }
        while !wanted.is_empty() {
            if self.texts.len() + wanted.len() > MOST_SCHEMAS {
                return Err(Failure::undecided(format!(
                    "the project reaches more than {MOST_SCHEMAS} schemas by references"
                )));
            }
            let registry = self.registry;
            let layer: Vec<_> = stream::iter(std::mem::take(&mut wanted))
                .map(|(subject, version)| async move {
                    let found = read(registry, &subject, version).await?;
                    Ok::<_, Failure>(((subject, version), found))
                })
                .buffered(AT_ONCE)
                .try_collect()
                .await?;
            for ((subject, version), found) in layer {
                for reference in &found.references {
                    let target = target(&subject.context, reference)?;
                    if !self.texts.contains_key(&target) {
                        wanted.insert(target);
                    }
                }
                self.texts.insert((subject, version), Arc::new(found));
            }
            wanted.retain(|key| !self.texts.contains_key(key));
        }
        Ok(())
    }

    fn finish(mut self) -> Pulled {
        let keys = self
            .texts
            .iter()
            .map(|((subject, version), found)| (subject, *version, found.schema_type));
        let files = vendor::files(keys);
        let schemas = self
            .texts
            .iter()
            .zip(files)
            .map(|(((subject, version), found), file)| LockedSchema {
                subject: subject.clone(),
                version: *version,
                id: found.id,
                guid: found.guid.map(|guid| guid.to_string()),
                schema_type: found.schema_type,
                sha256: vendor::sha256(found.schema.as_bytes()),
                file,
                references: locked_references(&subject.context, &found.references),
            });
        self.lock.schemas = schemas.collect();
        Pulled {
            lock: self.lock,
            texts: self.texts,
        }
    }
}

/// A version, deleted or not: what was pinned keeps its meaning.
pub(super) async fn read(
    registry: &Registry,
    subject: &QualifiedSubject,
    version: Version,
) -> Outcome<SchemaVersion> {
    let how = ReadVersion {
        deleted: true,
        ..ReadVersion::default()
    };
    let spec = VersionSpec::Number(version);
    let found = registry
        .client()
        .version(&subject.to_string(), spec, &how)
        .await;
    found.map_err(|error| {
        if error.is_not_found() {
            Failure::usage(format!(
                "the registry has no version {version} of \"{subject}\""
            ))
        } else {
            failure(&error)
        }
    })
}

fn target(context: &Context, reference: &Reference) -> Outcome<(QualifiedSubject, Version)> {
    let subject =
        QualifiedSubject::parse_within(&reference.subject, context).map_err(Failure::undecided)?;
    let version = Version::new(reference.version.into()).ok_or_else(|| {
        Failure::undecided(format!(
            "the registry names version {} of \"{subject}\"",
            reference.version
        ))
    })?;
    Ok((subject, version))
}

fn locked_references(context: &Context, references: &[Reference]) -> Vec<LockedReference> {
    // Those that cannot be read ended the walk before.
    let targets = references.iter().filter_map(|reference| {
        let (subject, version) = target(context, reference).ok()?;
        Some(LockedReference {
            name: reference.name.clone(),
            subject,
            version,
        })
    });
    targets.collect()
}

fn not_there(manifest: &Manifest, entry: &SubjectEntry, error: &Error) -> Failure {
    if error.is_not_found() {
        Failure::usage(format!(
            "{}:{}: the registry has no subject \"{}\"",
            manifest.path.display(),
            entry.line,
            entry.name
        ))
    } else {
        failure(error)
    }
}

//! Deleting, softly or for good. Each decides on the newest state, in the protocol's order of checks.

use dovetail_model::{QualifiedSubject, SchemaId, Version, VersionSpec};

use super::{Registry, RegistryError, Result, associations};
use crate::core::{ChangeKind, Decision, Deleted, Mutation, Scope, SubjectView, Usage, View};

impl Registry {
    /// Deletes one version and returns its number.
    pub async fn delete_version(
        &self,
        subject: &QualifiedSubject,
        spec: VersionSpec,
        permanent: bool,
    ) -> Result<Version> {
        let subject = subject.clone();
        let decide =
            move |view: &View| decide_version(view, &view.aliased(&subject), spec, permanent);
        self.committer
            .submit(move |moment| decide(moment.view))
            .await
    }

    /// Deletes a subject and returns the versions that went, in ascending order.
    pub async fn delete_subject(
        &self,
        subject: &QualifiedSubject,
        permanent: bool,
    ) -> Result<Vec<Version>> {
        let subject = subject.clone();
        let decide = move |view: &View| decide_subject(view, &view.aliased(&subject), permanent);
        self.committer
            .submit(move |moment| decide(moment.view))
            .await
    }
}

fn decide_version(
    view: &View,
    subject: &QualifiedSubject,
    spec: VersionSpec,
    permanent: bool,
) -> Result<Decision<Version>> {
    let holder = existing(view, subject)?;
    let entry = match spec {
        VersionSpec::Latest => holder.latest(),
        VersionSpec::Number(version) => holder.version(version),
    };
    let entry = entry.ok_or(RegistryError::VersionNotFound(spec))?;
    if entry.deleted && !permanent {
        return Err(RegistryError::VersionSoftDeleted(
            subject.clone(),
            entry.version,
        ));
    }
    writable(view, subject)?;
    associations::allows_version_deletion(view, subject, entry.version)?;
    let usage = Usage {
        subject: subject.clone(),
        version: entry.version,
    };
    let referenced = if permanent {
        !view.referrers(&usage).is_empty()
    } else {
        view.has_live_referrer(&usage)
    };
    if referenced {
        return Err(RegistryError::ReferenceExists(usage));
    }
    if permanent && !entry.deleted {
        return Err(RegistryError::VersionNotSoftDeleted(
            subject.clone(),
            entry.version,
        ));
    }
    let deleted = deletion(view, subject, vec![entry.version], permanent);
    Ok(write(ChangeKind::VersionDeleted(deleted), entry.version))
}

pub(super) fn decide_subject(
    view: &View,
    subject: &QualifiedSubject,
    permanent: bool,
) -> Result<Decision<Vec<Version>>> {
    let holder = existing(view, subject)?;
    if !permanent && holder.latest().is_none() {
        return Err(RegistryError::SubjectSoftDeleted(subject.clone()));
    }
    writable(view, subject)?;
    associations::allows_deletion(view, subject)?;
    let versions: Vec<Version> = holder
        .versions()
        .iter()
        .filter(|entry| permanent || !entry.deleted)
        .map(|entry| entry.version)
        .collect();
    for version in versions.iter().rev() {
        let usage = Usage {
            subject: subject.clone(),
            version: *version,
        };
        if referenced_from_outside(view, &usage, permanent) {
            return Err(RegistryError::ReferenceExists(usage));
        }
        if permanent && holder.version(*version).is_some_and(|entry| !entry.deleted) {
            return Err(RegistryError::SubjectNotSoftDeleted(subject.clone()));
        }
    }
    let deleted = deletion(view, subject, versions.clone(), permanent);
    Ok(write(ChangeKind::SubjectDeleted(deleted), versions))
}

/// What deleting these versions means for the schemas they carry.
pub(super) fn deletion(
    view: &View,
    subject: &QualifiedSubject,
    versions: Vec<Version>,
    permanent: bool,
) -> Deleted {
    let mut forgotten: Vec<SchemaId> = Vec::new();
    let mut ids: Vec<SchemaId> = Vec::new();
    if let Some(holder) = view.subject(subject) {
        for version in &versions {
            let Some(entry) = holder.version(*version) else {
                continue;
            };
            ids.push(entry.id);
            if !permanent {
                continue;
            }
            let Some(schema) = view.schema_of(&subject.context, entry) else {
                continue;
            };
            let goes = schema
                .usages
                .iter()
                .all(|(name, number)| *name == subject.subject && versions.contains(number));
            if goes && !forgotten.contains(&schema.id) {
                forgotten.push(schema.id);
            }
        }
    }
    Deleted {
        subject: subject.clone(),
        versions,
        permanent,
        forgotten,
        ids,
    }
}

/// Whether something other than the subject itself refers to a version.
pub(super) fn referenced_from_outside(view: &View, usage: &Usage, deleted_too: bool) -> bool {
    view.referrers(usage).iter().any(|(context, id)| {
        let usages = view
            .schema(context, *id)
            .into_iter()
            .flat_map(|entry| &entry.usages);
        usages.into_iter().any(|(subject, version)| {
            let referrer = QualifiedSubject {
                context: context.clone(),
                subject: subject.clone(),
            };
            let counts = || {
                let entry = view
                    .subject(&referrer)
                    .and_then(|holder| holder.version(*version));
                deleted_too || entry.is_some_and(|entry| !entry.deleted)
            };
            referrer != usage.subject && counts()
        })
    })
}

fn existing<'a>(view: &'a View, subject: &QualifiedSubject) -> Result<&'a SubjectView> {
    view.subject(subject)
        .filter(|holder| !holder.versions().is_empty())
        .map(|holder| &**holder)
        .ok_or_else(|| RegistryError::SubjectNotFound(subject.to_string()))
}

fn writable(view: &View, subject: &QualifiedSubject) -> Result<()> {
    if view.mode(&Scope::subject(subject)).is_read_only() {
        return Err(RegistryError::read_only(subject));
    }
    Ok(())
}

fn write<T>(kind: ChangeKind, answer: T) -> Decision<T> {
    Decision::Write(
        vec![Mutation {
            kind,
            content: None,
        }],
        answer,
    )
}

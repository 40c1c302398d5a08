//! What a registry holds, read over the public protocol. Registries without contexts, and older ones, are read too.

use std::collections::BTreeMap;

use dovetail_client::{Client, Error, ListSubjects, ListVersions, ReadVersion, SchemaVersion};
use dovetail_model::{
    Context, QualifiedSubject, Version, VersionSpec,
    bodies::{ExportConfig, ExportLine, ExportMode},
};
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::{
    ending::{Failure, Outcome},
    transfer::failure_of_source,
};

/// How many questions are under way at once.
const AT_ONCE: usize = 16;

/// A version of the source, and whether it is soft-deleted.
pub(super) type Versions = BTreeMap<(QualifiedSubject, Version), bool>;

/// Every version there is.
pub(super) async fn versions(source: &Client) -> Outcome<Versions> {
    let subjects = subjects(source).await?;
    let listed = stream::iter(subjects).map(|subject| of_subject(source, subject));
    let mut listed = listed.buffer_unordered(AT_ONCE);
    let mut versions = Versions::new();
    while let Some(of_subject) = listed.try_next().await? {
        versions.extend(of_subject);
    }
    Ok(versions)
}

async fn subjects(source: &Client) -> Outcome<Vec<QualifiedSubject>> {
    let everywhere = ListSubjects {
        prefix: Some(":*:".to_owned()),
        deleted: true,
        ..ListSubjects::default()
    };
    let mut names = source
        .subjects(&everywhere)
        .await
        .map_err(failure_of_source)?;
    if names.is_empty() {
        // A registry that knows no contexts takes that for the beginning of a name.
        let plain = ListSubjects {
            prefix: None,
            ..everywhere
        };
        names = source.subjects(&plain).await.map_err(failure_of_source)?;
    }
    names.iter().map(|name| parsed(name)).collect()
}

pub(super) fn parsed(name: &str) -> Outcome<QualifiedSubject> {
    QualifiedSubject::parse(name).map_err(|error| {
        Failure::refused(format!(
            "the source has a subject that cannot be taken: {error}"
        ))
    })
}

async fn of_subject(
    source: &Client,
    subject: QualifiedSubject,
) -> Outcome<Vec<((QualifiedSubject, Version), bool)>> {
    let name = subject.to_string();
    let all = ListVersions {
        deleted: true,
        ..ListVersions::default()
    };
    let all = source.versions(&name, &all).await;
    let all = all.map_err(failure_of_source)?;
    let live = source.versions(&name, &ListVersions::default()).await;
    let live = or_none(live)?.unwrap_or_default();
    let versions = all.into_iter();
    Ok(versions
        .map(|version| ((subject.clone(), version), !live.contains(&version)))
        .collect())
}

/// Reads versions, many at once, in any order.
pub(super) fn read<'a>(
    source: &'a Client,
    wanted: impl Iterator<Item = (QualifiedSubject, Version)> + 'a,
) -> impl stream::Stream<Item = Outcome<(QualifiedSubject, SchemaVersion)>> + 'a {
    let read = async |(subject, version): (QualifiedSubject, Version)| {
        let found = version_of(source, &subject, version).await?;
        Ok((subject, found))
    };
    stream::iter(wanted).map(read).buffer_unordered(AT_ONCE)
}

pub(super) async fn version_of(
    source: &Client,
    subject: &QualifiedSubject,
    version: Version,
) -> Outcome<SchemaVersion> {
    let how = ReadVersion {
        deleted: true,
        ..ReadVersion::default()
    };
    let version = VersionSpec::Number(version);
    let found = source.version(&subject.to_string(), version, &how).await;
    found.map_err(failure_of_source)
}

/// Configuration and modes of these subjects, their contexts, and everything. The mode of the default context is left out:
/// a registry that is moved from is often read-only for the time being.
pub(super) async fn settings(
    source: &Client,
    subjects: impl Iterator<Item = QualifiedSubject>,
) -> Outcome<Vec<ExportLine>> {
    let mut scopes = vec![(Context::default(), None)];
    let contexts = or_none(source.contexts().await)?.unwrap_or_default();
    for context in contexts {
        let scope = QualifiedSubject::parse_scope(&format!(":{context}:"));
        scopes.extend(scope.ok().filter(|(context, _)| !context.is_default()));
    }
    let known: Vec<_> = scopes.iter().map(|(context, _)| context.clone()).collect();
    scopes.push((Context::global(), None));
    scopes.extend(subjects.map(|subject| (subject.context, Some(subject.subject))));
    let read = stream::iter(scopes).map(|(context, subject)| async move {
        let name = match &subject {
            Some(subject) => QualifiedSubject {
                context: context.clone(),
                subject: subject.clone(),
            }
            .to_string(),
            None if context.is_default() => String::new(),
            None => format!(":{context}:"),
        };
        let scope = Some(name.as_str()).filter(|name| !name.is_empty());
        let config = or_none(source.config(scope).await)?.map(|config| {
            ExportLine::Config(Box::new(ExportConfig {
                context: context.clone(),
                subject: subject.clone(),
                config,
            }))
        });
        let mode = match scope {
            Some(_) => or_none(source.mode(scope).await)?,
            None => None,
        };
        let mode = mode.map(|mode| {
            ExportLine::Mode(ExportMode {
                context,
                subject,
                mode,
            })
        });
        Ok::<_, Failure>(config.into_iter().chain(mode).collect::<Vec<_>>())
    });
    let lines: Vec<Vec<ExportLine>> = read.buffered(AT_ONCE).try_collect().await?;
    let (configs, modes) = lines
        .into_iter()
        .flatten()
        .partition(|line| matches!(line, ExportLine::Config(_)));
    let known: Vec<_> = known.into_iter().map(ExportLine::Context).collect();
    let parts: [Vec<ExportLine>; 3] = [known, configs, modes];
    Ok(parts.into_iter().flatten().collect())
}

/// What is not there, or not known to the registry, is nothing.
fn or_none<T>(answer: Result<T, Error>) -> Outcome<Option<T>> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(error) if matches!(error.status(), Some(404 | 405)) => Ok(None),
        // Some registries do not take every scope that others have.
        Err(error) if error.registry_code() == Some(42208) => Ok(None),
        Err(error) => Err(failure_of_source(error)),
    }
}

//! What a registry says of a subject before anything is decided.

use std::sync::Arc;

use dovetail_client::{ListVersions, SchemaVersion};
use dovetail_model::{
    CompatibilityLevel, Mode, QualifiedSubject, Version, VersionSpec, bodies::Config,
};
use futures_util::{StreamExt, TryStreamExt, stream};

use super::Options;
use crate::{
    ending::{Failure, Outcome},
    judge::Obligation,
    registry::{Registry, failure},
    source::version_word,
    workspace::Owned,
};

/// Questions that are asked at once.
const AT_ONCE: usize = 32;

/// A subject in the registry.
#[derive(Debug)]
pub(super) struct State {
    /// Live versions, oldest first.
    pub(super) versions: Vec<Version>,
    pub(super) latest: Option<Arc<SchemaVersion>>,
    pub(super) config: Config,
    pub(super) mode: Mode,
}

impl State {
    /// Asks for many subjects at once. What cannot be read of one says nothing of the others.
    pub(super) async fn of(
        registry: &Registry,
        subjects: Vec<QualifiedSubject>,
    ) -> Vec<Outcome<Self>> {
        let questions = subjects.into_iter().map(|subject| async move {
            let name = subject.to_string();
            let latest = registry.read(&name, VersionSpec::Latest).await?;
            let versions = match latest {
                Some(_) => {
                    registry
                        .client()
                        .versions(&name, &ListVersions::default())
                        .await
                }
                None => Ok(Vec::new()),
            };
            let config = registry.client().effective_config(Some(&name)).await;
            let mode = registry.client().effective_mode(Some(&name)).await;
            Ok(Self {
                versions: versions.map_err(|error| failure(&error))?,
                latest,
                config: config.map_err(|error| failure(&error))?,
                mode: mode.map_err(|error| failure(&error))?,
            })
        });
        stream::iter(questions).buffered(AT_ONCE).collect().await
    }

    /// The level that holds in the registry.
    pub(super) fn level(&self) -> CompatibilityLevel {
        self.config.compatibility_level.unwrap_or_default()
    }

    /// What a new version owes: the registry's level and the manifest's, or the one the user asked for.
    pub(super) async fn obligation(
        &self,
        registry: &Registry,
        subject: &str,
        owned: &Owned,
        options: Options,
    ) -> Outcome<Obligation> {
        let mut obligation = Obligation {
            levels: self.levels(owned, options),
            policy: self.config.compatibility_policy.unwrap_or_default(),
            previous: Vec::new(),
        };
        if let Some(version) = options.version.filter(|_| self.latest.is_some()) {
            let found = registry.version(subject, version).await?;
            let found = found.ok_or_else(|| {
                let version = version_word(version);
                Failure::undecided(format!("subject \"{subject}\" has no version {version}"))
            })?;
            obligation.previous.push(found);
            return Ok(obligation);
        }
        let most = match (obligation.asks(), obligation.is_transitive()) {
            (false, _) => 0,
            (true, false) => 1,
            (true, true) => usize::MAX,
        };
        let wanted = self.versions.iter().rev().copied();
        let questions = wanted.map(|version| async move {
            let found = registry.read(subject, VersionSpec::Number(version)).await?;
            let found = found.ok_or_else(|| {
                Failure::undecided(format!(
                    "version {version} of {subject} was deleted while it was being checked against; try again"
                ))
            })?;
            if self.group(&found) != self.latest.as_ref().and_then(|latest| self.group(latest)) {
                return Ok(None);
            }
            registry.load(&found).await.map(Some)
        });
        // Versions are asked for ahead of their turn, so no more than are wanted.
        let at_once = if most == 1 { 1 } else { AT_ONCE };
        let previous = stream::iter(questions)
            .buffered(at_once)
            .try_filter_map(|found| async move { Ok(found) })
            .take(most);
        obligation.previous = previous.try_collect().await?;
        Ok(obligation)
    }

    /// What tells versions apart that are not compared with each other. A schema that says nothing of it is of the latest
    /// version's group.
    fn group<'a>(&self, version: &'a SchemaVersion) -> Option<&'a str> {
        let property = self.config.compatibility_group.as_ref()?;
        let metadata = version.metadata.as_ref()?;
        metadata.properties.get(property).map(String::as_str)
    }

    fn levels(&self, owned: &Owned, options: Options) -> Vec<(CompatibilityLevel, String)> {
        if let Some(level) = options.level {
            return vec![(level, "asked for".to_owned())];
        }
        let registry = self.level();
        match owned.level {
            Some(level) if level == registry => {
                vec![(level, "the registry and the manifest".to_owned())]
            }
            Some(level) => vec![
                (registry, "the registry".to_owned()),
                (level, "the manifest".to_owned()),
            ],
            None => vec![(registry, "the registry".to_owned())],
        }
    }
}

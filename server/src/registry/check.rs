//! Checking a schema against the versions a level names: at registration, and for those who ask before they deploy.

use std::sync::Arc;

use dovetail_compat::{Schema, check};
use dovetail_model::{
    CompatibilityLevel, CompatibilityPolicy, QualifiedSubject, VersionSpec, bodies::RegisterRequest,
};

use super::{
    Registry, RegistryError, Result,
    candidate::Candidate,
    terms::{self, Terms},
};
use crate::core::{Content, SchemaEntry, Scope, VersionEntry, View};

/// The most differences that are printed of one version.
const PRINTED: usize = 1000;

/// The most bytes of an earlier schema that are printed.
const PRINTED_SCHEMA: usize = 10 * 1024;

/// What a check came to. The messages are those of the newest version that is broken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verdict {
    pub messages: Vec<String>,
}

/// What a level asks a new schema to be checked against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Obligation {
    pub(super) level: CompatibilityLevel,
    pub(super) policy: CompatibilityPolicy,
    /// The property of metadata by whose value versions are told apart. Which versions that leaves is yet to be seen.
    pub(super) group: Option<String>,
    /// Newest first.
    pub(super) versions: Vec<VersionEntry>,
}

/// An earlier version with its parsed schema.
pub(super) type Previous = (VersionEntry, Arc<Schema>);

impl Verdict {
    pub fn is_compatible(&self) -> bool {
        self.messages.is_empty()
    }

    /// What is wrong ends with what was asked for.
    pub(super) fn signed(mut self, terms: &Terms, level: CompatibilityLevel) -> Self {
        if !self.is_compatible() {
            self.messages.push(format!(
                "{{validateFields: '{}', compatibility: '{level}'}}",
                terms.validation.fields
            ));
        }
        self
    }
}

impl Obligation {
    /// What registering under a subject owes to its live versions.
    pub(super) fn of(
        view: &View,
        subject: &QualifiedSubject,
        default_level: CompatibilityLevel,
    ) -> Self {
        let scope = Scope::subject(subject);
        let level = view.level(&scope).unwrap_or(default_level);
        let group = view.config(&scope, |config| config.compatibility_group.clone());
        let most = match level {
            CompatibilityLevel::None => 0,
            level if level.is_transitive() || group.is_some() => usize::MAX,
            _ => 1,
        };
        let holder = view.subject(subject);
        let versions = holder
            .into_iter()
            .flat_map(|holder| holder.live().rev())
            .take(most)
            .copied()
            .collect();
        Self {
            level,
            policy: view.policy(&scope),
            group,
            versions,
        }
    }
}

impl Registry {
    /// What registering this schema would be told, but for modes and ids.
    pub async fn check_all(
        &self,
        subject: &QualifiedSubject,
        request: &RegisterRequest,
        normalize: bool,
    ) -> Result<Verdict> {
        let view = self.view().await?;
        let subject = &*view.aliased(subject);
        let obligation = Obligation::of(&view, subject, self.default_level);
        self.check_request(&view, subject, request, normalize, obligation)
            .await
    }

    /// Checks against one version only, whatever the level says of the others. A subject that is not there has no latest
    /// version, and nothing to be incompatible with.
    pub async fn check_version(
        &self,
        subject: &QualifiedSubject,
        spec: VersionSpec,
        request: &RegisterRequest,
        normalize: bool,
    ) -> Result<Verdict> {
        let view = self.view().await?;
        let subject = &*view.aliased(subject);
        let holder = view.subject(subject);
        let entry = match spec {
            VersionSpec::Latest => holder.and_then(|holder| holder.latest()),
            VersionSpec::Number(version) => {
                let live = holder
                    .and_then(|holder| holder.version(version))
                    .filter(|entry| !entry.deleted);
                Some(live.ok_or(RegistryError::VersionNotFound(spec))?)
            }
        };
        let mut obligation = Obligation::of(&view, subject, self.default_level);
        let checks = obligation.level != CompatibilityLevel::None;
        obligation.versions = entry.filter(|_| checks).copied().into_iter().collect();
        self.check_request(&view, subject, request, normalize, obligation)
            .await
    }

    async fn check_request(
        &self,
        view: &View,
        subject: &QualifiedSubject,
        request: &RegisterRequest,
        normalize: bool,
        obligation: Obligation,
    ) -> Result<Verdict> {
        let candidate = self.candidate(view, subject, request, normalize).await?;
        let terms = Terms::of(view, &Scope::subject(subject), self.validation);
        let newest = view.subject(subject).and_then(|holder| holder.latest());
        let earlier = match obligation.versions.first().or(newest) {
            Some(entry) if terms.validation.fields => self.extras(view, subject, entry).await?,
            _ => None,
        };
        self.check_candidate(view, &candidate, &terms, earlier.as_deref(), obligation)
            .await
    }

    /// Checks everything that registering owes: the fields that are kept free, and compatibility.
    pub(super) async fn check_candidate(
        &self,
        view: &View,
        candidate: &Candidate,
        terms: &Terms,
        earlier: Option<&Content>,
        mut obligation: Obligation,
    ) -> Result<Verdict> {
        self.narrow(view, candidate, &mut obligation).await?;
        let level = obligation.level;
        let mut messages = Vec::new();
        if terms.validation.fields {
            terms::check_fields(candidate)?;
            messages = terms::reserved_fields(candidate, earlier);
        }
        let verdict = self
            .check_against(
                view,
                &candidate.subject,
                &candidate.parsed.schema,
                obligation,
            )
            .await?;
        messages.extend(verdict.messages);
        Ok(Verdict { messages }.signed(terms, level))
    }

    /// Leaves the versions of the group of a schema, and of those the newest where the level asks for no more.
    async fn narrow(
        &self,
        view: &View,
        candidate: &Candidate,
        obligation: &mut Obligation,
    ) -> Result<()> {
        let Some(group) = &obligation.group else {
            return Ok(());
        };
        let own = candidate
            .metadata
            .as_ref()
            .and_then(|metadata| metadata.properties.get(group));
        let mut of_group = Vec::new();
        for entry in &obligation.versions {
            let content = self.extras(view, &candidate.subject, entry).await?;
            let metadata = content
                .as_ref()
                .and_then(|content| content.metadata.as_ref());
            if metadata.and_then(|metadata| metadata.properties.get(group)) != own {
                continue;
            }
            of_group.push(*entry);
            if !obligation.level.is_transitive() {
                break;
            }
        }
        obligation.versions = of_group;
        Ok(())
    }

    /// The content of a version, where there is metadata or a rule set in it.
    pub(super) async fn extras(
        &self,
        view: &View,
        subject: &QualifiedSubject,
        entry: &VersionEntry,
    ) -> Result<Option<Arc<Content>>> {
        match view.schema_of(&subject.context, entry) {
            Some(stored) if stored.has_extras => {
                Ok(self.texts.get(&subject.context, stored.id).await?)
            }
            _ => Ok(None),
        }
    }

    /// Fetches and parses what is to be checked against, and checks.
    async fn check_against(
        &self,
        view: &View,
        subject: &QualifiedSubject,
        schema: &Arc<Schema>,
        obligation: Obligation,
    ) -> Result<Verdict> {
        let mut previous = Vec::with_capacity(obligation.versions.len());
        for entry in &obligation.versions {
            previous.push((*entry, self.parsed(view, subject, entry).await?));
        }
        if previous.is_empty() {
            return Ok(Verdict::default());
        }
        let schema = Arc::clone(schema);
        self.parser
            .run(move || verdict(&schema, &previous, obligation.level, obligation.policy))
            .await?
    }

    /// The parsed schema of a version.
    pub(super) async fn parsed(
        &self,
        view: &View,
        subject: &QualifiedSubject,
        entry: &VersionEntry,
    ) -> Result<Arc<Schema>> {
        let context = &subject.context;
        let gone = || RegistryError::SchemaIdNotFound(entry.id.to_string());
        let stored: &SchemaEntry = view.schema_of(context, entry).ok_or_else(gone)?;
        if let Some(schema) = self.parser.stored(context, stored.id, stored.guid) {
            return Ok(schema);
        }
        let content = self.texts.get(context, entry.id).await?.ok_or_else(gone)?;
        let texts = self
            .reachable_texts(view, context, &stored.references)
            .await?;
        let parsed = self
            .parser
            .parse_stored(stored.schema_type, content.text(), texts)
            .await?;
        self.parser
            .keep(context, stored.id, stored.guid, Arc::clone(&parsed));
        Ok(parsed)
    }
}

/// Compares with each version in turn and stops at the first that is broken.
pub(super) fn verdict(
    new: &Schema,
    previous: &[Previous],
    level: CompatibilityLevel,
    policy: CompatibilityPolicy,
) -> Result<Verdict> {
    for (entry, schema) in previous {
        let report = check(new, schema, level.directions(), policy).map_err(|error| {
            RegistryError::InvalidSchema(format!(
                "it cannot be compared with version {}: {error}",
                entry.version
            ))
        })?;
        if report.is_compatible() {
            continue;
        }
        let mut messages = report.messages();
        let more = messages.len().saturating_sub(PRINTED);
        if more > 0 {
            messages.truncate(PRINTED);
            messages.push(format!("{{and {more} more}}"));
        }
        messages.push(format!("{{oldSchemaVersion: {}}}", entry.version));
        messages.push(format!(
            "{{oldSchema: '{}'}}",
            shortened(schema.canonical())
        ));
        return Ok(Verdict { messages });
    }
    Ok(Verdict::default())
}

fn shortened(text: &str) -> String {
    if text.len() <= PRINTED_SCHEMA {
        return text.to_owned();
    }
    let end = text.floor_char_boundary(PRINTED_SCHEMA);
    format!("{}... (truncated)", &text[..end])
}

//! A candidate: a request's schema, parsed and identified, ready to be looked up, checked or registered.

use std::{str::FromStr, sync::Arc};

use dovetail_compat::{Guid, identity};
use dovetail_model::{
    Metadata, QualifiedSubject, RuleSet, SchemaId, SchemaType, Version, bodies::RegisterRequest,
};

use super::{
    Registry, RegistryError, Result,
    parser::{ParsedText, Submitted},
    references::{self, Resolved},
};
use crate::core::{SchemaEntry, Scope, SubjectView, VersionEntry, View};

/// A parsed and identified schema.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) subject: QualifiedSubject,
    pub(super) parsed: Arc<ParsedText>,
    pub(super) references: Vec<Resolved>,
    pub(super) metadata: Option<Metadata>,
    pub(super) rule_set: Option<RuleSet>,
    pub(super) guid: Guid,
}

impl Registry {
    /// Parses a request's schema, with the references it has in this view.
    pub(super) async fn candidate(
        &self,
        view: &View,
        subject: &QualifiedSubject,
        request: &RegisterRequest,
        normalize: bool,
    ) -> Result<Candidate> {
        self.candidate_with(view, subject, request, normalize, false)
            .await
    }

    /// As [`Self::candidate`]; `is_lax` takes names and defaults as they are.
    pub(super) async fn candidate_with(
        &self,
        view: &View,
        subject: &QualifiedSubject,
        request: &RegisterRequest,
        normalize: bool,
        is_lax: bool,
    ) -> Result<Candidate> {
        let schema_type = match &request.schema_type {
            Some(text) => SchemaType::from_str(text)
                .map_err(|error| RegistryError::InvalidSchema(error.to_string()))?,
            None => SchemaType::default(),
        };
        let text = request.schema.as_deref().unwrap_or_default();
        if text.trim().is_empty() {
            return Err(RegistryError::InvalidSchema("the schema is empty".into()));
        }
        let references = references::resolve(view, subject, &request.references)?;
        if self.validation.reference_versions {
            let concrete: Vec<_> = references
                .iter()
                .map(|resolved| resolved.reference.clone())
                .collect();
            references::agree_on_versions(view, &subject.context, &concrete)?;
        }
        let scope = Scope::subject(subject);
        let configs = view.configs(&scope);
        let is_import = view.mode(&scope).is_import();
        let validates = configs
            .first(|config| config.validate_new_schemas)
            .unwrap_or(self.validation.new_schemas);
        let normalizes = configs.first(|config| config.normalize) == Some(true);
        let submitted = Submitted {
            schema_type,
            is_lax: is_lax || is_import || !validates,
            text: text.to_owned(),
            normalize: !is_import && (normalize || normalizes),
            references: references
                .iter()
                .map(|resolved| resolved.reference.clone())
                .collect(),
            resolved: references
                .iter()
                .map(|resolved| (resolved.target.subject.context.clone(), resolved.id))
                .collect(),
        };
        let parsed = if let Some(parsed) = self.parser.remembered(&submitted) {
            parsed
        } else {
            let texts = self
                .reachable_texts(view, &subject.context, &submitted.references)
                .await?;
            self.parser.parse(submitted, texts).await?
        };
        Ok(Candidate::new(
            subject.clone(),
            parsed,
            references,
            request.metadata.clone(),
            request.rule_set.clone(),
        ))
    }
}

impl Candidate {
    fn new(
        subject: QualifiedSubject,
        parsed: Arc<ParsedText>,
        references: Vec<Resolved>,
        metadata: Option<Metadata>,
        rule_set: Option<RuleSet>,
    ) -> Self {
        let guid = if metadata.is_none() && rule_set.is_none() {
            parsed.text_guid
        } else {
            identity(
                &parsed.canonical,
                &parsed.references,
                metadata.as_ref(),
                rule_set.as_ref(),
            )
        };
        Self {
            subject,
            parsed,
            references,
            metadata,
            rule_set,
            guid,
        }
    }

    /// The same text with other metadata and rules.
    pub(super) fn with(&self, metadata: Option<&Metadata>, rule_set: Option<&RuleSet>) -> Self {
        if self.metadata.as_ref() == metadata && self.rule_set.as_ref() == rule_set {
            return self.clone();
        }
        Self::new(
            self.subject.clone(),
            Arc::clone(&self.parsed),
            self.references.clone(),
            metadata.cloned(),
            rule_set.cloned(),
        )
    }

    pub(super) fn has_extras(&self) -> bool {
        self.metadata.is_some() || self.rule_set.is_some()
    }

    /// The version under its subject that holds this schema: the very same identity first, then one that only notes which
    /// version it was asked to become, and else, where the request says nothing of metadata and rules, the newest with the
    /// same text and references.
    pub(super) fn find<'a>(
        &self,
        view: &View,
        holder: &'a SubjectView,
        deleted: bool,
    ) -> Option<&'a VersionEntry> {
        let context = view.context(&self.subject.context)?;
        let newest = |matches: &dyn Fn(SchemaId) -> bool| {
            let visible = |entry: &&VersionEntry| deleted || !entry.deleted;
            holder
                .versions()
                .iter()
                .rev()
                .filter(visible)
                .find(|entry| matches(entry.id))
        };
        let same = newest(&|id| {
            context
                .entry(id)
                .is_some_and(|entry| entry.guid == self.guid)
        });
        if same.is_some() {
            return same;
        }
        let same_text = |id| {
            context
                .entry(id)
                .filter(|entry| entry.text_guid == self.parsed.text_guid)
        };
        let visible = |entry: &&VersionEntry| deleted || !entry.deleted;
        let noting = holder
            .versions()
            .iter()
            .rev()
            .filter(visible)
            .find(|entry| {
                same_text(entry.id)
                    .is_some_and(|stored| self.differs_in_note(stored, entry.version))
            });
        if noting.is_some() || self.has_extras() {
            return noting;
        }
        newest(&|id| same_text(id).is_some())
    }

    /// Whether one version holds this schema, by the same rules.
    pub(super) fn is_held_by(&self, view: &View, entry: &VersionEntry) -> bool {
        let Some(stored) = view.schema_of(&self.subject.context, entry) else {
            return false;
        };
        stored.guid == self.guid
            || stored.text_guid == self.parsed.text_guid
                && (!self.has_extras() || self.differs_in_note(stored, entry.version))
    }

    /// Whether a stored version is the same but for a note of its own number, on either side.
    fn differs_in_note(&self, stored: &SchemaEntry, version: Version) -> bool {
        let identity_with = |metadata: &Metadata| {
            identity(
                &self.parsed.canonical,
                &self.parsed.references,
                Some(metadata),
                self.rule_set.as_ref(),
            )
        };
        let none = Metadata::default();
        let own = self.metadata.as_ref().unwrap_or(&none);
        if !own.notes_version() {
            return stored.has_extras && identity_with(&own.with_version(version)) == stored.guid;
        }
        let without = own.without_version();
        own.with_version(version) == *own
            && (identity_with(&without) == stored.guid
                || (without == none && self.with(None, self.rule_set.as_ref()).guid == stored.guid))
    }
}

//! Looking up: whether a subject holds a schema, and a version with everything that belongs to it.

use std::sync::Arc;

use dovetail_model::{QualifiedSubject, Version, bodies::RegisterRequest};

use super::{Registry, RegistryError, Result, shown::Shown, terms::Terms};
use crate::core::{Content, SchemaEntry, Scope, VersionEntry, View};

/// A version of a subject, with its schema and text.
#[derive(Debug, Clone)]
pub struct Found {
    pub subject: QualifiedSubject,
    pub version: Version,
    /// When it was registered, in milliseconds since 1970.
    pub at: i64,
    /// Soft-deleted.
    pub deleted: bool,
    pub schema: Arc<SchemaEntry>,
    pub content: Arc<Content>,
    /// What is shown in the place of what is stored.
    pub(super) shown: Option<Box<Shown>>,
}

impl Registry {
    /// Finds the version of a subject that holds the schema of the request.
    pub async fn look_up(
        &self,
        subject: &QualifiedSubject,
        request: &RegisterRequest,
        normalize: bool,
        deleted: bool,
    ) -> Result<Found> {
        let view = self.view().await?;
        let subject = &*view.aliased(subject);
        let missed =
            match self
                .look_up_in(&view, subject, request, normalize, deleted)
                .await
            {
                Err(
                    missed @ (RegistryError::SubjectNotFound(_) | RegistryError::SchemaNotFound),
                ) if subject.context.is_default() => missed,
                settled => return settled,
            };
        // A name without a context may mean a subject of another one, where references may lead nowhere.
        for namesake in view.namesakes(subject) {
            let found = self
                .look_up_in(&view, &namesake, request, normalize, deleted)
                .await;
            match found {
                Err(
                    RegistryError::SubjectNotFound(_)
                    | RegistryError::SchemaNotFound
                    | RegistryError::InvalidSchema(_),
                ) => {}
                settled => return settled,
            }
        }
        // What is no schema is told before that there is no subject.
        self.candidate(&view, subject, request, normalize).await?;
        Err(missed)
    }

    async fn look_up_in(
        &self,
        view: &View,
        subject: &QualifiedSubject,
        request: &RegisterRequest,
        normalize: bool,
        deleted: bool,
    ) -> Result<Found> {
        let holder = view
            .subject(subject)
            .filter(|holder| {
                if deleted {
                    !holder.versions().is_empty()
                } else {
                    holder.latest().is_some()
                }
            })
            .ok_or_else(|| RegistryError::SubjectNotFound(subject.to_string()))?;
        let candidate = match self.candidate(view, subject, request, normalize).await {
            // It may have been registered when names and defaults were not looked at.
            Err(RegistryError::InvalidSchema(_)) => {
                self.candidate_with(view, subject, request, normalize, true)
                    .await?
            }
            settled => settled?,
        };
        if let Some(entry) = candidate.find(view, holder, deleted) {
            return self.found(view, subject, entry).await;
        }
        let twin = self.twin(view, holder, &candidate, deleted).await?;
        let newest = |id| {
            let visible = |entry: &&VersionEntry| deleted || !entry.deleted;
            let versions = holder.versions().iter().rev().filter(visible);
            versions.into_iter().find(|entry| entry.id == id)
        };
        if let Some(entry) = twin.and_then(newest) {
            return self.found(view, subject, entry).await;
        }
        // As registering would complete it.
        let terms = Terms::of(view, &Scope::subject(subject), self.validation);
        let earlier = match holder.latest() {
            Some(latest) => self.extras(view, subject, latest).await?,
            None => None,
        };
        if terms.is_import || (earlier.is_none() && !terms.add_something()) {
            return Err(RegistryError::SchemaNotFound);
        }
        let complete = terms.complete(&candidate, earlier.as_deref(), |_| None);
        let entry = complete
            .find(view, holder, deleted)
            .ok_or(RegistryError::SchemaNotFound)?;
        self.found(view, subject, entry).await
    }

    /// A version with its schema and text.
    pub(super) async fn found(
        &self,
        view: &View,
        subject: &QualifiedSubject,
        entry: &VersionEntry,
    ) -> Result<Found> {
        let content = self.texts.get(&subject.context, entry.id).await?;
        let content =
            content.ok_or_else(|| RegistryError::SchemaIdNotFound(entry.id.to_string()))?;
        Found::new(view, subject, entry, content)
    }
}

impl Found {
    /// A version whose text is at hand.
    pub(super) fn new(
        view: &View,
        subject: &QualifiedSubject,
        entry: &VersionEntry,
        content: Arc<Content>,
    ) -> Result<Self> {
        let schema = view
            .schema_of(&subject.context, entry)
            .ok_or_else(|| RegistryError::SchemaIdNotFound(entry.id.to_string()))?;
        Ok(Self {
            subject: subject.clone(),
            version: entry.version,
            at: entry.at,
            deleted: entry.deleted,
            schema: Arc::clone(schema),
            content,
            shown: None,
        })
    }
}

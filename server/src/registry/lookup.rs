//! Looking up: whether a subject holds a schema, and a version with everything that belongs to it.

use std::sync::Arc;

use dovetail_model::{QualifiedSubject, Version, bodies::RegisterRequest};

use super::{Registry, RegistryError, Result};
use crate::core::{Content, SchemaEntry, VersionEntry, View};

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
        let candidate = self.candidate(&view, subject, request, normalize).await?;
        let entry = candidate
            .find(&view, holder, deleted)
            .ok_or(RegistryError::SchemaNotFound)?;
        self.found(&view, subject, entry).await
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
        })
    }
}

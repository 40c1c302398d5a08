//! Tags: putting them into texts when they are registered, and changing those of a version that is there.

use std::sync::Arc;

use dovetail_compat::{Schema, SchemaError, TagEdits};
use dovetail_model::{
    QualifiedSubject, RuleSet, Version, VersionSpec,
    bodies::{RegisterRequest, TagRequest},
};

use super::{Registration, Registry, RegistryError, Result, Visibility};
use crate::core::View;

impl Registry {
    /// Registers what a version says with other tags, metadata or rules.
    pub async fn change_tags(
        &self,
        subject: &QualifiedSubject,
        spec: VersionSpec,
        request: TagRequest,
    ) -> Result<Registration> {
        let view = self.view().await?;
        let meant = &*view.aliased(subject);
        let found = self
            .version_in(&view, meant, spec, Visibility::Live)
            .await?;
        let content = &found.content;
        let metadata = request.metadata.as_ref().or(content.metadata.as_ref());
        let rule_set = self.changed_rules(&view, meant, &request).await?;
        let registered = RegisterRequest {
            schema: Some(content.text()),
            schema_type: Some(found.schema.schema_type.to_string()),
            references: found.schema.references.clone(),
            metadata: metadata.map(dovetail_model::Metadata::without_version),
            rule_set,
            version: Some(request.new_version.unwrap_or(-1)),
            schema_tags_to_add: request.tags_to_add,
            schema_tags_to_remove: request.tags_to_remove,
            ..RegisterRequest::default()
        };
        // It follows the alias itself, and no further.
        self.register(subject, registered, false).await
    }

    /// The rules of a change: those it gives, or those of the version before the new one with some more and some fewer.
    async fn changed_rules(
        &self,
        view: &View,
        subject: &QualifiedSubject,
        request: &TagRequest,
    ) -> Result<Option<RuleSet>> {
        if request.rules_to_merge.is_none() && request.rules_to_remove.is_none() {
            return Ok(request.rule_set.clone());
        }
        let holder = view.subject(subject);
        let before = request
            .new_version
            .and_then(|number| Version::new(number - 1));
        let entry = holder.and_then(|holder| match before {
            Some(version) => holder.version(version).filter(|entry| !entry.deleted),
            None => holder.latest(),
        });
        let content = match entry {
            Some(entry) => self.extras(view, subject, entry).await?,
            None => None,
        };
        let mut rules = content.and_then(|content| content.rule_set.clone());
        if let Some(more) = &request.rules_to_merge {
            rules = Some(rules.unwrap_or_default().merged(more));
        }
        if let (Some(rules), Some(names)) = (&mut rules, &request.rules_to_remove) {
            for group in [
                &mut rules.migration_rules,
                &mut rules.domain_rules,
                &mut rules.encoding_rules,
            ] {
                group.retain(|rule| rule.name.as_ref().is_none_or(|name| !names.contains(name)));
            }
        }
        Ok(rules)
    }

    /// The text of a schema with other tags.
    pub(super) async fn retagged(
        &self,
        schema: &Arc<Schema>,
        request: &Arc<RegisterRequest>,
    ) -> Result<String> {
        let (schema, request) = (Arc::clone(schema), Arc::clone(request));
        let edit = move || {
            schema.retagged(&TagEdits {
                add: &request.schema_tags_to_add,
                remove: &request.schema_tags_to_remove,
                is_lenient: false,
            })
        };
        self.parser
            .run(edit)
            .await?
            .map_err(|error| invalid(&error))
    }

    /// The text of a schema with the tags of an earlier one, where it has the same places; `None` where it has them already.
    pub(super) async fn with_tags_of(
        &self,
        earlier: Arc<Schema>,
        schema: &Arc<Schema>,
    ) -> Result<Option<String>> {
        let schema = Arc::clone(schema);
        let edit = move || {
            let add = earlier.tags();
            if add.is_empty() {
                return Ok(None);
            }
            let edits = TagEdits {
                add: &add,
                remove: &[],
                is_lenient: true,
            };
            schema.retagged(&edits).map(Some)
        };
        self.parser
            .run(edit)
            .await?
            .map_err(|error| invalid(&error))
    }
}

/// Whether a request changes tags.
pub(super) fn edits_tags(request: &RegisterRequest) -> bool {
    !request.schema_tags_to_add.is_empty() || !request.schema_tags_to_remove.is_empty()
}

fn invalid(error: &SchemaError) -> RegistryError {
    RegistryError::InvalidSchema(error.to_string())
}

//! Reading: lists, versions, and schemas by their id.

use dovetail_compat::Guid;
use dovetail_model::{
    Context, QualifiedSubject, SchemaId, Subject, Version, VersionSpec,
    bodies::{IdVersions, SubjectVersion},
};

use super::{Found, Registry, RegistryError, Result};
use crate::core::{SchemaEntry, Scope, SubjectView, Usage, VersionEntry, View};

/// Which versions a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Visibility {
    /// Those that are not soft-deleted.
    Live,
    /// All of them.
    All,
    /// The soft-deleted ones.
    DeletedOnly,
}

impl Visibility {
    fn shows(self, entry: &VersionEntry) -> bool {
        match self {
            Self::Live => !entry.deleted,
            Self::All => true,
            Self::DeletedOnly => entry.deleted,
        }
    }

    /// A subject counts as deleted only when all its versions are.
    fn shows_subject(self, holder: &SubjectView) -> bool {
        match self {
            Self::Live => holder.latest().is_some(),
            Self::All => !holder.versions().is_empty(),
            Self::DeletedOnly => !holder.versions().is_empty() && holder.latest().is_none(),
        }
    }
}

/// Which subjects a list shows: those of one context, or of all, whose names start with a prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SubjectFilter {
    pub context: Option<Context>,
    pub prefix: String,
}

impl SubjectFilter {
    /// Reads `subjectPrefix`: `foo` in the default context, `:.ctx:foo` in another, `:*:foo` in all of them.
    pub fn parse(text: &str) -> Self {
        if let Some(prefix) = text.strip_prefix(":*:") {
            return Self {
                context: None,
                prefix: prefix.to_owned(),
            };
        }
        let qualified = text
            .strip_prefix(':')
            .filter(|rest| rest.starts_with('.'))
            .and_then(|rest| rest.split_once(':'));
        let (context, prefix) = qualified.map_or((Context::default(), text), |(context, rest)| {
            (Context::new(context), rest)
        });
        Self {
            context: Some(context),
            prefix: prefix.to_owned(),
        }
    }
}

impl Registry {
    /// Subjects, sorted as their qualified names sort.
    pub async fn subjects(
        &self,
        filter: &SubjectFilter,
        visibility: Visibility,
    ) -> Result<Vec<QualifiedSubject>> {
        let view = self.view().await?;
        let mut found = Vec::new();
        for (context, slot) in view.contexts() {
            if filter
                .context
                .as_ref()
                .is_some_and(|wanted| wanted != context)
            {
                continue;
            }
            let from = Subject::new(&filter.prefix);
            let matching = slot
                .subjects_from(&from)
                .take_while(|(name, _)| name.as_str().starts_with(&filter.prefix));
            for (name, _) in matching.filter(|(_, holder)| visibility.shows_subject(holder)) {
                found.push(QualifiedSubject {
                    context: context.clone(),
                    subject: name.clone(),
                });
            }
        }
        found.sort_by_cached_key(ToString::to_string);
        Ok(found)
    }

    /// The versions of a subject, in ascending order.
    pub async fn versions(
        &self,
        subject: &QualifiedSubject,
        visibility: Visibility,
    ) -> Result<Vec<Version>> {
        let view = self.view().await?;
        let holder = view.subject(subject).into_iter();
        let versions: Vec<Version> = holder
            .flat_map(|holder| holder.versions())
            .filter(|entry| visibility.shows(entry))
            .map(|entry| entry.version)
            .collect();
        if versions.is_empty() {
            return Err(RegistryError::SubjectNotFound(subject.to_string()));
        }
        Ok(versions)
    }

    /// One version of a subject. The latest is always a live one.
    pub async fn version(
        &self,
        subject: &QualifiedSubject,
        spec: VersionSpec,
        deleted: bool,
    ) -> Result<Found> {
        let view = self.view().await?;
        let visibility = if deleted {
            Visibility::All
        } else {
            Visibility::Live
        };
        self.version_in(&view, subject, spec, visibility).await
    }

    pub(super) async fn version_in(
        &self,
        view: &View,
        subject: &QualifiedSubject,
        spec: VersionSpec,
        visibility: Visibility,
    ) -> Result<Found> {
        let holder = view
            .subject(subject)
            .filter(|holder| visibility.shows_subject(holder))
            .ok_or_else(|| RegistryError::SubjectNotFound(subject.to_string()))?;
        let entry = match spec {
            VersionSpec::Latest => holder.latest(),
            VersionSpec::Number(version) => holder
                .version(version)
                .filter(|entry| visibility.shows(entry)),
        };
        let entry = entry.ok_or(RegistryError::VersionNotFound(spec))?;
        self.found(view, subject, entry).await
    }

    /// The ids of the schemas that refer to a version, in ascending order.
    pub async fn referenced_by(
        &self,
        subject: &QualifiedSubject,
        spec: VersionSpec,
        deleted: bool,
    ) -> Result<Vec<SchemaId>> {
        let view = self.view().await?;
        let holder = view
            .subject(subject)
            .filter(|holder| !holder.versions().is_empty())
            .ok_or_else(|| RegistryError::SubjectNotFound(subject.to_string()))?;
        let entry = match spec {
            VersionSpec::Latest => holder.latest(),
            VersionSpec::Number(version) => holder.version(version),
        };
        let version = entry.ok_or(RegistryError::VersionNotFound(spec))?.version;
        let referrers = view.referrers(&Usage {
            subject: subject.clone(),
            version,
        });
        let mut ids: Vec<SchemaId> = referrers
            .iter()
            .filter(|(context, id)| {
                let entry = view.schema(context, *id);
                entry.is_some_and(|entry| {
                    deleted || usages(&view, context, entry).any(|(_, found)| !found.deleted)
                })
            })
            .map(|(_, id)| *id)
            .collect();
        ids.sort_unstable();
        ids.dedup();
        Ok(ids)
    }

    /// A schema by its id, as one of the versions that carry it: a live one where there is one. What is known of an id
    /// never changes, so a node that knows it asks nobody.
    pub async fn schema_by_id(&self, scope: &Scope, id: SchemaId) -> Result<Found> {
        let not_found = || RegistryError::SchemaIdNotFound(id.to_string());
        let view = self.view_with(scope, id).await?;
        let entry = view.schema(&scope.context, id).ok_or_else(not_found)?;
        let (subject, version) = holder_of(&view, scope, entry).ok_or_else(not_found)?;
        self.found(&view, &subject, &version).await
    }

    /// A schema of the default context by its id, if everything about it is in memory.
    pub fn known_schema(&self, id: SchemaId) -> Option<Found> {
        let scope = Scope::default_context();
        let view = self.known_view();
        let entry = view.schema(&scope.context, id)?;
        let (subject, version) = holder_of(&view, &scope, entry)?;
        let content = self.texts.cached(&scope.context, id)?;
        Found::new(&view, &subject, &version, content).ok()
    }

    /// The highest id that was given out in a context.
    pub async fn last_id(&self, context: &Context) -> Result<Option<SchemaId>> {
        Ok(self
            .view()
            .await?
            .context(context)
            .and_then(crate::core::ContextView::last_id))
    }

    /// The subjects that carry an id, sorted.
    pub async fn subjects_of(
        &self,
        scope: &Scope,
        id: SchemaId,
        deleted: bool,
    ) -> Result<Vec<QualifiedSubject>> {
        let mut subjects: Vec<_> = self
            .usages_of(scope, id, deleted)
            .await?
            .into_iter()
            .map(|usage| usage.subject)
            .collect();
        subjects.dedup();
        Ok(subjects)
    }

    /// The versions that carry an id, sorted.
    pub async fn usages_of(
        &self,
        scope: &Scope,
        id: SchemaId,
        deleted: bool,
    ) -> Result<Vec<SubjectVersion>> {
        let view = self.view().await?;
        let not_found = || RegistryError::SchemaIdNotFound(id.to_string());
        let entry = view.schema(&scope.context, id).ok_or_else(not_found)?;
        Ok(usages(&view, &scope.context, entry)
            .filter(|(subject, found)| {
                let wanted = scope
                    .subject
                    .as_ref()
                    .is_none_or(|wanted| *wanted == subject.subject);
                wanted && (deleted || !found.deleted)
            })
            .map(|(subject, found)| SubjectVersion {
                subject,
                version: found.version,
            })
            .collect())
    }

    /// A schema by its identity, in whichever context holds it.
    pub async fn schema_by_guid(&self, guid: &Guid) -> Result<Found> {
        let view = self.view().await?;
        let scope = |context: &Context| Scope {
            context: context.clone(),
            subject: None,
        };
        let held = ids_of(&view, guid).find_map(|(context, id)| {
            let entry = view.schema(context, id)?;
            holder_of(&view, &scope(context), entry)
        });
        let (subject, version) =
            held.ok_or_else(|| RegistryError::SchemaIdNotFound(guid.to_string()))?;
        self.found(&view, &subject, &version).await
    }

    /// The ids an identity has, by context.
    pub async fn ids_of_guid(&self, guid: &Guid) -> Result<Vec<IdVersions>> {
        let view = self.view().await?;
        let held = ids_of(&view, guid).filter(|(context, id)| view.schema(context, *id).is_some());
        Ok(held
            .map(|(context, id)| IdVersions {
                context: context.to_string(),
                id,
            })
            .collect())
    }

    /// Every context that was written to. The default one is always there.
    pub async fn contexts(&self) -> Result<Vec<Context>> {
        let view = self.view().await?;
        let others = view
            .contexts()
            .map(|(context, _)| context)
            .filter(|context| !context.is_default());
        Ok(std::iter::once(Context::default())
            .chain(others.cloned())
            .collect())
    }

    /// This node's view if it knows the id, and else the newest one.
    async fn view_with(&self, scope: &Scope, id: SchemaId) -> Result<std::sync::Arc<View>> {
        let known = self.known_view();
        if known.schema(&scope.context, id).is_some() {
            Ok(known)
        } else {
            self.view().await
        }
    }
}

fn ids_of<'a>(view: &'a View, guid: &'a Guid) -> impl Iterator<Item = (&'a Context, SchemaId)> {
    view.contexts()
        .filter_map(|(context, slot)| Some((context, slot.id_of(guid)?)))
}

/// The versions that carry a schema.
fn usages<'a>(
    view: &'a View,
    context: &'a Context,
    entry: &'a SchemaEntry,
) -> impl Iterator<Item = (QualifiedSubject, VersionEntry)> + 'a {
    entry.usages.iter().filter_map(move |(subject, version)| {
        let subject = QualifiedSubject {
            context: context.clone(),
            subject: subject.clone(),
        };
        let found = *view.subject(&subject)?.version(*version)?;
        Some((subject, found))
    })
}

/// The version that stands for a schema: one of the scope's own subject where that holds it. A subject of another context
/// than the default one must hold it itself.
fn holder_of(
    view: &View,
    scope: &Scope,
    entry: &SchemaEntry,
) -> Option<(QualifiedSubject, VersionEntry)> {
    let found = |only: Option<&Subject>| {
        let mut deleted = None;
        for usage in usages(view, &scope.context, entry) {
            if only.is_some_and(|only| *only != usage.0.subject) {
                continue;
            }
            if !usage.1.deleted {
                return Some(usage);
            }
            deleted.get_or_insert(usage);
        }
        deleted
    };
    match &scope.subject {
        Some(subject) if scope.context.is_default() => found(Some(subject)).or_else(|| found(None)),
        subject => found(subject.as_ref()),
    }
}

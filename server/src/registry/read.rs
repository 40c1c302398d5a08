//! Reading: lists, versions, and schemas by their id.

use dovetail_compat::Guid;
use dovetail_model::{
    Context, QualifiedSubject, SchemaId, Subject, Version, VersionSpec,
    bodies::{IdVersions, SubjectVersion},
};

use super::{Found, Registry, RegistryError, Result, shown::has_properties};
use crate::core::{Content, SchemaEntry, Scope, SubjectView, Usage, VersionEntry, View};

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
    /// Whoever asks for deleted ones may find none, as long as there is something.
    fn wider(self) -> Self {
        match self {
            Self::Live => Self::Live,
            Self::All | Self::DeletedOnly => Self::All,
        }
    }

    pub(super) fn shows(self, entry: &VersionEntry) -> bool {
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
    /// Reads `subjectPrefix`: `foo` in the default context, `:.ctx:foo` in another, `:*:foo` in all of them. A context alone
    /// may be written without its second colon.
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
            .map(|rest| rest.split_once(':').unwrap_or((rest, "")));
        let (context, prefix) = qualified.map_or((Context::default(), text), |(context, rest)| {
            (Context::new(context), rest)
        });
        Self {
            context: Some(context),
            prefix: prefix.to_owned(),
        }
    }
}

impl SubjectFilter {
    /// Every name that it leaves, whatever is under it.
    pub(super) fn names<'a>(
        &'a self,
        view: &'a View,
    ) -> impl Iterator<Item = QualifiedSubject> + 'a {
        let wanted = |context: &&'a Context| self.context.as_ref().is_none_or(|it| it == *context);
        let contexts = view.contexts().filter(move |(context, _)| wanted(context));
        contexts.flat_map(|(context, slot)| {
            slot.subjects_from(&Subject::new(&self.prefix))
                .take_while(|(name, _)| name.as_str().starts_with(&self.prefix))
                .map(|(name, _)| QualifiedSubject {
                    context: context.clone(),
                    subject: name.clone(),
                })
        })
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
        let shown = |subject: &QualifiedSubject| {
            view.subject(subject)
                .is_some_and(|holder| visibility.shows_subject(holder))
        };
        let mut found: Vec<_> = filter.names(&view).filter(shown).collect();
        found.sort_by_cached_key(ToString::to_string);
        Ok(found)
    }

    /// The newest version of a subject whose metadata has all of these properties.
    pub async fn version_with(
        &self,
        subject: &QualifiedSubject,
        properties: &[(String, String)],
        deleted: bool,
    ) -> Result<Found> {
        let view = self.view().await?;
        let subject = &*view.aliased(subject);
        let visibility = if deleted {
            Visibility::All
        } else {
            Visibility::Live
        };
        let holder = existing(&view, subject, visibility)?;
        for entry in holder.versions().iter().rev() {
            if !visibility.shows(entry) {
                continue;
            }
            let content = self.extras(&view, subject, entry).await?;
            let fits = |content: &Content| has_properties(content, properties);
            if properties.is_empty() || content.as_deref().is_some_and(fits) {
                return self.found(&view, subject, entry).await;
            }
        }
        Err(RegistryError::SchemaNotFound)
    }

    /// The versions of a subject, in ascending order, and whether each is soft-deleted.
    pub async fn versions(
        &self,
        subject: &QualifiedSubject,
        visibility: Visibility,
    ) -> Result<Vec<(Version, bool)>> {
        let view = self.view().await?;
        let subject = &*view.aliased(subject);
        let holder = existing(&view, subject, visibility.wider())?;
        let shown = holder
            .versions()
            .iter()
            .filter(|entry| visibility.shows(entry));
        Ok(shown.map(|entry| (entry.version, entry.deleted)).collect())
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
        let subject = &*view.aliased(subject);
        let has = |holder: &SubjectView| entry_of(holder, spec, visibility).is_some();
        let subject = &*view.in_contexts(subject, has);
        self.version_in(&view, subject, spec, visibility).await
    }

    pub(super) async fn version_in(
        &self,
        view: &View,
        subject: &QualifiedSubject,
        spec: VersionSpec,
        visibility: Visibility,
    ) -> Result<Found> {
        let holder = existing(view, subject, visibility)?;
        let entry =
            entry_of(holder, spec, visibility).ok_or(RegistryError::VersionNotFound(spec))?;
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
        let subject = &*view.aliased(subject);
        let holder = existing(&view, subject, Visibility::All)?;
        let entry = entry_of(holder, spec, Visibility::All);
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
        let known = self.known_view();
        if let Some((subject, version)) = own_holder(&known, scope, id) {
            return self.found(&known, &subject, &version).await;
        }
        let view = self.view().await?;
        let (subject, version) = holder(&view, scope, id)
            .ok_or_else(|| RegistryError::SchemaIdNotFound(id.to_string()))?;
        self.found(&view, &subject, &version).await
    }

    /// A schema of the default context by its id, if everything about it is in memory.
    pub fn known_schema(&self, id: SchemaId) -> Option<Found> {
        let view = self.known_view();
        let (subject, version) = own_holder(&view, &Scope::default_context(), id)?;
        let content = self.texts.cached(&subject.context, id)?;
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
        let scope = &view.scope_of_id(scope, id);
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
        let held =
            ids_of(&view, guid).find_map(|(context, id)| own_holder(&view, &scope(context), id));
        let (subject, version) =
            held.ok_or_else(|| RegistryError::SchemaIdNotFound(guid.to_string()))?;
        self.found(&view, &subject, &version).await
    }

    /// The ids an identity has, by context.
    pub async fn ids_of_guid(&self, guid: &Guid) -> Result<Vec<IdVersions>> {
        let view = self.view().await?;
        Ok(ids_of(&view, guid)
            .map(|(context, id)| IdVersions {
                context: context.to_string(),
                id,
            })
            .collect())
    }
}

/// The id that some version still carries, of each context that has one.
fn ids_of<'a>(view: &'a View, guid: &'a Guid) -> impl Iterator<Item = (&'a Context, SchemaId)> {
    view.contexts().filter_map(|(context, slot)| {
        let id = slot
            .ids_of(guid)
            .find(|id| view.schema(context, *id).is_some())?;
        Some((context, id))
    })
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

/// The version that stands for a schema in a scope: one of the scope's own subject where it names one, a live one where
/// there is one.
fn own_holder(
    view: &View,
    scope: &Scope,
    id: SchemaId,
) -> Option<(QualifiedSubject, VersionEntry)> {
    let entry = view.schema(&scope.context, id)?;
    let mut deleted = None;
    for usage in usages(view, &scope.context, entry) {
        let only = scope.subject.as_ref();
        if only.is_some_and(|only| *only != usage.0.subject) {
            continue;
        }
        if !usage.1.deleted {
            return Some(usage);
        }
        deleted.get_or_insert(usage);
    }
    deleted
}

/// The version that stands for a schema. A name without a context is merely preferred: it may be a subject of another
/// context, and if it is nowhere, any subject of the default context will do.
fn holder(view: &View, scope: &Scope, id: SchemaId) -> Option<(QualifiedSubject, VersionEntry)> {
    own_holder(view, scope, id).or_else(|| own_holder(view, &view.scope_of_id(scope, id), id))
}

impl View {
    /// Where an id is looked for that is asked for under a subject: under its alias, under the same name in another
    /// context, or in the whole default context.
    fn scope_of_id(&self, scope: &Scope, id: SchemaId) -> Scope {
        let Some(subject) = &scope.subject else {
            return scope.clone();
        };
        let asked = QualifiedSubject {
            context: scope.context.clone(),
            subject: subject.clone(),
        };
        let meant = self.aliased(&asked);
        let holds =
            |subject: &QualifiedSubject| own_holder(self, &Scope::subject(subject), id).is_some();
        if !meant.context.is_default() || holds(&meant) {
            return Scope::subject(&meant);
        }
        self.namesakes(&meant)
            .find(holds)
            .map_or_else(Scope::default_context, |subject| Scope::subject(&subject))
    }
}

/// A subject in which there is something to be seen.
fn existing<'a>(
    view: &'a View,
    subject: &QualifiedSubject,
    visibility: Visibility,
) -> Result<&'a SubjectView> {
    view.subject(subject)
        .filter(|holder| visibility.shows_subject(holder))
        .map(|holder| &**holder)
        .ok_or_else(|| RegistryError::SubjectNotFound(subject.to_string()))
}

/// The version that is named. The latest is always a live one.
fn entry_of(
    holder: &SubjectView,
    spec: VersionSpec,
    visibility: Visibility,
) -> Option<&VersionEntry> {
    match spec {
        VersionSpec::Latest => holder.latest(),
        VersionSpec::Number(version) => holder
            .version(version)
            .filter(|entry| visibility.shows(entry)),
    }
}

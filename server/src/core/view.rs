//! The view: an index of the whole registry in memory, without texts.
//!
//! It is made of persistent maps, so a copy costs nothing and shares all that did not change: readers keep the copy they
//! started with, the committer changes its own and publishes it when the database has committed. A view at N is equal to a
//! view loaded from the tables at N.

mod apply;

use std::{borrow::Cow, sync::Arc};

use dovetail_compat::Guid;
use dovetail_model::{
    CompatibilityLevel, CompatibilityPolicy, Context, Mode, QualifiedSubject, Reference, SchemaId,
    SchemaType, Subject, Version, bodies::Config,
};
use imbl::{HashMap, OrdMap};

use super::{Associations, Scope};

/// Everything the registry knows at one point of its log, but for the texts.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct View {
    pub(super) seq: u64,
    pub(super) contexts: OrdMap<Context, ContextView>,
    /// Who refers to a version. A referrer counts as long as any version carries it.
    pub(super) referrers: HashMap<Usage, Arc<Vec<(Context, SchemaId)>>>,
    pub(super) associations: Associations,
}

/// One context. Every lookup that misses is an empty one of these.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ContextView {
    /// Whether it is there. One that was deleted leaves the meanings of its ids.
    pub(super) exists: bool,
    pub(super) subjects: OrdMap<Subject, Arc<SubjectView>>,
    pub(super) schemas: OrdMap<SchemaId, Arc<SchemaEntry>>,
    pub(super) by_guid: HashMap<Guid, SchemaId>,
    /// The further ids of contents that imports gave several, sorted.
    pub(super) further_ids: HashMap<Guid, Vec<SchemaId>>,
    pub(super) config: Option<Box<Config>>,
    pub(super) mode: Option<Mode>,
}

/// One subject: its versions in ascending order, and its own settings.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SubjectView {
    pub(super) versions: Vec<VersionEntry>,
    pub(super) last_version: u32,
    pub(super) config: Option<Box<Config>>,
    pub(super) mode: Option<Mode>,
}

/// The configurations that hold in a scope, the nearest first.
#[derive(Debug, Clone, Copy)]
pub struct Configs<'a>([Option<&'a Config>; 3]);

/// One version of a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VersionEntry {
    pub version: Version,
    pub id: SchemaId,
    /// Soft-deleted.
    pub deleted: bool,
    /// When it was registered, in milliseconds since 1970.
    pub at: i64,
}

/// One schema of a context. It stays when its last version goes, so that the id keeps its meaning.
#[derive(Debug, Clone, PartialEq)]
pub struct SchemaEntry {
    pub id: SchemaId,
    pub guid: Guid,
    /// The identity of text and references alone.
    pub text_guid: Guid,
    pub schema_type: SchemaType,
    /// Whether there is metadata or a rule set.
    pub has_extras: bool,
    pub references: Vec<Reference>,
    /// The versions that carry it, soft-deleted ones included, sorted.
    pub usages: Vec<(Subject, Version)>,
}

/// A version somewhere.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Usage {
    pub subject: QualifiedSubject,
    pub version: Version,
}

impl View {
    /// The number of the last change in it.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// The subject that is meant by a name: another one where its settings say so. That one's own alias does not count.
    pub fn aliased<'a>(&self, subject: &'a QualifiedSubject) -> Cow<'a, QualifiedSubject> {
        let config = self
            .subject(subject)
            .and_then(|holder| holder.config.as_deref());
        let alias = config.and_then(|config| config.alias.as_deref());
        alias
            .and_then(|alias| QualifiedSubject::parse_within(alias, &subject.context).ok())
            .map_or(Cow::Borrowed(subject), Cow::Owned)
    }

    /// The subject that is meant where a name without a context is not `fitting` in the default one: the first of that name
    /// in another context that is.
    pub fn in_contexts<'a>(
        &self,
        subject: &'a QualifiedSubject,
        fitting: impl Fn(&SubjectView) -> bool,
    ) -> Cow<'a, QualifiedSubject> {
        let fits = |subject: &QualifiedSubject| self.subject(subject).is_some_and(|it| fitting(it));
        if !subject.context.is_default() || fits(subject) {
            return Cow::Borrowed(subject);
        }
        self.namesakes(subject)
            .find(fits)
            .map_or(Cow::Borrowed(subject), Cow::Owned)
    }

    /// The subjects of the same name in other contexts than the default one.
    pub fn namesakes<'a>(
        &'a self,
        subject: &'a QualifiedSubject,
    ) -> impl Iterator<Item = QualifiedSubject> + 'a {
        let others = self.contexts().filter(|(context, slot)| {
            !context.is_default() && slot.subjects.contains_key(&subject.subject)
        });
        others.map(|(context, _)| QualifiedSubject {
            context: context.clone(),
            subject: subject.subject.clone(),
        })
    }

    /// Every context that was ever written to, the default one first.
    pub fn contexts(&self) -> impl Iterator<Item = (&Context, &ContextView)> {
        self.contexts
            .iter()
            .filter(|(context, _)| !context.is_global())
    }

    /// One context, if it was ever written to.
    pub fn context(&self, context: &Context) -> Option<&ContextView> {
        self.contexts.get(context)
    }

    /// One subject, if it has a version or a setting of its own.
    pub fn subject(&self, subject: &QualifiedSubject) -> Option<&Arc<SubjectView>> {
        self.context(&subject.context)?
            .subjects
            .get(&subject.subject)
    }

    /// One schema that some version still carries.
    pub fn schema(&self, context: &Context, id: SchemaId) -> Option<&Arc<SchemaEntry>> {
        self.context(context)?
            .schemas
            .get(&id)
            .filter(|entry| !entry.usages.is_empty())
    }

    /// The schema a version stands for.
    pub fn schema_of(
        &self,
        context: &Context,
        version: &VersionEntry,
    ) -> Option<&Arc<SchemaEntry>> {
        self.context(context)?.schemas.get(&version.id)
    }

    /// The schemas that refer to a version, sorted.
    pub fn referrers(&self, target: &Usage) -> &[(Context, SchemaId)] {
        self.referrers
            .get(target)
            .map_or(&[], |referrers| referrers.as_slice())
    }

    /// Whether a live version carries a schema that refers to this one.
    pub fn has_live_referrer(&self, target: &Usage) -> bool {
        self.referrers(target).iter().any(|(context, id)| {
            self.schema(context, *id).is_some_and(|entry| {
                entry.usages.iter().any(|(subject, version)| {
                    let subject = QualifiedSubject {
                        context: context.clone(),
                        subject: subject.clone(),
                    };
                    self.subject(&subject)
                        .and_then(|found| found.version(*version))
                        .is_some_and(|found| !found.deleted)
                })
            })
        })
    }

    /// A setting of a subject: its own, else its context's, else that of the level above all contexts.
    fn setting<'a, T>(
        &'a self,
        scope: &Scope,
        of_subject: impl Fn(&'a SubjectView) -> Option<T>,
        of_context: impl Fn(&'a ContextView) -> Option<T>,
    ) -> Option<T> {
        let context = self.context(&scope.context);
        let subject = scope
            .subject
            .as_ref()
            .and_then(|name| context?.subjects.get(name));
        subject
            .and_then(|subject| of_subject(subject))
            .or_else(|| context.and_then(&of_context))
            .or_else(|| self.context(&Context::global()).and_then(&of_context))
    }

    /// What is configured for a scope, and above it.
    pub fn configs(&self, scope: &Scope) -> Configs<'_> {
        let context = self.context(&scope.context);
        let subject = scope.subject.as_ref().zip(context);
        let subject = subject.and_then(|(name, context)| context.subjects.get(name));
        let global = self.context(&Context::global());
        Configs([
            subject.and_then(|subject| subject.config.as_deref()),
            context.and_then(|context| context.config.as_deref()),
            global.and_then(|context| context.config.as_deref()),
        ])
    }

    /// The value of a setting in a scope: that of the nearest scope that sets it.
    pub fn config<'a, T>(
        &'a self,
        scope: &Scope,
        field: impl Fn(&'a Config) -> Option<T>,
    ) -> Option<T> {
        self.configs(scope).first(field)
    }

    /// The level that holds in a scope, if any scope sets one.
    pub fn level(&self, scope: &Scope) -> Option<CompatibilityLevel> {
        self.config(scope, |config| config.compatibility_level)
    }

    /// The policy that holds in a scope.
    pub fn policy(&self, scope: &Scope) -> CompatibilityPolicy {
        self.config(scope, |config| config.compatibility_policy)
            .unwrap_or_default()
    }

    /// The mode that holds in a scope.
    pub fn mode(&self, scope: &Scope) -> Mode {
        self.setting(scope, |subject| subject.mode, |context| context.mode)
            .unwrap_or_default()
    }

    /// A scope's own settings.
    pub fn own_config(&self, scope: &Scope) -> Option<&Config> {
        let context = self.context(&scope.context)?;
        match &scope.subject {
            Some(subject) => context.subjects.get(subject)?.config.as_deref(),
            None => context.config.as_deref(),
        }
    }

    /// A scope's own mode.
    pub fn own_mode(&self, scope: &Scope) -> Option<Mode> {
        let context = self.context(&scope.context)?;
        match &scope.subject {
            Some(subject) => context.subjects.get(subject)?.mode,
            None => context.mode,
        }
    }

    /// Which resources use which subjects.
    pub fn associations(&self) -> &Associations {
        &self.associations
    }

    /// Every scope with its own settings and mode, the level above all contexts included.
    pub fn own_settings(
        &self,
    ) -> impl Iterator<Item = (&Context, Option<&Subject>, Option<&Config>, Option<Mode>)> {
        self.contexts.iter().flat_map(|(context, slot)| {
            let whole = std::iter::once((context, None, slot.config.as_deref(), slot.mode));
            whole.chain(slot.subjects.iter().map(move |(subject, holder)| {
                (
                    context,
                    Some(subject),
                    holder.config.as_deref(),
                    holder.mode,
                )
            }))
        })
    }
}

impl<'a> Configs<'a> {
    /// The value of a setting: that of the nearest scope that sets it.
    pub fn first<T>(&self, field: impl Fn(&'a Config) -> Option<T>) -> Option<T> {
        self.0.iter().flatten().find_map(|config| field(config))
    }
}

impl ContextView {
    /// Subjects in the byte order of their names. Some have settings only and no version.
    pub fn subjects(&self) -> impl Iterator<Item = (&Subject, &Arc<SubjectView>)> {
        self.subjects.iter()
    }

    /// Subjects from a name on.
    pub fn subjects_from(
        &self,
        first: &Subject,
    ) -> impl Iterator<Item = (&Subject, &Arc<SubjectView>)> + use<'_> {
        self.subjects.range(first.clone()..)
    }

    /// The id a content has here, whether or not a version still carries it; the lowest of several.
    pub fn id_of(&self, guid: &Guid) -> Option<SchemaId> {
        self.by_guid.get(guid).copied()
    }

    /// Every id a content has here, in ascending order.
    pub fn ids_of(&self, guid: &Guid) -> impl Iterator<Item = SchemaId> + use<'_> {
        let further = self.further_ids.get(guid).into_iter().flatten();
        self.id_of(guid).into_iter().chain(further.copied())
    }

    /// What an id stands for, whether or not a version still carries it.
    pub fn entry(&self, id: SchemaId) -> Option<&Arc<SchemaEntry>> {
        self.schemas.get(&id)
    }

    /// Whether it was written to, and not deleted since.
    pub fn exists(&self) -> bool {
        self.exists
    }

    /// Whether a version is in it, soft-deleted ones included.
    pub fn has_versions(&self) -> bool {
        self.subjects
            .values()
            .any(|subject| !subject.versions.is_empty())
    }

    /// The highest id ever given out.
    pub fn last_id(&self) -> Option<SchemaId> {
        self.schemas.get_max().map(|(id, _)| *id)
    }

    /// Every id that was given out, in ascending order.
    pub fn ids(&self) -> impl Iterator<Item = SchemaId> {
        self.schemas.keys().copied()
    }

    /// How many schemas were ever registered.
    pub fn schema_count(&self) -> usize {
        self.schemas.len()
    }

    /// Notes that a content has an id.
    pub(super) fn note_id(&mut self, guid: Guid, id: SchemaId) {
        let lowest = self.by_guid.entry(guid).or_insert(id);
        if *lowest == id {
            return;
        }
        let other = id.max(*lowest);
        *lowest = id.min(*lowest);
        let further = self.further_ids.entry(guid).or_default();
        if let Err(place) = further.binary_search(&other) {
            further.insert(place, other);
        }
    }
}

impl SubjectView {
    /// Versions in ascending order, soft-deleted ones included.
    pub fn versions(&self) -> &[VersionEntry] {
        &self.versions
    }

    /// Versions that are not soft-deleted, in ascending order.
    pub fn live(&self) -> impl DoubleEndedIterator<Item = &VersionEntry> {
        self.versions.iter().filter(|entry| !entry.deleted)
    }

    /// The newest version that is not soft-deleted.
    pub fn latest(&self) -> Option<&VersionEntry> {
        self.live().next_back()
    }

    /// One version, soft-deleted or not.
    pub fn version(&self, version: Version) -> Option<&VersionEntry> {
        self.versions
            .binary_search_by_key(&version, |entry| entry.version)
            .ok()
            .map(|found| &self.versions[found])
    }

    /// Whether it has a mode of its own.
    pub fn has_mode(&self) -> bool {
        self.mode.is_some()
    }

    /// The highest version that was ever given out; 0 where there was none.
    pub fn last_version(&self) -> u32 {
        self.last_version
    }

    /// The version the next registration becomes: one more than the highest ever given out.
    pub fn next_version(&self) -> Option<Version> {
        Version::new(i64::from(self.last_version) + 1)
    }

    pub(super) fn insert(&mut self, entry: VersionEntry) {
        let place = self
            .versions
            .partition_point(|known| known.version < entry.version);
        self.versions.insert(place, entry);
        self.last_version = self.last_version.max(entry.version.get());
    }
}

//! Listing schemas: every version of every subject that a filter leaves.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use dovetail_model::{Association, AssociationType, Lifecycle, QualifiedSubject, RuleSet};

use super::{Found, Registry, Result, SubjectFilter, Visibility};
use crate::core::{SubjectView, VersionEntry, View};

/// Which versions a listing shows.
#[derive(Debug, Clone)]
pub struct SchemaFilter {
    pub subjects: SubjectFilter,
    pub visibility: Visibility,
    /// Only the newest that is visible of each subject.
    pub latest_only: bool,
    /// Only schemas with a rule of this type.
    pub rule_type: Option<String>,
    /// Also what subjects are aliases of, with the names of those.
    pub aliases: bool,
    /// Only schemas of subjects that resources are associated with like this, or with none.
    pub associated: Option<AssociatedWith>,
}

/// Which associations the subjects of a listing have. What is empty holds for all.
#[derive(Debug, Clone, Default)]
pub struct AssociatedWith {
    pub resource_type: Option<String>,
    pub types: Vec<AssociationType>,
    pub lifecycles: Vec<Lifecycle>,
    /// Those as well that have no association of that resource type and those types.
    pub or_none: bool,
}

/// One version of a listing, not fetched yet.
#[derive(Debug, Clone)]
pub struct Listed {
    pub subject: QualifiedSubject,
    pub entry: VersionEntry,
    /// The subjects that stand for this one.
    pub aliases: Vec<QualifiedSubject>,
    /// The associations of the subject that the filter means.
    pub associations: Vec<Arc<Association>>,
}

impl AssociatedWith {
    /// The associations of a subject that are meant; `None` where the subject is not.
    fn of(&self, view: &View, subject: &QualifiedSubject) -> Option<Vec<Arc<Association>>> {
        let is_fitting = |one: &&Arc<Association>| {
            let wanted = self.resource_type.as_ref();
            wanted.is_none_or(|wanted| *wanted == one.resource_type)
                && (self.types.is_empty() || self.types.contains(&one.association_type))
        };
        let associations = view.associations();
        let fitting = associations.of_subject(subject).filter(is_fitting);
        let mut meant: Vec<Arc<Association>> = fitting.cloned().collect();
        let has_none = meant.is_empty();
        let any_lifecycle = self.lifecycles.is_empty() && !self.or_none;
        meant.retain(|one| any_lifecycle || self.lifecycles.contains(&one.lifecycle));
        (!meant.is_empty() || has_none && self.or_none).then_some(meant)
    }
}

impl Registry {
    /// The versions that a filter leaves, sorted by subject and version: those from `offset` on, `limit` at most.
    pub async fn listing(
        &self,
        filter: &SchemaFilter,
        offset: usize,
        limit: usize,
    ) -> Result<Vec<Listed>> {
        let view = self.view().await?;
        let mut found = Vec::new();
        let mut skipped = 0;
        for (subject, aliases) in subjects(&view, filter) {
            let Some(holder) = view.subject(&subject) else {
                continue;
            };
            let associations = match &filter.associated {
                Some(wanted) => wanted.of(&view, &subject),
                None => Some(Vec::new()),
            };
            let Some(associations) = associations else {
                continue;
            };
            for entry in versions(holder, filter) {
                if found.len() == limit {
                    return Ok(found);
                }
                if !self.has_rule(&view, &subject, &entry, filter).await? {
                    continue;
                }
                if skipped < offset {
                    skipped += 1;
                    continue;
                }
                found.push(Listed {
                    subject: subject.clone(),
                    entry,
                    aliases: aliases.clone(),
                    associations: associations.clone(),
                });
            }
        }
        Ok(found)
    }

    /// A listed version with its text; `None` where it was deleted since.
    pub async fn fetch(&self, listed: &Listed) -> Result<Option<Found>> {
        let view = self.known_view();
        let context = &listed.subject.context;
        let Some(content) = self.texts.get(context, listed.entry.id).await? else {
            return Ok(None);
        };
        Found::new(&view, &listed.subject, &listed.entry, content).map(Some)
    }

    async fn has_rule(
        &self,
        view: &View,
        subject: &QualifiedSubject,
        entry: &VersionEntry,
        filter: &SchemaFilter,
    ) -> Result<bool> {
        let Some(wanted) = &filter.rule_type else {
            return Ok(true);
        };
        let content = self.extras(view, subject, entry).await?;
        let rules = content
            .as_ref()
            .and_then(|content| content.rule_set.as_ref());
        let has = |rules: &RuleSet| {
            let domain = rules.domain_rules.iter().chain(&rules.encoding_rules);
            let mut all = domain.chain(&rules.migration_rules);
            all.any(|rule| rule.executor.as_ref() == Some(wanted))
        };
        Ok(rules.is_some_and(has))
    }
}

/// The subjects of a filter, sorted by their qualified names, each with its aliases.
fn subjects(
    view: &View,
    filter: &SchemaFilter,
) -> impl Iterator<Item = (QualifiedSubject, Vec<QualifiedSubject>)> {
    let mut named: BTreeSet<QualifiedSubject> = filter.subjects.names(view).collect();
    let mut aliases: BTreeMap<QualifiedSubject, Vec<QualifiedSubject>> = BTreeMap::new();
    if filter.aliases {
        for alias in &named {
            let meant = view.aliased(alias);
            if *meant != *alias {
                let aliases = aliases.entry(meant.into_owned()).or_default();
                aliases.push(alias.clone());
            }
        }
        named.extend(aliases.keys().cloned());
    }
    let mut sorted: Vec<QualifiedSubject> = named.into_iter().collect();
    sorted.sort_by_cached_key(ToString::to_string);
    sorted.into_iter().map(move |subject| {
        let aliases = aliases.remove(&subject).unwrap_or_default();
        (subject, aliases)
    })
}

fn versions(holder: &SubjectView, filter: &SchemaFilter) -> Vec<VersionEntry> {
    let mut visible = holder
        .versions()
        .iter()
        .filter(|entry| filter.visibility.shows(entry));
    if filter.latest_only {
        visible.next_back().copied().into_iter().collect()
    } else {
        visible.copied().collect()
    }
}

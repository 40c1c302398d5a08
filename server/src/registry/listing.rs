//! Listing schemas: every version of every subject that a filter leaves.

use std::collections::{BTreeMap, BTreeSet};

use dovetail_model::{QualifiedSubject, RuleSet};

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
}

/// One version of a listing, not fetched yet.
#[derive(Debug, Clone)]
pub struct Listed {
    pub subject: QualifiedSubject,
    pub entry: VersionEntry,
    /// The subjects that stand for this one.
    pub aliases: Vec<QualifiedSubject>,
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

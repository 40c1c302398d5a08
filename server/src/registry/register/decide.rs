//! A plan on the newest state, inside the transaction: what must still hold, and what is then written.

use std::sync::Arc;

use dovetail_model::{Reference, SchemaId, Version};

use super::{CHECKED_IN_PLACE, LIGHT_BYTES, Plan, Step};
use crate::{
    core::{
        ChangeKind, Decision, Facts, Moment, Mutation, Registered, Scope, Usage, VersionEntry, View,
    },
    registry::{
        RegistryError, Result,
        check::{Obligation, Previous, verdict},
        facts, references,
    },
};

impl Plan {
    /// Decides on the newest state, and says what to write. The flag tells whether the version is new.
    pub(in crate::registry) fn decide(
        &mut self,
        moment: &Moment<'_>,
    ) -> Result<Decision<(VersionEntry, bool)>> {
        let view = moment.view;
        let (id, version) = match self.admit(view)? {
            Step::There(entry) => return Ok(Decision::Keep((entry, false))),
            Step::New { id, version } => (id, version),
        };
        self.hold_references(view)?;
        if !self.terms.is_import {
            self.check_what_is_new(view)?;
        }
        let mutation = Mutation {
            kind: self.change(view, id, version),
            content: Some(Arc::clone(&self.content)),
        };
        // The next decision of this batch may have to be checked against this schema.
        self.parser.keep(
            &self.subject().context,
            id,
            self.full.guid,
            Arc::clone(&self.full.parsed.schema),
        );
        let entry = VersionEntry {
            version,
            id,
            deleted: false,
            at: moment.at,
        };
        Ok(Decision::Write(vec![mutation], (entry, true)))
    }

    /// The references must still stand for what was parsed.
    fn hold_references(&self, view: &View) -> Result<()> {
        let submitted: Vec<Reference> = self
            .full
            .references
            .iter()
            .map(|resolved| resolved.reference.clone())
            .collect();
        let now = references::resolve(view, self.subject(), &submitted)?;
        // Not by their ids: the target may be part of the same batch, and get another id than was planned.
        let guids = |resolved: &[references::Resolved]| {
            resolved.iter().map(|one| one.guid).collect::<Vec<_>>()
        };
        if guids(&now) == guids(&self.full.references) {
            Ok(())
        } else {
            Err(RegistryError::Moved)
        }
    }

    /// Checks against the versions that the plan has not been checked against yet.
    fn check_what_is_new(&mut self, view: &View) -> Result<()> {
        let obligation = Obligation::of(view, self.subject(), self.default_level);
        let (level, policy) = (obligation.level, obligation.policy);
        if self.passed_at != (level, policy, obligation.group.clone()) {
            return if obligation.versions.is_empty() {
                Ok(())
            } else {
                Err(RegistryError::Moved)
            };
        }
        // Which versions belong to a group is written where this cannot look.
        let ids = || obligation.versions.iter().map(|entry| entry.id);
        if obligation.group.is_some() && !ids().eq(self.passed.iter().copied()) {
            return Err(RegistryError::Moved);
        }
        let context = &self.subject().context;
        let mut unchecked: Vec<Previous> = Vec::new();
        for entry in obligation
            .versions
            .iter()
            .filter(|entry| !self.passed.contains(&entry.id))
        {
            let parsed = view
                .schema_of(context, entry)
                .and_then(|stored| self.parser.stored(context, stored.id, stored.guid))
                .filter(|parsed| parsed.canonical().len() <= LIGHT_BYTES)
                .filter(|_| self.is_light && unchecked.len() < CHECKED_IN_PLACE)
                .ok_or(RegistryError::Moved)?;
            unchecked.push((*entry, parsed));
        }
        let verdict = verdict(&self.full.parsed.schema, &unchecked, level, policy)?;
        if !verdict.is_compatible() {
            let subject = self.subject().clone();
            let verdict = verdict.signed(&self.terms, level);
            return Err(RegistryError::Incompatible {
                subject,
                messages: verdict.messages,
            });
        }
        self.passed
            .extend(unchecked.iter().map(|(entry, _)| entry.id));
        Ok(())
    }

    fn change(&self, view: &View, id: SchemaId, version: Version) -> ChangeKind {
        ChangeKind::SchemaRegistered(Registered {
            subject: self.subject().clone(),
            version,
            id,
            guid: self.full.guid,
            text_guid: self.full.parsed.text_guid,
            schema_type: self.full.parsed.schema.schema_type(),
            has_extras: self.full.has_extras(),
            references: self.full.parsed.references.clone(),
            purged: self.purged(view, id, version),
            facts: Some(Arc::new(self.facts(view))),
            imported: None,
        })
    }

    fn facts(&self, view: &View) -> Facts {
        let subject = self.subject();
        let scope = Scope::subject(subject);
        let holder = view.subject(subject);
        let at_once = |latest: &VersionEntry| {
            let stored = view.schema_of(&subject.context, latest)?;
            let previous = self
                .parser
                .stored(&subject.context, stored.id, stored.guid)
                .filter(|parsed| self.is_light && parsed.canonical().len() <= LIGHT_BYTES)?;
            Some((Arc::clone(&self.full.parsed.schema), previous))
        };
        let summary = if view.mode(&scope).is_import() {
            None
        } else {
            facts::summary(view, subject, self.compared.as_ref(), at_once)
        };
        Facts {
            sha256: self.full.parsed.sha256.clone(),
            size: self.full.parsed.canonical.len() as u64,
            level: view.level(&scope).unwrap_or(self.default_level),
            creates_subject: holder.is_none_or(|holder| holder.versions().is_empty()),
            summary,
        }
    }

    /// Soft-deleted versions with the same schema make room for the new one, unless something refers to them. An import
    /// may bring back the very version that was deleted: then it stays what it was for those who refer to it.
    fn purged(&self, view: &View, id: SchemaId, brought: Version) -> Vec<Version> {
        let subject = self.subject();
        let holder = view.subject(subject).into_iter();
        let same = holder
            .flat_map(|holder| holder.versions())
            .filter(|entry| entry.deleted && entry.id == id);
        same.map(|entry| entry.version)
            .filter(|version| {
                let usage = Usage {
                    subject: subject.clone(),
                    version: *version,
                };
                *version == brought || view.referrers(&usage).is_empty()
            })
            .collect()
    }
}

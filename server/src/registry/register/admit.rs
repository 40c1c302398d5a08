//! What is asked of a registration before references and compatibility: mode, version, id, and whether it is there already.

use dovetail_model::{SchemaId, Version};

use super::{Plan, Step, asked_version, says_no_text};
use crate::{
    core::{ContextView, Scope, SubjectView, VersionEntry, View},
    registry::{RegistryError, Result, terms::Terms},
};

impl Plan {
    /// Everything but references and compatibility, in the protocol's order.
    pub(super) fn admit(&self, view: &View) -> Result<Step> {
        let none = SubjectView::default();
        let holder = view
            .subject(self.subject())
            .map_or(&none, |holder| &**holder);
        let scope = Scope::subject(self.subject());
        if Terms::of(view, &scope, self.validation) != self.terms {
            return Err(RegistryError::Moved);
        }
        let mode = view.mode(&scope);
        if let Some(entry) = self.already_there(view, holder) {
            return Ok(Step::There(*entry));
        }
        if mode.is_read_only() {
            return Err(RegistryError::read_only(self.subject()));
        }
        self.hold_inheritance(view, holder)?;
        let none = ContextView::default();
        let context = view.context(&self.subject().context).unwrap_or(&none);
        let next = holder
            .next_version()
            .ok_or_else(|| not_permitted("the subject has no version numbers left"))?;
        if mode.is_import() {
            return self.admit_import(context, holder, next);
        }
        if self.request.id.is_some() {
            return Err(not_permitted(format!(
                "Subject {} is not in import mode",
                self.subject()
            )));
        }
        if self.noted.is_some_and(|noted| noted != next) {
            return Err(RegistryError::Moved);
        }
        self.expect_version(next)?;
        let fresh = context.last_id().map_or(1, |id| i64::from(id.get()) + 1);
        let id = context
            .id_of(&self.full.guid)
            .or_else(|| SchemaId::new(fresh));
        let id = id.ok_or_else(|| not_permitted("the context has no schema ids left"))?;
        Ok(Step::New { id, version: next })
    }

    /// In import mode a schema brings its id, and may bring its version.
    fn admit_import(
        &self,
        context: &ContextView,
        holder: &SubjectView,
        next: Version,
    ) -> Result<Step> {
        let Some(id) = self.request.id else {
            return Err(not_permitted(format!(
                "Subject {} is in import mode: a schema must bring its id",
                self.subject()
            )));
        };
        let id = SchemaId::new(id)
            .ok_or_else(|| not_permitted(format!("Schema id {id} is not between 1 and 2^31-1")))?;
        if context
            .entry(id)
            .is_some_and(|entry| entry.guid != self.full.guid)
        {
            return Err(not_permitted(format!(
                "Overwrite new schema with id {id} is not permitted."
            )));
        }
        let version = match self.request.version {
            None | Some(0 | -1) => next,
            Some(number) => Version::new(number).ok_or_else(|| wrong_version(number, next))?,
        };
        if holder.version(version).is_some_and(|entry| entry.id != id) {
            return Err(not_permitted(format!(
                "Subject {} version {version} already holds another schema",
                self.subject()
            )));
        }
        Ok(Step::New { id, version })
    }

    /// The version that holds the schema already, if it is the one that is asked for. What the settings add makes a schema
    /// another one, so then only the complete one counts.
    fn already_there<'a>(&self, view: &View, holder: &'a SubjectView) -> Option<&'a VersionEntry> {
        let is_plain = !self.terms.add_something() && asked_version(&self.request).is_none();
        let twin = self.twin.filter(|_| is_plain);
        let twin = twin.and_then(|id| holder.live().rev().find(|entry| entry.id == id));
        let bare = (!self.terms.add_something()).then_some(&self.bare);
        bare.into_iter()
            .chain([&self.full])
            .filter_map(|candidate| match asked_version(&self.request) {
                None => candidate.find(view, holder, false),
                Some(-1) => candidate.find(view, holder, false).filter(|entry| {
                    Some(entry.version) == holder.latest().map(|latest| latest.version)
                }),
                Some(number) => holder
                    .version(Version::new(number)?)
                    .filter(|entry| !entry.deleted && candidate.is_held_by(view, entry)),
            })
            .chain(twin)
            .find(|entry| {
                self.request
                    .id
                    .is_none_or(|id| id == i64::from(entry.id.get()))
            })
    }

    /// A request that names a version asks for exactly that one.
    fn expect_version(&self, version: Version) -> Result<()> {
        match self.request.version {
            None | Some(0 | -1) => Ok(()),
            Some(number) if number == i64::from(version.get()) => Ok(()),
            Some(number) => Err(wrong_version(number, version)),
        }
    }

    /// What was taken from the latest version must still be what the latest version says.
    fn hold_inheritance(&self, view: &View, holder: &SubjectView) -> Result<()> {
        if self.terms.is_import {
            return Ok(());
        }
        let complete = !self.request.propagate_schema_tags
            && self.bare.metadata.is_some()
            && self.bare.rule_set.is_some()
            && !says_no_text(&self.request)
            && !self.terms.validation.fields;
        let latest = holder.latest();
        if complete || latest.map(|entry| entry.id) == self.heir_of {
            return Ok(());
        }
        let says_something = |entry| {
            view.schema_of(&self.subject().context, entry)
                .is_some_and(|stored| stored.has_extras)
        };
        if self.earlier.is_some()
            || self.request.propagate_schema_tags
            || says_no_text(&self.request)
            || latest.is_some_and(says_something)
        {
            return Err(RegistryError::Moved);
        }
        Ok(())
    }
}

fn not_permitted(reason: impl Into<String>) -> RegistryError {
    RegistryError::OperationNotPermitted(reason.into())
}

fn wrong_version(number: i64, expected: Version) -> RegistryError {
    RegistryError::InvalidSchema(format!(
        "version {number} is not the expected version {expected}"
    ))
}

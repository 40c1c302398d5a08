//! How a view is made from the rows of the tables, at start.

use std::{collections::BTreeMap, sync::Arc};

use dovetail_model::{Association, Context, Mode, Reference, SchemaId, Subject, bodies::Config};

use super::{
    Associations, Scope,
    view::{ContextView, SchemaEntry, SubjectView, VersionEntry, View},
};

/// Makes a view from the rows of the tables.
#[derive(Debug, Default)]
pub struct ViewBuilder {
    seq: u64,
    contexts: BTreeMap<Context, ContextBuilder>,
    associations: Associations,
}

#[derive(Debug, Default)]
struct ContextBuilder {
    subjects: BTreeMap<Subject, SubjectView>,
    schemas: BTreeMap<SchemaId, SchemaEntry>,
    exists: bool,
    config: Option<Box<Config>>,
    mode: Option<Mode>,
}

impl ViewBuilder {
    pub fn seq(&mut self, seq: u64) {
        self.seq = seq;
    }

    pub fn context(&mut self, context: Context) {
        self.contexts.entry(context).or_default().exists = true;
    }

    /// A schema without its references, before anything that mentions it.
    pub fn schema(&mut self, context: Context, entry: SchemaEntry) {
        self.contexts
            .entry(context)
            .or_default()
            .schemas
            .insert(entry.id, entry);
    }

    /// A reference; those of one schema come in their order.
    pub fn reference(
        &mut self,
        context: &Context,
        id: SchemaId,
        reference: Reference,
    ) -> Option<()> {
        self.contexts
            .get_mut(context)?
            .schemas
            .get_mut(&id)?
            .references
            .push(reference);
        Some(())
    }

    pub fn subject(&mut self, context: Context, subject: Subject, last_version: u32) {
        self.contexts
            .entry(context)
            .or_default()
            .subjects
            .entry(subject)
            .or_default()
            .last_version = last_version;
    }

    /// A version of a known subject with a known schema; those of one subject come in ascending order.
    pub fn version(
        &mut self,
        context: &Context,
        subject: &Subject,
        entry: VersionEntry,
    ) -> Option<()> {
        let slot = self.contexts.get_mut(context)?;
        slot.schemas
            .get_mut(&entry.id)?
            .usages
            .push((subject.clone(), entry.version));
        slot.subjects.get_mut(subject)?.insert(entry);
        Some(())
    }

    pub fn config(&mut self, scope: Scope, config: Config) {
        let slot = self.contexts.entry(scope.context).or_default();
        match scope.subject {
            Some(subject) => {
                slot.subjects.entry(subject).or_default().config = Some(Box::new(config));
            }
            None => slot.config = Some(Box::new(config)),
        }
    }

    pub fn mode(&mut self, scope: Scope, mode: Mode) {
        let slot = self.contexts.entry(scope.context).or_default();
        match scope.subject {
            Some(subject) => slot.subjects.entry(subject).or_default().mode = Some(mode),
            None => slot.mode = Some(mode),
        }
    }

    pub fn association(&mut self, association: Association) {
        self.associations.set(association);
    }

    pub fn build(self) -> View {
        let mut view = View {
            seq: self.seq,
            associations: self.associations,
            ..View::default()
        };
        let mut links = Vec::new();
        for (context, slot) in self.contexts {
            let mut noted = ContextView::default();
            for entry in slot.schemas.values() {
                noted.note_id(entry.guid, entry.id);
                if !entry.references.is_empty() {
                    links.push((context.clone(), entry.id, entry.references.clone()));
                }
            }
            let built = ContextView {
                exists: slot.exists,
                subjects: slot
                    .subjects
                    .into_iter()
                    .map(|(name, subject)| (name, Arc::new(subject)))
                    .collect(),
                schemas: slot
                    .schemas
                    .into_iter()
                    .map(|(id, entry)| (id, Arc::new(entry)))
                    .collect(),
                by_guid: noted.by_guid,
                further_ids: noted.further_ids,
                config: slot.config,
                mode: slot.mode,
            };
            view.contexts.insert(context, built);
        }
        for (context, id, references) in links {
            view.link(&context, id, &references);
        }
        view
    }
}

//! How a view takes a change.

use std::sync::Arc;

use dovetail_model::{Context, QualifiedSubject, Reference, SchemaId, Version};
use imbl::OrdMap;

use super::{ContextView, SchemaEntry, SubjectView, Usage, VersionEntry, View};
use crate::core::{Change, ChangeKind, Deleted, Imported, Registered, Reserved, Scope};

impl View {
    /// Takes a change that is yet to be written, to see what would come of it.
    pub fn apply_next(&mut self, kind: &ChangeKind) {
        self.apply(&Change {
            seq: self.seq + 1,
            at: 0,
            actor: String::new(),
            kind: kind.clone(),
        });
    }

    /// Takes the next change. Changes come in order and without gaps; the caller sees to that.
    pub fn apply(&mut self, change: &Change) {
        debug_assert_eq!(change.seq, self.seq + 1, "changes are applied in order");
        self.seq = change.seq;
        match &change.kind {
            ChangeKind::SchemaRegistered(registered) => self.register(registered, change.at),
            ChangeKind::IdReserved(reserved) => self.reserve(reserved),
            ChangeKind::SubjectCounted {
                subject,
                last_version,
            } => self.count(subject, *last_version),
            ChangeKind::AssociationSet(association) => {
                self.associations.set(association.as_ref().clone());
            }
            ChangeKind::AssociationDeleted(key) => self.associations.remove(key),
            ChangeKind::VersionDeleted(deleted) | ChangeKind::SubjectDeleted(deleted) => {
                self.delete(deleted);
            }
            ChangeKind::ConfigChanged { scope, config } => {
                self.set(
                    scope,
                    |slot| slot.config.clone_from(config),
                    |slot| slot.config.clone_from(config),
                );
            }
            ChangeKind::ModeChanged { scope, mode } => {
                self.set(scope, |slot| slot.mode = *mode, |slot| slot.mode = *mode);
            }
            ChangeKind::ContextDeleted { context } => self.delete_context(context),
        }
    }

    fn register(&mut self, registered: &Registered, at: i64) {
        self.remove_versions(&registered.subject, &registered.purged);
        let Usage {
            subject: QualifiedSubject { context, subject },
            version,
        } = Usage {
            subject: registered.subject.clone(),
            version: registered.version,
        };
        let slot = self.contexts.entry(context.clone()).or_default();
        slot.exists = true;
        let entry = slot
            .schemas
            .entry(registered.id)
            .or_insert_with(|| Arc::new(SchemaEntry::of(registered)));
        let revived = entry.usages.is_empty();
        let entry = Arc::make_mut(entry);
        let place = entry
            .usages
            .partition_point(|usage| *usage < (subject.clone(), version));
        entry.usages.insert(place, (subject.clone(), version));
        if revived {
            entry.references.clone_from(&registered.references);
        }
        slot.note_id(registered.guid, registered.id);
        let holder = Arc::make_mut(slot.subjects.entry(subject).or_default());
        let imported = registered.imported;
        let Imported { at, deleted } = imported.unwrap_or(Imported { at, deleted: false });
        holder.insert(VersionEntry {
            version,
            id: registered.id,
            deleted,
            at,
        });
        if revived {
            self.link(&context, registered.id, &registered.references);
        }
    }

    fn reserve(&mut self, reserved: &Reserved) {
        // A context that is deleted keeps its ids, so an id alone makes none.
        let slot = self.contexts.entry(reserved.context.clone()).or_default();
        let entry = SchemaEntry {
            id: reserved.id,
            guid: reserved.guid,
            text_guid: reserved.text_guid,
            schema_type: reserved.schema_type,
            has_extras: reserved.has_extras,
            references: Vec::new(),
            usages: Vec::new(),
        };
        slot.schemas
            .entry(reserved.id)
            .or_insert_with(|| Arc::new(entry));
        slot.note_id(reserved.guid, reserved.id);
    }

    fn count(&mut self, subject: &QualifiedSubject, last_version: Version) {
        let slot = self.contexts.get_mut(&subject.context);
        if let Some(holder) = slot.and_then(|slot| slot.subjects.get_mut(&subject.subject)) {
            let holder = Arc::make_mut(holder);
            holder.last_version = holder.last_version.max(last_version.get());
        }
    }

    /// Adds a schema to the referrers of what it refers to.
    pub(in crate::core) fn link(
        &mut self,
        context: &Context,
        id: SchemaId,
        references: &[Reference],
    ) {
        for target in targets(context, references) {
            let referrers = Arc::make_mut(self.referrers.entry(target).or_default());
            let referrer = (context.clone(), id);
            if let Err(place) = referrers.binary_search(&referrer) {
                referrers.insert(place, referrer);
            }
        }
    }

    fn delete(&mut self, deleted: &Deleted) {
        let Deleted {
            subject,
            versions,
            permanent,
            ..
        } = deleted;
        if *permanent {
            self.remove_versions(subject, versions);
            self.forget_if_empty(subject);
        } else if let Some(holder) = self
            .contexts
            .get_mut(&subject.context)
            .and_then(|slot| slot.subjects.get_mut(&subject.subject))
        {
            for entry in &mut Arc::make_mut(holder).versions {
                entry.deleted |= versions.contains(&entry.version);
            }
        }
    }

    /// Removes versions for good; a schema that no version carries any more gives up its references.
    fn remove_versions(&mut self, subject: &QualifiedSubject, versions: &[Version]) {
        if versions.is_empty() {
            return;
        }
        let Some(slot) = self.contexts.get_mut(&subject.context) else {
            return;
        };
        let Some(holder) = slot.subjects.get_mut(&subject.subject) else {
            return;
        };
        let mut unused = Vec::new();
        for entry in Arc::make_mut(holder)
            .versions
            .extract_if(.., |entry| versions.contains(&entry.version))
        {
            let Some(schema) = slot.schemas.get_mut(&entry.id) else {
                continue;
            };
            let schema = Arc::make_mut(schema);
            schema
                .usages
                .retain(|(name, version)| (name, *version) != (&subject.subject, entry.version));
            if schema.usages.is_empty() {
                unused.push((entry.id, std::mem::take(&mut schema.references)));
            }
        }
        for (id, references) in unused {
            for target in targets(&subject.context, &references) {
                let Some(referrers) = self.referrers.get_mut(&target) else {
                    continue;
                };
                Arc::make_mut(referrers)
                    .retain(|referrer| *referrer != (subject.context.clone(), id));
                if referrers.is_empty() {
                    self.referrers.remove(&target);
                }
            }
        }
    }

    /// A subject whose last version was deleted permanently loses its settings too, and starts anew.
    fn forget_if_empty(&mut self, subject: &QualifiedSubject) {
        let Some(slot) = self.contexts.get_mut(&subject.context) else {
            return;
        };
        if slot
            .subjects
            .get(&subject.subject)
            .is_some_and(|holder| holder.versions.is_empty())
        {
            slot.subjects.remove(&subject.subject);
        }
    }

    /// Removes a context in which there is no version, but for the meanings of its ids.
    fn delete_context(&mut self, context: &Context) {
        let Some(slot) = self.contexts.get_mut(context) else {
            return;
        };
        if slot.schemas.is_empty() {
            self.contexts.remove(context);
            return;
        }
        slot.exists = false;
        slot.config = None;
        slot.mode = None;
        slot.subjects = OrdMap::new();
    }

    fn set(
        &mut self,
        scope: &Scope,
        on_subject: impl FnOnce(&mut SubjectView),
        on_context: impl FnOnce(&mut ContextView),
    ) {
        let slot = self.contexts.entry(scope.context.clone()).or_default();
        slot.exists = true;
        let Some(name) = &scope.subject else {
            return on_context(slot);
        };
        let holder = Arc::make_mut(slot.subjects.entry(name.clone()).or_default());
        on_subject(holder);
        if *holder == SubjectView::default() {
            slot.subjects.remove(name);
        }
    }
}

impl SchemaEntry {
    fn of(registered: &Registered) -> Self {
        Self {
            id: registered.id,
            guid: registered.guid,
            text_guid: registered.text_guid,
            schema_type: registered.schema_type,
            has_extras: registered.has_extras,
            references: Vec::new(),
            usages: Vec::new(),
        }
    }
}

/// The versions that references point at. Unqualified subjects live in the referrer's context.
fn targets(context: &Context, references: &[Reference]) -> impl Iterator<Item = Usage> {
    references.iter().filter_map(move |reference| {
        let subject = QualifiedSubject::parse_within(&reference.subject, context).ok()?;
        Some(Usage {
            subject,
            version: Version::new(reference.version.into())?,
        })
    })
}

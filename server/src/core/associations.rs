//! The associations in the view, by resource and by subject.

use std::sync::Arc;

use dovetail_model::{Association, AssociationKey, AssociationType, QualifiedSubject};
use imbl::{HashMap, OrdMap};

/// All associations.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Associations {
    by_key: OrdMap<AssociationKey, Arc<Association>>,
    /// Sorted.
    by_subject: HashMap<QualifiedSubject, Arc<Vec<AssociationKey>>>,
}

impl Associations {
    /// All of them, by resource.
    pub fn all(&self) -> impl Iterator<Item = &Arc<Association>> {
        self.by_key.values()
    }

    /// One of them.
    pub fn get(&self, key: &AssociationKey) -> Option<&Arc<Association>> {
        self.by_key.get(key)
    }

    /// Those of a resource.
    pub fn of_resource<'a>(&'a self, id: &'a str) -> impl Iterator<Item = &'a Arc<Association>> {
        let first = AssociationKey {
            resource_id: id.to_owned(),
            resource_type: String::new(),
            association_type: AssociationType::Key,
        };
        self.by_key
            .range(first..)
            .take_while(move |(key, _)| key.resource_id == id)
            .map(|(_, association)| association)
    }

    /// Those of a subject.
    pub fn of_subject(
        &self,
        subject: &QualifiedSubject,
    ) -> impl Iterator<Item = &Arc<Association>> {
        let keys = self.by_subject.get(subject).into_iter();
        keys.flat_map(|keys| keys.iter())
            .filter_map(|key| self.by_key.get(key))
    }

    /// How many a subject has.
    pub fn count_of_subject(&self, subject: &QualifiedSubject) -> usize {
        self.by_subject.get(subject).map_or(0, |keys| keys.len())
    }

    pub(super) fn set(&mut self, association: Association) {
        let key = association.key();
        self.remove(&key);
        let keys = self.by_subject.entry(association.subject.clone());
        let keys = Arc::make_mut(keys.or_default());
        if let Err(place) = keys.binary_search(&key) {
            keys.insert(place, key.clone());
        }
        self.by_key.insert(key, Arc::new(association));
    }

    pub(super) fn remove(&mut self, key: &AssociationKey) {
        let Some(association) = self.by_key.remove(key) else {
            return;
        };
        if let Some(keys) = self.by_subject.get_mut(&association.subject) {
            Arc::make_mut(keys).retain(|other| other != key);
            if keys.is_empty() {
                self.by_subject.remove(&association.subject);
            }
        }
    }
}

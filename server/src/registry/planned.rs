//! Texts of schemas whose registration is planned, by the ids they are to get.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use dovetail_model::{Context, SchemaId};

use super::Planned;
use crate::core::{ChangeKind, Content, Mutation};

/// The texts of one plan.
#[derive(Debug, Default)]
pub(super) struct PlannedTexts(Mutex<HashMap<(Context, SchemaId), Arc<Content>>>);

impl PlannedTexts {
    /// Keeps what a mutation would store.
    pub(super) fn take(&self, mutation: Mutation) {
        let (ChangeKind::SchemaRegistered(registered), Some(content)) =
            (mutation.kind, mutation.content)
        else {
            return;
        };
        let mut texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        texts.insert((registered.subject.context, registered.id), content);
    }
}

impl Planned for PlannedTexts {
    fn content(&self, context: &Context, id: SchemaId) -> Option<Arc<Content>> {
        let texts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        texts.get(&(context.clone(), id)).cloned()
    }
}

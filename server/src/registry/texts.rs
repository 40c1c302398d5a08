//! The texts of schemas: a bounded cache over the database. What an id stands for never changes, so nothing here expires.

use std::sync::Arc;

use dovetail_model::{Context, SchemaId};
use quick_cache::{Weighter, sync::Cache};

use crate::{
    core::Content,
    storage::{Storage, StorageError},
};

type Key = (Context, SchemaId);

/// Texts of schemas that have an id in a plan and are not stored yet.
pub(super) trait Planned: std::fmt::Debug + Send + Sync {
    /// The text of a planned schema.
    fn content(&self, context: &Context, id: SchemaId) -> Option<Arc<Content>>;
}

/// The cache, and what is planned in front of it.
#[derive(Debug, Clone)]
pub(super) struct Texts {
    planned: Option<Arc<dyn Planned>>,
    cache: Arc<Cache<Key, Arc<Content>, Bytes>>,
    storage: Arc<dyn Storage>,
}

impl Texts {
    pub(super) fn new(storage: Arc<dyn Storage>, capacity_bytes: u64) -> Self {
        let expected_items = usize::try_from(capacity_bytes / 1024).unwrap_or(usize::MAX);
        Self {
            planned: None,
            cache: Arc::new(Cache::with_weighter(expected_items, capacity_bytes, Bytes)),
            storage,
        }
    }

    /// The same texts with those of a plan in front. What is planned is never kept among the stored ones.
    pub(super) fn behind(&self, planned: Arc<dyn Planned>) -> Self {
        Self {
            planned: Some(planned),
            ..self.clone()
        }
    }

    /// A schema's text. Those who ask for the same one at the same time share one query.
    pub(super) async fn get(
        &self,
        context: &Context,
        id: SchemaId,
    ) -> Result<Option<Arc<Content>>, StorageError> {
        let planned = self.planned.as_ref();
        if let Some(content) = planned.and_then(|planned| planned.content(context, id)) {
            return Ok(Some(content));
        }
        let key = (context.clone(), id);
        match self.cache.get_value_or_guard_async(&key).await {
            Ok(content) => Ok(Some(content)),
            Err(guard) => {
                let Some(content) = self.storage.content(context, id).await? else {
                    return Ok(None);
                };
                let content = Arc::new(content);
                // The entry may already be gone again under pressure; the caller has its copy.
                let _ = guard.insert(Arc::clone(&content));
                Ok(Some(content))
            }
        }
    }

    /// A schema's text, if it is in memory.
    pub(super) fn cached(&self, context: &Context, id: SchemaId) -> Option<Arc<Content>> {
        self.cache.get(&(context.clone(), id))
    }

    /// Keeps a text that was just registered.
    pub(super) fn keep(&self, context: &Context, id: SchemaId, content: Arc<Content>) {
        self.cache.insert((context.clone(), id), content);
    }
}

#[derive(Debug, Clone)]
struct Bytes;

impl Weighter<Key, Arc<Content>> for Bytes {
    fn weight(&self, _: &Key, content: &Arc<Content>) -> u64 {
        let extras =
            usize::from(content.metadata.is_some()) + usize::from(content.rule_set.is_some());
        (content.text.get().len() + 256 + extras * 1024) as u64
    }
}

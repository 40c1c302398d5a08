//! What the core asks of a database, and what it is promised.

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use dovetail_model::{Context, SchemaId};

use super::StorageError;
use crate::{
    core::{Change, Content, View},
    webhooks::WebhookStore,
};

/// A database with the registry's tables.
#[async_trait]
pub trait Storage: Send + Sync + std::fmt::Debug {
    /// Whether other processes may write to the same database.
    fn is_shared(&self) -> bool;

    /// Loads the whole view, as of one moment.
    async fn load(&self) -> Result<View, StorageError>;

    /// The number of the last committed change.
    async fn head(&self) -> Result<u64, StorageError>;

    /// Committed changes after a number, in order and without gaps. May stop early, but never returns nothing while there
    /// is something.
    async fn changes_after(&self, seq: u64) -> Result<Vec<Change>, StorageError>;

    /// The large part of a schema; `None` when there is no such id, or its last version was deleted permanently.
    async fn content(
        &self,
        context: &Context,
        id: SchemaId,
    ) -> Result<Option<Content>, StorageError>;

    /// As [`Storage::content`], for several schemas of a context, in any order. Those that are not there are left out.
    async fn contents(
        &self,
        context: &Context,
        ids: &[SchemaId],
    ) -> Result<Vec<(SchemaId, Content)>, StorageError>;

    /// Begins a transaction that holds the head: until it ends, nobody else commits a change.
    async fn begin(&self) -> Result<Box<dyn Transaction>, StorageError>;

    /// The tables of the webhooks.
    fn webhooks(self: Arc<Self>) -> Arc<dyn WebhookStore>;

    /// A file beside the database with this ending, where the database is a file.
    fn beside(&self, ending: &str) -> Option<PathBuf> {
        let _ = ending;
        None
    }

    /// Closes every connection.
    async fn close(&self);
}

/// A write transaction. Dropping it undoes everything.
#[async_trait]
pub trait Transaction: Send {
    /// The number of the last committed change. It cannot move while this transaction is open.
    fn head(&self) -> u64;

    /// As [`Storage::changes_after`], up to the head.
    async fn changes_after(&mut self, seq: u64) -> Result<Vec<Change>, StorageError>;

    /// Writes changes and the rows that follow from them. They are numbered from the head on.
    async fn append(
        &mut self,
        changes: &[(Change, Option<Arc<Content>>)],
    ) -> Result<(), StorageError>;

    /// Makes it durable. An error leaves it open whether it was: the next catch-up tells.
    async fn commit(self: Box<Self>) -> Result<(), StorageError>;

    /// Ends it without a trace.
    async fn rollback(self: Box<Self>) -> Result<(), StorageError>;
}

//! PostgreSQL: any number of nodes. The row lock on `head` puts their transactions in one order.
//!
//! Timeouts on the session keep a node that stopped in the middle of a transaction from holding that lock for ever.

mod queries;
mod statements;

use std::{str::FromStr, sync::Arc, time::Duration};

use async_trait::async_trait;
use sqlx::{
    Postgres,
    postgres::{PgConnectOptions, PgPool, PgPoolOptions},
};

use dovetail_model::{Context, SchemaId};

use self::queries::{append, changes_after, content, head, load};
use super::{Storage, StorageError, Transaction, migrations};
use crate::core::{Change, Content, View};

type Result<T> = std::result::Result<T, StorageError>;

/// How many connections a node holds at most: one writes, one follows the log, the others fetch texts.
const CONNECTIONS: u32 = 8;

/// How long a request waits for a connection before the database counts as away.
const ACQUIRE: Duration = Duration::from_secs(2);

/// A registry shared by several nodes.
#[derive(Debug)]
pub(super) struct PostgresStorage {
    pool: PgPool,
}

impl PostgresStorage {
    /// Connects and brings the tables up to date.
    pub(super) async fn open(url: &str) -> Result<Self> {
        let options = PgConnectOptions::from_str(url)
            .map_err(|error| {
                StorageError::misconfigured(format!("the database URL is not usable: {error}"))
            })?
            .application_name("dovetail")
            .options([
                ("statement_timeout", "30s"),
                ("lock_timeout", "10s"),
                ("idle_in_transaction_session_timeout", "10s"),
                ("default_transaction_isolation", "read committed"),
            ]);
        let pool = PgPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(ACQUIRE)
            .test_before_acquire(false)
            .connect_with(options)
            .await?;
        migrations::postgres().run(&pool).await?;
        Ok(Self { pool })
    }
}

#[async_trait]
impl Storage for PostgresStorage {
    fn is_shared(&self) -> bool {
        true
    }

    async fn load(&self) -> Result<View> {
        let mut transaction = self
            .pool
            .begin_with("BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            .await?;
        load(&mut transaction).await
    }

    async fn head(&self) -> Result<u64> {
        head(&mut *self.pool.acquire().await?, statements::HEAD).await
    }

    async fn changes_after(&self, seq: u64) -> Result<Vec<Change>> {
        changes_after(&mut *self.pool.acquire().await?, seq).await
    }

    async fn content(&self, context: &Context, id: SchemaId) -> Result<Option<Content>> {
        content(&mut *self.pool.acquire().await?, context, id).await
    }

    async fn begin(&self) -> Result<Box<dyn Transaction>> {
        let mut inner = self.pool.begin().await?;
        let head = head(&mut inner, statements::LOCK_HEAD).await?;
        Ok(Box::new(PostgresTransaction { inner, head }))
    }

    async fn close(&self) {
        self.pool.close().await;
    }
}

struct PostgresTransaction {
    inner: sqlx::Transaction<'static, Postgres>,
    head: u64,
}

#[async_trait]
impl Transaction for PostgresTransaction {
    fn head(&self) -> u64 {
        self.head
    }

    async fn changes_after(&mut self, seq: u64) -> Result<Vec<Change>> {
        changes_after(&mut self.inner, seq).await
    }

    async fn append(&mut self, changes: &[(Change, Option<Arc<Content>>)]) -> Result<()> {
        append(&mut self.inner, changes).await
    }

    async fn commit(self: Box<Self>) -> Result<()> {
        Ok(self.inner.commit().await?)
    }

    async fn rollback(self: Box<Self>) -> Result<()> {
        Ok(self.inner.rollback().await?)
    }
}

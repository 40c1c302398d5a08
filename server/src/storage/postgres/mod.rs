//! PostgreSQL: any number of nodes. The row lock on `head` puts their transactions in one order.
//!
//! Timeouts on the session keep a node that stopped in the middle of a transaction from holding that lock for ever.

mod queries;
mod statements;
mod webhooks;

use std::{str::FromStr, sync::Arc, time::Duration};

use async_trait::async_trait;
use sqlx::{
    PgConnection, Postgres,
    pool::PoolConnection,
    postgres::{PgConnectOptions, PgPool, PgPoolOptions},
    query_scalar,
};

use dovetail_model::{Context, SchemaId};

use self::queries::{append, changes_after, content, contents, head, load};
use super::{Storage, StorageError, Transaction, migrations, webhooks::Durability};
use crate::{
    core::{Change, Content, View},
    webhooks::WebhookStore,
};

type Result<T> = std::result::Result<T, StorageError>;

/// How many connections a node holds at most: one writes, one follows the log, the others fetch texts.
const CONNECTIONS: u32 = 8;

/// How many more the webhooks hold, so that they never take those away.
const WEBHOOK_CONNECTIONS: u32 = 2;

/// How long a request waits for a connection before the database counts as away.
const ACQUIRE: Duration = Duration::from_secs(2);

/// A registry shared by several nodes.
#[derive(Debug)]
pub(super) struct PostgresStorage {
    pool: PgPool,
    /// The webhooks' reading and bookkeeping, which need not be on the disk before it counts.
    bookkeepers: PgPool,
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
            .connect_with(options.clone())
            .await?;
        migrations::postgres().run(&pool).await?;
        let bookkeepers = PgPoolOptions::new()
            .max_connections(WEBHOOK_CONNECTIONS)
            .acquire_timeout(ACQUIRE)
            .test_before_acquire(false)
            .connect_lazy_with(options.options([("synchronous_commit", "off")]));
        Ok(Self { pool, bookkeepers })
    }

    async fn webhook_writer(&self, durability: Durability) -> Result<PostgresTransaction> {
        let pool = match durability {
            Durability::Crash => &self.pool,
            Durability::Process => &self.bookkeepers,
        };
        let inner = pool.begin().await?;
        Ok(PostgresTransaction { inner, head: 0 })
    }

    async fn webhook_reader(&self) -> Result<PoolConnection<Postgres>> {
        Ok(self.bookkeepers.acquire().await?)
    }

    async fn database_time(&self) -> Result<i64> {
        let now = query_scalar(statements::NOW).fetch_one(&self.bookkeepers);
        Ok(now.await?)
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

    async fn contents(
        &self,
        context: &Context,
        ids: &[SchemaId],
    ) -> Result<Vec<(SchemaId, Content)>> {
        contents(&mut *self.pool.acquire().await?, context, ids).await
    }

    async fn begin(&self) -> Result<Box<dyn Transaction>> {
        let mut inner = self.pool.begin().await?;
        let head = head(&mut inner, statements::LOCK_HEAD).await?;
        Ok(Box::new(PostgresTransaction { inner, head }))
    }

    fn webhooks(self: Arc<Self>) -> Arc<dyn WebhookStore> {
        self
    }

    async fn close(&self) {
        self.bookkeepers.close().await;
        self.pool.close().await;
    }
}

struct PostgresTransaction {
    inner: sqlx::Transaction<'static, Postgres>,
    head: u64,
}

impl PostgresTransaction {
    fn connection(&mut self) -> &mut PgConnection {
        &mut self.inner
    }

    async fn commit(self) -> Result<()> {
        Ok(self.inner.commit().await?)
    }
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

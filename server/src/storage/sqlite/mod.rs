//! SQLite: one process, one writer connection, and a few readers.
//!
//! The log is written ahead and synced on every commit (`WAL`, `synchronous=FULL`), so what was acknowledged survives a
//! crash of the machine. A lock file keeps a second process out, because the view of the first would go stale.

mod queries;
mod statements;
mod webhooks;

use std::{
    fs::{File, TryLockError},
    future::{Future, ready},
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use async_trait::async_trait;
use sqlx::{
    Sqlite, SqliteConnection,
    pool::PoolConnection,
    query,
    sqlite::{
        SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
    },
};

use dovetail_model::{Context, SchemaId};
use tokio::{
    sync::{Mutex, OwnedMutexGuard},
    time::{Instant, sleep},
};

use self::queries::{append, changes_after, content, contents, head, load};
use super::{Storage, StorageError, Transaction, migrations, webhooks::Durability};
use crate::{
    core::{Change, Content, View},
    webhooks::WebhookStore,
};

type Result<T> = std::result::Result<T, StorageError>;

/// A registry in one file.
#[derive(Debug)]
pub(super) struct SqliteStorage {
    writer: SqlitePool,
    /// The webhooks' bookkeeping, which need not be on the disk before it counts.
    bookkeeper: SqlitePool,
    readers: SqlitePool,
    /// Held by whoever writes: waiting here is fair and prompt, unlike SQLite's own waiting, which sleeps and looks again.
    turn: Arc<Mutex<()>>,
    /// The bookkeeping lines up here, and only its first waits for a turn: many webhooks that are told at once would
    /// otherwise stand before a registration.
    bookkeeping: Arc<Mutex<()>>,
    path: PathBuf,
    /// Held as long as the storage lives.
    _lock: File,
}

impl SqliteStorage {
    /// Opens or makes the file and brings its tables up to date.
    pub(super) async fn open(url: &str) -> Result<Self> {
        let wrong = |error: sqlx::Error| {
            StorageError::misconfigured(format!("the database URL {url} is not usable: {error}"))
        };
        let options = SqliteConnectOptions::from_str(url)
            .map_err(wrong)?
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            .row_buffer_size(1000);
        let path = options.get_filename().to_owned();
        let lock = lock(&path).await?;
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options.clone())
            .await
            .map_err(wrong)?;
        migrations::sqlite().run(&writer).await?;
        let bookkeeper = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options.clone().synchronous(SqliteSynchronous::Normal))
            .await?;
        let readers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get) * 2;
        let readers = SqlitePoolOptions::new()
            .max_connections(u32::try_from(readers).unwrap_or(8))
            .connect_with(options.read_only(true))
            .await?;
        Ok(Self {
            writer,
            bookkeeper,
            readers,
            turn: Arc::default(),
            bookkeeping: Arc::default(),
            path,
            _lock: lock,
        })
    }

    /// Begins when it is this transaction's turn in each of the lines, one after the other.
    async fn begin_on(
        &self,
        pool: &SqlitePool,
        lines: &[&Arc<Mutex<()>>],
    ) -> Result<SqliteTransaction> {
        let mut turns = Vec::with_capacity(lines.len());
        for line in lines {
            turns.push(Arc::clone(line).lock_owned().await);
        }
        let mut connection = pool.acquire().await?;
        query("BEGIN IMMEDIATE").execute(&mut *connection).await?;
        Ok(SqliteTransaction {
            connection: Some(connection),
            head: 0,
            _turns: turns,
        })
    }

    async fn webhook_writer(&self, durability: Durability) -> Result<SqliteTransaction> {
        match durability {
            Durability::Crash => self.begin_on(&self.writer, &[&self.turn]).await,
            Durability::Process => {
                self.begin_on(&self.bookkeeper, &[&self.bookkeeping, &self.turn])
                    .await
            }
        }
    }

    async fn webhook_reader(&self) -> Result<PoolConnection<Sqlite>> {
        Ok(self.readers.acquire().await?)
    }

    /// There is one process, so its clock is the database's.
    #[allow(clippy::unused_self, reason = "the other dialect asks the database")]
    fn database_time(&self) -> impl Future<Output = Result<i64>> {
        let since_epoch = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap_or_default();
        ready(Ok(
            i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX)
        ))
    }
}

/// Makes sure that this is the only process on the file.
///
/// Whoever stopped a moment ago may still hold it: a process that is ending, or a child that inherited the lock file and has
/// not begun its own program yet. So it is tried for a while.
async fn lock(path: &Path) -> Result<File> {
    const PATIENCE: Duration = Duration::from_secs(1);
    const PAUSE: Duration = Duration::from_millis(10);
    let lock_path = path.with_added_extension("lock");
    let failed = |error: std::io::Error| {
        StorageError::misconfigured(format!(
            "the lock file {} cannot be used: {error}",
            lock_path.display()
        ))
    };
    let file = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&lock_path)
        .map_err(failed)?;
    let end = Instant::now() + PATIENCE;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if Instant::now() < end => sleep(PAUSE).await,
            Err(TryLockError::WouldBlock) => {
                return Err(StorageError::misconfigured(format!(
                    "another dovetail is running on {}; stop it, or use postgres:// to run several",
                    path.display()
                )));
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
    }
}

#[async_trait]
impl Storage for SqliteStorage {
    fn is_shared(&self) -> bool {
        false
    }

    fn beside(&self, ending: &str) -> Option<PathBuf> {
        Some(self.path.with_added_extension(ending))
    }

    async fn load(&self) -> Result<View> {
        let mut transaction = self.readers.begin().await?;
        load(&mut transaction).await
    }

    async fn head(&self) -> Result<u64> {
        head(&mut *self.readers.acquire().await?, statements::HEAD).await
    }

    async fn changes_after(&self, seq: u64) -> Result<Vec<Change>> {
        changes_after(&mut *self.readers.acquire().await?, seq).await
    }

    async fn content(&self, context: &Context, id: SchemaId) -> Result<Option<Content>> {
        content(&mut *self.readers.acquire().await?, context, id).await
    }

    async fn contents(
        &self,
        context: &Context,
        ids: &[SchemaId],
    ) -> Result<Vec<(SchemaId, Content)>> {
        contents(&mut *self.readers.acquire().await?, context, ids).await
    }

    async fn begin(&self) -> Result<Box<dyn Transaction>> {
        let mut transaction = self.begin_on(&self.writer, &[&self.turn]).await?;
        transaction.head = head(transaction.connection(), statements::LOCK_HEAD).await?;
        Ok(Box::new(transaction))
    }

    fn webhooks(self: Arc<Self>) -> Arc<dyn WebhookStore> {
        self
    }

    async fn close(&self) {
        self.readers.close().await;
        self.bookkeeper.close().await;
        self.writer.close().await;
    }
}

/// A transaction on the writer connection.
///
/// One that does not end well takes its connection along, which undoes it. Where the disk was full SQLite has undone it
/// already, and a connection that was kept would go on believing itself inside a transaction.
struct SqliteTransaction {
    /// Given back when the transaction ends well.
    connection: Option<PoolConnection<Sqlite>>,
    head: u64,
    _turns: Vec<OwnedMutexGuard<()>>,
}

impl SqliteTransaction {
    fn connection(&mut self) -> &mut SqliteConnection {
        self.connection
            .as_mut()
            .expect("only the end of the transaction takes it")
    }

    async fn end(mut self, statement: &'static str) -> Result<()> {
        query(statement).execute(self.connection()).await?;
        self.connection = None;
        Ok(())
    }

    async fn commit(self) -> Result<()> {
        self.end("COMMIT").await
    }
}

impl Drop for SqliteTransaction {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            drop(connection.detach());
        }
    }
}

#[async_trait]
impl Transaction for SqliteTransaction {
    fn head(&self) -> u64 {
        self.head
    }

    async fn changes_after(&mut self, seq: u64) -> Result<Vec<Change>> {
        changes_after(self.connection(), seq).await
    }

    async fn append(&mut self, changes: &[(Change, Option<Arc<Content>>)]) -> Result<()> {
        append(self.connection(), changes).await
    }

    async fn commit(self: Box<Self>) -> Result<()> {
        self.end("COMMIT").await
    }

    async fn rollback(self: Box<Self>) -> Result<()> {
        self.end("ROLLBACK").await
    }
}

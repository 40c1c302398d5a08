//! Storage: the tables, behind two traits, in two dialects.
//!
//! Only this folder knows SQL. [`open`] picks the dialect by the URL. What both dialects do alike is written once, in
//! `queries.rs`, as a macro over the connection type; the statements themselves stand in `statements.rs` of each dialect,
//! because bulk inserts from one JSON parameter are spelled differently.
//!
//! To add a statement: a constant in both `statements.rs`, a function in `queries.rs`, a promise in `traits.rs`.

mod error;
mod migrations;
mod postgres;
mod queries;
mod rows;
mod sqlite;
mod statements;
mod traits;
mod webhooks;

use std::{future::Future, sync::Arc, time::Duration};

pub use error::StorageError;
pub use traits::{Storage, Transaction};

/// Connects to a database and brings its tables up to date. Waits for other nodes that do the same.
pub async fn open(database_url: &str) -> Result<Arc<dyn Storage>, StorageError> {
    match database_url.split_once(':').map(|(scheme, _)| scheme) {
        Some("sqlite") => Ok(Arc::new(sqlite::SqliteStorage::open(database_url).await?)),
        Some("postgres" | "postgresql") => Ok(Arc::new(
            postgres::PostgresStorage::open(database_url).await?,
        )),
        _ => Err(StorageError::misconfigured(
            "the database URL must start with sqlite:// or postgres://, as in sqlite://dovetail.db",
        )),
    }
}

/// Gives up on a database that does not answer: one that is frozen, rather than gone, would be waited for without end.
pub(crate) async fn in_time<T>(
    deadline: Duration,
    work: impl Future<Output = Result<T, StorageError>>,
) -> Result<T, StorageError> {
    tokio::time::timeout(deadline, work)
        .await
        .unwrap_or_else(|_| {
            Err(StorageError::unavailable(format!(
                "no answer within {} s",
                deadline.as_secs()
            )))
        })
}

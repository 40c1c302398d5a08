//! The shared queries, over SQLite's connections.

crate::storage::queries::queries!(sqlx::SqliteConnection);

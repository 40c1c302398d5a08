//! The shared queries, over PostgreSQL's connections.

crate::storage::queries::queries!(sqlx::PgConnection);

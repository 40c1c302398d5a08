//! The webhooks' tables in SQLite.

pub(in crate::storage) mod statements {
    //! Lists as SQLite reads them; one process writes, so nothing needs a lock of its own.

    pub(in crate::storage) use crate::storage::{statements::HEAD, webhooks::statements::*};

    pub(in crate::storage) const LOCK_CURSOR: &str = CURSOR;
    pub(in crate::storage) const TRY_LOCK_CURSOR: &str = CURSOR;

    crate::storage::webhooks::statements::list_statements!(
        pairs: "SELECT value ->> 'subscription' AS subscription, value ->> 'lane' AS lane FROM json_each($1)",
        full: "SELECT value FROM json_each($3)",
        busy: "SELECT value FROM json_each($4)",
        hosts: "SELECT key AS host, value AS taken FROM json_each($5)",
        lock: ""
    );
}

mod subscriptions {
    crate::storage::webhooks::subscription_queries!(
        sqlx::SqliteConnection,
        sqlx::sqlite::SqliteRow
    );
}

mod deliveries {
    crate::storage::webhooks::delivery_queries!(sqlx::SqliteConnection);
}

mod engine {
    crate::storage::webhooks::engine_queries!(sqlx::SqliteConnection, sqlx::sqlite::SqliteRow);
}

crate::storage::webhooks::webhook_store!(super::SqliteStorage);

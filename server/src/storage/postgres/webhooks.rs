//! The webhooks' tables in PostgreSQL.

pub(in crate::storage) mod statements {
    //! Lists as PostgreSQL reads them, and the locks that keep nodes apart.

    pub(in crate::storage) use crate::storage::{statements::HEAD, webhooks::statements::*};

    pub(in crate::storage) const LOCK_CURSOR: &str =
        "SELECT seq, revision FROM webhook_cursor FOR UPDATE";

    /// Finds nothing while another node is at it.
    pub(in crate::storage) const TRY_LOCK_CURSOR: &str =
        "SELECT seq, revision FROM webhook_cursor FOR UPDATE SKIP LOCKED";

    crate::storage::webhooks::statements::list_statements!(
        pairs: "SELECT subscription, lane FROM json_to_recordset($1::json) AS given (subscription TEXT, lane TEXT)",
        full: "SELECT json_array_elements_text($3::json)",
        busy: "SELECT json_array_elements_text($4::json)",
        hosts: "SELECT key AS host, CAST(value AS BIGINT) AS taken FROM json_each_text($5::json)",
        lock: " FOR UPDATE OF l SKIP LOCKED"
    );
}

mod subscriptions {
    crate::storage::webhooks::subscription_queries!(sqlx::PgConnection, sqlx::postgres::PgRow);
}

mod deliveries {
    crate::storage::webhooks::delivery_queries!(sqlx::PgConnection);
}

mod engine {
    crate::storage::webhooks::engine_queries!(sqlx::PgConnection, sqlx::postgres::PgRow);
}

crate::storage::webhooks::webhook_store!(super::PostgresStorage);

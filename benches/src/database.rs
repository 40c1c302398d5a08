//! What the benches do to databases by themselves: commit one row at a time, and fill the registry's tables in bulk.

use std::{
    str::FromStr,
    time::{Duration, Instant},
};

use dovetail_tests::Database;
use sqlx::{
    AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};
use tokio::runtime::Runtime;

/// As many bytes as a registration writes, more or less.
const ROW_BYTES: usize = 500;

const TABLE: &str = "
    CREATE TABLE one_row_commits (
        id      BIGINT NOT NULL PRIMARY KEY,
        name    TEXT   NOT NULL UNIQUE,
        payload TEXT   NOT NULL
    )";

const INSERT: &str = "INSERT INTO one_row_commits (id, name, payload) VALUES ($1, $2, $3)";

/// One connection, one row for each transaction, every transaction durable: what a database does for a program that does
/// not gather its writes.
pub(crate) struct OneRowCommits {
    runtime: Runtime,
    connection: AnyConnection,
    rows: i64,
}

impl OneRowCommits {
    pub(crate) fn open(database: &Database) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime can be made");
        let connection = runtime.block_on(async {
            let mut connection = AnyConnection::open(database).await;
            connection.execute(TABLE.to_owned()).await;
            connection
        });
        Self {
            runtime,
            connection,
            rows: 0,
        }
    }

    /// Commits rows for so long, and returns how many it were in a second.
    pub(crate) fn rate(&mut self, lasting: Duration) -> f64 {
        let payload = "x".repeat(ROW_BYTES);
        let began = Instant::now();
        let mut committed = 0_u32;
        while began.elapsed() < lasting {
            self.rows += 1;
            let inserting = self.connection.insert(self.rows, &payload);
            self.runtime.block_on(inserting);
            committed += 1;
        }
        f64::from(committed) / began.elapsed().as_secs_f64()
    }
}

/// A connection of either kind, as durable as the registry's own.
enum AnyConnection {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl AnyConnection {
    async fn open(database: &Database) -> Self {
        if database.file().is_none() {
            let mut connection = PgConnection::connect(database.url())
                .await
                .expect("the server answers");
            connection
                .execute("SET synchronous_commit = on")
                .await
                .expect("a setting of every session");
            return Self::Postgres(connection);
        }
        let connection = SqliteConnectOptions::from_str(database.url())
            .expect("the suites make good URLs")
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .connect()
            .await
            .expect("the file can be made");
        Self::Sqlite(connection)
    }

    async fn execute(&mut self, statements: String) {
        let statements = sqlx::raw_sql(AssertSqlSafe(statements));
        match self {
            Self::Sqlite(connection) => statements.execute(connection).await.map(drop),
            Self::Postgres(connection) => statements.execute(connection).await.map(drop),
        }
        .expect("the statements are good");
    }

    async fn insert(&mut self, row: i64, payload: &str) {
        let name = format!("row-{row}");
        match self {
            Self::Sqlite(connection) => {
                let insert = sqlx::query(INSERT).bind(row).bind(name).bind(payload);
                insert.execute(connection).await.map(drop)
            }
            Self::Postgres(connection) => {
                let insert = sqlx::query(INSERT).bind(row).bind(name).bind(payload);
                insert.execute(connection).await.map(drop)
            }
        }
        .expect("a row can be inserted");
    }
}

/// Puts so many schemas into the registry's empty tables, five to a subject, as registrations would have done it.
pub(crate) async fn fill(database: &Database, schemas: usize) {
    let mut connection = AnyConnection::open(database).await;
    let (numbers, guid, text_of) = match &connection {
        AnyConnection::Sqlite(_) => (
            format!(
                "(WITH RECURSIVE counted (n) AS (
                    SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < {schemas}
                ) SELECT n FROM counted) AS numbers"
            ),
            // Multiples of a large odd number, so that the identities look as scattered as real ones.
            "printf('%08x-0000-4000-8000-%012x', (n * 2654435761) & 4294967295, n)",
            "printf('%d', n)",
        ),
        AnyConnection::Postgres(_) => (
            format!("generate_series(1, {schemas}) AS numbers (n)"),
            "lpad(to_hex((n::bigint * 2654435761) & 4294967295), 8, '0') || '-0000-4000-8000-' || lpad(to_hex(n), 12, '0')",
            "n::text",
        ),
    };
    let subject = "'topic-' || ((n - 1) / 5) || '-value'";
    let version = "(n - 1) % 5 + 1";
    let at = "1700000000000 + n";
    let text = format!(
        r#"'{{"type":"record","name":"Event' || {text_of} || '","namespace":"shop","fields":[{{"name":"id","type":"long"}},'
            || '{{"name":"at","type":"long"}},{{"name":"note","type":["null","string"],"default":null}}]}}'"#
    );
    let payload = format!(
        r#"'{{"kind":"schema_registered","subject":"' || {subject} || '","version":' || ({version}) || ',"id":' || {text_of}
            || ',"guid":"' || {guid} || '","text_guid":"' || {guid}
            || '","schema_type":"AVRO","has_extras":false,"references":[]}}'"#
    );
    connection
        .execute(format!(
            "BEGIN;
            INSERT INTO contexts (context) VALUES ('.');
            INSERT INTO schemas (context, id, guid, text_guid, schema_type, has_extras)
                SELECT '.', n, {guid}, {guid}, 'AVRO', 0 FROM {numbers};
            INSERT INTO contents (context, id, text) SELECT '.', n, {text} FROM {numbers};
            INSERT INTO versions (context, subject, version, schema_id, deleted, registered_at)
                SELECT '.', {subject}, {version}, n, 0, {at} FROM {numbers};
            INSERT INTO subjects (context, subject, last_version)
                SELECT context, subject, MAX(version) FROM versions GROUP BY context, subject;
            INSERT INTO changes (seq, at, actor, kind, payload)
                SELECT n, {at}, 'anonymous', 'schema_registered', {payload} FROM {numbers};
            UPDATE head SET seq = {schemas};
            COMMIT;"
        ))
        .await;
    if let AnyConnection::Postgres(_) = connection {
        connection.execute("VACUUM ANALYZE".to_owned()).await;
    }
}

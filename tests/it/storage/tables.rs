//! The two databases have the same tables, and agree on what may be absent.

use std::collections::BTreeSet;

use dovetail_server::storage::{StorageError, open};
use dovetail_tests::Database;
use sqlx::{Connection, PgConnection, SqliteConnection};

use super::on_both_storages;

/// Table, column, whether it may be null, its place in the primary key.
type Column = (String, String, bool, i64);

/// What sqlx keeps for itself.
const MIGRATIONS: &str = "_sqlx_migrations";

async fn sqlite_columns(url: &str) -> BTreeSet<Column> {
    let mut connection = SqliteConnection::connect(url).await.unwrap();
    let columns: Vec<Column> = sqlx::query_as(
        r#"SELECT t.name, c.name, c."notnull" = 0 AND c.pk = 0, c.pk
        FROM sqlite_schema AS t, pragma_table_info(t.name) AS c
        WHERE t.type = 'table'"#,
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    columns.into_iter().collect()
}

async fn postgres_columns(url: &str) -> BTreeSet<Column> {
    let mut connection = PgConnection::connect(url).await.unwrap();
    let columns: Vec<Column> = sqlx::query_as(
        "SELECT c.table_name::text, c.column_name::text, c.is_nullable = 'YES', COALESCE(k.ordinal_position, 0)::bigint
        FROM information_schema.columns AS c
        LEFT JOIN information_schema.key_column_usage AS k
            ON k.table_name = c.table_name AND k.column_name = c.column_name
            AND k.constraint_schema = c.table_schema
        WHERE c.table_schema = 'public'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    columns.into_iter().collect()
}

fn ours(columns: BTreeSet<Column>) -> BTreeSet<Column> {
    columns
        .into_iter()
        .filter(|(table, ..)| table != MIGRATIONS)
        .collect()
}

#[tokio::test]
async fn both_databases_have_the_same_tables_and_columns() {
    let (sqlite, postgres) = (Database::sqlite(), Database::postgres().await);
    let open = async |database: &Database| {
        let storage = open(database.url()).await.unwrap();
        storage.close().await;
    };
    open(&sqlite).await;
    open(&postgres).await;
    let (sqlite, postgres) = (
        ours(sqlite_columns(sqlite.url()).await),
        ours(postgres_columns(postgres.url()).await),
    );
    assert!(sqlite.len() > 20, "{sqlite:?}");
    assert_eq!(sqlite, postgres);
}

#[test]
fn migrations_have_the_same_stems_in_both_folders() {
    let stems = |dialect: &str| -> BTreeSet<String> {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../migrations/");
        let files = std::fs::read_dir(format!("{folder}{dialect}")).unwrap();
        files
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .collect()
    };
    assert!(!stems("sqlite").is_empty());
    assert_eq!(stems("sqlite"), stems("postgres"));
}

on_both_storages!(opening_again_changes_nothing, |tables| {
    let tables = tables.reopen().await.unwrap();
    let tables = tables.reopen().await.unwrap();
    tables.expect_view().await;
});

on_both_storages!(a_database_from_the_future_is_refused, |tables| {
    tables
        .execute(
            "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
            VALUES (9999, 'from the future', true, '', 0)",
        )
        .await;
    let error = tables.reopen().await.err().unwrap();
    assert!(matches!(error, StorageError::Newer(_)), "{error}");
    assert!(error.to_string().contains("9999"), "{error}");
    assert!(!error.is_transient());
});

on_both_storages!(a_migration_that_was_edited_is_refused, |tables| {
    tables
        .execute("UPDATE _sqlx_migrations SET checksum = '' WHERE version = 1")
        .await;
    let error = tables.reopen().await.err().unwrap();
    assert!(matches!(error, StorageError::Inconsistent(_)), "{error}");
});

#[tokio::test]
async fn a_url_of_another_kind_is_refused_with_the_two_that_work() {
    for url in ["mysql://localhost/x", "dovetail.db", ""] {
        let error = open(url).await.unwrap_err();
        assert!(matches!(error, StorageError::Misconfigured(_)), "{error}");
        assert!(error.to_string().contains("sqlite://"), "{error}");
        assert!(error.to_string().contains("postgres://"), "{error}");
    }
}

#[tokio::test]
async fn a_file_in_a_folder_that_is_not_there_is_refused() {
    let error = open("sqlite:///nowhere/at/all/dovetail.db")
        .await
        .unwrap_err();
    assert!(!error.is_transient(), "{error}");
    assert!(error.to_string().contains("/nowhere/at/all"), "{error}");
}

#[tokio::test]
async fn a_server_that_is_not_there_may_come() {
    let error = open("postgres://postgres@127.0.0.1:1/none")
        .await
        .unwrap_err();
    assert!(error.is_transient(), "{error}");
}

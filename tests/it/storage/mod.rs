//! One behaviour suite over the storage traits, run on both databases.
//!
//! `log.rs` covers reading, `changes.rs` what each kind of change writes, `transactions.rs` that a change is there whole or
//! not at all, `tables.rs` that the two databases have the same tables, `broken.rs` what a row is called that cannot be, and
//! `webhooks` the tables of the webhooks.
//!
//! Every statement is prepared on both databases, because every kind of change is written, with all that a change may
//! carry, and every table is read back: after each step the view loaded from the tables has to be equal to the one made
//! from the log.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails where something is missing"
)]

mod broken;
mod changes;
mod log;
mod tables;
mod transactions;
mod webhooks;

use std::sync::Arc;

use dovetail_compat::identity;
use dovetail_model::{
    Context, Metadata, QualifiedSubject, Reference, SchemaId, SchemaType, Version,
};
use dovetail_server::{
    core::{Change, ChangeKind, Content, Deleted, Registered, View},
    storage::{Storage, StorageError, open},
};
use dovetail_tests::Database;

/// Runs one behaviour on both databases: `on_both_storages!(name, |tables| { … })`. The body gets [`Tables`].
macro_rules! on_both_storages {
    ($name:ident, |$tables:ident| $body:block) => {
        mod $name {
            #[allow(unused_imports, reason = "a test may use nothing of its module")]
            use super::*;

            #[allow(unused_mut, reason = "a test may only read")]
            async fn body(mut $tables: $crate::storage::Tables) {
                $body
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                let database = dovetail_tests::Database::sqlite();
                body($crate::storage::Tables::new(database).await).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                let database = dovetail_tests::Database::postgres().await;
                body($crate::storage::Tables::new(database).await).await;
            }
        }
    };
}

use on_both_storages;

/// A change that is yet to get its number, and its content.
type Wanted = (ChangeKind, Option<Arc<Content>>);

/// A storage, and the view that its log comes to.
struct Tables {
    database: Database,
    storage: Arc<dyn Storage>,
    view: View,
}

impl Tables {
    async fn new(database: Database) -> Self {
        let storage = open(database.url()).await.expect("an empty database opens");
        Self {
            database,
            storage,
            view: View::default(),
        }
    }

    /// Numbers changes from the head on.
    fn numbered(&self, wanted: &[Wanted]) -> Vec<(Change, Option<Arc<Content>>)> {
        let first = self.view.seq() + 1;
        let numbered = wanted.iter().zip(first..);
        numbered
            .map(|((kind, content), seq)| {
                let change = Change {
                    seq,
                    at: 1_000 + i64::try_from(seq).unwrap(),
                    actor: "anonymous".to_owned(),
                    kind: kind.clone(),
                };
                (change, content.clone())
            })
            .collect()
    }

    /// Writes changes in one transaction, and expects the tables to say afterwards what the log says.
    async fn write(&mut self, wanted: &[Wanted]) {
        let changes = self.numbered(wanted);
        let mut transaction = self.storage.begin().await.unwrap();
        assert_eq!(transaction.head(), self.view.seq());
        transaction.append(&changes).await.unwrap();
        transaction.commit().await.unwrap();
        let before = self.view.seq();
        for (change, _) in &changes {
            self.view.apply(change);
        }
        let expected: Vec<Change> = changes.into_iter().map(|(change, _)| change).collect();
        assert_eq!(
            self.storage.changes_after(before).await.unwrap(),
            expected,
            "the log"
        );
        self.expect_view().await;
    }

    /// The tables hold what the log came to.
    async fn expect_view(&self) {
        assert_eq!(self.storage.load().await.unwrap(), self.view);
        assert_eq!(self.storage.head().await.unwrap(), self.view.seq());
    }

    /// The text of a schema of the default context, if it is kept.
    async fn text(&self, id: i64) -> Option<String> {
        self.text_in(&Context::default(), id).await
    }

    async fn text_in(&self, context: &Context, id: i64) -> Option<String> {
        let content = self.storage.content(context, schema_id(id)).await.unwrap();
        content.map(|content| content.text())
    }

    /// Closes the storage and opens it again.
    async fn reopen(self) -> Result<Self, StorageError> {
        let Self {
            database,
            storage,
            view,
        } = self;
        storage.close().await;
        // SQLite's lock goes with the last handle.
        drop(storage);
        let storage = open(database.url()).await?;
        Ok(Self {
            database,
            storage,
            view,
        })
    }

    /// Runs a statement past the traits.
    async fn execute(&self, statement: &'static str) {
        use sqlx::Connection;
        let url = self.database.url();
        if self.database.file().is_some() {
            let mut connection = sqlx::SqliteConnection::connect(url).await.unwrap();
            sqlx::query(statement)
                .execute(&mut connection)
                .await
                .unwrap();
            connection.close().await.unwrap();
        } else {
            let mut connection = sqlx::PgConnection::connect(url).await.unwrap();
            sqlx::query(statement)
                .execute(&mut connection)
                .await
                .unwrap();
            connection.close().await.unwrap();
        }
    }
}

/// A registration to write, and what may be said of it beyond subject, version, id and text.
struct Schema {
    registered: Registered,
    content: Content,
}

/// A version of a subject, with a text that follows from the id.
fn schema(subject: &str, version: i64, id: i64) -> Schema {
    let text = text_of(id);
    let guid = identity(&text, &[], None, None);
    Schema {
        registered: Registered {
            subject: qualified(subject),
            version: Version::new(version).unwrap(),
            id: schema_id(id),
            guid,
            text_guid: guid,
            schema_type: SchemaType::Avro,
            has_extras: false,
            references: Vec::new(),
            purged: Vec::new(),
            facts: None,
            imported: None,
        },
        content: Content {
            text: serde_json::value::to_raw_value(&text).unwrap(),
            metadata: None,
            rule_set: None,
            rendered: std::sync::OnceLock::new(),
        },
    }
}

impl Schema {
    fn of_type(mut self, schema_type: SchemaType) -> Self {
        self.registered.schema_type = schema_type;
        self
    }

    fn referring_to(mut self, targets: &[(&str, i32)]) -> Self {
        self.registered.references = targets
            .iter()
            .map(|(subject, version)| Reference {
                name: format!("{subject}.{version}"),
                subject: (*subject).to_owned(),
                version: *version,
            })
            .collect();
        self
    }

    fn with_metadata(mut self, metadata: Metadata) -> Self {
        let text = self.content.text();
        self.registered.has_extras = true;
        self.registered.guid = identity(&text, &[], Some(&metadata), None);
        self.content.metadata = Some(metadata);
        self
    }

    fn purging(mut self, versions: &[i64]) -> Self {
        self.registered.purged = numbers(versions);
        self
    }

    fn wanted(self) -> Wanted {
        let kind = ChangeKind::SchemaRegistered(self.registered);
        (kind, Some(Arc::new(self.content)))
    }
}

/// A text with all that is awkward in JSON and in SQL, different for each id.
fn text_of(id: i64) -> String {
    format!("{{\"n\":{id},\"awkward\":\"\\u0000 \\\\ \\\" ' $1 ? é 𝄞 \u{202e} \t\"}}")
}

fn deleted(subject: &str, versions: &[i64], permanent: bool, forgotten: &[i64]) -> Deleted {
    Deleted {
        subject: qualified(subject),
        versions: numbers(versions),
        permanent,
        forgotten: forgotten.iter().copied().map(schema_id).collect(),
        ids: Vec::new(),
    }
}

fn version_deleted(subject: &str, version: i64, permanent: bool, forgotten: &[i64]) -> Wanted {
    let deleted = deleted(subject, &[version], permanent, forgotten);
    (ChangeKind::VersionDeleted(deleted), None)
}

fn qualified(subject: &str) -> QualifiedSubject {
    QualifiedSubject::parse(subject).unwrap()
}

fn schema_id(id: i64) -> SchemaId {
    SchemaId::new(id).unwrap()
}

fn numbers(versions: &[i64]) -> Vec<Version> {
    let numbers = versions.iter().map(|version| Version::new(*version));
    numbers.collect::<Option<_>>().unwrap()
}

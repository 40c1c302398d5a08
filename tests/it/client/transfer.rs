//! Whole registries with the client that waits.

use std::io::Cursor;

use dovetail_client::{ListSubjects, blocking};
use dovetail_tests::{Database, Node};

use super::client;

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_is_exported_and_imported_without_async() {
    let from = Node::start(&Database::sqlite()).await;
    let to = Node::start(&Database::sqlite()).await;
    from.register("orders-value", r#""string""#).await.ok();
    let [from, to] =
        [&from, &to].map(|node| blocking::Client::from_async(client(node)).expect("a thread"));
    let mut lines = Vec::new();
    let mut export = from.export().expect("an export");
    while let Some(chunk) = export.chunk().expect("a chunk") {
        lines.extend_from_slice(&chunk);
    }
    let said = to.import(Cursor::new(lines.clone()), true).expect("taken");
    assert!(said.dry_run && said.versions == 1, "{said:?}");
    let said = to.import(Cursor::new(lines.clone()), false).expect("taken");
    assert!(!said.dry_run && said.changes > 0, "{said:?}");
    let subjects = to.subjects(&ListSubjects::default()).expect("subjects");
    assert_eq!(subjects, ["orders-value"]);
    let half = lines[..lines.len() / 2].to_vec();
    let cut = to.import(Cursor::new(half), false).expect_err("refused");
    assert_eq!(cut.status(), Some(422), "{cut}");
}

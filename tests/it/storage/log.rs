//! Reading the log, and the view as of one moment.

use dovetail_model::{Context, Mode};
use dovetail_server::core::{ChangeKind, Scope, View};

use super::{Change, Wanted, on_both_storages, schema, schema_id, text_of};

on_both_storages!(an_empty_database_has_an_empty_view, |tables| {
    assert_eq!(tables.storage.load().await.unwrap(), View::default());
    assert_eq!(tables.storage.head().await.unwrap(), 0);
    assert_eq!(tables.storage.changes_after(0).await.unwrap(), []);
});

on_both_storages!(only_a_database_server_is_shared, |tables| {
    let is_file = tables.database.file().is_some();
    assert_eq!(tables.storage.is_shared(), !is_file);
});

on_both_storages!(the_log_is_read_in_pages_that_join_without_gaps, |tables| {
    // More than the reading of a page returns.
    let toggles: Vec<Wanted> = (0..2_345)
        .map(|number| {
            let mode = if number % 2 == 0 {
                Mode::ReadOnly
            } else {
                Mode::ReadWrite
            };
            let scope = Scope::default_context();
            let mode = Some(mode);
            (ChangeKind::ModeChanged { scope, mode }, None)
        })
        .collect();
    let changes = tables.numbered(&toggles);
    let mut transaction = tables.storage.begin().await.unwrap();
    transaction.append(&changes).await.unwrap();
    transaction.commit().await.unwrap();

    for from in [0, 1, 999, 1_000, 1_001, 2_344] {
        let mut read = Vec::new();
        loop {
            let after = read.last().map_or(from, |change: &Change| change.seq);
            let page = tables.storage.changes_after(after).await.unwrap();
            if page.is_empty() {
                break;
            }
            read.extend(page);
        }
        let from = usize::try_from(from).unwrap();
        let expected: Vec<_> = changes[from..]
            .iter()
            .map(|(change, _)| change.clone())
            .collect();
        assert_eq!(read, expected, "after {from}");
    }
    assert_eq!(tables.storage.changes_after(2_345).await.unwrap(), []);
    assert_eq!(tables.storage.changes_after(u64::MAX).await.unwrap(), []);
});

on_both_storages!(a_transaction_reads_the_log_up_to_the_head, |tables| {
    tables
        .write(&[schema("a", 1, 1).wanted(), schema("a", 2, 2).wanted()])
        .await;
    let mut transaction = tables.storage.begin().await.unwrap();
    let seen = transaction.changes_after(1).await.unwrap();
    assert_eq!(
        seen.iter().map(|change| change.seq).collect::<Vec<_>>(),
        [2]
    );
    assert_eq!(transaction.changes_after(2).await.unwrap(), []);
});

on_both_storages!(a_text_comes_back_byte_for_byte, |tables| {
    tables.write(&[schema("a", 1, 1).wanted()]).await;
    assert_eq!(tables.text(1).await, Some(text_of(1)));
});

on_both_storages!(a_content_that_nobody_wrote_is_absent, |tables| {
    tables.write(&[schema("a", 1, 1).wanted()]).await;
    assert_eq!(tables.text(2).await, None);
    let elsewhere = Context::new(".elsewhere");
    assert!(
        tables
            .storage
            .content(&elsewhere, schema_id(1))
            .await
            .unwrap()
            .is_none()
    );
});

on_both_storages!(what_was_written_is_there_after_reopening, |tables| {
    tables
        .write(&[
            schema("a", 1, 1).wanted(),
            schema(":.other:a", 1, 1).wanted(),
        ])
        .await;
    let tables = tables.reopen().await.unwrap();
    tables.expect_view().await;
    assert_eq!(tables.text(1).await, Some(text_of(1)));
});

on_both_storages!(names_sort_by_their_bytes, |tables| {
    let names = ["b", "B", "ä", "a-b", "ab", "a_b", "é", "Z", "\u{10ffff}"];
    let wanted: Vec<Wanted> = names
        .iter()
        .zip(1..)
        .map(|(name, id)| schema(name, 1, id).wanted())
        .collect();
    tables.write(&wanted).await;
    let loaded = tables.storage.load().await.unwrap();
    let context = loaded.context(&Context::default()).unwrap();
    let listed: Vec<&str> = context.subjects().map(|(name, _)| name.as_str()).collect();
    let mut sorted = names;
    sorted.sort_unstable();
    assert_eq!(listed, sorted);
});

//! A change is there with everything it writes, or not at all.

use std::{sync::Arc, time::Duration};

use super::{Tables, on_both_storages, schema, text_of, version_deleted};

/// Appends a change whose row is there already, after one that could be written.
async fn append_what_cannot_be(tables: &Tables) {
    let broken = tables.numbered(&[
        schema("b", 1, 2).wanted(),
        version_deleted("a", 1, true, &[1]),
        schema("b", 1, 3).wanted(),
    ]);
    let mut transaction = tables.storage.begin().await.unwrap();
    transaction.append(&broken).await.unwrap_err();
    drop(transaction);
}

on_both_storages!(rolling_back_leaves_no_trace, |tables| {
    tables.write(&[schema("a", 1, 1).wanted()]).await;
    let changes = tables.numbered(&[
        schema("a", 2, 2).wanted(),
        version_deleted("a", 1, false, &[]),
    ]);
    let mut transaction = tables.storage.begin().await.unwrap();
    transaction.append(&changes).await.unwrap();
    transaction.rollback().await.unwrap();
    tables.expect_view().await;
    assert_eq!(tables.text(2).await, None);
});

on_both_storages!(dropping_a_transaction_undoes_it, |tables| {
    tables.write(&[schema("a", 1, 1).wanted()]).await;
    let changes = tables.numbered(&[schema("a", 2, 2).wanted()]);
    let mut transaction = tables.storage.begin().await.unwrap();
    transaction.append(&changes).await.unwrap();
    drop(transaction);
    tables.expect_view().await;
    tables.write(&[schema("a", 2, 2).wanted()]).await;
});

on_both_storages!(
    a_batch_of_which_one_change_fails_is_not_written_at_all,
    |tables| {
        tables.write(&[schema("a", 1, 1).wanted()]).await;
        append_what_cannot_be(&tables).await;
        tables.expect_view().await;
        assert_eq!(tables.text(1).await, Some(text_of(1)));
        assert_eq!(tables.text(2).await, None);
        tables.write(&[schema("b", 1, 2).wanted()]).await;
    }
);

on_both_storages!(a_number_is_given_out_once, |tables| {
    tables.write(&[schema("a", 1, 1).wanted()]).await;
    let mut again = tables.numbered(&[schema("b", 1, 2).wanted()]);
    again[0].0.seq = 1;
    let mut transaction = tables.storage.begin().await.unwrap();
    transaction.append(&again).await.unwrap_err();
    drop(transaction);
    tables.expect_view().await;
});

on_both_storages!(what_is_not_committed_is_not_seen, |tables| {
    tables.write(&[schema("a", 1, 1).wanted()]).await;
    let changes = tables.numbered(&[schema("a", 2, 2).wanted()]);
    let mut transaction = tables.storage.begin().await.unwrap();
    transaction.append(&changes).await.unwrap();
    tables.expect_view().await;
    assert_eq!(tables.storage.changes_after(1).await.unwrap(), []);
    assert_eq!(tables.text(2).await, None);
    transaction.commit().await.unwrap();
    assert_eq!(tables.storage.head().await.unwrap(), 2);
    assert_eq!(tables.text(2).await, Some(text_of(2)));
});

on_both_storages!(appending_nothing_writes_nothing, |tables| {
    let mut transaction = tables.storage.begin().await.unwrap();
    transaction.append(&[]).await.unwrap();
    transaction.commit().await.unwrap();
    tables.expect_view().await;
});

on_both_storages!(who_holds_the_head_is_alone, |tables| {
    let mut transaction = tables.storage.begin().await.unwrap();
    let storage = Arc::clone(&tables.storage);
    let mut second = tokio::spawn(async move { storage.begin().await.map(|next| next.head()) });
    // The second one may not get on while the first is open, however long that is; here it is a moment.
    let early = tokio::time::timeout(Duration::from_millis(200), &mut second).await;
    assert!(early.is_err(), "two transactions hold the head");
    let changes = tables.numbered(&[schema("a", 1, 1).wanted()]);
    transaction.append(&changes).await.unwrap();
    transaction.commit().await.unwrap();
    // And then it finds the head where the first one left it.
    assert_eq!(second.await.unwrap().unwrap(), 1);
});

on_both_storages!(
    a_closed_storage_answers_with_an_error_and_not_never,
    |tables| {
        tables.storage.close().await;
        assert!(tables.storage.head().await.unwrap_err().is_transient());
        assert!(tables.storage.load().await.is_err());
        assert!(tables.storage.begin().await.is_err());
    }
);

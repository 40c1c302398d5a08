//! Who writes next, on SQLite, where one writes at a time.

use std::{
    future::{Future, poll_fn},
    pin::Pin,
    task::{Context, Waker},
};

use dovetail_tests::Database;

use super::{Hooks, Tables};

#[tokio::test(flavor = "multi_thread")]
async fn a_registration_stands_behind_one_webhook_however_many_wait() {
    let tables = Tables::new(Database::sqlite()).await;
    let hooks = Hooks::with(&tables, &[]).await;
    let held = tables.storage.begin().await.unwrap();
    // Polled once, each stands in its line.
    let mut idle = Context::from_waker(Waker::noop());
    let mut waiting: Vec<Pin<Box<dyn Future<Output = _> + Send>>> = Vec::new();
    for _ in 0..20 {
        let mut release = hooks.store.release(&[], 5);
        assert!(release.as_mut().poll(&mut idle).is_pending());
        waiting.push(release);
    }
    let mut begin = tables.storage.begin();
    assert!(begin.as_mut().poll(&mut idle).is_pending());
    held.rollback().await.unwrap();
    let registration = poll_fn(|context| {
        waiting.retain_mut(|one| one.as_mut().poll(context).is_pending());
        begin.as_mut().poll(context)
    });
    registration.await.unwrap().rollback().await.unwrap();
    assert_eq!(waiting.len(), 19);
}

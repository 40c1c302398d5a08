//! What is stored of a subscription, and what its changes take along.

use dovetail_server::webhooks::{
    DeliveryStatus, Finished, OnDeadLetter, Ordering, Subscription, SubscriptionState,
};

use super::{DELIVERED, Hooks, LEASE, fanned, id, lane, on_both_storages, schema, subscription};

on_both_storages!(a_subscription_comes_back_as_it_was_stored, |tables| {
    tables
        .write(&[schema("a", 1, 1).wanted(), schema("a", 2, 2).wanted()])
        .await;
    let hooks = Hooks::with(&tables, &[]).await;
    let plain = subscription("plain");
    assert_eq!(hooks.store.subscription_insert(&plain).await.unwrap(), 2);
    let rated = Subscription {
        max_rate: Some(7),
        secrets: Vec::new(),
        ordering: Ordering::None,
        on_dead_letter: OnDeadLetter::Advance,
        include_schema: false,
        ..subscription("rated")
    };
    hooks.store.subscription_insert(&rated).await.unwrap();
    let told_from_here = |stored: Subscription| Subscription {
        from_seq: 2,
        ..stored
    };
    let expected = [told_from_here(plain), told_from_here(rated)];
    for stored in &expected {
        let found = hooks.store.subscription(&stored.id).await.unwrap();
        assert_eq!(found.as_ref(), Some(stored));
    }
    assert_eq!(
        hooks.store.subscription_list(None, 10).await.unwrap(),
        expected
    );
    let after = hooks.store.subscription_list(Some(&id("plain")), 10).await;
    assert_eq!(after.unwrap(), expected[1..]);
    assert_eq!(
        hooks.store.subscription_list(None, 1).await.unwrap().len(),
        1
    );
    assert_eq!(hooks.store.subscription_count().await.unwrap(), 2);
    assert_eq!(hooks.store.subscription(&id("other")).await.unwrap(), None);
});

on_both_storages!(
    of_two_updates_of_one_reading_the_second_is_refused,
    |tables| {
        let hooks = Hooks::with(&tables, &["s"]).await;
        let before = hooks.store.cursor().await.unwrap();
        let read = hooks.store.subscription(&id("s")).await.unwrap().unwrap();
        let updated = Subscription {
            url: "https://elsewhere.example.com/".to_owned(),
            secrets: Vec::new(),
            ..read.clone()
        };
        assert!(hooks.store.subscription_update(&updated).await.unwrap());
        assert!(!hooks.store.subscription_update(&read).await.unwrap());
        let stored = hooks.store.subscription(&id("s")).await.unwrap().unwrap();
        let revision = read.revision + 1;
        assert_eq!(
            stored,
            Subscription {
                revision,
                ..updated
            }
        );
        let after = hooks.store.cursor().await.unwrap();
        assert!(after.revision > before.revision, "fan-outs are told");
    }
);

on_both_storages!(
    a_disabled_subscription_waits_and_an_enabled_one_begins_anew,
    |tables| {
        tables.write(&[schema("a", 1, 1).wanted()]).await;
        let hooks = Hooks::with(&tables, &["s"]).await;
        tables.write(&[schema("a", 2, 2).wanted()]).await;
        hooks.fan_out(vec![fanned(2, "a", &["s"])], 5).await;
        let disable = async |name: &str| {
            let done = hooks.store.subscription_disable(&id(name), "410", 6).await;
            done.unwrap()
        };
        assert!(disable("s").await);
        assert!(!disable("s").await && !disable("other").await);
        let stored = hooks.store.subscription(&id("s")).await.unwrap().unwrap();
        assert_eq!(stored.state, SubscriptionState::Disabled);
        assert_eq!(stored.state_reason.as_deref(), Some("410"));
        assert_eq!(hooks.due(7, "t").await, [""; 0]);

        let enable = async || hooks.store.subscription_enable(&id("s"), 8).await.unwrap();
        let enabled = enable().await.unwrap();
        assert_eq!(enabled.disabled_since, 6);
        assert_eq!(enabled.oldest_pending, Some(1_002));
        assert_eq!(enabled.cancelled, 1);
        assert_eq!(enable().await, None);
        assert_eq!(hooks.due(9, "t").await, [""; 0]);
        let expected = [("evt_0002".to_owned(), DeliveryStatus::Cancelled)];
        assert_eq!(hooks.statuses("s").await, expected);
        let stored = hooks.store.subscription(&id("s")).await.unwrap().unwrap();
        assert_eq!(stored.state, SubscriptionState::Enabled);
        assert_eq!((stored.from_seq, stored.state_reason), (2, None));
    }
);

on_both_storages!(what_goes_with_a_subscription, |tables| {
    let hooks = Hooks::with(&tables, &["s", "r"]).await;
    hooks.fan_out(vec![fanned(1, "a", &["s", "r"])], 5).await;
    let claimed = hooks.claim(5, "t1").await;
    let of_s = claimed.iter().find(|one| one.lane == lane("s", "a"));
    assert!(hooks.store.subscription_delete(&id("s")).await.unwrap());
    assert!(!hooks.store.subscription_delete(&id("s")).await.unwrap());
    let fenced = hooks.finish(of_s.unwrap(), "t1", 6, DELIVERED).await;
    assert_eq!(fenced, Finished::Fenced);
    assert_eq!(hooks.statuses("s").await, []);
    assert_eq!(hooks.statuses("r").await.len(), 1);
    assert_eq!(hooks.due(5 + LEASE, "t2").await, ["evt_0001"], "r's");
});

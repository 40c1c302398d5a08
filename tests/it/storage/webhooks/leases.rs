//! Who gets what a fan-out owed: one event of a lane, and one node.

use std::sync::Arc;

use dovetail_server::webhooks::{DeliveryStatus, EventId, FanOut, Finished};

use super::{
    DELIVERED, Hooks, LEASE, event, events, fanned, id, lane, on_both_storages, subscription,
};

on_both_storages!(
    a_fan_out_decided_on_old_subscriptions_does_nothing,
    |tables| {
        let hooks = Hooks::with(&tables, &["s"]).await;
        let from = hooks.store.cursor().await.unwrap();
        hooks.store.subscription_delete(&id("s")).await.unwrap();
        let stale = FanOut {
            from,
            to: 1,
            events: vec![fanned(1, "a", &["s"])],
        };
        assert!(!hooks.store.fan_out(&stale, 5).await.unwrap());
        let from = hooks.store.cursor().await.unwrap();
        assert_eq!(from.seq, 0);
        // Whoever is gone is passed over even so.
        let fan_out = FanOut { from, ..stale };
        assert!(hooks.store.fan_out(&fan_out, 5).await.unwrap());
        assert!(!hooks.store.fan_out(&fan_out, 5).await.unwrap(), "once");
        assert_eq!(hooks.store.cursor().await.unwrap().seq, 1);
        assert_eq!(hooks.due(5, "t").await, [""; 0]);
    }
);

on_both_storages!(
    a_lane_gives_its_oldest_event_and_only_one_at_a_time,
    |tables| {
        let hooks = Hooks::with(&tables, &["s", "r"]).await;
        let owed = vec![
            fanned(1, "a", &["s", "r"]),
            fanned(2, "b", &["s"]),
            fanned(3, "a", &["s"]),
        ];
        hooks.fan_out(owed, 5).await;
        let mut first = hooks.claim(5, "t1").await;
        first.sort_by_key(|claimed| claimed.lane.clone());
        assert_eq!(
            events(&first),
            ["evt_0001", "evt_0001"],
            "one of each subscription"
        );
        let claimed = &first[1];
        assert_eq!(claimed.lane, lane("s", "a"));
        assert_eq!(claimed.body.as_ref(), Some(&event(1, "a").body));
        assert_eq!(claimed.occurred_at, 1_001);
        assert_eq!(claimed.host, "s.example.com:8443");
        assert_eq!(claimed.delivery.subject.as_deref(), Some("a"));
        assert!(!claimed.expired);
        assert_eq!(hooks.due(6, "t2").await, ["evt_0002"]);
        assert_eq!(hooks.due(7, "t3").await, [""; 0]);
        hooks.deliver(claimed, "t1", 8).await;
        assert_eq!(hooks.due(8, "t4").await, ["evt_0003"]);
        let expected = [
            ("evt_0003".to_owned(), DeliveryStatus::Pending),
            ("evt_0002".to_owned(), DeliveryStatus::Pending),
            ("evt_0001".to_owned(), DeliveryStatus::Delivered),
        ];
        assert_eq!(hooks.statuses("s").await, expected);
    }
);

on_both_storages!(whoever_lost_the_lease_cannot_finish, |tables| {
    let hooks = Hooks::with(&tables, &["s"]).await;
    hooks.fan_out(vec![fanned(1, "a", &["s"])], 5).await;
    let lost = hooks.claim(5, "t1").await.remove(0);
    assert_eq!(hooks.due(5 + LEASE - 1, "t2").await, [""; 0]);
    let taken = hooks.claim(5 + LEASE, "t2").await.remove(0);
    assert!(taken.expired);
    let now = 6 + LEASE;
    let fenced = hooks.finish(&lost, "t1", now, DELIVERED).await;
    assert_eq!(fenced, Finished::Fenced);
    assert!(
        hooks
            .store
            .attempt_list(&id("s"), &EventId::new("evt_0001"))
            .await
            .unwrap()
            .is_empty()
    );
    hooks.deliver(&taken, "t2", now).await;
    let again = hooks.finish(&taken, "t2", now, DELIVERED).await;
    assert_eq!(again, Finished::Fenced, "once");
});

on_both_storages!(a_lease_that_is_given_back_is_due_at_once, |tables| {
    let hooks = Hooks::with(&tables, &["s"]).await;
    hooks.fan_out(vec![fanned(1, "a", &["s"])], 5).await;
    hooks.claim(5, "t1").await;
    let key = lane("s", "a");
    hooks
        .store
        .release(&[(key.clone(), "other".to_owned())], 6)
        .await
        .unwrap();
    assert_eq!(hooks.due(6, "t2").await, [""; 0]);
    hooks
        .store
        .release(&[(key, "t1".to_owned())], 6)
        .await
        .unwrap();
    let claimed = hooks.claim(6, "t2").await.remove(0);
    assert!(!claimed.expired);
});

on_both_storages!(
    nodes_that_claim_together_never_get_the_same_lane,
    |tables| {
        let hooks = Hooks::with(&tables, &[]).await;
        let names: Vec<String> = (0..40).map(|number| format!("s{number}")).collect();
        for name in &names {
            hooks
                .store
                .subscription_insert(&subscription(name))
                .await
                .unwrap();
        }
        let to: Vec<&str> = names.iter().map(String::as_str).collect();
        hooks.fan_out(vec![fanned(1, "a", &to)], 5).await;
        let nodes: Vec<_> = (0..8)
            .map(|node| {
                let store = Arc::clone(&hooks.store);
                tokio::spawn(async move {
                    let hooks = Hooks { store };
                    let mut got = Vec::new();
                    for round in 0..10 {
                        let token = format!("{node}-{round}");
                        for claimed in hooks.claim(5, &token).await {
                            hooks.deliver(&claimed, &token, 6).await;
                            got.push(claimed.lane);
                        }
                    }
                    got
                })
            })
            .collect();
        let mut got = Vec::new();
        for node in nodes {
            got.extend(node.await.unwrap());
        }
        got.sort();
        let mut once = got.clone();
        once.dedup();
        assert_eq!(got, once);
        assert_eq!(got.len(), names.len());
    }
);

//! How much of its receiver a subscription may have at a time.

use std::collections::HashMap;

use dovetail_server::webhooks::{Claim, Disposition, Finish, LaneClass, Subscription};

use super::{Hooks, fanned, finish, id, on_both_storages, subscription};

on_both_storages!(no_receiver_gets_more_places_than_it_has, |tables| {
    let hooks = Hooks::with(&tables, &[]).await;
    for name in ["s1", "s2", "s3", "other"] {
        let url = if name == "other" {
            "https://other.example.com/"
        } else {
            "https://SHARED.example.com/x"
        };
        let stored = Subscription {
            url: url.to_owned(),
            ..subscription(name)
        };
        hooks.store.subscription_insert(&stored).await.unwrap();
    }
    let all = ["s1", "s2", "s3", "other"];
    hooks.fan_out(vec![fanned(1, "a", &all)], 5).await;
    let claim = async |hosts: &[(&str, u32)], full: &[&str], limit| {
        let hosts = hosts
            .iter()
            .map(|(host, taken)| ((*host).to_owned(), *taken))
            .collect();
        let full: Vec<_> = full.iter().map(|name| id(name)).collect();
        let claim = Claim {
            now: 6,
            class: LaneClass::Fresh,
            limit,
            token: "t",
            lease_until: 6,
            full: &full,
            busy: &[],
            hosts: &hosts,
            per_host: 2,
        };
        let claimed = hooks.store.claim(&claim).await.unwrap();
        let mut names: Vec<_> = claimed
            .iter()
            .map(|one| one.lane.subscription.to_string())
            .collect();
        names.sort();
        names
    };
    assert_eq!(claim(&[], &[], 100).await, ["other", "s1", "s2"]);
    let shared = "shared.example.com";
    assert_eq!(claim(&[(shared, 1)], &[], 100).await, ["other", "s3"]);
    assert_eq!(claim(&[(shared, 2)], &[], 100).await, ["other"]);
    assert_eq!(claim(&[], &["s1", "other"], 100).await, ["s2", "s3"]);
    assert_eq!(claim(&[], &[], 1).await.len(), 1);
});

on_both_storages!(
    a_slowed_subscription_waits_and_then_gets_one_place,
    |tables| {
        let hooks = Hooks::with(&tables, &["s"]).await;
        hooks
            .fan_out(vec![fanned(1, "a", &["s"]), fanned(2, "b", &["s"])], 5)
            .await;
        let claimed = hooks.claim(5, "t1").await.remove(0);
        let overloaded = Finish {
            slow: Some((1_000, 2)),
            ..finish(&claimed, "t1", 6, Disposition::Retry { at: 50 })
        };
        hooks.store.finish(&overloaded).await.unwrap();
        assert_eq!(hooks.due(999, "t2").await, [""; 0]);
        let hosts = HashMap::new();
        let busy = [id("s")];
        let claim = Claim {
            now: 1_000,
            class: LaneClass::Fresh,
            limit: 10,
            token: "t3",
            lease_until: 1_000,
            full: &[],
            busy: &busy,
            hosts: &hosts,
            per_host: 4,
        };
        assert!(hooks.store.claim(&claim).await.unwrap().is_empty());
        let claimed = hooks.claim(1_000, "t4").await.remove(0);
        hooks.deliver(&claimed, "t4", 1_001).await;
        assert_eq!(hooks.store.health(&id("s")).await.unwrap().slow, 1);
    }
);

on_both_storages!(attempts_keep_the_rate_over_all_nodes, |tables| {
    let hooks = Hooks::with(&tables, &[]).await;
    let rated = Subscription {
        max_rate: Some(4),
        ..subscription("s")
    };
    hooks.store.subscription_insert(&rated).await.unwrap();
    let owed = ["a", "b", "c"].iter().zip(1..);
    let owed = owed.map(|(name, seq)| fanned(seq, name, &["s"])).collect();
    hooks.fan_out(owed, 5).await;
    assert_eq!(hooks.due(1_000, "t1").await, ["evt_0001"]);
    assert_eq!(hooks.due(1_249, "t2").await, [""; 0]);
    assert_eq!(hooks.due(1_250, "t3").await, ["evt_0002"]);
    assert_eq!(hooks.due(1_500, "t4").await, ["evt_0003"]);
});

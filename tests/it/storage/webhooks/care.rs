//! What is listed, counted, put right and thrown away.

use dovetail_server::webhooks::{
    DeliveryQuery, DeliveryStatus, Disposition, EventId, Retention, change_position,
};

use super::{DELIVERED, Hooks, LEASE, Wanted, event, fanned, id, on_both_storages, schema};

on_both_storages!(
    deliveries_are_listed_newest_first_by_what_is_asked,
    |tables| {
        let hooks = Hooks::with(&tables, &["s"]).await;
        let owed = (1..=5)
            .map(|seq| fanned(seq, if seq % 2 == 0 { "even" } else { "odd" }, &["s"]))
            .collect();
        hooks.fan_out(owed, 5).await;
        let claimed = hooks.claim(5, "t").await.remove(0);
        hooks.deliver(&claimed, "t", 6).await;
        hooks.fan_out(vec![fanned(6, "even", &["s"])], 9).await;
        let list = async |query: DeliveryQuery| {
            let listed = hooks.store.delivery_list(&id("s"), &query).await.unwrap();
            let ids = listed.iter().map(|one| one.key.event.to_string());
            ids.map(|event| event.trim_start_matches("evt_000").to_owned())
                .collect::<Vec<_>>()
                .concat()
        };
        let all = DeliveryQuery {
            limit: 10,
            ..DeliveryQuery::default()
        };
        assert_eq!(list(all.clone()).await, "654321");
        let subject = Some("even".to_owned());
        let evens = DeliveryQuery {
            subject,
            ..all.clone()
        };
        assert_eq!(list(evens).await, "642");
        let status = Some(DeliveryStatus::Delivered);
        let delivered = DeliveryQuery {
            status,
            ..all.clone()
        };
        assert_eq!(list(delivered).await, "2");
        let since = Some(9);
        let late = DeliveryQuery {
            since,
            ..all.clone()
        };
        assert_eq!(list(late).await, "6");
        let before = Some((change_position(4), EventId::new("evt_0004"), String::new()));
        let page = DeliveryQuery {
            before,
            limit: 2,
            ..all
        };
        assert_eq!(list(page).await, "32");
    }
);

on_both_storages!(
    pruning_takes_what_ended_long_ago_a_batch_at_a_time,
    |tables| {
        let hooks = Hooks::with(&tables, &["s"]).await;
        let owed = (1..=4).map(|seq| fanned(seq, "a", &["s"])).collect();
        hooks.fan_out(owed, 5).await;
        for (seq, outcome) in [
            (1, DELIVERED),
            (2, DELIVERED),
            (3, Disposition::Skip { gap: None }),
        ] {
            let claimed = hooks.claim(10 * seq, "t").await.remove(0);
            hooks.finish(&claimed, "t", 10 * seq, outcome).await;
        }
        let left = async || -> String {
            let statuses = hooks.statuses("s").await;
            statuses
                .iter()
                .map(|(event, _)| event.trim_start_matches("evt_000"))
                .collect()
        };
        let prune = async |delivered, dead, events, limit| {
            let retention = Retention {
                delivered,
                dead,
                events,
            };
            hooks.store.prune(&retention, limit).await.unwrap()
        };
        assert_eq!(prune(10, 10, 0, 10).await, 0);
        assert_eq!(prune(30, 30, 0, 1).await, 2, "one delivery, one attempt");
        assert_eq!(left().await, "432");
        prune(100, 30, 0, 10).await;
        assert_eq!(left().await, "43", "what was given up is kept longer");
        prune(100, 100, 0, 10).await;
        assert_eq!(left().await, "4");
        // An event that somebody is owed stays, and so does what is newer.
        assert_eq!(prune(100, 100, 100, 10).await, 3);
        let kept = async |seq| {
            let id = event(seq, "a").id;
            hooks.store.event(&id, false).await.unwrap().is_some()
        };
        assert!(!kept(3).await && kept(4).await);
    }
);

on_both_storages!(a_clock_that_was_set_back_strands_nothing, |tables| {
    let hooks = Hooks::with(&tables, &["s"]).await;
    let year = 365 * 86_400_000;
    hooks.fan_out(vec![fanned(1, "a", &["s"])], 2 * year).await;
    assert_eq!(hooks.due(year, "t").await, [""; 0]);
    let horizon = 86_400_000;
    assert_eq!(hooks.store.rescue(2 * year, horizon).await.unwrap(), 0);
    assert_eq!(hooks.store.rescue(year, horizon).await.unwrap(), 1);
    assert_eq!(hooks.due(year, "t").await, ["evt_0001"]);
    // Whoever is at it gets the time to finish.
    assert_eq!(hooks.store.rescue(0, 10).await.unwrap(), 1);
    assert_eq!(hooks.due(LEASE - 1, "t").await, [""; 0]);
    assert_eq!(hooks.due(LEASE, "t").await, ["evt_0001"]);
});

on_both_storages!(the_depth_of_the_queues_is_counted, |tables| {
    let hooks = Hooks::with(&tables, &["s", "off"]).await;
    hooks
        .store
        .subscription_disable(&id("off"), "asked", 1)
        .await
        .unwrap();
    let owed = vec![
        fanned(1, "a", &["s"]),
        fanned(2, "b", &["s"]),
        fanned(3, "b", &["s"]),
        fanned(4, "c", &["s"]),
        fanned(5, "c", &["s"]),
    ];
    hooks.fan_out(owed, 7).await;
    let claimed = hooks.claim(7, "t").await.remove(0);
    let retry = Disposition::Retry { at: 100 };
    hooks.finish(&claimed, "t", 8, retry).await;
    let claimed = hooks.claim(8, "t").await.remove(0);
    hooks.finish(&claimed, "t", 8, Disposition::Block).await;
    let depth = hooks.store.queue_depth().await.unwrap();
    assert_eq!((depth.fresh, depth.retry, depth.replay), (2, 1, 0));
    assert_eq!((depth.blocked, depth.lanes_blocked), (1, 1));
    assert_eq!((depth.enabled, depth.disabled), (1, 1));
    assert_eq!(depth.oldest_pending, Some(7));
});

on_both_storages!(the_time_is_that_of_the_database, |tables| {
    let hooks = Hooks::with(&tables, &[]).await;
    let wanted: Vec<Wanted> = vec![schema("a", 1, 1).wanted()];
    tables.write(&wanted).await;
    let (first, second) = (
        hooks.store.now().await.unwrap(),
        hooks.store.now().await.unwrap(),
    );
    assert!(first > 1_700_000_000_000 && first <= second);
});

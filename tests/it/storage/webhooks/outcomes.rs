//! What an attempt leaves behind: a retry, a gap, a lane that waits, a redelivery.

use dovetail_server::webhooks::{
    DeliveryStatus, Disposition, EventId, FailureReason, Finished, Health, LaneClass, Recipient,
    Unblock, notice_position,
};

use super::{DELIVERED, Hooks, event, events, fanned, finish, id, lane, notice, on_both_storages};

on_both_storages!(a_failure_is_tried_again_in_the_queue_of_retries, |tables| {
    let hooks = Hooks::with(&tables, &["s"]).await;
    hooks
        .fan_out(vec![fanned(1, "a", &["s"]), fanned(2, "a", &["s"])], 5)
        .await;
    let claimed = hooks.claim(5, "t1").await.remove(0);
    let retry = Disposition::Retry { at: 100 };
    let recorded = hooks.finish(&claimed, "t1", 10, retry).await;
    let after = Health {
        failures: 1,
        failing_since: Some(10),
        last_failure_at: Some(10),
        ..Health::default()
    };
    let before = Health::default();
    assert_eq!(recorded, Finished::Recorded { before, after });
    assert_eq!(hooks.store.health(&id("s")).await.unwrap(), after);
    assert_eq!(hooks.due(1_000, "t2").await, [""; 0], "not a fresh one");
    let retries = |now, token| hooks.claim_class(LaneClass::Retry, now, token);
    assert!(retries(99, "t2").await.is_empty());
    let claimed = retries(100, "t2").await.remove(0);
    assert_eq!(claimed.delivery.attempts, 1);
    assert_eq!(claimed.delivery.next_attempt_at, Some(100));
    assert_eq!(claimed.delivery.reason, Some(FailureReason::Status));
    hooks.deliver(&claimed, "t2", 110).await;
    let health = hooks.store.health(&id("s")).await.unwrap();
    assert_eq!((health.failures, health.failing_since), (0, None));
    assert_eq!(hooks.due(110, "t3").await, ["evt_0002"], "fresh again");
    let attempts = hooks
        .store
        .attempt_list(&id("s"), &EventId::new("evt_0001"))
        .await
        .unwrap();
    let expected = finish(&claimed, "t2", 110, DELIVERED).attempt;
    assert_eq!(attempts.len(), 2);
    assert_eq!(attempts[0].detail.as_deref(), Some("it said 500"));
    assert_eq!(attempts[1], expected);
});

on_both_storages!(what_is_skipped_is_named_before_the_lane_goes_on, |tables| {
    let hooks = Hooks::with(&tables, &["s"]).await;
    hooks
        .fan_out(
            vec![
                fanned(1, "a", &["s"]),
                fanned(2, "a", &["s"]),
                fanned(3, "a", &["s"]),
            ],
            5,
        )
        .await;
    let skip = |gap: &str| Disposition::Skip {
        gap: Some(notice(gap, "webhook.gap")),
    };
    let skipped = async || {
        let found = hooks.store.skipped(&lane("s", "a"), 10).await.unwrap();
        found.iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let claimed = hooks.claim(5, "t1").await.remove(0);
    hooks.finish(&claimed, "t1", 10, skip("gap_1")).await;
    assert_eq!(skipped().await, ["evt_0001"]);
    // A gap that is given up itself leaves what it named to the next.
    let gap = hooks.claim(10, "t2").await.remove(0);
    assert_eq!(events(std::slice::from_ref(&gap)), ["gap_1"]);
    hooks
        .finish(&gap, "t2", 11, Disposition::Skip { gap: None })
        .await;
    assert_eq!(skipped().await, ["evt_0001"]);
    let claimed = hooks.claim(11, "t3").await.remove(0);
    hooks.finish(&claimed, "t3", 12, skip("gap_2")).await;
    assert_eq!(skipped().await, ["evt_0001", "evt_0002"]);
    let gap = hooks.claim(12, "t4").await.remove(0);
    assert_eq!(events(std::slice::from_ref(&gap)), ["gap_2"]);
    let tells = Disposition::Delivered { tells: true };
    hooks.finish(&gap, "t4", 13, tells).await;
    assert_eq!(skipped().await, [""; 0]);
    assert_eq!(hooks.due(13, "t5").await, ["evt_0003"]);
});

on_both_storages!(a_blocked_lane_waits_for_a_person, |tables| {
    let hooks = Hooks::with(&tables, &["s"]).await;
    let owed = (1..=3).map(|seq| fanned(seq, "a", &["s"])).collect();
    hooks.fan_out(owed, 5).await;
    let block = async |now, token| {
        let claimed = hooks.claim(now, token).await.remove(0);
        hooks.finish(&claimed, token, now, Disposition::Block).await;
    };
    block(5, "t1").await;
    assert_eq!(hooks.due(1_000, "t2").await, [""; 0]);
    let blocked = hooks.store.blocked_lanes(&id("s")).await.unwrap();
    assert_eq!(blocked.len(), 1);
    assert_eq!(blocked[0].key, lane("s", "a"));

    let key = lane("s", "a");
    let unblock = async |how| hooks.store.lane_unblock(&key, &how, 20).await.unwrap();
    assert!(unblock(Unblock::Retry).await);
    assert!(!unblock(Unblock::Retry).await, "it goes already");
    let claimed = hooks.claim(20, "t3").await.remove(0);
    assert_eq!(events(std::slice::from_ref(&claimed)), ["evt_0001"]);
    assert_eq!(claimed.delivery.attempts, 0);
    hooks.finish(&claimed, "t3", 21, Disposition::Block).await;
    let gap = Some(notice("gap_1", "webhook.gap"));
    assert!(unblock(Unblock::Skip { gap }).await);
    let gap = hooks.claim(22, "t4").await.remove(0);
    assert_eq!(events(std::slice::from_ref(&gap)), ["gap_1"]);
    hooks.deliver(&gap, "t4", 23).await;
    block(23, "t5").await;
    assert!(unblock(Unblock::Skip { gap: None }).await);
    assert_eq!(hooks.due(24, "t6").await, ["evt_0003"]);
});

on_both_storages!(a_redelivery_goes_beside_what_is_new, |tables| {
    let hooks = Hooks::with(&tables, &["s"]).await;
    hooks
        .fan_out(vec![fanned(1, "a", &["s"]), fanned(2, "a", &["s"])], 5)
        .await;
    let claimed = hooks.claim(5, "t1").await.remove(0);
    hooks.deliver(&claimed, "t1", 6).await;
    let first = EventId::new("evt_0001");
    let again = hooks.store.redeliver(&id("s"), &first, "job_1", 7).await;
    let again = again.unwrap().unwrap();
    assert!(!again.unblocked);
    assert_eq!(again.delivery.job, "job_1");
    let replayed = hooks
        .claim_class(LaneClass::Replay, 7, "t2")
        .await
        .remove(0);
    assert_eq!(replayed.delivery.key, again.delivery);
    assert_eq!(replayed.body, Some(event(1, "a").body));
    assert_eq!(hooks.due(7, "t3").await, ["evt_0002"]);
    let retry = Disposition::Retry { at: 20 };
    hooks.finish(&replayed, "t2", 8, retry).await;
    let replayed = hooks.claim_class(LaneClass::Replay, 20, "t4").await;
    assert_eq!(events(&replayed), ["evt_0001"], "it stays in its queue");
    hooks.deliver(&replayed[0], "t4", 21).await;
    let of_event = hooks.store.delivery_of_event(&id("s"), &first).await;
    let statuses: Vec<_> = of_event.unwrap().iter().map(|one| one.status).collect();
    assert_eq!(statuses, [DeliveryStatus::Delivered; 2]);
    let attempts = hooks.store.attempt_list(&id("s"), &first).await.unwrap();
    let numbers: Vec<_> = attempts
        .iter()
        .map(|attempt| (attempt.key.delivery.job.as_str(), attempt.key.number))
        .collect();
    assert_eq!(numbers, [("", 1), ("job_1", 1), ("job_1", 2)]);
    for (subscription, event) in [("s", "evt_9"), ("r", "evt_0001")] {
        let event = EventId::new(event);
        let found = hooks
            .store
            .redeliver(&id(subscription), &event, "j", 7)
            .await;
        assert_eq!(found.unwrap(), None);
    }
});

on_both_storages!(redelivering_what_blocks_a_lane_starts_it_over, |tables| {
    let hooks = Hooks::with(&tables, &["s"]).await;
    hooks
        .fan_out(vec![fanned(1, "a", &["s"]), fanned(2, "a", &["s"])], 5)
        .await;
    let claimed = hooks.claim(5, "t1").await.remove(0);
    hooks.finish(&claimed, "t1", 6, Disposition::Block).await;
    let event = EventId::new("evt_0001");
    let again = hooks.store.redeliver(&id("s"), &event, "job", 7).await;
    assert!(again.unwrap().unwrap().unblocked);
    assert_eq!(hooks.due(7, "t2").await, ["evt_0001"]);
});

on_both_storages!(a_notice_comes_after_what_was_fanned_out, |tables| {
    let hooks = Hooks::with(&tables, &["s", "off"]).await;
    hooks
        .store
        .subscription_disable(&id("off"), "asked", 3)
        .await
        .unwrap();
    hooks.fan_out(vec![fanned(4, "a", &["s"])], 5).await;
    let to = ["s", "off", "gone"].map(|name| Recipient {
        subscription: id(name),
        lane: "a".to_owned(),
    });
    let test = notice("evt_test", "webhook.test");
    let position = hooks.store.enqueue(&test, &to, 6).await.unwrap();
    assert_eq!(position, notice_position(4));
    let claimed = hooks.claim(6, "t1").await;
    assert_eq!(events(&claimed), ["evt_0004"]);
    hooks.deliver(&claimed[0], "t1", 7).await;
    assert_eq!(hooks.due(7, "t2").await, ["evt_test"]);
    let stored = hooks.store.event(&test.id, false).await.unwrap().unwrap();
    assert_eq!(stored.event, test);
    assert_eq!(hooks.store.event(&test.id, true).await.unwrap(), None);
});

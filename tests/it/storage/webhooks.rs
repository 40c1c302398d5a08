//! The tables of the webhooks: subscriptions, fan-out, leases, finishes, redelivery, replays, and care.

use std::{collections::HashMap, sync::Arc};

use dovetail_server::webhooks::{
    Attempt, AttemptKey, Claim, Claimed, DeliveryQuery, DeliveryStatus, Disposition, EventId,
    FailureReason, FanOut, Fanned, Filter, Finish, Finished, Health, LaneClass, LaneKey, NewEvent,
    OnDeadLetter, Ordering, Recipient, Replay, ReplayOnly, ReplayProgress, ReplayState, ReplayStep,
    Retention, SealedHeader, SealedSecret, SecretKind, Subscription, SubscriptionId,
    SubscriptionState, Timings, Unblock, WebhookStore, change_position, notice_position,
};

use super::{Tables, Wanted, on_both_storages, schema};

/// The lease of every claim here.
const LEASE: i64 = 60_000;

fn id(name: &str) -> SubscriptionId {
    SubscriptionId::new(name)
}

fn subscription(name: &str) -> Subscription {
    Subscription {
        id: id(name),
        revision: 1,
        owner: "anonymous".to_owned(),
        created_at: 10,
        updated_at: 11,
        url: format!("https://{name}.example.com:8443/hook?secret=é"),
        description: "told of \"everything\" é 𝄞".to_owned(),
        filter: Filter {
            events: vec!["*".to_owned()],
            subjects: vec!["orders-*".to_owned(), "pay'ments".to_owned()],
        },
        ordering: Ordering::Subject,
        on_dead_letter: OnDeadLetter::PauseSubject,
        include_schema: true,
        max_rate: None,
        state: SubscriptionState::Enabled,
        state_reason: None,
        state_since: 10,
        from_seq: 0,
        secrets: vec![SealedSecret {
            id: "sec_1".to_owned(),
            kind: SecretKind::Hmac,
            key_id: "key_1".to_owned(),
            sealed: "AAECAw==".to_owned(),
            public: None,
            created_at: 10,
            expires_at: Some(99),
        }],
        headers: vec![SealedHeader {
            name: "x-team".to_owned(),
            key_id: "key_1".to_owned(),
            sealed: "BAUG".to_owned(),
        }],
    }
}

fn event(seq: u64, subject: &str) -> NewEvent {
    NewEvent {
        id: EventId::new(&format!("evt_{seq:04}")),
        event_type: "schema.version.registered".to_owned(),
        subject: Some(subject.to_owned()),
        seq: Some(seq),
        occurred_at: 1_000 + i64::try_from(seq).unwrap(),
        body: format!("{{\"id\":{seq},\"awkward\":\"\\\" ' $1 ? é 𝄞\"}}").into(),
    }
}

fn notice(name: &str, event_type: &str) -> NewEvent {
    NewEvent {
        id: EventId::new(name),
        event_type: event_type.to_owned(),
        subject: None,
        seq: None,
        occurred_at: 5,
        body: "{}".into(),
    }
}

fn fanned(seq: u64, subject: &str, to: &[&str]) -> Fanned {
    Fanned {
        event: event(seq, subject),
        with_schema: false,
        position: change_position(seq),
        recipients: to
            .iter()
            .map(|name| Recipient {
                subscription: id(name),
                lane: subject.to_owned(),
            })
            .collect(),
    }
}

/// What the tests ask of the store, said shortly.
struct Hooks {
    store: Arc<dyn WebhookStore>,
}

impl Hooks {
    async fn with(tables: &Tables, names: &[&str]) -> Self {
        let store = Arc::clone(&tables.storage).webhooks();
        for name in names {
            store
                .subscription_insert(&subscription(name))
                .await
                .unwrap();
        }
        Self { store }
    }

    async fn fan_out(&self, events: Vec<Fanned>, now: i64) {
        let from = self.store.cursor().await.unwrap();
        let to = events.iter().filter_map(|event| event.event.seq).max();
        let fan_out = FanOut {
            from,
            to: to.unwrap(),
            events,
        };
        assert!(self.store.fan_out(&fan_out, now).await.unwrap());
    }

    async fn claim_class(&self, class: LaneClass, now: i64, token: &str) -> Vec<Claimed> {
        let claim = Claim {
            now,
            class,
            limit: 100,
            token,
            lease_until: now + LEASE,
            full: &[],
            busy: &[],
            hosts: &HashMap::new(),
            per_host: 4,
        };
        self.store.claim(&claim).await.unwrap()
    }

    async fn claim(&self, now: i64, token: &str) -> Vec<Claimed> {
        self.claim_class(LaneClass::Fresh, now, token).await
    }

    /// The ids of the events that are due and fresh, which are leased by this.
    async fn due(&self, now: i64, token: &str) -> Vec<String> {
        events(&self.claim(now, token).await)
    }

    async fn finish(
        &self,
        claimed: &Claimed,
        token: &str,
        now: i64,
        disposition: Disposition,
    ) -> Finished {
        let finish = finish(claimed, token, now, disposition);
        self.store.finish(&finish).await.unwrap()
    }

    async fn deliver(&self, claimed: &Claimed, token: &str, now: i64) {
        let outcome = self.finish(claimed, token, now, DELIVERED).await;
        assert!(matches!(outcome, Finished::Recorded { .. }));
    }

    async fn statuses(&self, name: &str) -> Vec<(String, DeliveryStatus)> {
        let query = DeliveryQuery {
            limit: 100,
            ..DeliveryQuery::default()
        };
        let listed = self.store.delivery_list(&id(name), &query).await.unwrap();
        listed
            .into_iter()
            .map(|delivery| (delivery.key.event.to_string(), delivery.status))
            .collect()
    }
}

const DELIVERED: Disposition = Disposition::Delivered { tells: false };

fn events(claimed: &[Claimed]) -> Vec<String> {
    claimed
        .iter()
        .map(|claimed| claimed.delivery.key.event.to_string())
        .collect()
}

fn finish(claimed: &Claimed, token: &str, now: i64, disposition: Disposition) -> Finish {
    let failed = !matches!(disposition, Disposition::Delivered { .. });
    Finish {
        lane: claimed.lane.clone(),
        token: token.to_owned(),
        now,
        attempt: Attempt {
            key: AttemptKey {
                delivery: claimed.delivery.key.clone(),
                number: claimed.delivery.attempts + 1,
            },
            started_at: now - 1,
            reason: failed.then_some(FailureReason::Status),
            http_status: Some(if failed { 500 } else { 204 }),
            timings: Timings {
                resolved_ms: None,
                connected_ms: Some(1),
                first_byte_ms: Some(2),
                total_ms: 3,
            },
            response: Some("é".to_owned()),
            detail: failed.then(|| "it said 500".to_owned()),
        },
        disposition,
        slow: None,
    }
}

fn lane(subscription: &str, lane: &str) -> LaneKey {
    LaneKey {
        subscription: id(subscription),
        lane: lane.to_owned(),
    }
}

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

fn replay(only: ReplayOnly) -> Replay {
    Replay {
        id: "rpl_1".to_owned(),
        subscription: id("s"),
        since: 1_001,
        until: 1_003,
        subjects: vec!["*".to_owned()],
        only,
        state: ReplayState::Preparing,
        cursor: 0,
        end: change_position(9),
        created_at: 50,
        finished_at: None,
    }
}

on_both_storages!(
    a_replay_is_prepared_step_by_step_and_can_be_cancelled,
    |tables| {
        let hooks = Hooks::with(&tables, &["s"]).await;
        let replay = replay(ReplayOnly::All);
        hooks.store.replay_insert(&replay).await.unwrap();
        assert_eq!(
            hooks.store.replay_running().await.unwrap(),
            std::slice::from_ref(&replay)
        );
        let in_job = |seq, subject: &str| {
            let mut fanned = fanned(seq, subject, &["s"]);
            fanned.recipients[0].lane = format!("job:rpl_1:{subject}");
            fanned
        };
        let step = |from, to: u64, last, events| ReplayStep {
            id: "rpl_1".to_owned(),
            from,
            to: change_position(to),
            last,
            events,
        };
        let first = step(0, 1, false, vec![in_job(1, "a")]);
        assert!(hooks.store.replay_step(&first, 60).await.unwrap());
        assert!(!hooks.store.replay_step(&first, 60).await.unwrap(), "once");
        let events = vec![in_job(2, "a"), in_job(3, "b")];
        let second = step(change_position(1), 3, true, events);
        assert!(hooks.store.replay_step(&second, 61).await.unwrap());
        assert_eq!(hooks.store.replay_running().await.unwrap(), []);

        let claimed = hooks
            .claim_class(LaneClass::Replay, 62, "t1")
            .await
            .remove(0);
        assert_eq!(claimed.delivery.key.job, "rpl_1");
        hooks.deliver(&claimed, "t1", 63).await;
        let claimed = hooks
            .claim_class(LaneClass::Replay, 64, "t2")
            .await
            .remove(0);
        let (stored, progress) = hooks.store.replay("rpl_1").await.unwrap().unwrap();
        assert_eq!(stored.state, ReplayState::Prepared);
        let expected = ReplayProgress {
            pending: 2,
            delivered: 1,
            ..ReplayProgress::default()
        };
        assert_eq!(progress, expected);

        assert!(hooks.store.replay_cancel("rpl_1", 70).await.unwrap());
        assert!(!hooks.store.replay_cancel("rpl_1", 70).await.unwrap());
        let fenced = hooks.finish(&claimed, "t2", 71, DELIVERED).await;
        assert_eq!(fenced, Finished::Fenced);
        let listed = hooks.store.replay_list(&id("s")).await.unwrap();
        assert_eq!(listed[0].0.state, ReplayState::Cancelled);
        assert_eq!(listed[0].1.cancelled, 2);
        assert!(
            hooks
                .claim_class(LaneClass::Replay, 1_000, "t3")
                .await
                .is_empty()
        );
    }
);

on_both_storages!(what_was_given_up_is_found_by_when_it_happened, |tables| {
    let hooks = Hooks::with(&tables, &["s"]).await;
    let owed = (1..=4).map(|seq| fanned(seq, "a", &["s"])).collect();
    hooks.fan_out(owed, 5).await;
    for seq in 1..=4 {
        let claimed = hooks.claim(5 + seq, "t").await.remove(0);
        let outcome = if seq == 2 {
            DELIVERED
        } else {
            Disposition::Skip { gap: None }
        };
        hooks.finish(&claimed, "t", 5 + seq, outcome).await;
    }
    let replay = replay(ReplayOnly::Failed);
    let dead = async |replay: &Replay, after| {
        let found = hooks.store.replay_dead(replay, after, 10).await.unwrap();
        found
            .iter()
            .map(|one| one.key.event.to_string())
            .collect::<Vec<_>>()
    };
    assert_eq!(dead(&replay, 0).await, ["evt_0001"], "until is excluded");
    let longer = Replay {
        until: 9_999,
        ..replay.clone()
    };
    assert_eq!(dead(&longer, 0).await, ["evt_0001", "evt_0003", "evt_0004"]);
    assert_eq!(dead(&longer, change_position(3)).await, ["evt_0004"]);
    let shorter = Replay {
        end: change_position(3),
        ..longer
    };
    assert_eq!(dead(&shorter, 0).await, ["evt_0001", "evt_0003"]);
});

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

//! The tables of the webhooks.
//!
//! `subscriptions` covers what is stored of a subscription, `leases` who gets what a fan-out owed, `outcomes` what an attempt
//! leaves behind, `places` how much of a receiver is used at a time, `replays` what is sent again, `turns` who writes next, and
//! `care` what is listed, counted, put right and thrown away.

mod care;
mod leases;
mod outcomes;
mod places;
mod replays;
mod subscriptions;
mod turns;

use std::{collections::HashMap, sync::Arc};

use dovetail_server::webhooks::{
    Attempt, AttemptKey, Claim, Claimed, DeliveryQuery, DeliveryStatus, Disposition, EventId,
    FailureReason, FanOut, Fanned, Filter, Finish, Finished, LaneClass, LaneKey, NewEvent,
    OnDeadLetter, Ordering, Recipient, SealedHeader, SealedSecret, SecretKind, Subscription,
    SubscriptionId, SubscriptionState, Timings, WebhookStore, change_position,
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

//! Rows of the webhooks, and how they become what the engine knows.

use bytes::Bytes;
use serde::Serialize;

use crate::{
    storage::{
        StorageError,
        rows::{number, parse},
    },
    webhooks::{
        Attempt, AttemptKey, Delivery, DeliveryKey, EventId, FailureReason, Health, Lane, LaneKey,
        NewEvent, Recipient, Replay, StoredEvent, SubscriptionId,
    },
};

type Result<T> = std::result::Result<T, StorageError>;

pub(in crate::storage) type DeliveryRow = (
    String,
    i64,
    String,
    String,
    String,
    String,
    Option<String>,
    i64,
    String,
    i64,
    i64,
    Option<i64>,
    Option<i64>,
    Option<String>,
    Option<i64>,
);
pub(in crate::storage) type AttemptRow = (
    String,
    i64,
    String,
    String,
    i64,
    i64,
    Option<String>,
    Option<i64>,
    String,
    Option<String>,
    Option<String>,
);
pub(in crate::storage) type EventRow = (String, String, Option<String>, Option<i64>, i64, String);
pub(in crate::storage) type HealthRow = (i64, Option<i64>, Option<i64>, Option<i64>, i64, i64);
pub(in crate::storage) type LaneRow = (String, String, String, i64, Option<String>);
pub(in crate::storage) type ReplayRow = (
    String,
    String,
    i64,
    i64,
    String,
    String,
    String,
    i64,
    i64,
    i64,
    Option<i64>,
);

/// A lane as the list statements read it.
#[derive(Debug, Serialize)]
pub(in crate::storage) struct Pair<'a> {
    subscription: &'a str,
    lane: &'a str,
}

pub(in crate::storage) fn pairs(recipients: &[Recipient]) -> Vec<Pair<'_>> {
    let mut pairs = Vec::with_capacity(recipients.len());
    for Recipient { subscription, lane } in recipients {
        pairs.push(Pair {
            subscription: subscription.as_str(),
            lane,
        });
    }
    pairs
}

pub(in crate::storage) fn lane_pairs(lanes: &[LaneKey]) -> Vec<Pair<'_>> {
    let mut pairs = Vec::with_capacity(lanes.len());
    for LaneKey { subscription, lane } in lanes {
        pairs.push(Pair {
            subscription: subscription.as_str(),
            lane,
        });
    }
    pairs
}

/// A name that is stored in a column, read back.
pub(in crate::storage) fn named<T>(
    column: &str,
    name: &str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Result<T> {
    read(name).ok_or_else(|| StorageError::inconsistent(format!("{column}: {name}")))
}

fn reason(column: &str, name: Option<String>) -> Result<Option<FailureReason>> {
    name.map(|name| named(column, &name, FailureReason::from_name))
        .transpose()
}

fn status(column: &str, status: Option<i64>) -> Result<Option<u16>> {
    status.map(|status| number(column, status)).transpose()
}

pub(in crate::storage) fn delivery(row: DeliveryRow) -> Result<Delivery> {
    let (
        subscription,
        position,
        event,
        job,
        lane,
        event_type,
        subject,
        with_schema,
        state,
        attempts,
        created_at,
        next_attempt_at,
        finished_at,
        why,
        http_status,
    ) = row;
    Ok(Delivery {
        key: DeliveryKey {
            subscription: SubscriptionId::new(&subscription),
            position,
            event: EventId::new(&event),
            job,
        },
        lane,
        event_type,
        subject,
        with_schema: with_schema != 0,
        status: named(
            "webhook_deliveries.status",
            &state,
            crate::webhooks::DeliveryStatus::from_name,
        )?,
        attempts: number("webhook_deliveries.attempts", attempts)?,
        created_at,
        next_attempt_at,
        finished_at,
        reason: reason("webhook_deliveries.reason", why)?,
        http_status: status("webhook_deliveries.http_status", http_status)?,
    })
}

pub(in crate::storage) fn attempt(row: AttemptRow) -> Result<Attempt> {
    let (subscription, position, event, job, nth, started_at, why, http, timings, response, detail) =
        row;
    Ok(Attempt {
        key: AttemptKey {
            delivery: DeliveryKey {
                subscription: SubscriptionId::new(&subscription),
                position,
                event: EventId::new(&event),
                job,
            },
            number: number("webhook_attempts.number", nth)?,
        },
        started_at,
        reason: reason("webhook_attempts.reason", why)?,
        http_status: status("webhook_attempts.http_status", http)?,
        timings: parse("webhook_attempts", &timings)?,
        response,
        detail,
    })
}

pub(in crate::storage) fn event(row: EventRow, with_schema: bool) -> Result<StoredEvent> {
    let (id, event_type, subject, seq, occurred_at, body) = row;
    let seq = seq
        .map(|seq| number("webhook_events.seq", seq))
        .transpose()?;
    Ok(StoredEvent {
        event: NewEvent {
            id: EventId::new(&id),
            event_type,
            subject,
            seq,
            occurred_at,
            body: Bytes::from(body),
        },
        with_schema,
    })
}

pub(in crate::storage) fn health(row: HealthRow) -> Result<Health> {
    let (failures, failing_since, last_success_at, last_failure_at, hold_until, slow) = row;
    Ok(Health {
        failures: number("webhook_health.failures", failures)?,
        failing_since,
        last_success_at,
        last_failure_at,
        hold_until,
        slow: number("webhook_health.slow", slow)?,
    })
}

pub(in crate::storage) fn lane(row: LaneRow) -> Result<Lane> {
    let (subscription, lane, class, due_at, lease) = row;
    Ok(Lane {
        key: LaneKey {
            subscription: SubscriptionId::new(&subscription),
            lane,
        },
        class: named(
            "webhook_lanes.class",
            &class,
            crate::webhooks::LaneClass::from_name,
        )?,
        due_at,
        lease,
    })
}

pub(in crate::storage) fn replay(row: ReplayRow) -> Result<Replay> {
    let (
        id,
        subscription,
        since,
        until,
        subjects,
        which,
        state,
        cursor,
        end,
        created_at,
        finished_at,
    ) = row;
    Ok(Replay {
        id,
        subscription: SubscriptionId::new(&subscription),
        since,
        until,
        subjects: parse("webhook_replays", &subjects)?,
        only: named(
            "webhook_replays.which",
            &which,
            crate::webhooks::ReplayOnly::from_name,
        )?,
        state: named(
            "webhook_replays.state",
            &state,
            crate::webhooks::ReplayState::from_name,
        )?,
        cursor,
        end,
        created_at,
        finished_at,
    })
}

/// Bodies are JSON that we wrote, so they are UTF-8.
pub(in crate::storage) fn body(event: &NewEvent) -> Result<&str> {
    std::str::from_utf8(&event.body).map_err(|_| {
        StorageError::inconsistent(format!("the body of event {} is not UTF-8", event.id))
    })
}

/// What SQL calls a big number. None of ours comes close to the end.
pub(in crate::storage) fn big(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

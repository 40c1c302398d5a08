//! What is owed to whom: events as they are sent, deliveries, and the attempts at them.

use std::{fmt, sync::Arc};

use bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::SubscriptionId;

/// The id of an event: the same for every subscription and on every attempt.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventId(Arc<str>);

impl EventId {
    pub fn new(id: &str) -> Self {
        Self(id.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EventId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// An event, serialized once: these bytes are stored, signed and sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewEvent {
    pub id: EventId,
    /// The short name of its type, such as `schema.version.registered`; filters and listings use it.
    pub event_type: String,
    /// What it is about, as clients write it; `None` for what is about no subject.
    pub subject: Option<String>,
    /// The number of its change; `None` for what is not in the log.
    pub seq: Option<u64>,
    /// When it happened, in milliseconds since 1970.
    pub occurred_at: i64,
    pub body: Bytes,
}

/// An event as it was stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    pub event: NewEvent,
    /// Whether the body carries the text of the schema.
    pub with_schema: bool,
}

/// What names a delivery. The first time an event is owed, `job` is empty; each redelivery or replay has a name of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DeliveryKey {
    pub subscription: SubscriptionId,
    /// Where the event stands in its lane. An event has the same position everywhere.
    pub position: i64,
    pub event: EventId,
    pub job: String,
}

/// One event owed to one subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub key: DeliveryKey,
    pub lane: String,
    pub event_type: String,
    pub subject: Option<String>,
    pub with_schema: bool,
    pub status: DeliveryStatus,
    /// How many attempts were made.
    pub attempts: u32,
    pub created_at: i64,
    /// When the next attempt is due, while it is pending. Earlier events of the same lane go first.
    pub next_attempt_at: Option<i64>,
    /// When it was delivered or given up.
    pub finished_at: Option<i64>,
    /// What the last attempt failed of.
    pub reason: Option<FailureReason>,
    /// The HTTP status of the last attempt, if it came to one.
    pub http_status: Option<u16>,
}

/// How far a delivery has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeliveryStatus {
    Pending,
    Delivered,
    /// Given up; kept for redelivery and replay.
    Dead,
    /// Dropped because its subscription was disabled or its replay cancelled.
    Cancelled,
}

/// Which queue a lane waits in. Each has its own places, so that none can crowd out another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LaneClass {
    /// The next attempt is the first at its event.
    Fresh,
    /// The next attempt repeats one that failed.
    Retry,
    /// Of a redelivery or a replay, whichever attempt it is.
    Replay,
    /// Nothing goes until a person says so.
    Blocked,
}

/// Why an attempt failed, as coarse as callers may know it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FailureReason {
    /// No connection, or one that broke.
    Unreachable,
    Tls,
    Timeout,
    /// An answer that is not 2xx.
    Status,
    /// An address that may not be called, or a name that leads to one.
    RefusedTarget,
    /// The secret or a header cannot be opened with the master keys at hand.
    UnusableSecret,
    /// What was to be done cannot be done here: a defect, or a URL that no longer parses.
    Unusable,
}

/// What names an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttemptKey {
    pub delivery: DeliveryKey,
    /// 1, 2, 3, …
    pub number: u32,
}

/// One attempt at a delivery.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub key: AttemptKey,
    pub started_at: i64,
    /// `None` where it was delivered.
    pub reason: Option<FailureReason>,
    pub http_status: Option<u16>,
    pub timings: Timings,
    /// What the receiver answered, cut short; for those who manage the subscription.
    pub response: Option<String>,
    /// What exactly went wrong; for the operator only.
    pub detail: Option<String>,
}

/// How long after its start an attempt came how far, in milliseconds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_field_names, reason = "units belong in names")]
pub struct Timings {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resolved_ms: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connected_ms: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_byte_ms: Option<u32>,
    #[serde(default)]
    pub total_ms: u32,
}

/// Which deliveries of a subscription to list, newest first.
#[derive(Debug, Clone, Default)]
pub struct DeliveryQuery {
    pub status: Option<DeliveryStatus>,
    pub subject: Option<String>,
    /// Only those owed since then.
    pub since: Option<i64>,
    /// Where the last page ended.
    pub before: Option<(i64, EventId, String)>,
    pub limit: u32,
}

/// A page of deliveries.
pub type DeliveryPage = Vec<Delivery>;

macro_rules! names {
    ($type:ty { $($variant:ident = $name:literal),+ $(,)? }) => {
        impl $type {
            /// Its name, as it is stored and shown.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),+ }
            }

            /// The one with this name.
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($name => Some(Self::$variant),)+ _ => None }
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

names!(DeliveryStatus {
    Pending = "pending",
    Delivered = "delivered",
    Dead = "dead",
    Cancelled = "cancelled",
});

names!(LaneClass {
    Fresh = "fresh",
    Retry = "retry",
    Replay = "replay",
    Blocked = "blocked",
});

names!(FailureReason {
    Unreachable = "unreachable",
    Tls = "tls",
    Timeout = "timeout",
    Status = "status",
    RefusedTarget = "refused_target",
    UnusableSecret = "unusable_secret",
    Unusable = "unusable",
});

pub(super) use names;

//! What the engine and the API ask of a database, and what they are promised.
//!
//! Each method is one transaction: it happened whole, or not at all. Times come from the caller, who takes them from
//! [`WebhookStore::now`], so that all nodes go by the clock of the database.

use std::{collections::HashMap, fmt};

use async_trait::async_trait;
use bytes::Bytes;

use super::{
    Attempt, Delivery, DeliveryKey, DeliveryPage, DeliveryQuery, EventId, LaneClass, NewEvent,
    StoredEvent, Subscription, SubscriptionId, SubscriptionState, delivery::names,
};
use crate::storage::StorageError;

type Result<T> = std::result::Result<T, StorageError>;

/// The tables of the webhooks.
#[async_trait]
pub trait WebhookStore: Send + Sync + fmt::Debug {
    /// The time of the database, in milliseconds since 1970.
    async fn now(&self) -> Result<i64>;

    // Subscriptions: durable when they return.

    /// Stores a new subscription. It is told of every change that is committed after this returns, and of none that was
    /// committed before: `from_seq` is set here, and returned.
    async fn subscription_insert(&self, subscription: &Subscription) -> Result<u64>;

    /// One subscription.
    async fn subscription(&self, id: &SubscriptionId) -> Result<Option<Subscription>>;

    /// The subscription of a lane, as long as this lease holds the lane.
    async fn subscription_leased(
        &self,
        lane: &LaneKey,
        token: &str,
    ) -> Result<Option<Subscription>>;

    /// Subscriptions in the order of their ids, after one of them.
    async fn subscription_list(
        &self,
        after: Option<&SubscriptionId>,
        limit: u32,
    ) -> Result<Vec<Subscription>>;

    /// How many there are.
    async fn subscription_count(&self) -> Result<u64>;

    /// Replaces all that a person may set, the secrets included, but neither state nor `from_seq`. `revision` is the one
    /// that was read; `false` where it is no longer that one, or the subscription is gone.
    async fn subscription_update(&self, subscription: &Subscription) -> Result<bool>;

    /// Stops telling a subscription anything, and says why. What is pending waits. `false` where it was disabled or absent.
    async fn subscription_disable(
        &self,
        id: &SubscriptionId,
        reason: &str,
        now: i64,
    ) -> Result<bool>;

    /// Begins anew, from now on: what is still pending is cancelled, and its failures are forgotten. `None` where it was
    /// enabled already or is absent.
    async fn subscription_enable(&self, id: &SubscriptionId, now: i64) -> Result<Option<Enabled>>;

    /// Removes a subscription and all that is owed to it. An attempt that is under way ends without a trace.
    async fn subscription_delete(&self, id: &SubscriptionId) -> Result<bool>;

    /// How a subscription has been doing.
    async fn health(&self, id: &SubscriptionId) -> Result<Health>;

    // Deliveries.

    /// What is and was owed to a subscription, newest first.
    async fn delivery_list(
        &self,
        subscription: &SubscriptionId,
        query: &DeliveryQuery,
    ) -> Result<DeliveryPage>;

    /// Every delivery of one event to a subscription: the first, and its redeliveries.
    async fn delivery_of_event(
        &self,
        subscription: &SubscriptionId,
        event: &EventId,
    ) -> Result<Vec<Delivery>>;

    /// The attempts at an event, oldest first, redeliveries included.
    async fn attempt_list(
        &self,
        subscription: &SubscriptionId,
        event: &EventId,
    ) -> Result<Vec<Attempt>>;

    /// An event as it was sent; `None` when it was never owed to anybody or is too old.
    async fn event(&self, id: &EventId, with_schema: bool) -> Result<Option<StoredEvent>>;

    /// Owes an event once more, under the name `job`. Where it blocks its lane, that delivery starts over instead, and the
    /// lane goes on. `None` where the event was never owed to this subscription or is too old.
    async fn redeliver(
        &self,
        subscription: &SubscriptionId,
        event: &EventId,
        job: &str,
        now: i64,
    ) -> Result<Option<Redelivered>>;

    /// The lanes that wait for a person.
    async fn blocked_lanes(&self, subscription: &SubscriptionId) -> Result<Vec<Lane>>;

    /// Lets a blocked lane go on. `false` where it is not blocked.
    async fn lane_unblock(&self, lane: &LaneKey, how: &Unblock, now: i64) -> Result<bool>;

    /// Owes an event that is not in the log. Recipients that are gone or disabled are passed over. Returns the position it
    /// got: after everything that was fanned out before.
    async fn enqueue(&self, event: &NewEvent, recipients: &[Recipient], now: i64) -> Result<i64>;

    // Replays.

    /// Stores a replay, which the engine then carries out.
    async fn replay_insert(&self, replay: &Replay) -> Result<()>;

    /// One replay and how far it has come.
    async fn replay(&self, id: &str) -> Result<Option<(Replay, ReplayProgress)>>;

    /// The replays of a subscription, newest first.
    async fn replay_list(
        &self,
        subscription: &SubscriptionId,
    ) -> Result<Vec<(Replay, ReplayProgress)>>;

    /// Ends a replay: what it still owes is cancelled. `false` where it is over or absent.
    async fn replay_cancel(&self, id: &str, now: i64) -> Result<bool>;

    /// Replays that are still to be prepared, oldest first.
    async fn replay_running(&self) -> Result<Vec<Replay>>;

    /// What was given up in a replay's range, after a position: at most `limit`, in order.
    async fn replay_dead(&self, replay: &Replay, after: i64, limit: u32) -> Result<Vec<Delivery>>;

    /// Owes a replay's next events. `false` where it was prepared further, cancelled or removed meanwhile.
    async fn replay_step(&self, step: &ReplayStep, now: i64) -> Result<bool>;

    // Fan-out.

    /// How far changes were fanned out, and which revision the subscriptions as a whole have.
    async fn cursor(&self) -> Result<Cursor>;

    /// Owes events to those who are to be told, and moves the cursor. `false`, and nothing happened, where the cursor or
    /// the subscriptions are no longer what they were, or another node is at it.
    async fn fan_out(&self, fan_out: &FanOut, now: i64) -> Result<bool>;

    // Delivery.

    /// Takes lanes that are due, and leases them: at most one of each subscription, the oldest first. Between the commit of
    /// a claim and the end of its lease nobody else gets the lane.
    async fn claim(&self, claim: &Claim<'_>) -> Result<Vec<Claimed>>;

    /// Records how an attempt went, if the lease still holds.
    async fn finish(&self, finish: &Finish) -> Result<Finished>;

    /// Gives leases back unused; the lanes are due then.
    async fn release(&self, leases: &[(LaneKey, String)], due: i64) -> Result<()>;

    /// Events of a lane that were given up since its last delivery, oldest first: what the next gap has to name.
    async fn skipped(&self, lane: &LaneKey, limit: u32) -> Result<Vec<EventId>>;

    // Care.

    /// Makes lanes due that wait beyond a horizon: the clock was set back. Returns how many.
    async fn rescue(&self, now: i64, horizon: i64) -> Result<u64>;

    /// Removes what is older than it has to be kept, a batch at a time; returns how many rows went.
    async fn prune(&self, retention: &Retention, limit: u32) -> Result<u64>;

    /// How much waits.
    async fn queue_depth(&self) -> Result<QueueDepth>;
}

/// What names a lane.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LaneKey {
    pub subscription: SubscriptionId,
    pub lane: String,
}

/// How the lane of a subject begins; what is about no subject has one, too.
pub(super) const SUBJECT_LANE: &str = "subject:";

impl LaneKey {
    /// The subject whose events go in this lane; empty for those that are about none.
    pub fn subject(&self) -> &str {
        let lane = self.lane.as_str();
        lane.strip_prefix(SUBJECT_LANE).unwrap_or(lane)
    }
}

/// A lane: the events of one subject that go to one subscription one after the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lane {
    pub key: LaneKey,
    pub class: LaneClass,
    /// When its next event is due, or its lease ends.
    pub due_at: i64,
    /// Whoever holds this may finish.
    pub lease: Option<String>,
}

/// How far the log was fanned out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    pub seq: u64,
    /// Moves with every change of any subscription.
    pub revision: u64,
}

/// Who is owed an event, and in which lane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    pub subscription: SubscriptionId,
    pub lane: String,
}

/// An event and who is owed it.
#[derive(Debug, Clone)]
pub struct Fanned {
    pub event: NewEvent,
    pub with_schema: bool,
    pub position: i64,
    pub recipients: Vec<Recipient>,
}

/// A step of the fan-out.
#[derive(Debug)]
pub struct FanOut {
    /// What it was decided on.
    pub from: Cursor,
    /// The last change it covers.
    pub to: u64,
    pub events: Vec<Fanned>,
}

/// Which lanes to take.
#[derive(Debug)]
pub struct Claim<'a> {
    pub now: i64,
    pub class: LaneClass,
    pub limit: u32,
    /// The token of the leases.
    pub token: &'a str,
    pub lease_until: i64,
    /// Subscriptions that have no free place on this node.
    pub full: &'a [SubscriptionId],
    /// Subscriptions that have one place taken, which is all that a slowed one gets.
    pub busy: &'a [SubscriptionId],
    /// How many places each host has taken, of how many.
    pub hosts: &'a HashMap<String, u32>,
    pub per_host: u32,
}

/// A leased lane and what goes next in it.
#[derive(Debug, Clone)]
pub struct Claimed {
    pub lane: LaneKey,
    pub delivery: Delivery,
    /// Where it goes: host and port.
    pub host: String,
    /// When the event happened.
    pub occurred_at: i64,
    /// Absent where somebody removed it past this program.
    pub body: Option<Bytes>,
    /// Whether the lane was leased to somebody who did not finish.
    pub expired: bool,
}

/// How an attempt went, and what follows.
#[derive(Debug, Clone)]
pub struct Finish {
    pub lane: LaneKey,
    pub token: String,
    pub now: i64,
    pub attempt: Attempt,
    pub disposition: Disposition,
    /// The whole subscription waits until then, and goes slowly until so many successes afterwards.
    pub slow: Option<(i64, u32)>,
}

/// What becomes of a delivery after an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Disposition {
    /// It arrived.
    Delivered {
        /// Whether it was a gap, which tells of what was given up before it.
        tells: bool,
    },
    /// It is tried again then.
    Retry { at: i64 },
    /// It is given up, and the lane goes on, with this event before all others if there is one.
    Skip { gap: Option<NewEvent> },
    /// It is given up, and the lane waits for a person.
    Block,
}

/// What came of finishing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finished {
    /// The lease was lost, or the subscription is gone: nothing was recorded.
    Fenced,
    /// It was recorded. How the subscription was doing before and is doing now.
    Recorded { before: Health, after: Health },
}

/// How a subscription has been doing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Health {
    /// Attempts since the last success.
    pub failures: u64,
    /// When the first of them was.
    pub failing_since: Option<i64>,
    pub last_success_at: Option<i64>,
    pub last_failure_at: Option<i64>,
    /// Nothing is sent before.
    pub hold_until: i64,
    /// So many successes are missing until it is sent to at full speed.
    pub slow: u32,
}

/// What enabling cancelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enabled {
    /// Since when it had been disabled.
    pub disabled_since: i64,
    /// When the oldest event happened that was still pending, if any was.
    pub oldest_pending: Option<i64>,
    pub cancelled: u64,
}

/// What a redelivery became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redelivered {
    pub delivery: DeliveryKey,
    /// Whether a blocked lane goes on with it.
    pub unblocked: bool,
}

/// How a blocked lane goes on.
#[derive(Debug, Clone)]
pub enum Unblock {
    /// With the event that blocks it, from its first attempt on.
    Retry,
    /// Past it, with this event before all others if there is one.
    Skip { gap: Option<NewEvent> },
}

/// A request to send past events again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replay {
    /// The name that its deliveries carry as their job.
    pub id: String,
    pub subscription: SubscriptionId,
    /// Events that happened from then on …
    pub since: i64,
    /// … and before then.
    pub until: i64,
    /// Patterns, as in [`super::Filter`].
    pub subjects: Vec<String>,
    pub only: ReplayOnly,
    pub state: ReplayState,
    /// The position up to which its events were found.
    pub cursor: i64,
    /// The last position it may reach: what was committed when it was asked for.
    pub end: i64,
    pub created_at: i64,
    pub finished_at: Option<i64>,
}

/// Which events a replay sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplayOnly {
    /// Those that were given up.
    Failed,
    /// All that the subscription is told of.
    All,
}

/// How far a replay has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReplayState {
    /// Its events are still being found.
    Preparing,
    /// All are found; they are done when none is pending.
    Prepared,
    Cancelled,
}

/// A replay in numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ReplayProgress {
    pub pending: u64,
    pub delivered: u64,
    pub dead: u64,
    pub cancelled: u64,
}

/// The next events of a replay.
#[derive(Debug)]
pub struct ReplayStep {
    pub id: String,
    pub from: i64,
    pub to: i64,
    /// Whether these are the last.
    pub last: bool,
    pub events: Vec<Fanned>,
}

/// What may go: all that ended before these times.
#[derive(Debug, Clone, Copy)]
pub struct Retention {
    /// For deliveries that arrived or were cancelled.
    pub delivered: i64,
    /// For those that were given up.
    pub dead: i64,
    /// For events, unless somebody is still owed them.
    pub events: i64,
}

/// How much waits, for metrics.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct QueueDepth {
    /// Pending deliveries by the class of their lane.
    pub fresh: u64,
    pub retry: u64,
    pub replay: u64,
    pub blocked: u64,
    /// Lanes that wait for a person.
    pub lanes_blocked: u64,
    /// When the oldest pending delivery of an enabled subscription was owed.
    pub oldest_pending: Option<i64>,
    pub enabled: u64,
    pub disabled: u64,
}

impl ReplayProgress {
    /// How many events were found so far.
    pub const fn found(&self) -> u64 {
        self.pending + self.delivered + self.dead + self.cancelled
    }
}

names!(ReplayOnly { Failed = "failed", All = "all" });

names!(ReplayState {
    Preparing = "preparing",
    Prepared = "prepared",
    Cancelled = "cancelled",
});

names!(SubscriptionState {
    Enabled = "enabled",
    Disabled = "disabled",
});

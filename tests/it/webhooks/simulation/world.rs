//! The world that the simulation runs in: a clock that jumps, chance from a seed, receivers that fail, and a store that
//! pauses before and after everything it does.

use std::{
    collections::HashMap,
    future::{Future, poll_fn},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::Poll,
};

use async_trait::async_trait;
use bytes::Bytes;
use dovetail_model::{Context, SchemaId};
use dovetail_server::{
    core::{Change, ChangeKind, Content, Scope, View},
    storage::{Storage, StorageError, Transaction},
    webhooks::{
        Attempt, AttemptOutcome, AttemptRequest, AttemptResult, Claim, Claimed, Clock, Cursor,
        Delivery, DeliveryQuery, Enabled, EventId, Events, FailureReason, FanOut, Finish, Finished,
        Health, Lane, LaneKey, NewEvent, Notice, Ordering, QueueDepth, Random, Recipient,
        Redelivered, Replay, ReplayProgress, ReplayStep, Retention, StoredEvent, Subscription,
        SubscriptionId, Timings, Transport, Unblock, WebhookStore,
    },
};
use tokio::runtime::Runtime;

type Result<T> = std::result::Result<T, StorageError>;

/// How long an attempt may take, in milliseconds.
pub(super) const DEADLINE: i64 = 20_000;

/// Lets the scheduler run somebody else, or crash this node.
async fn pause() {
    let mut polled = false;
    poll_fn(|_| {
        if polled {
            return Poll::Ready(());
        }
        polled = true;
        Poll::Pending
    })
    .await;
}

/// A generator of numbers from a seed: `SplitMix64`.
#[derive(Debug, Clone)]
pub(super) struct Chance(Arc<Mutex<u64>>);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(seed)))
    }

    pub(super) fn number(&self) -> u64 {
        let mut state = lock(&self.0);
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Whether something happens that happens in so many of a hundred cases.
    pub(super) fn percent(&self, percent: u64) -> bool {
        self.below(100) < percent
    }
}

impl Random for Chance {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let number = self.number().to_le_bytes();
            chunk.copy_from_slice(&number[..chunk.len()]);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The time of the database.
#[derive(Debug, Clone)]
pub(super) struct Time(Arc<Mutex<i64>>);

impl Time {
    pub(super) fn at(now: i64) -> Self {
        Self(Arc::new(Mutex::new(now)))
    }

    pub(super) fn now(&self) -> i64 {
        *lock(&self.0)
    }

    fn pass(&self, ms: i64) {
        *lock(&self.0) += ms;
    }
}

#[async_trait]
impl Clock for Time {
    async fn now(&self) -> Result<i64> {
        pause().await;
        let now = Self::now(self);
        pause().await;
        Ok(now)
    }
}

/// One request on its way.
#[derive(Debug, Clone)]
struct Open {
    ends_by: i64,
    attempt: u64,
}

/// All receivers, and what they saw.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// Requests that nobody has an answer to yet, by lane.
    open: HashMap<(SubscriptionId, String), Open>,
    /// Positions in the order in which they arrived the first time, by lane.
    pub(super) arrived: HashMap<(SubscriptionId, String), Vec<(i64, EventId)>>,
    /// What went wrong.
    pub(super) broken: Vec<String>,
    attempts: u64,
}

/// Sends to receivers that fail as often as they are told to.
#[derive(Clone)]
pub(super) struct Wire {
    pub(super) seen: Arc<Mutex<Seen>>,
    pub(super) chance: Chance,
    pub(super) time: Time,
    /// In so many of a hundred cases a receiver fails.
    pub(super) failing: Arc<Mutex<u64>>,
}

/// Closes a request when its attempt ends, also where its node crashes.
struct Closing<'a> {
    wire: &'a Wire,
    lane: (SubscriptionId, String),
    attempt: u64,
}

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        let mut seen = lock(&self.wire.seen);
        if seen
            .open
            .get(&self.lane)
            .is_some_and(|open| open.attempt == self.attempt)
        {
            seen.open.remove(&self.lane);
        }
    }
}

/// What an event says of itself, so that a receiver knows its lane and its place.
pub(super) fn body(subject: &str, position: i64) -> Bytes {
    format!("{position} {subject}").into()
}

fn read(body: &Bytes) -> (i64, String) {
    let text = std::str::from_utf8(body).expect("we wrote it");
    let (position, subject) = text.split_once(' ').expect("we wrote it");
    (position.parse().expect("a number"), subject.to_owned())
}

/// The lane of a request, and its place in there. Without an order every event has a lane of its own.
fn lane(request: &AttemptRequest) -> ((SubscriptionId, String), i64) {
    let (position, subject) = read(&request.body);
    let lane = match request.subscription.ordering {
        Ordering::Subject => subject,
        Ordering::None => request.event.to_string(),
    };
    ((request.subscription.id.clone(), lane), position)
}

impl Wire {
    /// Lets time pass. An attempt is over when the clock has reached its end, and stays so when the clock is set back.
    pub(super) fn pass(&self, ms: i64) {
        self.time.pass(ms);
        let now = self.time.now();
        lock(&self.seen).open.retain(|_, open| now < open.ends_by);
    }

    fn begin(&self, request: &AttemptRequest) -> Closing<'_> {
        let (lane, _) = lane(request);
        let mut seen = lock(&self.seen);
        seen.attempts += 1;
        let attempt = seen.attempts;
        let open = Open {
            ends_by: request.at + DEADLINE,
            attempt,
        };
        if seen.open.insert(lane.clone(), open).is_some() {
            seen.broken.push(format!("two in flight in {lane:?}"));
        }
        Closing {
            wire: self,
            lane,
            attempt,
        }
    }

    fn arrive(&self, request: &AttemptRequest) {
        let (lane, position) = lane(request);
        let mut seen = lock(&self.seen);
        let arrived = seen.arrived.entry(lane.clone()).or_default();
        if arrived.iter().any(|(_, event)| *event == request.event) {
            return;
        }
        let is_late = arrived.last().is_some_and(|(last, _)| *last > position);
        arrived.push((position, request.event.clone()));
        if is_late {
            seen.broken
                .push(format!("{position} arrived late in {lane:?}"));
        }
    }

    fn answer(&self) -> AttemptResult {
        let failing = *lock(&self.failing);
        if !self.chance.percent(failing) {
            return AttemptResult::Delivered { status: 200 };
        }
        let (reason, status) = match self.chance.below(4) {
            0 => (FailureReason::Timeout, None),
            1 => (FailureReason::Status, Some(503)),
            2 => (FailureReason::Unreachable, None),
            _ => (FailureReason::Status, Some(500)),
        };
        AttemptResult::Failed {
            reason,
            status,
            retry_after: None,
            detail: None,
        }
    }
}

#[async_trait]
impl Transport for Wire {
    async fn attempt(&self, request: AttemptRequest) -> AttemptOutcome {
        let is_over = || self.time.now() > request.at + DEADLINE;
        if is_over() {
            return outcome(TIMEOUT);
        }
        let closing = self.begin(&request);
        pause().await;
        if is_over() {
            return outcome(TIMEOUT);
        }
        let mut result = self.answer();
        // A receiver that answers has seen the request; one that fails may have.
        if matches!(result, AttemptResult::Delivered { .. }) || self.chance.percent(30) {
            self.arrive(&request);
        }
        pause().await;
        if is_over() {
            result = TIMEOUT;
        }
        drop(closing);
        outcome(result)
    }
}

const TIMEOUT: AttemptResult = AttemptResult::Failed {
    reason: FailureReason::Timeout,
    status: None,
    retry_after: None,
    detail: None,
};

fn outcome(result: AttemptResult) -> AttemptOutcome {
    AttemptOutcome {
        result,
        timings: Timings::default(),
        response: None,
    }
}

/// Events whose bodies say their lane and their place.
#[derive(Debug, Clone)]
pub(super) struct Plain {
    pub(super) chance: Chance,
}

pub(super) fn event_id(change: &Change) -> EventId {
    EventId::new(&format!("evt_{:08}", change.seq))
}

#[async_trait]
impl Events for Plain {
    async fn of_change(&self, change: &Change, _with_schema: bool) -> Result<NewEvent> {
        let ChangeKind::ModeChanged {
            scope: Scope {
                subject: Some(subject),
                ..
            },
            ..
        } = &change.kind
        else {
            panic!("the simulation changes modes of subjects");
        };
        let position = dovetail_server::webhooks::change_position(change.seq);
        Ok(NewEvent {
            id: event_id(change),
            event_type: "mode.changed".to_owned(),
            subject: Some(subject.to_string()),
            seq: Some(change.seq),
            occurred_at: change.at,
            body: body(subject.as_str(), position),
        })
    }

    fn of_notice(&self, notice: &Notice<'_>, at: i64) -> NewEvent {
        let (name, subject) = match notice {
            Notice::Gap { subject, .. } => ("gap", *subject),
            Notice::Disabled { .. } => ("disabled", None),
            Notice::Recovered { .. } => ("recovered", None),
            Notice::Test { .. } => ("test", None),
        };
        let id = format!("ntc_{:016x}", self.chance.number());
        // A gap has the place of what it names; receivers see it as one lane of its own.
        let lane = format!("{name} {id}");
        NewEvent {
            id: EventId::new(&id),
            event_type: format!("webhook.{name}"),
            subject: subject.map(str::to_owned),
            seq: None,
            occurred_at: at,
            body: body(&lane, 0),
        }
    }
}

/// A store, or a log, that pauses before and after everything it does. In between it really does it, in SQLite.
#[derive(Debug, Clone)]
pub(super) struct Stepwise<S: ?Sized> {
    pub(super) inner: Arc<S>,
    pub(super) runtime: Arc<Runtime>,
}

impl<S: ?Sized> Stepwise<S> {
    async fn step<T>(&self, work: impl Future<Output = T>) -> T {
        pause().await;
        let done = self.runtime.block_on(work);
        pause().await;
        done
    }
}

macro_rules! stepwise {
    ($($name:ident($($argument:ident: $type:ty),*) -> $answer:ty;)*) => {
        #[async_trait]
        impl WebhookStore for Stepwise<dyn WebhookStore> {
            $(async fn $name(&self, $($argument: $type),*) -> Result<$answer> {
                self.step(self.inner.$name($($argument),*)).await
            })*
        }
    };
}

stepwise! {
    now() -> i64;
    subscription_insert(subscription: &Subscription) -> u64;
    subscription(id: &SubscriptionId) -> Option<Subscription>;
    subscription_list(after: Option<&SubscriptionId>, limit: u32) -> Vec<Subscription>;
    subscription_count() -> u64;
    subscription_update(subscription: &Subscription) -> bool;
    subscription_disable(id: &SubscriptionId, reason: &str, now: i64) -> bool;
    subscription_enable(id: &SubscriptionId, now: i64) -> Option<Enabled>;
    subscription_delete(id: &SubscriptionId) -> bool;
    health(id: &SubscriptionId) -> Health;
    delivery_list(subscription: &SubscriptionId, query: &DeliveryQuery) -> Vec<Delivery>;
    delivery_of_event(subscription: &SubscriptionId, event: &EventId) -> Vec<Delivery>;
    attempt_list(subscription: &SubscriptionId, event: &EventId) -> Vec<Attempt>;
    event(id: &EventId, with_schema: bool) -> Option<StoredEvent>;
    redeliver(subscription: &SubscriptionId, event: &EventId, job: &str, now: i64) -> Option<Redelivered>;
    blocked_lanes(subscription: &SubscriptionId) -> Vec<Lane>;
    lane_unblock(lane: &LaneKey, how: &Unblock, now: i64) -> bool;
    enqueue(event: &NewEvent, recipients: &[Recipient], now: i64) -> i64;
    replay_insert(replay: &Replay) -> ();
    replay(id: &str) -> Option<(Replay, ReplayProgress)>;
    replay_list(subscription: &SubscriptionId) -> Vec<(Replay, ReplayProgress)>;
    replay_cancel(id: &str, now: i64) -> bool;
    replay_running() -> Vec<Replay>;
    replay_dead(replay: &Replay, after: i64, limit: u32) -> Vec<Delivery>;
    replay_step(step: &ReplayStep, now: i64) -> bool;
    cursor() -> Cursor;
    fan_out(fan_out: &FanOut, now: i64) -> bool;
    claim(claim: &Claim<'_>) -> Vec<Claimed>;
    finish(finish: &Finish) -> Finished;
    release(leases: &[(LaneKey, String)], now: i64) -> ();
    skipped(lane: &LaneKey, limit: u32) -> Vec<EventId>;
    rescue(now: i64, horizon: i64) -> u64;
    prune(retention: &Retention, limit: u32) -> u64;
    queue_depth() -> QueueDepth;
}

#[async_trait]
impl Storage for Stepwise<dyn Storage> {
    fn is_shared(&self) -> bool {
        self.inner.is_shared()
    }

    async fn load(&self) -> Result<View> {
        self.step(self.inner.load()).await
    }

    async fn head(&self) -> Result<u64> {
        self.step(self.inner.head()).await
    }

    async fn changes_after(&self, seq: u64) -> Result<Vec<Change>> {
        self.step(self.inner.changes_after(seq)).await
    }

    async fn content(&self, context: &Context, id: SchemaId) -> Result<Option<Content>> {
        self.step(self.inner.content(context, id)).await
    }

    async fn contents(
        &self,
        context: &Context,
        ids: &[SchemaId],
    ) -> Result<Vec<(SchemaId, Content)>> {
        self.step(self.inner.contents(context, ids)).await
    }

    async fn begin(&self) -> Result<Box<dyn Transaction>> {
        self.step(self.inner.begin()).await
    }

    fn webhooks(self: Arc<Self>) -> Arc<dyn WebhookStore> {
        Arc::clone(&self.inner).webhooks()
    }

    async fn close(&self) {
        self.step(self.inner.close()).await;
    }
}

//! Webhooks: whoever depends on a schema is told of every change, in order and at least once.
//!
//! The log of changes is the outbox: one change is one event, and nothing else is written when a registration commits.
//! In reading order: `subscription` (who wants to be told what), `delivery` (what is owed to whom), `store` (what the
//! database promises) and `ports` (the world: time, chance, names, the network).

mod aftermath;
mod claim;
mod deliver;
mod delivery;
mod dispatch;
mod fanout;
mod metrics;
mod policy;
mod ports;
mod replay;
mod retry;
mod slots;
mod store;
mod subscription;
mod worker;

pub use aftermath::Aftermath;
pub use claim::{Claimer, Job, MARGIN};
pub use deliver::{Delivered, Deliverer, Report};
pub use delivery::{
    Attempt, AttemptKey, Delivery, DeliveryKey, DeliveryPage, DeliveryQuery, DeliveryStatus,
    EventId, FailureReason, LaneClass, NewEvent, StoredEvent, Timings,
};
pub use fanout::{Audience, FanOuter, Step, recipient};
pub use metrics::WebhookMetrics;
pub use policy::{
    Course, Next, Verdict, change_at, change_position, course, health_after, judge, notice_position,
};
pub use ports::{
    AttemptOutcome, AttemptRequest, AttemptResult, Clock, Events, Notice, Random, Resolver,
    SystemRandom, Transport,
};
pub use replay::Replayer;
pub use retry::{InvalidSchedule, Schedule};
pub use slots::{Places, Slots};
pub use store::{
    Claim, Claimed, Cursor, Disposition, Enabled, FanOut, Fanned, Finish, Finished, Health, Lane,
    LaneKey, QueueDepth, Recipient, Redelivered, Replay, ReplayOnly, ReplayProgress, ReplayState,
    ReplayStep, Retention, Unblock, WebhookStore,
};
pub use subscription::{
    EVERYTHING, Filter, OnDeadLetter, Ordering, SealedHeader, SealedSecret, SecretKind,
    Subscription, SubscriptionId, SubscriptionState,
};
pub use worker::{Bells, Engine, EngineSettings, World};

//! Webhooks: whoever depends on a schema is told of every change, in order and at least once.
//!
//! The log of changes is the outbox: one change is one event, and nothing else is written when a registration commits.
//! In reading order: `subscription` (who wants to be told what), `delivery` (what is owed to whom), `store` (what the
//! database promises) and `ports` (the world: time, chance, names, the network).
//!
//! What is sent: [`event`] makes events from the log and [`notice`] those that no change stands behind; [`event_type`] is the
//! catalogue, [`filter`] says who wants which. How it is sent: [`target`] says which addresses may be called, [`sign`] signs,
//! [`vault`] keeps the secrets, and [`transport`] does it.

mod aftermath;
mod call;
mod claim;
mod deliver;
mod delivery;
mod dispatch;
pub mod event;
pub mod event_type;
mod fanout;
pub mod filter;
pub mod header;
mod ids;
pub mod maker;
pub mod manage;
mod metrics;
pub mod network;
pub mod notice;
mod policy;
mod ports;
mod replay;
mod retry;
pub mod sign;
mod slots;
pub mod start;
mod store;
mod subscription;
pub mod target;
pub mod transport;
pub mod vault;
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

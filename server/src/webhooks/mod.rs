//! Webhooks: whoever depends on a schema is told of every change, in order and at least once.
//!
//! The log of changes is the outbox: one change is one event, and nothing else is written when a registration commits.
//! In reading order: `subscription` (who wants to be told what), `delivery` (what is owed to whom), `store` (what the
//! database promises) and `ports` (the world: time, chance, names, the network).
//!
//! What is sent: [`event`] makes events from the log and [`notice`] those that no change stands behind; [`event_type`] is the
//! catalogue, [`filter`] says who wants which. How it is sent: [`target`] says which addresses may be called, [`sign`] signs,
//! [`vault`] keeps the secrets, and [`transport`] does it.

mod call;
mod delivery;
pub mod event;
pub mod event_type;
pub mod filter;
pub mod header;
mod ids;
pub mod maker;
pub mod manage;
pub mod network;
pub mod notice;
mod policy;
mod ports;
pub mod sign;
pub mod start;
mod store;
mod subscription;
pub mod target;
pub mod transport;
pub mod vault;

pub use delivery::{
    Attempt, AttemptKey, Delivery, DeliveryKey, DeliveryPage, DeliveryQuery, DeliveryStatus,
    EventId, FailureReason, LaneClass, NewEvent, StoredEvent, Timings,
};
pub use policy::{change_at, change_position, health_after, notice_position};
pub use ports::{
    AttemptOutcome, AttemptRequest, AttemptResult, Clock, Events, Notice, Random, Resolver,
    SystemRandom, Transport,
};
pub use store::{
    Claim, Claimed, Cursor, Disposition, Enabled, FanOut, Fanned, Finish, Finished, Health, Lane,
    LaneKey, QueueDepth, Recipient, Redelivered, Replay, ReplayOnly, ReplayProgress, ReplayState,
    ReplayStep, Retention, Unblock, WebhookStore,
};
pub use subscription::{
    EVERYTHING, Filter, OnDeadLetter, Ordering, SealedHeader, SealedSecret, SecretKind,
    Subscription, SubscriptionId, SubscriptionState,
};

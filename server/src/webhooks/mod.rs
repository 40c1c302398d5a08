//! Webhooks: whoever depends on a schema is told of every change, in order and at least once.
//!
//! The log of changes is the outbox: one change is one event, and nothing else is written when a registration commits.
//! In reading order: `subscription` (who wants to be told what), `delivery` (what is owed to whom), `store` (what the
//! database promises) and `ports` (the world: time, chance, names, the network).

mod delivery;
mod policy;
mod ports;
mod store;
mod subscription;

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

//! `/api/v1/webhooks`: subscriptions, their deliveries, and what there is to be told of.

pub(crate) mod deliveries;
mod error;
pub(crate) mod event_types;
mod extract;
pub(crate) mod replays;
pub(crate) mod subscriptions;

//! `/api/v1/webhooks`: subscriptions, their deliveries, and what there is to be told of.

pub(crate) mod event_types;

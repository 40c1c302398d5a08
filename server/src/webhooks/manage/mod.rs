//! The use cases of those who manage subscriptions. `api/webhooks` calls them; the engine does the rest.
//!
//! In reading order: `draft` (what a request asks for, validated), `create`, `update`, `secrets`, `trial` (a test), then
//! `deliveries` and `replays`. `shown` says how each thing is written.

mod create;
mod cursor;
mod deliveries;
mod draft;
mod error;
mod key;
mod replays;
mod secrets;
mod shown;
mod trial;
mod update;

use std::sync::Arc;

pub use deliveries::DeliveryFilter;
pub use error::WebhookError;
pub use key::IdempotencyKey;

use super::{
    Bells, Events, Random, Resolver, Subscription, SubscriptionId, Transport, WebhookMetrics,
    WebhookStore, ids, target::TargetPolicy, vault::Vault,
};
use crate::storage::Storage;
use trial::Trials;

type Result<T> = std::result::Result<T, WebhookError>;

/// How many subscriptions there may be.
const MAX_SUBSCRIPTIONS: u64 = 1000;

/// How often an update is tried that others get in the way of.
const TRIES: usize = 8;

/// What the use cases are made of.
#[derive(Clone)]
pub struct Parts {
    pub store: Arc<dyn WebhookStore>,
    pub log: Arc<dyn Storage>,
    pub vault: Arc<Vault>,
    pub policy: TargetPolicy,
    pub resolver: Arc<dyn Resolver>,
    pub transport: Arc<dyn Transport>,
    pub events: Arc<dyn Events>,
    pub random: Arc<dyn Random>,
    /// What wakes the engine when there is something for it to do.
    pub bells: Bells,
    pub metrics: WebhookMetrics,
}

/// The subscriptions of a registry, to be managed.
pub struct Webhooks {
    parts: Parts,
    trials: Trials,
}

impl std::fmt::Debug for Webhooks {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Webhooks").finish_non_exhaustive()
    }
}

impl Webhooks {
    pub fn new(parts: Parts) -> Self {
        Self {
            parts,
            trials: Trials::default(),
        }
    }

    /// One subscription.
    async fn subscription(&self, id: &str) -> Result<Subscription> {
        let found = self
            .parts
            .store
            .subscription(&SubscriptionId::new(id))
            .await?;
        found.ok_or_else(|| WebhookError::NotFound(id.to_owned()))
    }

    /// An id that nobody else has.
    fn new_id(&self, prefix: &str, now: i64) -> String {
        ids::sortable(
            prefix,
            u64::try_from(now).unwrap_or_default(),
            self.random(),
        )
    }

    fn random<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.parts.random.fill(&mut bytes);
        bytes
    }
}

//! Claims: a node takes lanes that are due, under leases that end by themselves.
//!
//! A lease is always longer than an attempt may take, with time to spare, so a lane that somebody else gets is one whose
//! holder has stopped. Whoever lost a lease can no longer finish: the token tells.

use std::{sync::Arc, time::Duration};

use super::{Claim, Claimed, Clock, LaneClass, Places, Random, Slots, WebhookStore};
use crate::storage::StorageError;

/// What is left of a lease when an attempt has taken all its time: enough to record how it went.
pub const MARGIN: Duration = Duration::from_secs(5);

/// Takes lanes for one node.
pub struct Claimer {
    pub store: Arc<dyn WebhookStore>,
    pub clock: Arc<dyn Clock>,
    pub random: Arc<dyn Random>,
    pub places: Places,
    pub lease: Duration,
}

/// A leased lane, and what goes next in it.
#[derive(Debug, Clone)]
pub struct Job {
    pub claimed: Claimed,
    pub class: LaneClass,
    pub token: String,
    /// When the lease began.
    pub since: i64,
    /// When it ends.
    pub until: i64,
}

impl Claimer {
    /// Takes as many due lanes of a queue as it has free places, and the places; `None` where it has none.
    pub async fn claim(
        &self,
        slots: &mut Slots,
        class: LaneClass,
    ) -> Result<Option<Vec<Job>>, StorageError> {
        let limit = slots.free(&self.places, class);
        if limit == 0 {
            return Ok(None);
        }
        let now = self.clock.now().await?;
        let until = now + millis(self.lease);
        let token = self.token();
        let (full, busy) = (slots.full(&self.places), slots.busy());
        let claimed = self
            .store
            .claim(&Claim {
                now,
                class,
                limit,
                token: &token,
                lease_until: until,
                full: &full,
                busy: &busy,
                hosts: slots.hosts(),
                per_host: self.places.per_host,
            })
            .await?;
        let jobs = claimed.into_iter().map(|claimed| {
            slots.take(class, &claimed.host, &claimed.lane.subscription);
            Job {
                claimed,
                class,
                token: token.clone(),
                since: now,
                until,
            }
        });
        Ok(Some(jobs.collect()))
    }

    /// Nobody has had this token before, nor ever will.
    fn token(&self) -> String {
        let mut bytes = [0; 16];
        self.random.fill(&mut bytes);
        format!("{:032x}", u128::from_le_bytes(bytes))
    }
}

/// A duration in milliseconds.
pub(super) fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

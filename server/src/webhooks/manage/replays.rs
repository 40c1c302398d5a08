//! Sending past events again.

use std::sync::Arc;

use dovetail_model::bodies::{ReplayBody, ReplayCount, ReplayRequest};

use super::{
    IdempotencyKey, Result, Webhooks, draft,
    error::{WebhookError, invalid},
    shown,
};
use crate::webhooks::{
    EVERYTHING, Replay, ReplayOnly, ReplayProgress, ReplayState, Replayer, Subscription,
    change_position,
};

/// How far back a replay may reach.
pub(super) const LONGEST_BACK_MS: i64 = 30 * 24 * 60 * 60 * 1000;

/// How many events one replay sends.
const MOST_EVENTS: u64 = 10_000;

impl Webhooks {
    /// Asks for past events to be sent again, behind what is new.
    pub async fn replay(
        &self,
        id: &str,
        request: &ReplayRequest,
        key: Option<&IdempotencyKey>,
    ) -> Result<ReplayBody> {
        let subscription = self.subscription(id).await?;
        let store = &self.parts.store;
        let replay = self.asked_for(&subscription, request, key).await?;
        if let Some((existing, progress)) = store.replay(&replay.id).await? {
            return Ok(shown::replay(&existing, progress));
        }
        let count = self.count(&replay, &subscription).await?;
        if count > MOST_EVENTS {
            return Err(invalid(format!(
                "the replay would send more than {MOST_EVENTS} events; choose a shorter time, or fewer subjects"
            )));
        }
        store.replay_insert(&replay).await?;
        self.parts.bells.replay();
        Ok(shown::replay(&replay, ReplayProgress::default()))
    }

    /// How many events a replay would send.
    pub async fn count_replay(&self, id: &str, request: &ReplayRequest) -> Result<ReplayCount> {
        let subscription = self.subscription(id).await?;
        let replay = self.asked_for(&subscription, request, None).await?;
        Ok(ReplayCount {
            dry_run: true,
            events: self.count(&replay, &subscription).await?,
        })
    }

    /// A subscription's replays, newest first.
    pub async fn replays(&self, id: &str) -> Result<Vec<ReplayBody>> {
        let subscription = self.subscription(id).await?;
        let found = self.parts.store.replay_list(&subscription.id).await?;
        Ok(found
            .iter()
            .map(|(replay, progress)| shown::replay(replay, *progress))
            .collect())
    }

    /// How far a replay has come.
    pub async fn replay_progress(&self, id: &str, replay: &str) -> Result<ReplayBody> {
        let subscription = self.subscription(id).await?;
        let found = self.parts.store.replay(replay).await?;
        let (found, progress) = found
            .filter(|(found, _)| found.subscription == subscription.id)
            .ok_or_else(|| WebhookError::ReplayNotFound(replay.to_owned()))?;
        Ok(shown::replay(&found, progress))
    }

    /// Ends a replay: what it still owes is dropped.
    pub async fn cancel_replay(&self, id: &str, replay: &str) -> Result<ReplayBody> {
        self.replay_progress(id, replay).await?;
        let now = self.parts.store.now().await?;
        self.parts.store.replay_cancel(replay, now).await?;
        self.replay_progress(id, replay).await
    }

    async fn count(&self, replay: &Replay, subscription: &Subscription) -> Result<u64> {
        let replayer = Replayer {
            store: Arc::clone(&self.parts.store),
            log: Arc::clone(&self.parts.log),
            events: Arc::clone(&self.parts.events),
        };
        Ok(replayer.count(replay, subscription, MOST_EVENTS).await?)
    }

    async fn asked_for(
        &self,
        subscription: &Subscription,
        request: &ReplayRequest,
        key: Option<&IdempotencyKey>,
    ) -> Result<Replay> {
        let store = &self.parts.store;
        let now = store.now().await?;
        let since = shown::moment(&request.since)?;
        let until = match &request.until {
            Some(text) => shown::moment(text)?,
            None => now + 1,
        };
        if since >= until {
            return Err(invalid("since must be before until"));
        }
        if since < now - LONGEST_BACK_MS {
            return Err(invalid("since is more than 30 days ago"));
        }
        let only = match request.only.as_deref() {
            None | Some("all") => ReplayOnly::All,
            Some("failed") => ReplayOnly::Failed,
            Some(_) => return Err(invalid("only must be failed or all")),
        };
        let subjects = match &request.subjects {
            Some(subjects) => draft::subject_patterns(subjects)?,
            None => vec![EVERYTHING.to_owned()],
        };
        let id = match key {
            Some(key) => key.id("rp_", subscription.id.as_str()),
            None => self.new_id("rp_", now),
        };
        Ok(Replay {
            id,
            subscription: subscription.id.clone(),
            since,
            until,
            subjects,
            only,
            state: ReplayState::Preparing,
            cursor: 0,
            end: change_position(self.parts.log.head().await?),
            created_at: now,
            finished_at: None,
        })
    }
}

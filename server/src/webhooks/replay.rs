//! Replays: past events once more, found a step at a time and sent behind what is new.
//!
//! A replay of everything reads the log again, so it reaches events that nobody was owed when they happened; the same
//! change gives the same event. A replay of failures reads what was given up.

use std::sync::Arc;

use dovetail_model::QualifiedSubject;

use super::{
    Delivery, Events, Fanned, Filter, Recipient, Replay, ReplayOnly, ReplayStep, Subscription,
    WebhookStore, change_at, change_position,
    event::{Event, Place, Source},
    filter::EventFilter,
};
use crate::{
    core::Change,
    storage::{Storage, StorageError},
};

/// How many changes, or deliveries, one step looks at.
const STEP: usize = 250;

/// Prepares replays.
pub struct Replayer {
    pub store: Arc<dyn WebhookStore>,
    pub log: Arc<dyn Storage>,
    pub events: Arc<dyn Events>,
}

impl Replayer {
    /// Owes the next events of each replay that is being prepared. Returns whether any has more.
    pub async fn step(&self, now: i64) -> Result<bool, StorageError> {
        let mut more = false;
        for replay in self.store.replay_running().await? {
            let Some(subscription) = self.store.subscription(&replay.subscription).await? else {
                continue;
            };
            let step = self.next(&replay, &subscription).await?;
            let moved = self.store.replay_step(&step, now).await?;
            more |= moved && !step.last;
        }
        Ok(more)
    }

    /// How many events a replay would send; counting stops above a limit.
    pub async fn count(
        &self,
        replay: &Replay,
        subscription: &Subscription,
        limit: u64,
    ) -> Result<u64, StorageError> {
        let (mut replay, mut count) = (replay.clone(), 0);
        loop {
            let step = self.next(&replay, subscription).await?;
            count += step.events.len() as u64;
            if step.last || count > limit {
                return Ok(count);
            }
            replay.cursor = step.to;
        }
    }

    async fn next(
        &self,
        replay: &Replay,
        subscription: &Subscription,
    ) -> Result<ReplayStep, StorageError> {
        match replay.only {
            ReplayOnly::All => self.next_changes(replay, subscription).await,
            ReplayOnly::Failed => self.next_dead(replay).await,
        }
    }

    async fn next_changes(
        &self,
        replay: &Replay,
        subscription: &Subscription,
    ) -> Result<ReplayStep, StorageError> {
        let mut changes = self.log.changes_after(change_at(replay.cursor)).await?;
        changes.truncate(STEP);
        changes.retain(|change| change_position(change.seq) <= replay.end);
        let mut events = Vec::new();
        for change in &changes {
            events.extend(self.replayed(replay, subscription, change).await?);
        }
        let to = changes.last().map(|change| change_position(change.seq));
        Ok(ReplayStep {
            id: replay.id.clone(),
            from: replay.cursor,
            to: to.unwrap_or(replay.end),
            last: to.is_none_or(|to| to >= replay.end),
            events,
        })
    }

    /// A change's event, if it is in the range and the subscription is told of it.
    async fn replayed(
        &self,
        replay: &Replay,
        subscription: &Subscription,
        change: &Change,
    ) -> Result<Option<Fanned>, StorageError> {
        if !(replay.since..replay.until).contains(&change.at) {
            return Ok(None);
        }
        let event = Event::of(change, &Source::default());
        let takes = |filter: Option<EventFilter>| filter.is_some_and(|filter| filter.takes(&event));
        if !takes(subscription.filter.compiled()) || !takes(chosen(replay).compiled()) {
            return Ok(None);
        }
        let with_schema = subscription.include_schema;
        let event = self.events.of_change(change, with_schema).await?;
        Ok(Some(Fanned {
            with_schema,
            position: change_position(change.seq),
            recipients: vec![recipient(replay, event.subject.as_deref())],
            event,
        }))
    }

    async fn next_dead(&self, replay: &Replay) -> Result<ReplayStep, StorageError> {
        let limit = u32::try_from(STEP).unwrap_or(u32::MAX);
        let mut dead = self.store.replay_dead(replay, replay.cursor, limit).await?;
        let last = dead.len() < STEP;
        if !last {
            leave_last_position(&mut dead);
        }
        let to = dead.last().map(|delivery| delivery.key.position);
        let chosen = chosen(replay).compiled();
        let mut events = Vec::new();
        for delivery in &dead {
            let subject = delivery.subject.as_deref();
            if !is_chosen(chosen.as_ref(), subject) {
                continue;
            }
            let event = &delivery.key.event;
            if let Some(stored) = self.store.event(event, delivery.with_schema).await? {
                events.push(Fanned {
                    with_schema: stored.with_schema,
                    position: delivery.key.position,
                    recipients: vec![recipient(replay, subject)],
                    event: stored.event,
                });
            }
        }
        Ok(ReplayStep {
            id: replay.id.clone(),
            from: replay.cursor,
            to: to.unwrap_or(replay.end),
            last,
            events,
        })
    }
}

/// The next step begins behind a position, so a page may not end in the middle of one.
fn leave_last_position(dead: &mut Vec<Delivery>) {
    let Some(last) = dead.last().map(|delivery| delivery.key.position) else {
        return;
    };
    let whole = dead.partition_point(|delivery| delivery.key.position < last);
    if whole > 0 {
        dead.truncate(whole);
    }
}

/// Whether what is about a subject was chosen; what is about none is wherever all subjects are.
fn is_chosen(chosen: Option<&EventFilter>, subject: Option<&str>) -> bool {
    let place = match subject.map(QualifiedSubject::parse) {
        Some(Ok(subject)) => Place::Subject(subject),
        _ => Place::Registry,
    };
    let mut subjects = chosen.into_iter().flat_map(|filter| &filter.subjects);
    subjects.any(|pattern| pattern.concerns(&place))
}

/// Which subjects were chosen; every type that the subscription is told of is.
fn chosen(replay: &Replay) -> Filter {
    Filter {
        events: vec![super::EVERYTHING.to_owned()],
        subjects: replay.subjects.clone(),
    }
}

/// A lane of the replay's own, subject by subject.
fn recipient(replay: &Replay, subject: Option<&str>) -> Recipient {
    Recipient {
        subscription: replay.subscription.clone(),
        lane: format!("job:{}:{}", replay.id, subject.unwrap_or_default()),
    }
}

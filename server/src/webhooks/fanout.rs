//! Fan-out: from changes to what is owed to whom.
//!
//! One cursor says how far the log was fanned out. A step reads the changes after it, makes their events, finds who is to be
//! told, and writes all of that and the new cursor, if the cursor and the subscriptions are still what they were. Changes are
//! taken in the order of the log, so what is owed is in order by construction, on however many nodes.
//!
//! What many are told is written in several short transactions, so that whoever registers meanwhile does not wait long. Only
//! the last of them moves the cursor: a step that is broken off is taken again, and finds what it wrote.

use std::sync::Arc;

use super::{
    Cursor, Events, FanOut, Fanned, Ordering, Recipient, Subscription, SubscriptionState,
    WebhookStore, change_position,
    event::{Event, Source},
    filter::EventFilter,
    store::SUBJECT_LANE,
};
use crate::{
    core::Change,
    storage::{Storage, StorageError},
};

/// The most changes, and about the most deliveries, that one step looks at.
const CHANGES: usize = 100;
const DELIVERIES: usize = 1000;

/// The most deliveries that one transaction writes: it holds up whoever else writes meanwhile.
const PART: usize = 100;

/// How many subscriptions one reading of them returns.
const PAGE: u32 = 500;

/// Fans out on one node.
pub struct FanOuter {
    store: Arc<dyn WebhookStore>,
    log: Arc<dyn Storage>,
    events: Arc<dyn Events>,
    part: usize,
    /// Who was enabled at which revision of the subscriptions.
    known: Option<(u64, Arc<Audience>)>,
}

/// Everybody who may be told something, in the order of their ids.
#[derive(Debug, Default)]
pub struct Audience {
    enabled: Vec<Told>,
}

/// A subscription, and its filter as events are held against it.
#[derive(Debug)]
struct Told {
    subscription: Subscription,
    filter: Option<EventFilter>,
}

/// What a step did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// There is nothing to fan out.
    Idle,
    /// Another node was faster, or the subscriptions changed meanwhile.
    Lost,
    /// The cursor moved; events of these types are owed that were not before.
    Moved(Vec<String>),
}

impl FanOuter {
    pub fn new(
        store: Arc<dyn WebhookStore>,
        log: Arc<dyn Storage>,
        events: Arc<dyn Events>,
    ) -> Self {
        Self {
            store,
            log,
            events,
            part: PART,
            known: None,
        }
    }

    /// Writes this many deliveries in one transaction at most.
    #[must_use]
    pub fn in_parts_of(self, part: usize) -> Self {
        Self { part, ..self }
    }

    /// Fans out the next changes.
    pub async fn step(&mut self, now: i64) -> Result<Step, StorageError> {
        let cursor = self.store.cursor().await?;
        let audience = self.audience(cursor).await?;
        // As long as nobody is to be told anything, the cursor need not move: whoever comes later starts where the log is.
        let Some(first) = audience.told_from() else {
            return Ok(Step::Idle);
        };
        let changes = self.log.changes_after(cursor.seq.max(first)).await?;
        if changes.is_empty() {
            return Ok(Step::Idle);
        }
        let (to, events) = self.owed(&audience, &changes).await?;
        let types = events
            .iter()
            .map(|event| event.event.event_type.clone())
            .collect();
        if self.write(cursor, to, events, now).await? {
            Ok(Step::Moved(types))
        } else {
            Ok(Step::Lost)
        }
    }

    /// Writes what is owed, and moves the cursor with the last part; whether nobody was faster.
    async fn write(
        &self,
        from: Cursor,
        to: u64,
        events: Vec<Fanned>,
        now: i64,
    ) -> Result<bool, StorageError> {
        let mut parts = parts(events, self.part);
        let last = parts.pop().unwrap_or_default();
        for events in parts {
            let to = from.seq;
            if !self
                .store
                .fan_out(&FanOut { from, to, events }, now)
                .await?
            {
                return Ok(false);
            }
        }
        let events = last;
        self.store.fan_out(&FanOut { from, to, events }, now).await
    }

    /// Whoever is enabled. Read after the cursor: if the subscriptions changed in between, the step will be lost.
    async fn audience(&mut self, cursor: Cursor) -> Result<Arc<Audience>, StorageError> {
        if let Some((revision, audience)) = &self.known
            && *revision == cursor.revision
        {
            return Ok(Arc::clone(audience));
        }
        let audience = Arc::new(Audience::load(&*self.store).await?);
        self.known = Some((cursor.revision, Arc::clone(&audience)));
        Ok(audience)
    }

    /// What the first of these changes come to, and the number of the last one that was looked at.
    async fn owed(
        &self,
        audience: &Audience,
        changes: &[Change],
    ) -> Result<(u64, Vec<Fanned>), StorageError> {
        let (mut to, mut owed, mut deliveries) = (0, Vec::new(), 0);
        for change in changes.iter().take(CHANGES) {
            for fanned in self.told(audience, change).await? {
                deliveries += fanned.recipients.len();
                owed.push(fanned);
            }
            to = change.seq;
            if deliveries >= DELIVERIES {
                break;
            }
        }
        Ok((to, owed))
    }

    /// Who is told of a change, with the text of the schema and without.
    async fn told(
        &self,
        audience: &Audience,
        change: &Change,
    ) -> Result<Vec<Fanned>, StorageError> {
        let event = Event::of(change, &Source::default());
        let told: Vec<&Subscription> = audience
            .enabled
            .iter()
            .filter(|told| told.subscription.from_seq < change.seq)
            .filter(|told| {
                told.filter
                    .as_ref()
                    .is_some_and(|filter| filter.takes(&event))
            })
            .map(|told| &told.subscription)
            .collect();
        let mut owed = Vec::new();
        for with_schema in [false, true] {
            let recipients = told
                .iter()
                .filter(|told| told.include_schema == with_schema);
            if recipients.clone().next().is_none() {
                continue;
            }
            let event = self.events.of_change(change, with_schema).await?;
            owed.push(Fanned {
                recipients: recipients.map(|told| recipient(told, &event)).collect(),
                event,
                with_schema,
                position: change_position(change.seq),
            });
        }
        Ok(owed)
    }
}

/// The same events for the same recipients, in the same order, with so many recipients in each part at most.
fn parts(events: Vec<Fanned>, most: usize) -> Vec<Vec<Fanned>> {
    let (mut parts, mut part, mut room) = (Vec::new(), Vec::new(), most);
    for fanned in events {
        let mut recipients = fanned.recipients.into_iter().peekable();
        while recipients.peek().is_some() {
            if room == 0 {
                parts.push(std::mem::take(&mut part));
                room = most;
            }
            let next: Vec<Recipient> = recipients.by_ref().take(room).collect();
            room -= next.len();
            part.push(Fanned {
                event: fanned.event.clone(),
                with_schema: fanned.with_schema,
                position: fanned.position,
                recipients: next,
            });
        }
    }
    parts.push(part);
    parts
}

/// The lane in which a subscription gets an event: one for each subject, or one for each event.
pub fn recipient(subscription: &Subscription, event: &super::NewEvent) -> Recipient {
    let lane = match subscription.ordering {
        Ordering::Subject => {
            let subject = event.subject.as_deref().unwrap_or_default();
            format!("{SUBJECT_LANE}{subject}")
        }
        Ordering::None => format!("event:{}", event.id),
    };
    Recipient {
        subscription: subscription.id.clone(),
        lane,
    }
}

impl Audience {
    /// Reads everybody.
    pub async fn load(store: &dyn WebhookStore) -> Result<Self, StorageError> {
        let mut enabled = Vec::new();
        let mut after = None;
        loop {
            let page = store.subscription_list(after.as_ref(), PAGE).await?;
            let Some(last) = page.last() else {
                return Ok(Self { enabled });
            };
            after = Some(last.id.clone());
            let is_enabled = |found: &Subscription| found.state == SubscriptionState::Enabled;
            enabled.extend(page.into_iter().filter(is_enabled).map(Told::new));
        }
    }

    /// The last change that nobody is told of; `None` where nobody is told anything.
    fn told_from(&self) -> Option<u64> {
        let from = self.enabled.iter().map(|told| told.subscription.from_seq);
        from.min()
    }

    /// Everybody.
    pub fn enabled(&self) -> impl Iterator<Item = &Subscription> {
        self.enabled.iter().map(|told| &told.subscription)
    }
}

impl Told {
    fn new(subscription: Subscription) -> Self {
        let filter = subscription.filter.compiled();
        Self {
            subscription,
            filter,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fanned, Recipient, parts};
    use crate::webhooks::{EventId, NewEvent, SubscriptionId};

    fn fanned(position: i64, recipients: u32) -> Fanned {
        let recipient = |number: u32| Recipient {
            subscription: SubscriptionId::new(&number.to_string()),
            lane: "subject:a".to_owned(),
        };
        Fanned {
            event: NewEvent {
                id: EventId::new(&position.to_string()),
                event_type: "mode.changed".to_owned(),
                subject: None,
                seq: None,
                occurred_at: 0,
                body: bytes::Bytes::new(),
            },
            with_schema: false,
            position,
            recipients: (0..recipients).map(recipient).collect(),
        }
    }

    #[test]
    fn a_part_has_so_many_recipients_at_most_and_all_come_in_order() {
        let told = |events: &[Fanned]| -> Vec<(i64, Recipient)> {
            let each = events.iter().flat_map(|event| {
                let recipients = event.recipients.iter().cloned();
                recipients.map(|recipient| (event.position, recipient))
            });
            each.collect()
        };
        let events = [fanned(1, 2), fanned(2, 7), fanned(3, 3), fanned(4, 1)];
        let whole = told(&events);
        let parts = parts(events.to_vec(), 3);
        let sizes: Vec<usize> = parts.iter().map(|part| told(part).len()).collect();
        assert_eq!(sizes, [3, 3, 3, 3, 1]);
        assert_eq!(told(&parts.concat()), whole);
    }
}

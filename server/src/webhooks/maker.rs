//! Events and notices in the form in which they are stored and sent.

use std::sync::Arc;

use async_trait::async_trait;
use dovetail_model::QualifiedSubject;

use super::{
    EventId, Events, NewEvent, Notice, Random,
    event::{Event, Extras, Place, Source},
    notice::{self, Stamp},
};
use crate::{
    core::{Change, ChangeKind},
    storage::{Storage, StorageError},
};

/// Makes what is sent.
pub struct EventMaker {
    source: Source,
    storage: Arc<dyn Storage>,
    random: Arc<dyn Random>,
}

impl EventMaker {
    pub fn new(source: Source, storage: Arc<dyn Storage>, random: Arc<dyn Random>) -> Self {
        Self {
            source,
            storage,
            random,
        }
    }

    /// The text of the schema that a change registered; `None` where there is none, or where it is gone.
    async fn text(&self, change: &Change) -> Result<Option<String>, StorageError> {
        let ChangeKind::SchemaRegistered(registered) = &change.kind else {
            return Ok(None);
        };
        let context = &registered.subject.context;
        let content = self.storage.content(context, registered.id).await?;
        Ok(content.map(|content| content.text()))
    }

    fn stamp(&self, at: i64) -> Stamp<'_> {
        let mut random = [0; 10];
        self.random.fill(&mut random);
        Stamp {
            at,
            random,
            source: &self.source,
        }
    }
}

#[async_trait]
impl Events for EventMaker {
    async fn of_change(
        &self,
        change: &Change,
        with_schema: bool,
    ) -> Result<NewEvent, StorageError> {
        let event = Event::of(change, &self.source);
        let text = if with_schema {
            self.text(change).await?
        } else {
            None
        };
        let extras = Extras {
            schema: text.as_deref(),
            actor: false,
        };
        Ok(stored(&event, extras))
    }

    fn of_notice(&self, notice: &Notice<'_>, at: i64) -> NewEvent {
        let stamp = self.stamp(at);
        let event = match notice {
            Notice::Test { subscription } => notice::test(subscription.id.as_str(), stamp),
            Notice::Gap {
                subscription,
                subject,
                skipped,
            } => {
                let ids: Vec<String> = skipped.iter().map(ToString::to_string).collect();
                let id = subscription.id.as_str();
                notice::gap(id, place(*subject), &ids, "given_up", stamp)
            }
            Notice::Disabled {
                subscription,
                reason,
            } => notice::disabled(subscription.id.as_str(), reason, stamp),
            Notice::Recovered { subscription, .. } => {
                notice::recovered(subscription.id.as_str(), stamp)
            }
        };
        stored(&event, Extras::default())
    }
}

fn place(subject: Option<&str>) -> Place {
    let parsed = subject.and_then(|subject| QualifiedSubject::parse(subject).ok());
    parsed.map_or(Place::Registry, Place::Subject)
}

fn stored(event: &Event, extras: Extras<'_>) -> NewEvent {
    let subject = match &event.place {
        Place::Subject(subject) => Some(subject.to_string()),
        Place::Context(_) | Place::Registry => None,
    };
    NewEvent {
        id: EventId::new(&event.id),
        event_type: event.kind.name().to_owned(),
        subject,
        seq: event.sequence,
        occurred_at: event.at,
        body: event.body(extras).into(),
    }
}

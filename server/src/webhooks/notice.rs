//! Events that no change of the log stands behind: what a subscription is told about itself and about others of its
//! owner. A refused registration makes none: it is in no log, so nobody could catch up on it or prove that it was all of them,
//! and whoever may register could write as many as they like.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{
    event::{Event, Place, Source},
    event_type::EventType,
};

/// The most ids that a gap names; the rest is counted.
pub(super) const NAMED_IDS: u32 = 1000;

/// When and with which random bytes a notice is made.
#[derive(Debug, Clone, Copy)]
pub struct Stamp<'a> {
    /// Milliseconds since 1970.
    pub at: i64,
    /// What makes the id unique.
    pub random: [u8; 10],
    /// Where the registry is reached.
    pub source: &'a Source,
}

impl Stamp<'_> {
    fn event(self, event_type: EventType, place: Place, data: Map<String, Value>) -> Event {
        Event::beside_the_log(event_type, place, self.at, self.random, self.source, data)
    }
}

/// A test of a subscription.
pub fn test(subscription: &str, stamp: Stamp<'_>) -> Event {
    let message = "a test: nothing changed";
    let data = fields([
        ("subscription", json!(subscription)),
        ("message", json!(message)),
    ]);
    stamp.event(EventType::Test, Place::Registry, data)
}

/// Events of a place were given up on, for a coarse reason.
pub fn gap(
    subscription: &str,
    place: Place,
    skipped: &[String],
    reason: &str,
    stamp: Stamp<'_>,
) -> Event {
    let mut data = fields([("subscription", json!(subscription))]);
    if let Place::Subject(subject) = &place {
        insert(&mut data, "subject", subject);
    }
    let named = usize::try_from(NAMED_IDS).unwrap_or(usize::MAX);
    insert(&mut data, "skipped", &skipped[..skipped.len().min(named)]);
    insert(&mut data, "count", skipped.len());
    insert(&mut data, "reason", reason);
    if skipped.len() > named {
        insert(&mut data, "truncated", true);
    }
    stamp.event(EventType::Gap, place, data)
}

/// Another subscription was disabled.
pub fn disabled(subscription: &str, reason: &str, stamp: Stamp<'_>) -> Event {
    let data = fields([
        ("subscription", json!(subscription)),
        ("reason", json!(reason)),
    ]);
    stamp.event(EventType::Disabled, Place::Registry, data)
}

/// Another subscription is delivered to again.
pub fn recovered(subscription: &str, stamp: Stamp<'_>) -> Event {
    let data = fields([("subscription", json!(subscription))]);
    stamp.event(EventType::Recovered, Place::Registry, data)
}

fn fields<const N: usize>(fields: [(&str, Value); N]) -> Map<String, Value> {
    fields
        .into_iter()
        .map(|(key, value)| (key.to_owned(), value))
        .collect()
}

fn insert(data: &mut Map<String, Value>, key: &str, value: impl Serialize) {
    data.insert(key.to_owned(), json!(value));
}

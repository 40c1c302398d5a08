//! `/api/v1/events`: every change as an event, in order.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{client::Client, error::Result, http::Call};

/// Which events are read.
#[derive(Debug, Clone, Default)]
pub struct ReadEvents {
    /// The number of the event after which to begin: `next` of an earlier page, or 0 for the beginning.
    pub after: u64,
    /// How long to wait for one where there is none, up to a minute and below the client's own time limit.
    pub wait: Duration,
    /// Types by their short or full names. Every type where nothing is said.
    pub types: Vec<String>,
    /// Subjects, or beginnings of names with a `*` after them. Everything where nothing is said.
    pub subjects: Vec<String>,
}

/// A page of events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventPage {
    /// The events, as CloudEvents.
    pub events: Vec<Value>,
    /// Where to go on. It moves past events that are left out; where it stays, there is nothing more yet.
    pub next: u64,
}

impl Client {
    /// Reads the events after one, of every context.
    pub async fn events(&self, read: &ReadEvents) -> Result<EventPage> {
        let wait = read.wait.as_secs();
        let call = Call::get(&["api", "v1", "events"])?
            .option("after", Some(read.after))
            .option("wait", (wait > 0).then_some(wait))
            .each("types", &read.types)
            .each("subjects", &read.subjects);
        self.json(call).await
    }
}

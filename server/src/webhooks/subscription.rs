//! Subscriptions: who wants to be told what, where, and how.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

use super::filter::EventFilter;

/// The pattern that matches every event, or every subject.
pub const EVERYTHING: &str = "*";

/// The name of a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SubscriptionId(Arc<str>);

impl SubscriptionId {
    pub fn new(id: &str) -> Self {
        Self(id.into())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SubscriptionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One receiver and what it is to be told.
#[derive(Debug, Clone, PartialEq)]
pub struct Subscription {
    pub id: SubscriptionId,
    /// Counts the updates. A writer names the one it read, so that of two at once only one succeeds.
    pub revision: u64,
    /// Who made it.
    pub owner: String,
    /// In milliseconds since 1970, as every time here.
    pub created_at: i64,
    pub updated_at: i64,
    pub url: String,
    pub description: String,
    pub filter: Filter,
    pub ordering: Ordering,
    pub on_dead_letter: OnDeadLetter,
    /// Whether events carry the text of the schema.
    pub include_schema: bool,
    /// The most attempts a second, over all nodes.
    pub max_rate: Option<u32>,
    pub state: SubscriptionState,
    /// Why it is in this state, where somebody or something put it there.
    pub state_reason: Option<String>,
    pub state_since: i64,
    /// Only changes after this one are told. The store sets it when a subscription is made or enabled.
    pub from_seq: u64,
    /// The secrets that sign, the current one first. At most two.
    pub secrets: Vec<SealedSecret>,
    /// Headers that every request carries; their values are secrets.
    pub headers: Vec<SealedHeader>,
}

/// What a subscription is told of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Filter {
    /// Short names of event types, such as `schema.version.registered`, or `*`.
    pub events: Vec<String>,
    /// Subjects as clients write them: literal, or a prefix followed by `*`.
    pub subjects: Vec<String>,
}

/// In which order events arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ordering {
    /// In the order of the changes, subject by subject.
    Subject,
    /// In any order; none waits for another.
    None,
}

/// What happens to a subject's later events when one of them was given up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnDeadLetter {
    /// A `webhook.gap` names what was skipped, and the rest follows.
    Advance,
    /// They wait for a person.
    PauseSubject,
}

/// Whether a subscription is told anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SubscriptionState {
    Enabled,
    /// By a person, by 410, or because it failed for too long; `state_reason` tells.
    Disabled,
}

/// A signing secret as it is stored. Only who holds the master key can open it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedSecret {
    pub id: String,
    pub kind: SecretKind,
    /// The master key that sealed it.
    pub key_id: String,
    /// Nonce and ciphertext, in base64.
    pub sealed: String,
    /// The public half of an Ed25519 key, in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public: Option<String>,
    pub created_at: i64,
    /// When it stops signing; `None` for the current one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
}

/// How a secret signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SecretKind {
    /// `v1`: HMAC with SHA-256.
    Hmac,
    /// `v1a`: Ed25519.
    Ed25519,
}

/// A header whose value is sealed as secrets are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedHeader {
    pub name: String,
    pub key_id: String,
    pub sealed: String,
}

impl Filter {
    /// The filter in the form in which events are held against it; `None` where it means nothing that this program knows,
    /// which no filter does that was accepted.
    pub fn compiled(&self) -> Option<EventFilter> {
        let types: Result<Vec<_>, _> = self.events.iter().map(|text| text.parse()).collect();
        let subjects: Result<Vec<_>, _> = self.subjects.iter().map(|text| text.parse()).collect();
        let (types, subjects) = (types.ok()?, subjects.ok()?);
        // Where empty lists take everything, a filter that lists nothing takes nothing.
        let is_empty = types.is_empty() || subjects.is_empty();
        (!is_empty).then_some(EventFilter { types, subjects })
    }

    /// Whether notices of a type are meant, which are about no subject.
    pub fn wants(&self, event_type: &str) -> bool {
        let mut wanted = self.events.iter();
        wanted.any(|wanted| wanted == event_type || wanted == EVERYTHING)
    }
}

impl Subscription {
    /// Host and port of its URL, as far as places are counted by them.
    pub fn host(&self) -> String {
        let rest = self.url.split_once("://").map_or("", |(_, rest)| rest);
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        rest[..end].to_ascii_lowercase()
    }
}

#[cfg(test)]
mod tests {
    use super::Filter;

    fn filter(events: &[&str], subjects: &[&str]) -> Filter {
        let owned = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        Filter {
            events: owned(events),
            subjects: owned(subjects),
        }
    }

    #[test]
    fn what_lists_nothing_or_nonsense_takes_nothing() {
        for (events, subjects) in [
            (&[][..], &["*"][..]),
            (&["*"], &[]),
            (&["no.such.type"], &["*"]),
            (&["*"], &["\u{0}"]),
        ] {
            assert_eq!(filter(events, subjects).compiled(), None, "{events:?}");
        }
        assert!(filter(&["*"], &["*"]).compiled().is_some());
    }
}

//! Subscriptions: who wants to be told what, where, and how.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

/// The pattern that matches every event, or every subject.
pub const EVERYTHING: &str = "*";

/// Events that only those get who name them: they tell of refusals, not of changes.
const OPT_IN: [&str; 1] = ["schema.check.failed"];

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
    /// Whether an event is meant. One about no subject, such as a global setting, is meant by whoever takes all subjects.
    pub fn matches(&self, event_type: &str, subject: Option<&str>) -> bool {
        self.wants(event_type) && self.covers(subject)
    }

    fn wants(&self, event_type: &str) -> bool {
        self.events.iter().any(|wanted| {
            wanted == event_type || (wanted == EVERYTHING && !OPT_IN.contains(&event_type))
        })
    }

    fn covers(&self, subject: Option<&str>) -> bool {
        self.subjects.iter().any(|pattern| match subject {
            Some(subject) => matches(pattern, subject),
            None => pattern == EVERYTHING,
        })
    }
}

fn matches(pattern: &str, subject: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => subject.starts_with(prefix),
        None => pattern == subject,
    }
}

impl Subscription {
    /// Host and port of its URL, as far as places are counted by them.
    pub fn host(&self) -> String {
        let rest = self.url.split_once("://").map_or("", |(_, rest)| rest);
        let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
        rest[..end].to_ascii_lowercase()
    }

    /// Whether it is told of an event now.
    pub fn is_told(&self, event_type: &str, subject: Option<&str>) -> bool {
        self.state == SubscriptionState::Enabled && self.filter.matches(event_type, subject)
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
    fn a_pattern_is_literal_or_a_prefix() {
        let filter = filter(&["subject.created"], &["orders-value", "pay*"]);
        for (subject, matches) in [
            ("orders-value", true),
            ("orders-value2", false),
            ("pay", true),
            ("payments-value", true),
            ("Payments-value", false),
            (":.staging:payments-value", false),
        ] {
            let told = filter.matches("subject.created", Some(subject));
            assert_eq!(told, matches, "{subject}");
        }
        assert!(!filter.matches("subject.deleted", Some("pay")));
    }

    #[test]
    fn what_is_about_no_subject_goes_to_those_who_take_all() {
        assert!(filter(&["*"], &["*"]).matches("mode.changed", None));
        assert!(!filter(&["*"], &["a*"]).matches("mode.changed", None));
    }

    #[test]
    fn refusals_are_told_only_to_those_who_name_them() {
        let refused = "schema.check.failed";
        assert!(!filter(&["*"], &["*"]).matches(refused, Some("a")));
        assert!(filter(&["*", refused], &["*"]).matches(refused, Some("a")));
    }
}

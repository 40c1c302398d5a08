//! Bodies of `/api/v1/webhooks`. Times are RFC 3339 in UTC.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Patch;

/// A subscription to be made. Only `url` has to be there.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookRequest {
    /// Where events are sent.
    pub url: String,
    /// Event types, or `*`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<String>>,
    /// Subjects, or beginnings of names with a `*` after them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subjects: Option<Vec<String>>,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether it is told anything from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// `subject` or `none`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ordering: Option<String>,
    /// `advance` or `pause_subject`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_dead_letter: Option<String>,
    /// Whether events carry the text of the schema.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub include_schema: Option<bool>,
    /// The most attempts a second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_rate: Option<u32>,
    /// Headers of every request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headers: Option<BTreeMap<String, String>>,
    /// The secret, where it is not to be made here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// `hmac` or `ed25519`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signing: Option<String>,
}

/// What is to be different about a subscription. What is absent stays, `null` goes back to the default.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookUpdate {
    /// Where events are sent.
    #[serde(default)]
    pub url: Option<String>,
    /// Event types, or `*`.
    #[serde(default)]
    pub events: Patch<Vec<String>>,
    /// Subjects, or beginnings of names with a `*` after them.
    #[serde(default)]
    pub subjects: Patch<Vec<String>>,
    /// For people.
    #[serde(default)]
    pub description: Patch<String>,
    /// Whether it is told anything.
    #[serde(default)]
    pub enabled: Option<bool>,
    /// `subject` or `none`.
    #[serde(default)]
    pub ordering: Patch<String>,
    /// `advance` or `pause_subject`.
    #[serde(default)]
    pub on_dead_letter: Patch<String>,
    /// Whether events carry the text of the schema.
    #[serde(default)]
    pub include_schema: Patch<bool>,
    /// The most attempts a second.
    #[serde(default)]
    pub max_rate: Patch<u32>,
    /// Header by header: a value sets, `null` removes.
    #[serde(default)]
    pub headers: Patch<BTreeMap<String, Option<String>>>,
}

/// A subscription.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WebhookBody {
    /// Its id.
    pub id: String,
    /// Where events are sent.
    pub url: String,
    /// For people.
    pub description: String,
    /// Event types, or `*`.
    pub events: Vec<String>,
    /// Subjects, or beginnings of names with a `*` after them.
    pub subjects: Vec<String>,
    /// `subject` or `none`.
    pub ordering: String,
    /// `advance` or `pause_subject`.
    pub on_dead_letter: String,
    /// Whether events carry the text of the schema.
    pub include_schema: bool,
    /// The most attempts a second.
    pub max_rate: Option<u32>,
    /// The names alone: values are secrets.
    pub headers: Vec<String>,
    /// Whether it is told anything.
    pub enabled: bool,
    /// Why it is enabled or not, where somebody or something had a reason.
    pub state_reason: Option<String>,
    /// Since when.
    pub state_since: String,
    /// When it was made.
    pub created_at: String,
    /// When it was changed last.
    pub updated_at: String,
    /// The secrets that sign, the current one first.
    pub secrets: Vec<WebhookSecretBody>,
    /// How it is doing; in the answer for one subscription.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub health: Option<WebhookHealthBody>,
    /// The secret that signs; once, in the answer to the request that made it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// What may be known of a secret.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WebhookSecretBody {
    /// Its id.
    pub id: String,
    /// `hmac` or `ed25519`.
    pub signing: String,
    /// When it was made.
    pub created_at: String,
    /// When it stops signing; absent for the current one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<String>,
    /// The public half of an Ed25519 key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_key: Option<String>,
}

/// How a subscription is doing.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WebhookHealthBody {
    /// Failed attempts since the last success.
    pub failures: u64,
    /// When the first of them was.
    pub failing_since: Option<String>,
    /// When a receiver last answered 2xx.
    pub last_success_at: Option<String>,
    /// When an attempt last failed.
    pub last_failure_at: Option<String>,
}

/// A page of subscriptions.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct WebhookPage {
    /// The subscriptions.
    pub webhooks: Vec<WebhookBody>,
    /// Where the next page begins; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// How a secret is to be replaced.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RotateRequest {
    /// How long the previous secret goes on signing beside the new one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overlap_seconds: Option<u64>,
    /// Whether the previous secret ends at once.
    #[serde(default)]
    pub revoke_previous: bool,
    /// The new secret, where it is not to be made here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// `hmac` or `ed25519`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signing: Option<String>,
}

/// How a subscription is to be enabled.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnableRequest {
    /// Whether what happened while it was disabled is sent, too.
    #[serde(default)]
    pub replay: bool,
}

/// Why a subscription is disabled.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DisableRequest {
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// An attempt: how far it came, and when.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct AttemptBody {
    /// 1, 2, 3, …
    pub number: u32,
    /// When it began.
    pub started_at: String,
    /// Whether the receiver answered 2xx.
    pub delivered: bool,
    /// The HTTP status, if it came to one.
    pub status: Option<u16>,
    /// Why it failed, coarsely.
    pub reason: Option<String>,
    /// How long after its start it came how far.
    pub timings: TimingsBody,
    /// The beginning of what the receiver answered.
    pub response: Option<String>,
}

/// Milliseconds from the start of an attempt.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[expect(clippy::struct_field_names, reason = "units belong in names")]
pub struct TimingsBody {
    /// Until the name was looked up.
    pub resolved_ms: Option<u32>,
    /// Until the connection was there, TLS included.
    pub connected_ms: Option<u32>,
    /// Until the head of the answer came.
    pub first_byte_ms: Option<u32>,
    /// Until it was over.
    pub total_ms: u32,
}

/// An event that is or was owed to a subscription.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeliveryBody {
    /// The id of the event.
    pub event: String,
    /// The short name of its type.
    #[serde(rename = "type")]
    pub event_type: String,
    /// The subject.
    pub subject: Option<String>,
    /// `pending`, `delivered`, `dead` or `cancelled`.
    pub status: String,
    /// How many attempts were made.
    pub attempts: u32,
    /// When it was made.
    pub created_at: String,
    /// When the next one is due.
    pub next_attempt_at: Option<String>,
    /// When it was over.
    pub finished_at: Option<String>,
    /// Why the last attempt failed, coarsely.
    pub reason: Option<String>,
    /// The HTTP status of the last attempt.
    pub http_status: Option<u16>,
    /// The redelivery or replay it belongs to; absent for the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub job: Option<String>,
}

/// A page of deliveries, newest first.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct DeliveryPageBody {
    /// The deliveries.
    pub deliveries: Vec<DeliveryBody>,
    /// Where the next page begins; absent on the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Which past events are to be sent again.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReplayRequest {
    /// The first moment, RFC 3339.
    pub since: String,
    /// The moment after the last; now where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// Subjects; those of the subscription where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subjects: Option<Vec<String>>,
    /// `failed` or `all`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<String>,
    /// Whether only to count.
    #[serde(default)]
    pub dry_run: bool,
}

/// A replay and how far it has come.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReplayBody {
    /// Its id.
    pub id: String,
    /// The first moment.
    pub since: String,
    /// The moment after the last.
    pub until: String,
    /// Subjects, or beginnings of names with a `*` after them.
    pub subjects: Vec<String>,
    /// `failed` or `all`.
    pub only: String,
    /// `running`, `done` or `cancelled`.
    pub state: String,
    /// When it was made.
    pub created_at: String,
    /// When it was over.
    pub finished_at: Option<String>,
    /// How many events were found so far.
    pub found: u64,
    /// How many of them wait.
    pub pending: u64,
    /// Whether the receiver answered 2xx.
    pub delivered: u64,
    /// How many were given up.
    pub dead: u64,
    /// How many were dropped.
    pub cancelled: u64,
}

/// What a replay would send.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReplayCount {
    /// That nothing was sent.
    pub dry_run: bool,
    /// Event types, or `*`.
    pub events: u64,
}

/// How a subject that waits for a person goes on.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResumeRequest {
    /// The subject.
    pub subject: String,
    /// Past the event that was given up, or with it.
    #[serde(default)]
    pub skip: bool,
}

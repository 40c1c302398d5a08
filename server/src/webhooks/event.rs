//! Events: what a change is to those who are told of it.
//!
//! The log of changes is the outbox: an event is a function of one [`Change`] and of where the registry is reached, so there
//! is exactly one event for each change, none for a refusal, and nothing to write beside the change. The envelope is a
//! `CloudEvent` 1.0 in structured mode. `data` is thin: what happened and where to read the rest.

use std::fmt::Write as _;

use dovetail_model::{Association, AssociationKey, Context, QualifiedSubject, bodies::Config};
use jiff::Timestamp;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ring::digest;
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::{event_type::EventType, ids};
use crate::core::{Change, ChangeKind, Deleted, Registered, Reserved, Scope};

/// The media type of a body.
pub const CONTENT_TYPE: &str = "application/cloudevents+json; charset=utf-8";

/// The largest body. What makes it larger is left out, in the order of `LEFT_OUT`.
pub const MAX_BODY_BYTES: usize = 64 * 1024;

/// The largest text of a schema that goes into an event.
pub const MAX_SCHEMA_BYTES: usize = 16 * 1024;

/// What is left out of `data` until the body is small enough.
const LEFT_OUT: [&str; 7] = [
    "schema",
    "config",
    "changes",
    "references",
    "replaces",
    "schema_ids",
    "versions",
];

/// A segment of a path: everything but what RFC 3986 never needs encoded.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Where the registry is reached, for `source` and links.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Source {
    base: String,
}

/// What an event is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Place {
    /// A subject.
    Subject(QualifiedSubject),
    /// All subjects of a context; of all contexts where it is the one above them.
    Context(Context),
    /// The registry's own affairs.
    Registry,
}

/// One event, before it is written out.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The same on every delivery, on every node, and in the feed.
    pub id: String,
    /// What kind of event.
    pub kind: EventType,
    /// Its place in the log; `None` for what is told to one subscription alone.
    pub sequence: Option<u64>,
    /// What it is about. Events of one place are delivered in their order.
    pub place: Place,
    /// Whether it made a subject.
    pub creates_subject: bool,
    /// When it was committed, in milliseconds since 1970.
    pub at: i64,
    /// Who did it. Not everybody may see this.
    pub actor: Option<String>,
    source: String,
    subject: Option<String>,
    dataschema: String,
    data: Map<String, Value>,
}

/// What a subscription may have in its events besides.
#[derive(Debug, Clone, Copy, Default)]
pub struct Extras<'a> {
    /// The text of the schema.
    pub schema: Option<&'a str>,
    /// Whether to say who did it.
    pub actor: bool,
}

impl Source {
    /// The address that others know the registry by, such as `https://schemas.example.com`.
    pub fn new(base: &str) -> Self {
        Self {
            base: base.trim_end_matches('/').to_owned(),
        }
    }

    /// The address, without a slash at its end.
    pub fn base(&self) -> &str {
        &self.base
    }

    fn of(&self, place: &Place, collection: &str) -> String {
        match place {
            Place::Subject(subject) => format!("{}/subjects/{}", self.base, encoded(subject)),
            Place::Context(context) if context.is_default() => {
                format!("{}/{collection}", self.base)
            }
            Place::Context(context) => {
                let scope = encoded(&format_args!(":{context}:"));
                format!("{}/{collection}/{scope}", self.base)
            }
            Place::Registry => format!("{}/api/v1/webhooks", self.base),
        }
    }
}

impl Place {
    /// The text by which events are kept in order: the qualified subject, or the context as `:.context:`.
    pub fn key(&self) -> String {
        match self {
            Self::Subject(subject) => subject.to_string(),
            Self::Context(context) => format!(":{context}:"),
            Self::Registry => String::new(),
        }
    }
}

impl From<&Scope> for Place {
    fn from(scope: &Scope) -> Self {
        match &scope.subject {
            Some(subject) => Self::Subject(QualifiedSubject {
                context: scope.context.clone(),
                subject: subject.clone(),
            }),
            None => Self::Context(scope.context.clone()),
        }
    }
}

impl Event {
    /// The event of a change.
    pub fn of(change: &Change, source: &Source) -> Self {
        let (event_type, place, subject, data) = match &change.kind {
            ChangeKind::SchemaRegistered(registered) => (
                registration_type(registered),
                Place::Subject(registered.subject.clone()),
                format!("versions/{}", registered.version),
                registration(registered, source),
            ),
            ChangeKind::VersionDeleted(deleted) => (
                EventType::VersionDeleted,
                Place::Subject(deleted.subject.clone()),
                deleted
                    .versions
                    .first()
                    .map_or_else(String::new, |version| format!("versions/{version}")),
                version_deletion(deleted),
            ),
            ChangeKind::SubjectDeleted(deleted) => (
                EventType::SubjectDeleted,
                Place::Subject(deleted.subject.clone()),
                "versions".to_owned(),
                subject_deletion(deleted),
            ),
            ChangeKind::ConfigChanged { scope, config } => (
                EventType::CompatibilityChanged,
                Place::from(scope),
                "config".to_owned(),
                config_change(scope, config.as_deref()),
            ),
            ChangeKind::ContextDeleted { context } => {
                let mut data = Map::new();
                put(&mut data, "context", context);
                (
                    EventType::ContextDeleted,
                    Place::Context(context.clone()),
                    String::new(),
                    data,
                )
            }
            ChangeKind::AssociationSet(association) => (
                EventType::AssociationChanged,
                Place::Subject(association.subject.clone()),
                String::new(),
                association_change(association),
            ),
            ChangeKind::AssociationDeleted(key) => (
                EventType::AssociationDeleted,
                Place::Registry,
                String::new(),
                association_deletion(key),
            ),
            ChangeKind::IdReserved(reserved) => (
                EventType::IdReserved,
                Place::Context(reserved.context.clone()),
                String::new(),
                reservation(reserved),
            ),
            ChangeKind::SubjectCounted {
                subject,
                last_version,
            } => {
                let mut data = Map::new();
                put(&mut data, "subject", subject);
                put(&mut data, "last_version", last_version);
                (
                    EventType::SubjectCounted,
                    Place::Subject(subject.clone()),
                    String::new(),
                    data,
                )
            }
            ChangeKind::ModeChanged { scope, mode } => {
                let mut data = scoped(scope);
                put(&mut data, "mode", mode);
                (
                    EventType::ModeChanged,
                    Place::from(scope),
                    "mode".to_owned(),
                    data,
                )
            }
        };
        let collection = match event_type {
            EventType::ModeChanged => "mode",
            EventType::ContextDeleted => "contexts",
            _ => "config",
        };
        Self {
            id: id_in_log(change, &place),
            kind: event_type,
            sequence: Some(change.seq),
            creates_subject: data.get("creates_subject") == Some(&Value::Bool(true)),
            at: change.at,
            actor: Some(change.actor.clone()),
            source: source.of(&place, collection),
            subject: Some(subject).filter(|subject| !subject.is_empty()),
            dataschema: dataschema(source, event_type),
            place,
            data,
        }
    }

    /// An event that is told to one subscription and has no place in the log. `random` makes its id.
    pub fn beside_the_log(
        event_type: EventType,
        place: Place,
        at: i64,
        random: [u8; 10],
        source: &Source,
        data: Map<String, Value>,
    ) -> Self {
        debug_assert!(!event_type.is_of_the_log(), "such events come from changes");
        Self {
            id: ids::sortable("evt_", u64::try_from(at).unwrap_or_default(), random),
            kind: event_type,
            sequence: None,
            creates_subject: false,
            at,
            actor: None,
            source: source.of(&place, "config"),
            subject: None,
            dataschema: dataschema(source, event_type),
            place,
            data,
        }
    }

    /// The event as JSON, not larger than [`MAX_BODY_BYTES`]. These are the bytes that are stored, signed and sent.
    pub fn body(&self, extras: Extras<'_>) -> Vec<u8> {
        let mut data = self.data.clone();
        if let Some(actor) = self.actor.as_ref().filter(|_| extras.actor) {
            data.insert("actor".to_owned(), actor.as_str().into());
        }
        if let Some(text) = extras.schema {
            if text.len() <= MAX_SCHEMA_BYTES {
                data.insert("schema".to_owned(), text.into());
            } else {
                data.insert("truncated".to_owned(), true.into());
            }
        }
        let mut body = self.written(&data);
        for key in LEFT_OUT {
            if body.len() <= MAX_BODY_BYTES {
                break;
            }
            if data.shift_remove(key).is_some() {
                data.insert("truncated".to_owned(), true.into());
                body = self.written(&data);
            }
        }
        body
    }

    fn written(&self, data: &Map<String, Value>) -> Vec<u8> {
        let envelope = Envelope {
            specversion: "1.0",
            id: &self.id,
            source: &self.source,
            event_type: self.kind.full_name(),
            subject: self.subject.as_deref(),
            time: time(self.at),
            datacontenttype: "application/json",
            dataschema: &self.dataschema,
            sequence: self.sequence.map(|sequence| format!("{sequence:020}")),
            partitionkey: Some(self.place.key()).filter(|key| !key.is_empty()),
            data,
        };
        serde_json::to_vec(&envelope).expect("texts and JSON values are always JSON")
    }
}

/// The attributes of CloudEvents, in the order in which they are written.
#[derive(Serialize)]
struct Envelope<'a> {
    specversion: &'static str,
    id: &'a str,
    source: &'a str,
    #[serde(rename = "type")]
    event_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    time: String,
    datacontenttype: &'static str,
    dataschema: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    sequence: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    partitionkey: Option<String>,
    data: &'a Map<String, Value>,
}

/// An import that brings back the very version that was soft-deleted restores it.
fn registration_type(registered: &Registered) -> EventType {
    if registered.purged.contains(&registered.version) {
        EventType::VersionRestored
    } else {
        EventType::VersionRegistered
    }
}

fn registration(registered: &Registered, source: &Source) -> Map<String, Value> {
    let facts = registered.facts.as_deref();
    let mut data = Map::new();
    put(&mut data, "subject", &registered.subject);
    put(&mut data, "context", &registered.subject.context);
    put(&mut data, "version", registered.version);
    put(&mut data, "schema_id", registered.id);
    put(&mut data, "guid", registered.guid.to_string());
    put(&mut data, "schema_type", registered.schema_type);
    if let Some(facts) = facts {
        put(&mut data, "sha256", &facts.sha256);
        put(&mut data, "size", facts.size);
        put(&mut data, "compatibility", facts.level);
        put(&mut data, "creates_subject", facts.creates_subject);
    }
    put(&mut data, "references", &registered.references);
    let url = format!(
        "{}/subjects/{}/versions/{}",
        source.base,
        encoded(&registered.subject),
        registered.version
    );
    put(&mut data, "url", url);
    let replaces: Vec<_> = registered
        .purged
        .iter()
        .filter(|version| **version != registered.version)
        .collect();
    if !replaces.is_empty() {
        put(&mut data, "replaces", replaces);
    }
    if let Some(summary) = facts.and_then(|facts| facts.summary.as_ref()) {
        put(&mut data, "changes", summary);
    }
    data
}

fn association_change(association: &Association) -> Map<String, Value> {
    let mut data = Map::new();
    put(&mut data, "subject", &association.subject);
    put(&mut data, "resource_id", &association.resource_id);
    put(&mut data, "resource_name", &association.resource_name);
    put(
        &mut data,
        "resource_namespace",
        &association.resource_namespace,
    );
    put(&mut data, "resource_type", &association.resource_type);
    put(&mut data, "association_type", association.association_type);
    put(&mut data, "lifecycle", association.lifecycle);
    put(&mut data, "frozen", association.frozen);
    data
}

fn association_deletion(key: &AssociationKey) -> Map<String, Value> {
    let mut data = Map::new();
    put(&mut data, "resource_id", &key.resource_id);
    put(&mut data, "resource_type", &key.resource_type);
    put(&mut data, "association_type", key.association_type);
    data
}

fn reservation(reserved: &Reserved) -> Map<String, Value> {
    let mut data = Map::new();
    put(&mut data, "context", &reserved.context);
    put(&mut data, "id", reserved.id);
    put(&mut data, "guid", reserved.guid.to_string());
    put(&mut data, "schema_type", reserved.schema_type);
    data
}

fn version_deletion(deleted: &Deleted) -> Map<String, Value> {
    let mut data = Map::new();
    put(&mut data, "subject", &deleted.subject);
    put(&mut data, "context", &deleted.subject.context);
    if let Some(version) = deleted.versions.first() {
        put(&mut data, "version", version);
    }
    if let Some(id) = deleted.ids.first() {
        put(&mut data, "schema_id", id);
    }
    put(&mut data, "permanent", deleted.permanent);
    data
}

fn subject_deletion(deleted: &Deleted) -> Map<String, Value> {
    let mut data = Map::new();
    put(&mut data, "subject", &deleted.subject);
    put(&mut data, "context", &deleted.subject.context);
    put(&mut data, "permanent", deleted.permanent);
    put(&mut data, "version_count", deleted.versions.len());
    put(&mut data, "versions", &deleted.versions);
    if !deleted.ids.is_empty() {
        put(&mut data, "schema_ids", &deleted.ids);
    }
    data
}

fn config_change(scope: &Scope, config: Option<&Config>) -> Map<String, Value> {
    let mut data = scoped(scope);
    let level = config.and_then(|config| config.compatibility_level);
    put(&mut data, "compatibility", level);
    put(&mut data, "config", config);
    data
}

/// Where a setting holds; without a subject it holds for the whole context.
fn scoped(scope: &Scope) -> Map<String, Value> {
    let mut data = Map::new();
    if let Place::Subject(subject) = Place::from(scope) {
        put(&mut data, "subject", subject);
    }
    put(&mut data, "context", &scope.context);
    data
}

fn put(data: &mut Map<String, Value>, key: &str, value: impl Serialize) {
    data.insert(key.to_owned(), json!(value));
}

fn encoded(text: &impl ToString) -> String {
    utf8_percent_encode(&text.to_string(), SEGMENT).to_string()
}

fn dataschema(source: &Source, event_type: EventType) -> String {
    format!(
        "{}/api/v1/webhooks/event-types/{}",
        source.base,
        event_type.name()
    )
}

/// RFC 3339 in UTC with milliseconds, the same length every time.
pub(crate) fn time(at: i64) -> String {
    let time = Timestamp::from_millisecond(at).unwrap_or_default();
    format!("{time:.3}")
}

/// The id of a change's event. It sorts as the log does. The digest tells registries apart, and also what a registry did from
/// what it did after it was set back to a backup: there the same numbers come again at another time.
fn id_in_log(change: &Change, place: &Place) -> String {
    let mut text = String::new();
    let _ = write!(
        text,
        "{}\n{}\n{}\n{}",
        change.seq,
        change.at,
        change.kind.name(),
        place.key()
    );
    let digest = digest::digest(&digest::SHA256, text.as_bytes());
    let mut tail = [0; 10];
    tail.copy_from_slice(&digest.as_ref()[..10]);
    ids::sortable("evt_", change.seq, tail)
}

//! The types of events, and what there is to know about each.
//!
//! To add one: a variant here, a row in [`EventType::ALL`], and its JSON Schema with an example in `events/`. A test fails
//! where one of them is missing, and every event that is made is validated against its schema. A payload never changes in a
//! way that breaks its readers: such a change makes a new type that ends in `.v2`.

use std::str::FromStr;

/// Where the full names begin and end: `dev.dovetail.schema.version.registered.v1`.
const PREFIX: &str = "dev.dovetail.";
const SUFFIX: &str = ".v1";

/// What an event is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EventType {
    /// A version was added to a subject.
    VersionRegistered,
    /// A version was deleted, softly or for good.
    VersionDeleted,
    /// An import brought back a version that was soft-deleted.
    VersionRestored,
    /// All versions of a subject were deleted together.
    SubjectDeleted,
    /// An empty context was deleted.
    ContextDeleted,
    /// The compatibility settings of a subject or a context were changed.
    CompatibilityChanged,
    /// The mode of a subject or a context was changed.
    ModeChanged,
    /// A resource's association with a subject was made or changed.
    AssociationChanged,
    /// A resource's association with a subject was removed.
    AssociationDeleted,
    /// An import took an id for a schema that no version carries any more.
    IdReserved,
    /// An import counted the versions of a subject further.
    SubjectCounted,
    /// Somebody asked for a test of a subscription.
    Test,
    /// Events were given up on, and the next ones follow.
    Gap,
    /// A subscription of the same owner was disabled.
    Disabled,
    /// A subscription of the same owner is delivered to again.
    Recovered,
}

/// A text that is no event type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "\"{0}\" is no event type; GET /api/v1/webhooks/event-types lists them, and \"*\" stands for all"
)]
pub struct UnknownEventType(String);

/// What a subscription asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EventSelector {
    /// Everything.
    All,
    /// One type.
    Type(EventType),
    /// Registrations that made a new subject. They are events of the type `schema.version.registered`.
    SubjectCreated,
}

/// The name of the selector that is no type of its own.
const SUBJECT_CREATED: &str = "subject.created";

impl EventType {
    /// Every type, in the order in which they are listed.
    pub const ALL: [Self; 15] = [
        Self::VersionRegistered,
        Self::VersionDeleted,
        Self::VersionRestored,
        Self::SubjectDeleted,
        Self::ContextDeleted,
        Self::CompatibilityChanged,
        Self::ModeChanged,
        Self::AssociationChanged,
        Self::AssociationDeleted,
        Self::IdReserved,
        Self::SubjectCounted,
        Self::Test,
        Self::Gap,
        Self::Disabled,
        Self::Recovered,
    ];

    /// The name that filters take.
    pub const fn name(self) -> &'static str {
        match self {
            Self::VersionRegistered => "schema.version.registered",
            Self::VersionDeleted => "schema.version.deleted",
            Self::VersionRestored => "schema.version.restored",
            Self::SubjectDeleted => "subject.deleted",
            Self::ContextDeleted => "context.deleted",
            Self::CompatibilityChanged => "compatibility.changed",
            Self::ModeChanged => "mode.changed",
            Self::AssociationChanged => "association.changed",
            Self::AssociationDeleted => "association.deleted",
            Self::IdReserved => "schema.id.reserved",
            Self::SubjectCounted => "subject.counted",
            Self::Test => "webhook.test",
            Self::Gap => "webhook.gap",
            Self::Disabled => "webhook.disabled",
            Self::Recovered => "webhook.recovered",
        }
    }

    /// `type` of the envelope.
    pub fn full_name(self) -> String {
        format!("{PREFIX}{}{SUFFIX}", self.name())
    }

    /// When it is sent, in a sentence.
    pub const fn sent_when(self) -> &'static str {
        match self {
            Self::VersionRegistered => "a version was added to a subject",
            Self::VersionDeleted => "a version was deleted, softly or for good",
            Self::VersionRestored => "an import brought back a version that was soft-deleted",
            Self::SubjectDeleted => {
                "all versions of a subject were deleted together, softly or for good"
            }
            Self::ContextDeleted => "an empty context was deleted",
            Self::CompatibilityChanged => {
                "the compatibility settings of a subject or a context were changed or removed"
            }
            Self::ModeChanged => "the mode of a subject or a context was changed or removed",
            Self::AssociationChanged => {
                "a resource's association with a subject was made or changed"
            }
            Self::AssociationDeleted => "a resource's association with a subject was removed",
            Self::IdReserved => {
                "an import took an id for a schema that no version carries any more"
            }
            Self::SubjectCounted => "an import counted the versions of a subject further",
            Self::Test => "somebody asked for a test of the subscription",
            Self::Gap => "events were given up on; the next ones follow",
            Self::Disabled => "another subscription was disabled because its receiver kept failing",
            Self::Recovered => "another subscription that was disabled is delivered to again",
        }
    }

    /// Whether it is a change of the registry, with a place in the log; the others are told to one subscription.
    pub const fn is_of_the_log(self) -> bool {
        matches!(
            self,
            Self::VersionRegistered
                | Self::VersionDeleted
                | Self::VersionRestored
                | Self::SubjectDeleted
                | Self::ContextDeleted
                | Self::CompatibilityChanged
                | Self::ModeChanged
                | Self::AssociationChanged
                | Self::AssociationDeleted
                | Self::IdReserved
                | Self::SubjectCounted
        )
    }

    /// The JSON Schema of the whole event.
    pub const fn schema(self) -> &'static str {
        match self {
            Self::VersionRegistered => {
                include_str!("events/schema.version.registered.schema.json")
            }
            Self::VersionDeleted => include_str!("events/schema.version.deleted.schema.json"),
            Self::VersionRestored => include_str!("events/schema.version.restored.schema.json"),
            Self::SubjectDeleted => include_str!("events/subject.deleted.schema.json"),
            Self::ContextDeleted => include_str!("events/context.deleted.schema.json"),
            Self::CompatibilityChanged => include_str!("events/compatibility.changed.schema.json"),
            Self::ModeChanged => include_str!("events/mode.changed.schema.json"),
            Self::AssociationChanged => include_str!("events/association.changed.schema.json"),
            Self::AssociationDeleted => include_str!("events/association.deleted.schema.json"),
            Self::IdReserved => include_str!("events/schema.id.reserved.schema.json"),
            Self::SubjectCounted => include_str!("events/subject.counted.schema.json"),
            Self::Test => include_str!("events/webhook.test.schema.json"),
            Self::Gap => include_str!("events/webhook.gap.schema.json"),
            Self::Disabled => include_str!("events/webhook.disabled.schema.json"),
            Self::Recovered => include_str!("events/webhook.recovered.schema.json"),
        }
    }
}

impl FromStr for EventType {
    type Err = UnknownEventType;

    /// Takes the short name and the full one.
    fn from_str(text: &str) -> Result<Self, UnknownEventType> {
        let name = short(text);
        Self::ALL
            .into_iter()
            .find(|one| one.name() == name)
            .ok_or_else(|| UnknownEventType(text.chars().take(64).collect()))
    }
}

impl EventSelector {
    /// The name it is known by.
    pub const fn name(self) -> &'static str {
        match self {
            Self::All => "*",
            Self::Type(event_type) => event_type.name(),
            Self::SubjectCreated => SUBJECT_CREATED,
        }
    }

    /// Whether an event of this type is meant, where it makes a subject or not.
    pub fn takes(self, event_type: EventType, creates_subject: bool) -> bool {
        match self {
            Self::All => true,
            Self::Type(wanted) => wanted == event_type,
            Self::SubjectCreated => event_type == EventType::VersionRegistered && creates_subject,
        }
    }
}

impl FromStr for EventSelector {
    type Err = UnknownEventType;

    fn from_str(text: &str) -> Result<Self, UnknownEventType> {
        match short(text) {
            "*" => Ok(Self::All),
            SUBJECT_CREATED => Ok(Self::SubjectCreated),
            _ => text.parse().map(Self::Type),
        }
    }
}

/// A name without what the full one has around it.
fn short(text: &str) -> &str {
    text.strip_prefix(PREFIX)
        .and_then(|rest| rest.strip_suffix(SUFFIX))
        .unwrap_or(text)
}

//! Which events somebody wants: types and subjects. Subscriptions and the feed take the same filters.

use std::str::FromStr;

use dovetail_model::{InvalidSubject, QualifiedSubject};

use super::{
    event::{Event, Place},
    event_type::EventSelector,
};

/// Subjects that somebody depends on.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SubjectPattern {
    /// This one.
    Literal(QualifiedSubject),
    /// All whose qualified names begin like this, as written: `orders-` in the default context, `:.ctx:orders-` in another.
    Prefix(String),
}

/// A filter. Empty lists take everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EventFilter {
    /// Any of these.
    pub types: Vec<EventSelector>,
    /// Any of these. What is about no subject, such as the settings of a context, goes to those who take all of them.
    pub subjects: Vec<SubjectPattern>,
}

impl EventFilter {
    /// Whether an event is wanted.
    pub fn takes(&self, event: &Event) -> bool {
        let selectors: &[EventSelector] = if self.types.is_empty() {
            &[EventSelector::All]
        } else {
            &self.types
        };
        selectors
            .iter()
            .any(|selector| selector.takes(event.kind, event.creates_subject))
            && (self.subjects.is_empty()
                || self
                    .subjects
                    .iter()
                    .any(|pattern| pattern.concerns(&event.place)))
    }
}

impl SubjectPattern {
    /// Whether somebody who depends on these subjects is told of a change at this place.
    pub fn concerns(&self, place: &Place) -> bool {
        match place {
            Place::Subject(subject) => self.matches(subject),
            Place::Context(_) | Place::Registry => {
                matches!(self, Self::Prefix(prefix) if prefix.is_empty())
            }
        }
    }

    /// Whether a subject is one of these.
    pub fn matches(&self, subject: &QualifiedSubject) -> bool {
        match self {
            Self::Literal(wanted) => wanted == subject,
            Self::Prefix(prefix) => {
                // `:.` begins a context: a bare prefix means names of the default one, and nothing at all means everything.
                let is_bare = !prefix.starts_with(":.");
                subject.to_string().starts_with(prefix.as_str())
                    && (prefix.is_empty() || is_bare == subject.context.is_default())
            }
        }
    }
}

impl FromStr for SubjectPattern {
    type Err = InvalidSubject;

    /// `prefix*`, or a whole name. A star in the middle is part of a name; so is none at all.
    fn from_str(text: &str) -> Result<Self, InvalidSubject> {
        let Some(prefix) = text.strip_suffix('*') else {
            return QualifiedSubject::parse(text).map(Self::Literal);
        };
        // What a prefix begins with must be able to begin a name.
        let probe = if prefix.starts_with(":.") && !prefix[1..].contains(':') {
            format!("{prefix}:x")
        } else {
            format!("{prefix}x")
        };
        QualifiedSubject::parse(&probe).map(|_| Self::Prefix(prefix.to_owned()))
    }
}

impl std::fmt::Display for SubjectPattern {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Literal(subject) => subject.fmt(f),
            Self::Prefix(prefix) => write!(f, "{prefix}*"),
        }
    }
}

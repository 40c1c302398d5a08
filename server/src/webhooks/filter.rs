//! Which events somebody wants: types and subjects. Subscriptions and the feed take the same filters.

use std::str::FromStr;

use dovetail_model::{Context, InvalidSubject, QualifiedSubject};

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
    /// Any of these. Changes of a context's settings concern all subjects of the context.
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
    /// Whether a change at this place concerns somebody who depends on these subjects.
    pub fn concerns(&self, place: &Place) -> bool {
        match place {
            Place::Subject(subject) => self.matches(subject),
            Place::Context(context) => context.is_global() || self.reaches_into(context),
            Place::Registry => true,
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

    /// Whether a subject of a context may be one of these.
    fn reaches_into(&self, context: &Context) -> bool {
        let Self::Prefix(prefix) = self else {
            return matches!(self, Self::Literal(subject) if subject.context == *context);
        };
        match prefix
            .strip_prefix(':')
            .filter(|rest| rest.starts_with('.'))
        {
            Some(rest) => match rest.split_once(':') {
                Some((name, _)) => name == context.as_str(),
                None => context.as_str().starts_with(rest),
            },
            None => prefix.is_empty() || context.is_default(),
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

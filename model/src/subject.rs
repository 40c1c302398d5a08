//! Subjects: the names versions live under.

use std::{fmt, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::Context;

/// The longest subject, in bytes of UTF-8, its context included.
pub const MAX_SUBJECT_BYTES: usize = 1024;

/// Names that the protocol keeps for itself.
const RESERVED: [&str; 2] = ["__GLOBAL", "__EMPTY"];

/// A name inside a context. Slashes, spaces, colons and any script are fine; control characters are not.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Subject(Arc<str>);

impl Subject {
    /// Takes a name that was validated before, such as one the database gives back.
    pub fn new(name: &str) -> Self {
        Self(name.into())
    }

    /// The name as it was given, without its context.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A subject together with its context. It prints as clients write it: bare in the default context, `:.ctx:name` elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct QualifiedSubject {
    /// The namespace.
    pub context: Context,
    /// The name inside it.
    pub subject: Subject,
}

/// Why a name cannot be a subject. The text quotes the name, shortened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("The specified subject '{shown}' is not a valid subject: {reason}")]
pub struct InvalidSubject {
    shown: String,
    reason: &'static str,
}

impl QualifiedSubject {
    /// Reads a subject as clients write it, `name` or `:.ctx:name`.
    ///
    /// ```
    /// use dovetail_model::QualifiedSubject;
    /// let subject = QualifiedSubject::parse(":.staging:orders/v1").unwrap();
    /// assert_eq!(subject.context.as_str(), ".staging");
    /// assert_eq!(subject.subject.as_str(), "orders/v1");
    /// assert_eq!(subject.to_string(), ":.staging:orders/v1");
    /// assert!(QualifiedSubject::parse("a\u{0}b").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Self, InvalidSubject> {
        let (context, name) = split_context(text)?;
        let refuse = |reason| Err(InvalidSubject::new(text, reason));
        if name.is_empty() {
            return refuse("it is empty");
        }
        if RESERVED.contains(&name) {
            return refuse("the name is reserved");
        }
        if context.is_global() {
            return refuse("the level above all contexts holds settings only");
        }
        Ok(Self {
            context,
            subject: Subject::new(name),
        })
    }

    /// Reads what the settings routes take as a subject: a subject, or a whole scope such as `:.ctx:`, which has no name. The
    /// second colon may be left out then.
    ///
    /// ```
    /// use dovetail_model::QualifiedSubject;
    /// let (context, subject) = QualifiedSubject::parse_scope(":.staging").unwrap();
    /// assert_eq!((context.as_str(), subject), (".staging", None));
    /// ```
    pub fn parse_scope(text: &str) -> Result<(Context, Option<Subject>), InvalidSubject> {
        let is_unended = text.starts_with(":.") && !text[1..].contains(':');
        let ended = is_unended.then(|| format!("{text}:"));
        match split_context(ended.as_deref().unwrap_or(text))? {
            (context, "") if !text.is_empty() => Ok((context, None)),
            _ => Self::parse(text).map(|qualified| (qualified.context, Some(qualified.subject))),
        }
    }

    /// Reads a reference's subject: unqualified names live in the referrer's context.
    pub fn parse_within(text: &str, referrer: &Context) -> Result<Self, InvalidSubject> {
        let parsed = Self::parse(text)?;
        let context = if text.starts_with(":.") {
            parsed.context
        } else {
            referrer.clone()
        };
        Ok(Self { context, ..parsed })
    }
}

/// Splits `:.ctx:name`, after the checks that hold for either half.
fn split_context(text: &str) -> Result<(Context, &str), InvalidSubject> {
    if text.len() > MAX_SUBJECT_BYTES {
        return Err(InvalidSubject::new(text, "it is longer than 1024 bytes"));
    }
    if text.chars().any(char::is_control) {
        return Err(InvalidSubject::new(text, "it contains a control character"));
    }
    let Some(rest) = text.strip_prefix(':').filter(|rest| rest.starts_with('.')) else {
        return Ok((Context::default(), text));
    };
    match rest.split_once(':') {
        Some((context, name)) => Ok((Context::new(context), name)),
        None => Err(InvalidSubject::new(
            text,
            "its context does not end in a colon",
        )),
    }
}

impl InvalidSubject {
    fn new(text: &str, reason: &'static str) -> Self {
        let shown = text.chars().take(64).flat_map(char::escape_debug).collect();
        Self { shown, reason }
    }
}

impl fmt::Display for QualifiedSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.context.is_default() {
            write!(f, "{}", self.subject)
        } else {
            write!(f, ":{}:{}", self.context, self.subject)
        }
    }
}

impl Serialize for QualifiedSubject {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for QualifiedSubject {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

//! What can go wrong, as one opaque type with questions to ask it.
//!
//! An error can be cloned, because one request may have many askers. What lies beneath, such as the refused connection, is
//! kept as its [source](std::error::Error::source). To add a kind, add a variant and say in the predicates what it answers.

use std::{error::Error as StdError, fmt, sync::Arc, time::Duration};

use dovetail_model::bodies::ErrorBody;

use crate::{http::TlsFault, wire::SchemaKey};

/// Any error of this crate.
///
/// ```
/// # fn example(error: dovetail_client::Error) {
/// if error.is_incompatible() {
///     eprintln!("refused: {}", error.registry_message().unwrap_or_default());
/// } else if error.is_retryable() {
///     eprintln!("try again later: {error}");
/// }
/// # }
/// ```
#[derive(Clone)]
pub struct Error(Arc<Inner>);

/// The result of nearly everything here.
pub type Result<T, E = Error> = std::result::Result<T, E>;

pub(crate) type Source = Box<dyn StdError + Send + Sync>;

struct Inner {
    kind: Kind,
    /// What was being done, such as `GET http://host/subjects`.
    doing: Option<String>,
    source: Option<Source>,
}

/// The kinds of errors.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    /// The registry answered with a refusal.
    Refused {
        status: u16,
        body: Option<ErrorBody>,
        retry_after: Option<Duration>,
    },
    /// No answer came. `unsent` says that the registry cannot have seen the request.
    Unreachable { unsent: bool, tls: Option<TlsFault> },
    /// No answer came in time.
    TimedOut,
    /// What came is not what the protocol promises.
    Answer(String),
    /// The caller's input makes no request.
    Usage(String),
    /// No token could be had.
    Token,
    /// A payload is in no known envelope.
    Framing,
    /// A schema cannot be written or read with.
    Schema(Option<SchemaKey>),
    /// A value could not be written.
    Encode(SchemaKey),
    /// A value could not be read.
    Decode(SchemaKey),
}

impl Error {
    pub(crate) fn new(kind: Kind) -> Self {
        Self(Arc::new(Inner {
            kind,
            doing: None,
            source: None,
        }))
    }

    pub(crate) fn because(kind: Kind, source: impl Into<Source>) -> Self {
        Self(Arc::new(Inner {
            kind,
            doing: None,
            source: Some(source.into()),
        }))
    }

    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage(message.into()))
    }

    /// The same error, saying what was being done. Only for errors that nobody else holds yet.
    pub(crate) fn while_doing(mut self, doing: impl FnOnce() -> String) -> Self {
        if let Some(inner) = Arc::get_mut(&mut self.0) {
            inner.doing.get_or_insert_with(doing);
        }
        self
    }

    pub(crate) fn kind(&self) -> &Kind {
        &self.0.kind
    }

    /// The status the registry answered with, where it answered.
    pub fn status(&self) -> Option<u16> {
        match self.kind() {
            Kind::Refused { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// The registry's own code, such as 40401; the status where it sent none.
    pub fn registry_code(&self) -> Option<u32> {
        match self.kind() {
            Kind::Refused { status, body, .. } => {
                let code = body.as_ref().map(|body| body.error_code);
                Some(code.unwrap_or_else(|| u32::from(*status)))
            }
            _ => None,
        }
    }

    /// What the registry said, word by word. For a refused schema this lists every incompatibility.
    pub fn registry_message(&self) -> Option<&str> {
        match self.kind() {
            Kind::Refused { body, .. } => body.as_ref().map(|body| body.message.as_str()),
            _ => None,
        }
    }

    /// How long the registry asked to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        match self.kind() {
            Kind::Refused { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Whether the registry answered that something is not there: a subject, a version, a schema, a setting.
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(404)
    }

    /// Whether a schema was refused because it is incompatible with earlier ones.
    pub fn is_incompatible(&self) -> bool {
        matches!(self.registry_code(), Some(409 | 40901))
    }

    /// Whether a schema was refused because it is not valid.
    pub fn is_invalid_schema(&self) -> bool {
        self.registry_code() == Some(42201)
    }

    /// Whether a mode forbids what was asked.
    pub fn is_not_permitted(&self) -> bool {
        self.registry_code() == Some(42205)
    }

    /// Whether the registry, or getting a token for it, failed over who is asking.
    pub fn is_auth(&self) -> bool {
        matches!(self.kind(), Kind::Token) || matches!(self.status(), Some(401 | 403))
    }

    /// Whether no answer came, or none in time.
    pub fn is_unreachable(&self) -> bool {
        matches!(self.kind(), Kind::Unreachable { .. } | Kind::TimedOut)
    }

    /// Why there is no TLS connection, where that is why no answer came.
    pub fn tls_fault(&self) -> Option<TlsFault> {
        match self.kind() {
            Kind::Unreachable { tls, .. } => *tls,
            _ => None,
        }
    }

    /// Whether what came back is not what a registry answers, such as a proxy's page.
    pub fn is_bad_answer(&self) -> bool {
        matches!(self.kind(), Kind::Answer(_))
    }

    /// Whether the input makes no request: an empty subject, a wrong URL.
    pub fn is_usage(&self) -> bool {
        matches!(self.kind(), Kind::Usage(_))
    }

    /// Whether a payload is in no known envelope, so that it is not known which schema wrote it.
    pub fn is_framing(&self) -> bool {
        matches!(self.kind(), Kind::Framing)
    }

    /// Whether a schema cannot be written or read with: it is of another format, cannot be parsed, or does not fit the type.
    pub fn is_schema(&self) -> bool {
        matches!(self.kind(), Kind::Schema(_))
    }

    /// Whether a value could not be written with its schema.
    pub fn is_encode(&self) -> bool {
        matches!(self.kind(), Kind::Encode(_))
    }

    /// Whether data could not be read.
    pub fn is_decode(&self) -> bool {
        matches!(self.kind(), Kind::Decode(_))
    }

    /// The schema that a message was to be written or read with, for putting it aside.
    pub fn schema_key(&self) -> Option<SchemaKey> {
        match self.kind() {
            Kind::Schema(key) => *key,
            Kind::Encode(key) | Kind::Decode(key) => Some(*key),
            _ => None,
        }
    }

    /// Whether the same request may succeed later. What was asked may have been done all the same where no answer came.
    pub fn is_retryable(&self) -> bool {
        match self.kind() {
            Kind::Unreachable { .. } | Kind::TimedOut => true,
            Kind::Refused { status, .. } => {
                let code = self.registry_code();
                matches!(status, 408 | 429 | 502 | 503 | 504) || matches!(code, Some(50001..=50004))
            }
            _ => false,
        }
    }

    /// Whether the registry cannot have acted on the request, so that repeating it is safe whatever it is.
    pub(crate) fn was_not_acted_on(&self) -> bool {
        matches!(self.kind(), Kind::Unreachable { unsent: true, .. }) || self.status() == Some(429)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(doing) = &self.0.doing {
            write!(f, "{doing}: ")?;
        }
        match self.kind() {
            Kind::Refused {
                status,
                body: Some(body),
                ..
            } => write!(
                f,
                "{} (HTTP {status}, code {})",
                body.message, body.error_code
            ),
            Kind::Refused { status, .. } => {
                write!(f, "the registry answered HTTP {status} without a reason")
            }
            Kind::Unreachable {
                tls: Some(fault), ..
            } => {
                write!(f, "no TLS connection to the registry: {fault}")
            }
            Kind::Unreachable { tls: None, .. } => f.write_str("no answer from the registry"),
            Kind::TimedOut => f.write_str("no answer from the registry in time"),
            Kind::Answer(what) => write!(f, "the answer is not a registry's: {what}"),
            Kind::Usage(what) => f.write_str(what),
            Kind::Token => f.write_str("no token could be had for the registry"),
            Kind::Framing => f.write_str("the message is in no known envelope"),
            Kind::Schema(Some(key)) => write!(f, "{key} cannot be used"),
            Kind::Schema(None) => f.write_str("the schema cannot be used"),
            Kind::Encode(key) => write!(f, "the value cannot be written with {key}"),
            Kind::Decode(key) => write!(f, "the data cannot be read as {key} wrote it"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("kind", &self.0.kind)
            .field("doing", &self.0.doing)
            .field("source", &self.0.source)
            .finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        let source = self.0.source.as_deref()?;
        Some(source)
    }
}

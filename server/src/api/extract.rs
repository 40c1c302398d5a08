//! What handlers read from a request: names from the path, flags from the query, bodies. Each is parsed once, here.

use std::{ops::RangeInclusive, str::FromStr, sync::Arc};

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use dovetail_model::{QualifiedSubject, SchemaId, VersionSpec, bodies::RegisterRequest};

use super::code;
use crate::{
    app::App,
    core::Scope,
    http::{HttpError, JsonText, parse_json},
    registry::{Registry, RegistryError},
    webhooks::{
        event_type::EventSelector,
        filter::{EventFilter, SubjectPattern},
    },
};

pub(super) type Answer = Result<axum::response::Response, HttpError>;

/// The registry, once its database is loaded.
pub(crate) struct Live(pub(super) Registry);

impl FromRequestParts<Arc<App>> for Live {
    type Rejection = HttpError;

    async fn from_request_parts(_: &mut Parts, app: &Arc<App>) -> Result<Self, HttpError> {
        app.registry().cloned().map(Self)
    }
}

/// A subject in the path.
pub(crate) struct InSubject(pub(super) QualifiedSubject);

impl<S: Send + Sync> FromRequestParts<S> for InSubject {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, HttpError> {
        let Named { subject, .. } = named(parts, state).await?;
        parse_subject(&subject).map(Self)
    }
}

/// A scope in the path of a settings route: a subject, or a context such as `:.ctx:`.
pub(crate) struct InScope(pub(super) Scope);

impl<S: Send + Sync> FromRequestParts<S> for InScope {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, HttpError> {
        let Named { subject, .. } = named(parts, state).await?;
        parse_scope(&subject).map(Self)
    }
}

/// A subject and a version in the path.
pub(crate) struct InVersion(pub(super) QualifiedSubject, pub(super) VersionSpec);

impl<S: Send + Sync> FromRequestParts<S> for InVersion {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, HttpError> {
        let Named {
            subject, version, ..
        } = named(parts, state).await?;
        Ok(Self(
            parse_subject(&subject)?,
            VersionSpec::from_str(&version)?,
        ))
    }
}

/// A schema id in the path. What is no number has no route; a number that is no id is not found.
pub(crate) struct WithId(pub(super) SchemaId);

impl<S: Send + Sync> FromRequestParts<S> for WithId {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, HttpError> {
        let Named { id, .. } = named(parts, state).await?;
        let digits = id.strip_prefix('-').unwrap_or(&id);
        let canonical = !digits.is_empty()
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && (digits.len() == 1 || !digits.starts_with('0'));
        if !canonical {
            return Err(HttpError::not_found(format!(
                "\"{}\" is not a schema id",
                shown(&id)
            )));
        }
        let known = id.parse().ok().and_then(SchemaId::new);
        known
            .map(Self)
            .ok_or_else(|| RegistryError::SchemaIdNotFound(shown(&id)).into())
    }
}

/// The name of an event type in the path.
pub(crate) struct OfType(pub(super) String);

impl<S: Send + Sync> FromRequestParts<S> for OfType {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, HttpError> {
        named(parts, state)
            .await
            .map(|named| Self(named.event_type))
    }
}

/// Whatever a path names; what a route does not have stays empty.
#[derive(serde::Deserialize)]
pub(super) struct Named {
    #[serde(default)]
    pub(super) webhook: String,
    #[serde(default)]
    pub(super) event: String,
    #[serde(default)]
    pub(super) replay: String,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    version: String,
    #[serde(default)]
    id: String,
    #[serde(default, rename = "type")]
    event_type: String,
}

pub(super) async fn named<S: Send + Sync>(
    parts: &mut Parts,
    state: &S,
) -> Result<Named, HttpError> {
    let rejected = |_| HttpError::bad_request("the path is not valid UTF-8");
    Path::<Named>::from_request_parts(parts, state)
        .await
        .map(|Path(named)| named)
        .map_err(rejected)
}

pub(super) fn parse_subject(text: &str) -> Result<QualifiedSubject, HttpError> {
    QualifiedSubject::parse(text).map_err(|error| RegistryError::from(error).into())
}

pub(super) fn parse_scope(text: &str) -> Result<Scope, HttpError> {
    let (context, subject) = QualifiedSubject::parse_scope(text)
        .map_err(|error| HttpError::from(RegistryError::from(error)))?;
    Ok(Scope { context, subject })
}

/// The query of a request. Keys that a route does not know are passed over.
pub(crate) struct Query(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = HttpError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, HttpError> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(
            form_urlencoded::parse(query.as_bytes())
                .into_owned()
                .collect(),
        ))
    }
}

impl Query {
    /// A flag: `true` or `false` in any case; absent and empty are false. Anything else is refused, because a misspelled
    /// flag that is silently false does harm.
    pub(super) fn flag(&self, name: &str) -> Result<bool, HttpError> {
        match self.text(name)?.unwrap_or_default() {
            "" => Ok(false),
            text if text.eq_ignore_ascii_case("true") => Ok(true),
            text if text.eq_ignore_ascii_case("false") => Ok(false),
            other => Err(HttpError::bad_request(format!(
                "the query parameter {name} is \"{}\", but must be true or false",
                shown(other)
            ))),
        }
    }

    /// Every value of a parameter that may be repeated.
    pub(super) fn every<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let values = self.0.iter().filter(move |(key, _)| key == name);
        values.map(|(_, value)| value.as_str())
    }

    /// A value that may be given once.
    pub(super) fn text(&self, name: &str) -> Result<Option<&str>, HttpError> {
        let mut values = self
            .0
            .iter()
            .filter(|(key, _)| key == name)
            .map(|(_, value)| value.as_str());
        let first = values.next();
        if values.next().is_some() {
            return Err(HttpError::bad_request(format!(
                "the query parameter {name} is given more than once"
            )));
        }
        Ok(first)
    }
}

impl Query {
    /// A number in a range.
    pub(super) fn number(
        &self,
        name: &str,
        range: RangeInclusive<u64>,
    ) -> Result<Option<u64>, HttpError> {
        let Some(text) = self.text(name)? else {
            return Ok(None);
        };
        let parsed = text.parse().ok().filter(|number| range.contains(number));
        parsed.map(Some).ok_or_else(|| {
            HttpError::bad_request(format!(
                "the query parameter {name} is \"{}\", but must be a number from {} to {}",
                shown(text),
                range.start(),
                range.end()
            ))
        })
    }

    /// `types` and `subjects`. Each may be given several times, and hold several values with commas between them.
    pub(super) fn event_filter(&self) -> Result<EventFilter, HttpError> {
        let invalid =
            |message: String| HttpError::unprocessable(code::INVALID_EVENT_FILTER, message);
        let types = self.values("types").map(str::parse::<EventSelector>);
        let subjects = self.values("subjects").map(str::parse::<SubjectPattern>);
        Ok(EventFilter {
            types: types
                .collect::<Result<_, _>>()
                .map_err(|error| invalid(error.to_string()))?,
            subjects: subjects
                .collect::<Result<_, _>>()
                .map_err(|error| invalid(error.to_string()))?,
        })
    }

    fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0
            .iter()
            .filter(move |(key, _)| key == name)
            .flat_map(|(_, value)| value.split(','))
            .filter(|value| !value.is_empty())
    }

    /// The part of a list that is asked for. A limit that is not positive, or above the most there is, means the most.
    pub(super) fn page(&self, most: usize) -> Result<Page, HttpError> {
        let offset = self.integer("offset")?.unwrap_or(0);
        let offset = usize::try_from(offset).map_err(|_| {
            HttpError::bad_request("the query parameter offset is negative".to_owned())
        })?;
        let limit = usize::try_from(self.integer("limit")?.unwrap_or(-1)).unwrap_or(0);
        let fits = (1..=most).contains(&limit);
        Ok(Page {
            offset,
            limit: if fits { limit } else { most },
        })
    }

    /// A whole number; one that is too large is as large as can be.
    pub(super) fn integer(&self, name: &str) -> Result<Option<i64>, HttpError> {
        let Some(text) = self.text(name)?.filter(|text| !text.is_empty()) else {
            return Ok(None);
        };
        let digits = text.strip_prefix('-').unwrap_or(text);
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(HttpError::bad_request(format!(
                "the query parameter {name} is \"{}\", but must be a whole number",
                shown(text)
            )));
        }
        let extreme = if text.starts_with('-') {
            i64::MIN
        } else {
            i64::MAX
        };
        Ok(Some(text.parse().unwrap_or(extreme)))
    }
}

/// A part of a list.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Page {
    pub(super) offset: usize,
    pub(super) limit: usize,
}

impl Page {
    /// That part of a list.
    pub(super) fn of<T>(self, list: impl IntoIterator<Item = T>) -> impl Iterator<Item = T> {
        list.into_iter().skip(self.offset).take(self.limit)
    }
}

/// The body of a registration, a lookup or a check.
pub(super) fn register_request(body: &JsonText) -> Result<RegisterRequest, HttpError> {
    parse_json(&body.0).map_err(|error| error.into_http(code::INVALID_SCHEMA))
}

/// Text of a client, short enough for a message.
fn shown(text: &str) -> String {
    text.chars().take(64).collect()
}

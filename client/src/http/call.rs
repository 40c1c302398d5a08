//! One request, before it is known where it goes.

use std::{borrow::Cow, fmt::Display};

use bytes::Bytes;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::Method;
use serde::Serialize;

use crate::error::{Error, Result};

/// What stands in a path segment as it is; everything else is encoded, slashes and colons included.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// Whether a request may be sent again when it is not known what became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Repeat {
    /// Sending it twice does what sending it once does.
    Safe,
    /// A second one would be refused, or would do more.
    Unsafe,
}

/// A request.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) body: Option<Bytes>,
    pub(crate) content_type: &'static str,
    pub(crate) repeat: Repeat,
}

impl Call {
    pub(crate) fn get(segments: &[&str]) -> Result<Self> {
        Self::new(Method::GET, segments, Repeat::Safe)
    }

    pub(crate) fn delete(segments: &[&str]) -> Result<Self> {
        Self::new(Method::DELETE, segments, Repeat::Unsafe)
    }

    /// A `POST` that only asks, or that finds done what it did before.
    pub(crate) fn ask(segments: &[&str]) -> Result<Self> {
        Self::new(Method::POST, segments, Repeat::Safe)
    }

    pub(crate) fn put(segments: &[&str]) -> Result<Self> {
        Self::new(Method::PUT, segments, Repeat::Safe)
    }

    pub(crate) fn new(method: Method, segments: &[&str], repeat: Repeat) -> Result<Self> {
        let mut path = String::new();
        for segment in segments {
            // A URL cannot say these as names: they mean the folder itself and the one above.
            if matches!(*segment, "" | "." | "..") {
                return Err(Error::usage(format!(
                    "{segment:?} cannot be part of a path"
                )));
            }
            path.push('/');
            path.extend(utf8_percent_encode(segment, SEGMENT));
        }
        Ok(Self {
            method,
            path,
            query: Vec::new(),
            body: None,
            content_type: "application/vnd.schemaregistry.v1+json",
            repeat,
        })
    }

    /// An action on what the path names, which stands after a colon in it.
    pub(crate) fn action(mut self, name: &'static str) -> Self {
        self.path.push(':');
        self.path.push_str(name);
        self
    }

    pub(crate) fn json(mut self, body: &impl Serialize) -> Result<Self> {
        let bytes = serde_json::to_vec(body)
            .map_err(|error| Error::usage(format!("the body is not JSON: {error}")))?;
        self.body = Some(bytes.into());
        Ok(self)
    }

    /// A flag, said only where it is set.
    pub(crate) fn flag(self, name: &'static str, value: bool) -> Self {
        self.option(name, value.then_some("true"))
    }

    /// A parameter, said only where it has a value.
    pub(crate) fn option(mut self, name: &'static str, value: Option<impl Display>) -> Self {
        self.query
            .extend(value.map(|value| (name, value.to_string())));
        self
    }

    /// A parameter that is said once for each value.
    pub(crate) fn each(mut self, name: &'static str, values: &[String]) -> Self {
        let values = values.iter().map(|value| (name, value.clone()));
        self.query.extend(values);
        self
    }

    /// The path with the query, as it follows a base URL.
    pub(crate) fn target(&self) -> Cow<'_, str> {
        if self.query.is_empty() {
            return Cow::Borrowed(&self.path);
        }
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.query);
        Cow::Owned(format!("{}?{}", self.path, query.finish()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_segment_whatever_they_contain() {
        let call = Call::get(&["subjects", ":.a:b/c d%é", "versions"]).unwrap();
        assert_eq!(call.path, "/subjects/%3A.a%3Ab%2Fc%20d%25%C3%A9/versions");
        for dots in ["", ".", ".."] {
            assert!(Call::get(&["subjects", dots]).unwrap_err().is_usage());
        }
    }

    #[test]
    fn flags_that_are_not_set_are_not_sent() {
        let call = Call::get(&["subjects"]).unwrap();
        let call = call.flag("deleted", false).option("limit", None::<u32>);
        assert_eq!(call.target(), "/subjects");
        let call = call
            .flag("deleted", true)
            .option("subjectPrefix", Some(":*:a&b"));
        assert_eq!(
            call.target(),
            "/subjects?deleted=true&subjectPrefix=%3A*%3Aa%26b"
        );
    }
}

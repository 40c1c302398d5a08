//! A way past the router for one plain question.
//!
//! Most requests ask for a schema by its id, thousands of times when consumers start, and finding the route and passing the
//! layers costs more than the answer. So a request that cannot mean anything else is answered before the router sees it.
//! Whatever is not entirely plain goes the ordinary way, where every refusal is made; both ways give the same answer, which
//! the suites hold.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{HeaderName, Method, Request, Version, header},
    response::Response,
};
use bytes::Bytes;

use super::{
    accept::{MediaType, negotiate},
    request_id::{RequestId, X_REQUEST_ID},
};

/// More bytes of a value than a plain request has.
const PLAIN_VALUE: usize = 256;

/// Headers that a plain request may have.
const HARMLESS: [HeaderName; 7] = [
    header::HOST,
    header::USER_AGENT,
    header::ACCEPT,
    header::ACCEPT_ENCODING,
    header::CONNECTION,
    header::CONTENT_TYPE,
    X_REQUEST_ID,
];

/// More bytes of a path than a plain request has.
const PLAIN_PATH: usize = 64;

type Answer = dyn Fn(&str) -> Option<Bytes> + Send + Sync;

/// Answers plain requests: a function from a path to the body of a JSON answer.
#[derive(Clone)]
pub struct Shortcut(Arc<Answer>);

impl Shortcut {
    /// A shortcut that answers with what `answer` says of a path.
    pub fn new(answer: impl Fn(&str) -> Option<Bytes> + Send + Sync + 'static) -> Self {
        Self(Arc::new(answer))
    }

    /// No shortcut: everything goes through the router.
    pub fn none() -> Self {
        Self::new(|_| None)
    }

    /// The answer to a plain request, where there is one.
    pub(crate) fn answer<B>(&self, request: &Request<B>) -> Option<Response> {
        if !is_plain(request) {
            return None;
        }
        let body = (self.0)(request.uri().path())?;
        let mut response = Response::new(Body::from(body));
        let content_type = MediaType::default().to_header().clone();
        response
            .headers_mut()
            .insert(header::CONTENT_TYPE, content_type);
        RequestId::of(request.headers()).stamp(&mut response);
        Some(response)
    }
}

impl std::fmt::Debug for Shortcut {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shortcut")
    }
}

/// A GET over HTTP/1.1 for a short path without a query, that accepts our media type and has one host and no body.
fn is_plain<B>(request: &Request<B>) -> bool {
    let (uri, headers) = (request.uri(), request.headers());
    request.method() == Method::GET
        && request.version() == Version::HTTP_11
        && uri.scheme().is_none()
        && uri.query().is_none()
        && uri.path().len() <= PLAIN_PATH
        && headers.contains_key(header::HOST)
        // No header stands twice.
        && headers.len() == headers.keys_len()
        && headers.iter().all(|(name, value)| HARMLESS.contains(name) && value.len() <= PLAIN_VALUE)
        && negotiate(headers) == Some(MediaType::default())
}

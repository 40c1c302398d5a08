//! The name of a request: taken from the client or made here, given back on every response.
//!
//! Handlers and the audit trail find it among the request's extensions as [`RequestId`].

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use axum::response::Response;
use uuid::{Builder, Uuid};

use super::error::HttpError;
use super::gate::Gate;

/// `X-Request-ID`.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A longer id from a client is replaced: ids end up in logs and in the audit trail.
const LONGEST_ID_BYTES: usize = 128;

/// The id of the request that is being served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestId(HeaderValue);

impl RequestId {
    /// The client's id if it is printable ASCII of at most 128 bytes, otherwise a new version 4 UUID.
    pub fn of(headers: &HeaderMap) -> Self {
        match headers.get(X_REQUEST_ID) {
            Some(given) if is_usable(given.as_bytes()) => Self(given.clone()),
            _ => Self::random(),
        }
    }

    /// A new version 4 UUID.
    pub fn random() -> Self {
        let mut buffer = Uuid::encode_buffer();
        let id = Builder::from_random_bytes(random_bytes()).into_uuid();
        let text = id.hyphenated().encode_lower(&mut buffer);
        Self(HeaderValue::from_str(text).expect("a UUID is hexadecimal digits and hyphens"))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }

    /// Puts the id on a response.
    pub fn stamp(self, response: &mut Response) {
        response.headers_mut().insert(X_REQUEST_ID, self.0);
    }
}

/// Bytes that no other process has: a count, hashed under a key that was drawn at random. An id must be unique, not secret,
/// and asking the kernel for each took longer than parsing the request.
fn random_bytes() -> [u8; 16] {
    static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let half = |which: u8| u128::from(KEY.hash_one((count, which)));
    (half(0) << 64 | half(1)).to_be_bytes()
}

fn is_usable(id: &[u8]) -> bool {
    let printable = |byte: &u8| matches!(byte, b' '..=b'~');
    (1..=LONGEST_ID_BYTES).contains(&id.len()) && id.iter().all(printable)
}

/// The gate that gives every request its id. Outermost, so that refusals carry one as well.
#[derive(Debug, Clone, Copy, Default)]
pub struct NameRequests;

impl Gate for NameRequests {
    type Memo = RequestId;

    fn enter(&self, request: &mut Request) -> Result<RequestId, HttpError> {
        let id = RequestId::of(request.headers());
        request.extensions_mut().insert(id.clone());
        Ok(id)
    }

    fn leave(id: RequestId, response: &mut Response) {
        id.stamp(response);
    }
}

//! Reading a request's body: how much, how long, of which type, and what JSON is in it.
//!
//! The order of the checks is the order of the functions: size as announced, type, size and time as they turn out, UTF-8. Then
//! [`parse_json`], which tells text that is not JSON (400) from JSON of the wrong shape (the caller's own 422).

use std::time::Duration;

use axum::body::{Body, HttpBody};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use serde::de::{DeserializeOwned, IgnoredAny};

use super::accept::MediaType;
use super::error::{HttpError, excerpt};

/// How large a body may be and how long it may take. Routes that take more put their own into the request's extensions
/// (`Extension(BodyLimits { .. })` as a layer); the defaults hold elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyLimits {
    /// The largest body that is read.
    pub max_bytes: usize,
    /// From the first look at the body until all of it is there.
    pub deadline: Duration,
}

impl Default for BodyLimits {
    fn default() -> Self {
        Self {
            max_bytes: 1024 * 1024,
            deadline: Duration::from_secs(30),
        }
    }
}

/// Extractor for a body that is UTF-8 text of a JSON type. [`parse_json`] takes it from there.
#[derive(Debug, Clone)]
pub struct JsonText(pub Bytes);

impl<S: Send + Sync> FromRequest<S> for JsonText {
    type Rejection = HttpError;

    async fn from_request(request: Request, _state: &S) -> Result<Self, HttpError> {
        read_body(request).await.map(Self)
    }
}

/// As [`JsonText`], for bodies that carry many schemas: they may be larger.
#[derive(Debug, Clone)]
pub struct LargeJsonText(pub Bytes);

/// How many times as large as another body a large one may be.
const LARGE: usize = 16;

impl<S: Send + Sync> FromRequest<S> for LargeJsonText {
    type Rejection = HttpError;

    async fn from_request(mut request: Request, _state: &S) -> Result<Self, HttpError> {
        let limits = body_limits(&request);
        request.extensions_mut().insert(BodyLimits {
            max_bytes: limits.max_bytes.saturating_mul(LARGE),
            ..limits
        });
        read_body(request).await.map(Self)
    }
}

fn body_limits(request: &Request) -> BodyLimits {
    let limits = request.extensions().get().copied();
    limits.unwrap_or_else(BodyLimits::default)
}

/// Reads the whole body: 413 beyond the limit, 415 for a type that is not JSON, 408 if it takes too long, 400 if it breaks off
/// or is not UTF-8. A body that announces too large a size is refused unread, so a client that waits for `100 Continue` never
/// sends it.
pub async fn read_body(request: Request) -> Result<Bytes, HttpError> {
    let limits = body_limits(&request);
    if request.body().size_hint().lower() > limits.max_bytes as u64 {
        return Err(too_large(limits));
    }
    check_content_type(request.headers())?;
    let body = tokio::time::timeout(limits.deadline, collect(request.into_body(), limits))
        .await
        .map_err(|_| too_slow(limits))??;
    std::str::from_utf8(&body)
        .map_err(|_| HttpError::bad_request("the body is not valid UTF-8"))?;
    Ok(body)
}

/// Small bodies come in one piece and are not copied. Others are, so that a body in tiny pieces takes no more memory than its
/// bytes.
async fn collect(mut body: Body, limits: BodyLimits) -> Result<Bytes, HttpError> {
    let mut first = Bytes::new();
    let mut joined = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(piece) = frame.map_err(|_| broken_off())?.into_data() else {
            continue; // Trailers mean nothing to us.
        };
        if first.len() + joined.len() + piece.len() > limits.max_bytes {
            return Err(too_large(limits));
        }
        if joined.is_empty() && first.is_empty() {
            first = piece;
        } else {
            if joined.is_empty() {
                joined.reserve(first.len() + piece.len());
                joined.extend_from_slice(&std::mem::take(&mut first));
            }
            joined.extend_from_slice(&piece);
        }
    }
    Ok(if joined.is_empty() {
        first
    } else {
        joined.freeze()
    })
}

/// No type at all is accepted, and `application/octet-stream` too: clients of the protocol send both. Parameters are ignored.
fn check_content_type(headers: &HeaderMap) -> Result<(), HttpError> {
    const OCTET_STREAM: &str = "application/octet-stream";
    let Some(value) = headers.get(header::CONTENT_TYPE) else {
        return Ok(());
    };
    let text = value.to_str().unwrap_or("(not ASCII)");
    let essence = text.split(';').next().unwrap_or_default().trim();
    let known = MediaType::ALL
        .map(MediaType::as_str)
        .into_iter()
        .chain([OCTET_STREAM])
        .any(|accepted| essence.eq_ignore_ascii_case(accepted));
    if known {
        return Ok(());
    }
    Err(HttpError::unsupported_media_type(format!(
        "HTTP 415 Unsupported Media Type: \"{}\"",
        excerpt(essence)
    )))
}

fn too_large(limits: BodyLimits) -> HttpError {
    HttpError::payload_too_large(format!(
        "the body is larger than {} bytes",
        limits.max_bytes
    ))
}

fn too_slow(limits: BodyLimits) -> HttpError {
    HttpError::request_timeout(format!(
        "the body did not arrive within {} ms",
        limits.deadline.as_millis()
    ))
}

fn broken_off() -> HttpError {
    HttpError::bad_request("the body breaks off or is badly framed")
}

/// Why a body is not what the caller asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// There is no body.
    #[error("the body is empty")]
    Empty,
    /// The body begins with a byte-order mark, which JSON does not allow.
    #[error("the body begins with a byte-order mark")]
    ByteOrderMark,
    /// The text is not JSON, or says the same thing twice.
    #[error("the body is not valid JSON: {0}")]
    Malformed(String),
    /// The text is JSON, but not of the shape that is wanted here.
    #[error("{0}")]
    Shape(String),
}

impl JsonError {
    /// 400 for what is not JSON; 422 with the caller's code for the wrong shape.
    pub fn into_http(self, shape_code: u32) -> HttpError {
        match self {
            Self::Shape(message) => HttpError::unprocessable(shape_code, message),
            malformed => HttpError::bad_request(malformed.to_string()),
        }
    }
}

/// Reads a body of the protocol, which is always one JSON object: for a struct, serde would take an array as well.
pub fn parse_json<T: DeserializeOwned>(text: &Bytes) -> Result<T, JsonError> {
    const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";
    if text.starts_with(BYTE_ORDER_MARK) {
        return Err(JsonError::ByteOrderMark);
    }
    match text.trim_ascii_start().first() {
        None => Err(JsonError::Empty),
        Some(b'{') => serde_json::from_slice(text).map_err(|error| classify(text, &error)),
        Some(_) => Err(match well_formed(text) {
            Ok(()) => JsonError::Shape("the body is not a JSON object".to_owned()),
            Err(malformed) => malformed,
        }),
    }
}

fn classify(text: &[u8], error: &serde_json::Error) -> JsonError {
    let message = excerpt(&error.to_string()).to_owned();
    // serde has no kind of its own for this; the text is the one that derived code produces.
    let says_twice = message.starts_with("duplicate field");
    if !error.is_data() || says_twice {
        return JsonError::Malformed(message);
    }
    // A wrong type is noticed before the rest of the text is looked at.
    match well_formed(text) {
        Ok(()) => JsonError::Shape(message),
        Err(malformed) => malformed,
    }
}

fn well_formed(text: &[u8]) -> Result<(), JsonError> {
    match serde_json::from_slice::<IgnoredAny>(text) {
        Ok(IgnoredAny) => Ok(()),
        Err(error) => Err(JsonError::Malformed(excerpt(&error.to_string()).to_owned())),
    }
}

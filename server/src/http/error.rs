//! What a refused request is answered with, whichever layer refuses it.
//!
//! The body has the two keys of the protocol and nothing else; the code is the HTTP status, or the status with two more
//! digits where the protocol has one. The constructors here are the generic refusals of HTTP; refusals in the field's words
//! (subject, version, schema) are made where they arise, with [`HttpError::new`].

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use dovetail_model::bodies::ErrorBody;

use super::accept::MediaType;

/// The methods the registry knows, for the `Allow` header of methods that no route will ever take.
pub(crate) const KNOWN_METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";

/// A refusal: a status, the protocol's code and a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct HttpError {
    /// The HTTP status.
    pub status: StatusCode,
    /// `error_code` of the body.
    pub code: u32,
    /// `message` of the body. Clients read it: no secrets, no details of the storage.
    pub message: String,
    retry_after: Option<Duration>,
    allow: Option<&'static str>,
    ends_connection: bool,
}

impl HttpError {
    /// A refusal with a code of its own, such as 404 with 40401.
    pub fn new(status: StatusCode, code: u32, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            retry_after: None,
            allow: None,
            ends_connection: false,
        }
    }

    /// A refusal whose code is the status, as for everything that HTTP itself has a word for.
    pub fn generic(status: StatusCode, message: impl Into<String>) -> Self {
        Self::new(status, u32::from(status.as_u16()), message)
    }

    /// Tells the client when to try again. Rounded up to whole seconds, because the header has no smaller unit.
    #[must_use]
    pub fn retry_after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// Ends the connection after this answer. For HTTP/1 only: in HTTP/2 the header does not exist.
    #[must_use]
    pub(crate) fn ending_connection(mut self) -> Self {
        self.ends_connection = true;
        self
    }

    /// 400: the request is not one that we could read.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::generic(StatusCode::BAD_REQUEST, message)
    }

    /// 404: there is no such route.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::generic(StatusCode::NOT_FOUND, message)
    }

    /// 405: the route exists, the method does not. The router adds `Allow` for the routes it knows.
    pub fn method_not_allowed(message: impl Into<String>) -> Self {
        Self::generic(StatusCode::METHOD_NOT_ALLOWED, message)
    }

    /// 405 for a method that is refused before routing, with the methods that some route takes.
    pub fn method_never_allowed(message: impl Into<String>) -> Self {
        Self {
            allow: Some(KNOWN_METHODS),
            ..Self::method_not_allowed(message)
        }
    }

    /// 406: none of the media types we answer in is acceptable.
    pub fn not_acceptable(message: impl Into<String>) -> Self {
        Self::generic(StatusCode::NOT_ACCEPTABLE, message)
    }

    /// 408: the client took too long to send its request.
    pub fn request_timeout(message: impl Into<String>) -> Self {
        Self::generic(StatusCode::REQUEST_TIMEOUT, message)
    }

    /// 413: the body is larger than the limit.
    pub fn payload_too_large(message: impl Into<String>) -> Self {
        Self::generic(StatusCode::PAYLOAD_TOO_LARGE, message)
    }

    /// 414: the request target is longer than the limit.
    pub fn uri_too_long(message: impl Into<String>) -> Self {
        Self::generic(StatusCode::URI_TOO_LONG, message)
    }

    /// 415: a body of a type, or in an encoding, that we do not read.
    pub fn unsupported_media_type(message: impl Into<String>) -> Self {
        Self::generic(StatusCode::UNSUPPORTED_MEDIA_TYPE, message)
    }

    /// 422: well-formed, and yet not something that we can act on.
    pub fn unprocessable(code: u32, message: impl Into<String>) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, message)
    }

    /// 429: too many requests.
    pub fn too_many_requests(message: impl Into<String>) -> Self {
        Self::generic(StatusCode::TOO_MANY_REQUESTS, message)
    }

    /// 431: too many headers, or too much of them.
    pub fn headers_too_large(message: impl Into<String>) -> Self {
        Self::generic(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, message)
    }

    /// 500, with a text that gives nothing away: the reason belongs into the log.
    pub fn internal() -> Self {
        Self::generic(StatusCode::INTERNAL_SERVER_ERROR, "internal server error")
    }

    /// 503: not now.
    pub fn unavailable(message: impl Into<String>) -> Self {
        Self::generic(StatusCode::SERVICE_UNAVAILABLE, message)
    }
}

impl IntoResponse for HttpError {
    fn into_response(self) -> Response {
        let body = serde_json::to_vec(&ErrorBody {
            error_code: self.code,
            message: self.message,
        })
        .expect("a number and a string are always JSON");
        let mut response = Response::new(body.into());
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            MediaType::default().to_header().clone(),
        );
        if let Some(wait) = self.retry_after {
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(methods) = self.allow {
            headers.insert(header::ALLOW, HeaderValue::from_static(methods));
        }
        if self.ends_connection {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        response
    }
}

/// Shortens what a client sent, before it is quoted in a message.
pub(crate) fn excerpt(text: &str) -> &str {
    const LONGEST_QUOTE_BYTES: usize = 200;
    &text[..text.floor_char_boundary(LONGEST_QUOTE_BYTES)]
}

//! What hyper and axum let through and must not.
//!
//! [`Strict`] runs on every request before routing: what a proxy in front of us could read differently, what would reach a
//! handler as something nobody meant, and what is larger than anything honest. The good path allocates nothing. What has to be
//! seen before hyper parses a request (two lengths, both length and chunked) is refused by the connection itself.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, Version, header};
use axum::response::Response;

use super::error::HttpError;
use super::fallback::no_route;
use super::gate::Gate;
use super::path;

/// More headers than this are refused with 431.
pub const MAX_HEADERS: usize = 100;

/// Headers that together take more bytes than this on the wire are refused with 431.
pub const MAX_HEADER_BYTES: usize = 16 * 1024;

/// Request targets longer than this are refused with 414.
pub const MAX_URI_BYTES: usize = 8 * 1024;

/// The gate that refuses what HTTP forbids or we do not want.
#[derive(Debug, Clone, Copy, Default)]
pub struct Strict;

impl Gate for Strict {
    type Memo = Version;

    fn enter(&self, request: &mut Request) -> Result<Version, HttpError> {
        check_method(request.method())?;
        check_size(request.uri(), request.headers())?;
        check_destination(request).map_err(|error| {
            // Whoever sent this may read the rest of the connection differently, too.
            match request.version() {
                Version::HTTP_2 => error,
                _ => error.ending_connection(),
            }
        })?;
        check_target(request.uri())?;
        check_content_encoding(request.headers())?;
        Ok(request.version())
    }

    /// The rest of a body that came too slowly or is too large is not read, so the connection ends, and the client is told.
    /// HTTP/2 has no such header: there, one stream ends.
    fn leave(version: Version, response: &mut Response) {
        let body_was_left = matches!(
            response.status(),
            StatusCode::REQUEST_TIMEOUT | StatusCode::PAYLOAD_TOO_LARGE
        );
        if body_was_left && version <= Version::HTTP_11 {
            response
                .headers_mut()
                .insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
    }
}

fn check_method(method: &Method) -> Result<(), HttpError> {
    if method == Method::CONNECT || method == Method::TRACE {
        return Err(HttpError::method_never_allowed(format!(
            "HTTP 405 Method Not Allowed: {method}"
        )));
    }
    Ok(())
}

/// ": " and the end of the line.
const PER_LINE_BYTES: usize = 4;

fn check_size(uri: &Uri, headers: &HeaderMap) -> Result<(), HttpError> {
    let target_bytes = uri.path().len() + uri.query().map_or(0, |query| query.len() + 1);
    if target_bytes > MAX_URI_BYTES {
        return Err(uri_too_long());
    }
    if headers.len() > MAX_HEADERS {
        return Err(too_many_headers());
    }
    let header_bytes: usize = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + PER_LINE_BYTES)
        .sum();
    if header_bytes > MAX_HEADER_BYTES {
        return Err(headers_too_large());
    }
    Ok(())
}

fn check_target(uri: &Uri) -> Result<(), HttpError> {
    path::check(uri.path())?;
    path::check(uri.query().unwrap_or_default())?;
    // An empty segment would reach handlers as an empty name.
    if uri.path().contains("//") {
        return Err(no_route(uri.path()));
    }
    Ok(())
}

/// Whether there is exactly one host that the request is for, and no second one in its target.
fn check_destination(request: &Request) -> Result<(), HttpError> {
    // HTTP/2 always sends scheme and authority; in HTTP/1 they are meant for proxies, which we are not.
    if request.version() <= Version::HTTP_11 && request.uri().authority().is_some() {
        return Err(HttpError::bad_request(
            "the request target is not a path alone",
        ));
    }
    let mut hosts = request.headers().get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(_), Some(_)) => Err(HttpError::bad_request("more than one Host header")),
        (Some(host), None) if !is_host(host.as_bytes()) => {
            Err(HttpError::bad_request("the Host header is not a host"))
        }
        (None, _) if is_host_missing(request) => Err(HttpError::bad_request("no Host header")),
        _ => Ok(()),
    }
}

/// HTTP/1.0 knows no Host header, and HTTP/2 has `:authority` in its place.
fn is_host_missing(request: &Request) -> bool {
    match request.version() {
        Version::HTTP_09 | Version::HTTP_10 => false,
        Version::HTTP_11 => true,
        _ => request.uri().authority().is_none(),
    }
}

/// Whether there are only characters of RFC 3986 host and port. Not whether the host is ours: we do not know our names.
fn is_host(host: &[u8]) -> bool {
    host.iter().all(|byte| {
        byte.is_ascii_alphanumeric()
            || matches!(
                byte,
                b'-' | b'.' | b'_' | b'~' | b':' | b'[' | b']' | b'%'
                // sub-delims, without the comma that joins two hosts
                | b'!' | b'$' | b'&' | b'\'' | b'(' | b')' | b'*' | b'+' | b';' | b'='
            )
    })
}

fn check_content_encoding(headers: &HeaderMap) -> Result<(), HttpError> {
    for encoding in headers.get_all(header::CONTENT_ENCODING) {
        if !encoding.as_bytes().eq_ignore_ascii_case(b"identity") {
            return Err(HttpError::unsupported_media_type(
                "HTTP 415 Unsupported Media Type: send the body without Content-Encoding",
            ));
        }
    }
    Ok(())
}

pub(crate) fn uri_too_long() -> HttpError {
    HttpError::uri_too_long(format!(
        "the request target is longer than {MAX_URI_BYTES} bytes"
    ))
}

pub(crate) fn too_many_headers() -> HttpError {
    HttpError::headers_too_large(format!("more than {MAX_HEADERS} headers"))
}

pub(crate) fn headers_too_large() -> HttpError {
    HttpError::headers_too_large(format!(
        "the headers take more than {MAX_HEADER_BYTES} bytes"
    ))
}

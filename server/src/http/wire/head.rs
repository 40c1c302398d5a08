//! Whether the head of an HTTP/1 request is good.
//!
//! At least as strict as hyper's parser, so that hyper never finds a fault that was not found here, and stricter where two
//! readers could disagree about where the body ends (RFC 9112, section 6.3).

use std::mem::MaybeUninit;

use axum::http::{Method, Uri};

use crate::http::error::{HttpError, excerpt};
use crate::http::strict::{
    MAX_HEADER_BYTES, MAX_HEADERS, MAX_URI_BYTES, headers_too_large, too_many_headers, uri_too_long,
};

/// What an HTTP/2 connection begins with.
pub(super) const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A head that is longer is not waited for: the longest target, the largest headers, and some for the rest of the first line.
const MAX_HEAD_BYTES: usize = MAX_URI_BYTES + MAX_HEADER_BYTES + 1024;

/// hyper takes no length above this.
const MAX_BODY_BYTES: u64 = u64::MAX - 2;

#[derive(Debug)]
pub(super) enum Judgement {
    Incomplete,
    Good { head_bytes: usize, body: Body },
    Bad(HttpError),
}

/// How far the body goes that follows the head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Body {
    Sized(u64),
    Chunked,
}

/// Judges the bytes since the end of the previous request. The first `judged_bytes` of them were found incomplete before; a
/// client that sends single bytes must not make us parse everything again for each.
pub(super) fn judge(bytes: &[u8], judged_bytes: usize) -> Judgement {
    let overlong = bytes.len() > MAX_HEAD_BYTES;
    if judged_bytes > 0 && !overlong && !holds_empty_line(bytes, judged_bytes) {
        return Judgement::Incomplete;
    }
    let mut headers = [const { MaybeUninit::uninit() }; MAX_HEADERS];
    let mut request = httparse::Request::new(&mut []);
    match request.parse_with_uninit_headers(bytes, &mut headers) {
        Ok(httparse::Status::Complete(head_bytes)) => match inspect(&request) {
            Ok(body) => Judgement::Good { head_bytes, body },
            Err(error) => Judgement::Bad(error),
        },
        Ok(httparse::Status::Partial) if overlong => Judgement::Bad(match request.path {
            Some(_) => headers_too_large(),
            None => uri_too_long(),
        }),
        Ok(httparse::Status::Partial) => Judgement::Incomplete,
        Err(httparse::Error::TooManyHeaders) => Judgement::Bad(too_many_headers()),
        Err(error) => Judgement::Bad(HttpError::bad_request(format!(
            "the request is not valid HTTP/1.1: {error}"
        ))),
    }
}

/// Whether a line ends right after another, at or after the bytes that were judged.
fn holds_empty_line(bytes: &[u8], judged_bytes: usize) -> bool {
    const LONGEST_SPLIT: usize = 3;
    let new = &bytes[judged_bytes.saturating_sub(LONGEST_SPLIT)..];
    new.windows(2).any(|pair| pair == b"\n\n") || new.windows(3).any(|triple| triple == b"\n\r\n")
}

fn inspect(request: &httparse::Request<'_, '_>) -> Result<Body, HttpError> {
    check_method(request.method.unwrap_or_default())?;
    check_target(request.path.unwrap_or_default())?;
    let mut length = None;
    let mut is_chunked = false;
    for header in request.headers.iter() {
        if header.name.eq_ignore_ascii_case("content-length") {
            if length.is_some() {
                return Err(HttpError::bad_request("more than one Content-Length"));
            }
            length = Some(parse_length(header.value)?);
        } else if header.name.eq_ignore_ascii_case("transfer-encoding") {
            if is_chunked {
                return Err(HttpError::bad_request("more than one Transfer-Encoding"));
            }
            check_transfer_encoding(header.value, request.version)?;
            is_chunked = true;
        }
    }
    match (length, is_chunked) {
        (Some(_), true) => Err(HttpError::bad_request(
            "both Content-Length and Transfer-Encoding",
        )),
        (None, true) => Ok(Body::Chunked),
        (length, false) => Ok(Body::Sized(length.unwrap_or(0))),
    }
}

fn check_method(method: &str) -> Result<(), HttpError> {
    match Method::from_bytes(method.as_bytes()) {
        Ok(_) => Ok(()),
        Err(_) => Err(HttpError::bad_request("the method is not a word")),
    }
}

/// Common targets are recognised by their bytes; the others are parsed as hyper will parse them.
fn check_target(target: &str) -> Result<(), HttpError> {
    let is_plain = |byte: u8| {
        byte.is_ascii_alphanumeric()
            || matches!(
                byte,
                b'/' | b'%' | b'?' | b'-' | b'.' | b'_' | b'~' | b':' | b'@' | b'=' | b'&' | b'+'
            )
    };
    if target.starts_with('/') && target.bytes().all(is_plain) {
        return Ok(());
    }
    if target.len() > MAX_URI_BYTES {
        return Err(uri_too_long());
    }
    // hyper would drop a fragment silently.
    if target.contains('#') || Uri::try_from(target).is_err() {
        return Err(HttpError::bad_request(format!(
            "the request target \"{}\" is not a valid URI",
            excerpt(target)
        )));
    }
    Ok(())
}

fn parse_length(value: &[u8]) -> Result<u64, HttpError> {
    std::str::from_utf8(value)
        .ok()
        // Parsing alone would take a plus sign.
        .filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))
        .and_then(|digits| digits.parse().ok())
        .filter(|length| *length <= MAX_BODY_BYTES)
        .ok_or_else(|| HttpError::bad_request("the Content-Length is not a length"))
}

fn check_transfer_encoding(value: &[u8], minor_version: Option<u8>) -> Result<(), HttpError> {
    if minor_version == Some(0) {
        return Err(HttpError::bad_request("HTTP/1.0 has no Transfer-Encoding"));
    }
    if !value.eq_ignore_ascii_case(b"chunked") {
        return Err(HttpError::bad_request(
            "the Transfer-Encoding is not \"chunked\"",
        ));
    }
    Ok(())
}

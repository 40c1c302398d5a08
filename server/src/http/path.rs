//! Percent-encoding in request targets: well-formed or refused, and decoded exactly once.
//!
//! axum's own decoding is lenient (`%zz` reaches a handler as it is). [`check`] runs on every request before routing, so that
//! what axum decodes afterwards is exact; [`decode`] is for code that cuts a path into segments itself. A decoded segment may
//! hold a slash (`a%2Fb`) and even a percent sign followed by digits (`a%252Fb`): nobody may decode it again.

use std::borrow::Cow;

use axum::http::{Request, Uri, uri::PathAndQuery};
use percent_encoding::percent_decode_str;

use super::error::{HttpError, excerpt};

/// Decodes one segment of a path. 400 for a percent sign without two hexadecimal digits, and for bytes that are not UTF-8.
pub fn decode(segment: &str) -> Result<String, HttpError> {
    check_escapes(segment)?;
    decode_utf8(segment).map(Cow::into_owned)
}

/// Refuses a path or a query that [`decode`] would refuse a part of.
pub(crate) fn check(target: &str) -> Result<(), HttpError> {
    if !target.as_bytes().contains(&b'%') {
        return Ok(());
    }
    // An escape of an ASCII character cannot spoil UTF-8, and those are all that clients usually send.
    if check_escapes(target)? == Escapes::BeyondAscii {
        decode_utf8(target)?;
    }
    Ok(())
}

/// Gives a request another path and query. One that is none leaves it as it was.
pub(super) fn retarget<B>(request: &mut Request<B>, target: String) {
    let mut parts = request.uri().clone().into_parts();
    parts.path_and_query = PathAndQuery::try_from(target).ok();
    if let Ok(uri) = Uri::from_parts(parts) {
        *request.uri_mut() = uri;
    }
}

#[derive(PartialEq, Eq)]
enum Escapes {
    OnlyAscii,
    BeyondAscii,
}

fn check_escapes(text: &str) -> Result<Escapes, HttpError> {
    let mut found = Escapes::OnlyAscii;
    let mut rest = text.as_bytes();
    while let Some(at) = rest.iter().position(|byte| *byte == b'%') {
        let [high, low, after @ ..] = &rest[at + 1..] else {
            return Err(bad_escape(text));
        };
        if !high.is_ascii_hexdigit() || !low.is_ascii_hexdigit() {
            return Err(bad_escape(text));
        }
        if !high.is_ascii_digit() || *high > b'7' {
            found = Escapes::BeyondAscii;
        }
        rest = after;
    }
    Ok(found)
}

fn decode_utf8(text: &str) -> Result<Cow<'_, str>, HttpError> {
    percent_decode_str(text).decode_utf8().map_err(|_| {
        HttpError::bad_request(format!(
            "\"{}\" does not decode to valid UTF-8",
            excerpt(text)
        ))
    })
}

fn bad_escape(text: &str) -> HttpError {
    HttpError::bad_request(format!(
        "\"{}\" holds a percent sign that two hexadecimal digits do not follow",
        excerpt(text)
    ))
}

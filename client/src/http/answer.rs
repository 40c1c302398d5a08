//! An answer, read whole and up to a limit.

use std::time::{Duration, SystemTime};

use bytes::{Bytes, BytesMut};
use dovetail_model::bodies::ErrorBody;
use reqwest::{
    Response,
    header::{HeaderMap, LOCATION, RETRY_AFTER},
};
use serde::de::DeserializeOwned;

use super::TlsFault;
use crate::error::{Error, Kind, Result};

/// The body of an answer that is no refusal.
#[derive(Debug)]
pub(crate) struct Answer {
    body: Bytes,
}

impl Answer {
    /// Reads a response whole. What is no success is an error.
    pub(crate) async fn read(response: Response, limit: usize) -> Result<Self> {
        let status = response.status();
        let location = header(response.headers(), &LOCATION).map(str::to_owned);
        let retry_after = header(response.headers(), &RETRY_AFTER).and_then(wait);
        let body = read_whole(response, limit).await?;
        if status.is_success() {
            return Ok(Self { body });
        }
        if let Some(location) = location.filter(|_| status.is_redirection()) {
            return Err(Error::new(Kind::Answer(format!(
                "HTTP {status} sends the request to {location}; use that as the base URL if it is the registry's"
            ))));
        }
        Err(Error::new(Kind::Refused {
            status: status.as_u16(),
            body: serde_json::from_slice::<ErrorBody>(&body).ok(),
            retry_after,
        }))
    }

    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T> {
        serde_json::from_slice(&self.body).map_err(|error| {
            let start = String::from_utf8_lossy(&self.body[..self.body.len().min(64)]).into_owned();
            Error::because(
                Kind::Answer(format!("a body that begins with {start:?}")),
                error,
            )
        })
    }

    pub(crate) fn text(self) -> Result<String> {
        String::from_utf8(self.body.into())
            .map_err(|error| Error::because(Kind::Answer("it is not UTF-8".into()), error))
    }
}

async fn read_whole(mut response: Response, limit: usize) -> Result<Bytes> {
    let mut body = BytesMut::new();
    while let Some(chunk) = response.chunk().await.map_err(broken)? {
        if body.len() + chunk.len() > limit {
            return Err(Error::new(Kind::Answer(format!(
                "it is larger than {limit} bytes"
            ))));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

/// What the HTTP library says, in our kinds.
pub(crate) fn broken(error: reqwest::Error) -> Error {
    // The library repeats the URL, which the message has already.
    let error = error.without_url();
    let tls = TlsFault::beneath(&error);
    let kind = if error.is_connect() {
        Kind::Unreachable { unsent: true, tls }
    } else if error.is_timeout() {
        Kind::TimedOut
    } else if error.is_builder() {
        Kind::Usage("the request cannot be built".into())
    } else {
        Kind::Unreachable { unsent: false, tls }
    };
    Error::because(kind, error)
}

fn header<'a>(headers: &'a HeaderMap, name: &reqwest::header::HeaderName) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// `Retry-After`, as seconds or as a date.
fn wait(text: &str) -> Option<Duration> {
    if let Ok(seconds) = text.trim().parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    // A date that has passed asks for no time at all.
    Some(date.duration_since(SystemTime::now()).unwrap_or_default())
}

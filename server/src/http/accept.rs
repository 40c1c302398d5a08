//! Which media type a response is written in.
//!
//! The three types hold the same JSON, so handlers do not negotiate: they answer in the default type, and [`NegotiateJson`]
//! replaces it on the way out. What a route gives another type (`text/plain`, YAML) is left alone. A request that accepts none
//! of the three is refused before anything happens; put the gate only around routes that answer in JSON, not around metrics
//! or pages.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::Response;

use super::error::HttpError;
use super::gate::Gate;

/// The media types of the protocol, the preferred one first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MediaType {
    /// `application/vnd.schemaregistry.v1+json`
    #[default]
    RegistryV1,
    /// `application/vnd.schemaregistry+json`
    Registry,
    /// `application/json`
    Json,
}

static REGISTRY_V1: HeaderValue = HeaderValue::from_static(MediaType::RegistryV1.as_str());
static REGISTRY: HeaderValue = HeaderValue::from_static(MediaType::Registry.as_str());
static JSON: HeaderValue = HeaderValue::from_static(MediaType::Json.as_str());

impl MediaType {
    /// All of them, in the order that decides between equals.
    pub const ALL: [Self; 3] = [Self::RegistryV1, Self::Registry, Self::Json];

    /// The type as it is written in a header.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RegistryV1 => "application/vnd.schemaregistry.v1+json",
            Self::Registry => "application/vnd.schemaregistry+json",
            Self::Json => "application/json",
        }
    }

    /// The value of a `Content-Type` header.
    pub fn to_header(self) -> &'static HeaderValue {
        match self {
            Self::RegistryV1 => &REGISTRY_V1,
            Self::Registry => &REGISTRY,
            Self::Json => &JSON,
        }
    }

    /// How well a media range of an `Accept` header fits this type; `None` if it does not.
    fn fit(self, range: &str) -> Option<Fit> {
        if range.eq_ignore_ascii_case(self.as_str()) {
            Some(Fit::Exact)
        } else if range.eq_ignore_ascii_case("application/*") {
            Some(Fit::Application)
        } else if range == "*/*" || range == "*" {
            Some(Fit::Anything)
        } else {
            None
        }
    }
}

/// How specific a media range is. The most specific one that fits decides the quality of a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Anything,
    Application,
    Exact,
}

/// The type to answer in: the one of highest quality, and among equals the first of [`MediaType::ALL`]. `None` if none is
/// acceptable. A request without `Accept`, or with an empty one, takes anything.
pub fn negotiate(headers: &HeaderMap) -> Option<MediaType> {
    let mut values = headers.get_all(header::ACCEPT).iter();
    let Some(first) = values.next() else {
        return Some(MediaType::default());
    };
    if values.next().is_none() {
        match first.as_bytes() {
            b"" | b"*/*" | b"application/vnd.schemaregistry.v1+json" => {
                return Some(MediaType::RegistryV1);
            }
            b"application/json" => return Some(MediaType::Json),
            _ => {}
        }
    }
    let mut best = None;
    for candidate in MediaType::ALL {
        let quality = quality_of(candidate, headers);
        if quality > 0 && best.is_none_or(|(highest, _)| quality > highest) {
            best = Some((quality, candidate));
        }
    }
    best.map(|(_, media_type)| media_type)
}

/// The quality, in thousandths, that the most specific fitting media range gives the type.
fn quality_of(media_type: MediaType, headers: &HeaderMap) -> u16 {
    headers
        .get_all(header::ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|element| {
            let (range, parameters) = element.split_once(';').unwrap_or((element, ""));
            let fit = media_type.fit(range.trim())?;
            Some((fit, quality(parameters)))
        })
        .max()
        .map_or(0, |(_, quality)| quality)
}

/// The `q` among the parameters of a media range, in thousandths. What cannot be read counts as 1, as if it were not there.
fn quality(parameters: &str) -> u16 {
    parameters
        .split(';')
        .filter_map(|parameter| parameter.split_once('='))
        .find(|(name, _)| name.trim().eq_ignore_ascii_case("q"))
        .and_then(|(_, value)| thousandths(value.trim()))
        .unwrap_or(1000)
}

/// Reads `0`, `0.5`, `1.000`: at most three decimals, nothing above one.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut fraction = 0;
    for place in 0..3 {
        let digit = decimals.as_bytes().get(place).map_or(0, |byte| byte - b'0');
        fraction = fraction * 10 + u16::from(digit);
    }
    match whole {
        "0" => Some(fraction),
        "1" if fraction == 0 => Some(1000),
        _ => None,
    }
}

/// The gate that negotiates: 406 where nothing fits, otherwise the response's type.
#[derive(Debug, Clone, Copy, Default)]
pub struct NegotiateJson;

impl Gate for NegotiateJson {
    type Memo = MediaType;

    fn enter(&self, request: &mut Request) -> Result<MediaType, HttpError> {
        negotiate(request.headers()).ok_or_else(|| {
            HttpError::not_acceptable(format!(
                "HTTP 406 Not Acceptable: answers are written as {}, {} or {}",
                MediaType::RegistryV1.as_str(),
                MediaType::Registry.as_str(),
                MediaType::Json.as_str()
            ))
        })
    }

    fn leave(negotiated: MediaType, response: &mut Response) {
        if negotiated == MediaType::default() {
            return;
        }
        if let Some(content_type) = response.headers_mut().get_mut(header::CONTENT_TYPE)
            && content_type == MediaType::default().to_header()
        {
            content_type.clone_from(negotiated.to_header());
        }
    }
}

//! Headers that a subscriber may choose: none that HTTP, the envelope or the signature has a say in.

/// How many there may be, and how long a value may be.
pub const MAX_HEADERS: usize = 10;
const MAX_NAME_BYTES: usize = 128;
const MAX_VALUE_BYTES: usize = 4096;

/// Names that are not the subscriber's to choose.
const OURS: [&str; 16] = [
    "accept",
    "accept-encoding",
    "connection",
    "cookie",
    "expect",
    "host",
    "http2-settings",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "via",
];

/// Beginnings of such names.
const OUR_PREFIXES: [&str; 4] = ["ce-", "content-", "sec-", "webhook-"];

/// Why a header cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the header \"{name}\" {reason}")]
pub struct InvalidHeader {
    name: String,
    reason: &'static str,
}

/// Takes a header's name, in lower case, if it may be chosen and its value may be sent.
pub fn check(name: &str, value: &str) -> Result<String, InvalidHeader> {
    let lower = name.to_ascii_lowercase();
    let wrong = |reason| {
        Err(InvalidHeader {
            name: name.chars().take(64).flat_map(char::escape_debug).collect(),
            reason,
        })
    };
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || name.len() > MAX_NAME_BYTES || !name.bytes().all(is_token) {
        return wrong("is not a valid name of a header");
    }
    let is_ours = OURS.contains(&lower.as_str())
        || OUR_PREFIXES.iter().any(|prefix| lower.starts_with(prefix));
    if is_ours {
        return wrong("is not one that a subscription may set");
    }
    let is_text = |byte: u8| byte == b'\t' || (b' '..=b'~').contains(&byte);
    if value.len() > MAX_VALUE_BYTES || !value.bytes().all(is_text) || value.trim() != value {
        return wrong(
            "has a value that is too long, or not printable ASCII, or with white space around it",
        );
    }
    Ok(lower)
}

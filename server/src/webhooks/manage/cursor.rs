//! Where a list goes on. Opaque, so that what is in it may change; checked, so that a typing error is not a strange answer.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::digest;
use serde::{Serialize, de::DeserializeOwned};

use super::error::WebhookError;

const CHECK_BYTES: usize = 6;

/// Writes a place in a list.
pub(super) fn write(list: &str, place: &impl Serialize) -> String {
    let place = serde_json::to_vec(place).expect("texts and numbers are always JSON");
    let check = check(list, &place);
    URL_SAFE_NO_PAD.encode([&check[..], &place].concat())
}

/// Reads a place in the same list.
pub(super) fn read<T: DeserializeOwned>(list: &str, text: &str) -> Result<T, WebhookError> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok();
    let (given, place) = bytes
        .as_ref()
        .and_then(|bytes| bytes.split_first_chunk::<CHECK_BYTES>())
        .ok_or(WebhookError::Cursor)?;
    if *given != check(list, place) {
        return Err(WebhookError::Cursor);
    }
    serde_json::from_slice(place).map_err(|_| WebhookError::Cursor)
}

fn check(list: &str, place: &[u8]) -> [u8; CHECK_BYTES] {
    let mut context = digest::Context::new(&digest::SHA256);
    context.update(list.as_bytes());
    context.update(b"\n");
    context.update(place);
    let mut check = [0; CHECK_BYTES];
    check.copy_from_slice(&context.finish().as_ref()[..CHECK_BYTES]);
    check
}

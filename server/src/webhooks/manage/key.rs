//! Idempotency keys: whoever repeats a request after a cut connection gets the same thing, not a second one.
//!
//! Nothing is stored for them. What a request makes gets an id that follows from the key, so a repetition finds it.

use std::str::FromStr;

use ring::digest;

use super::error::{WebhookError, invalid};
use crate::webhooks::ids;

/// The longest key.
const MAX_BYTES: usize = 255;

/// What a client calls its request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// The id of what a request makes. `scope` keeps equal keys of different requests apart.
    pub(super) fn id(&self, prefix: &str, scope: &str) -> String {
        let text = format!("{scope}\n{}", self.0);
        let digest = digest::digest(&digest::SHA256, text.as_bytes());
        let (number, rest) = digest
            .as_ref()
            .split_first_chunk::<8>()
            .expect("a digest has 32 bytes");
        let mut tail = [0; 10];
        tail.copy_from_slice(&rest[..10]);
        ids::sortable(prefix, u64::from_be_bytes(*number), tail)
    }
}

impl FromStr for IdempotencyKey {
    type Err = WebhookError;

    fn from_str(text: &str) -> Result<Self, WebhookError> {
        let is_fine = (1..=MAX_BYTES).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_graphic());
        if is_fine {
            Ok(Self(text.to_owned()))
        } else {
            Err(invalid(
                "the Idempotency-Key must have 1 to 255 printable characters without spaces",
            ))
        }
    }
}

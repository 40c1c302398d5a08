//! Telling others what changed.
//!
//! - `docs`: the snippets of `docs/webhooks.md`.
//! - `events`: what a change is as an event, against the committed schemas.
//! - `feed`: the pull side, as pages and as a stream.
//! - `journeys`: whole ways, from a registration to a receiver.
//! - `manage`: subscriptions over HTTP.
//! - `secrets`: signatures, and secrets at rest.
//! - `simulation`: the engine under simulated faults.
//! - `storm`: real nodes that are killed while schemas change.
//! - `target`: which addresses may be called.
//! - `tls`: certificates that are not to be trusted.
//! - `transport`: one attempt against receivers of every kind.
//! - `wake`: what is owed goes out when it is owed.
//! - `zoo`: receivers of every kind before a whole node.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails where something is missing"
)]

/// As `on_both!`, with nodes that may call receivers on this machine.
macro_rules! told {
    ($name:ident, |$node:ident| $body:block) => {
        dovetail_tests::on_both!($name, ["--webhook-allow-network", "127.0.0.0/8"], |$node| {
            $body
        });
    };
}

mod docs;
mod events;
mod feed;
mod journeys;
mod manage;
mod secrets;
mod simulation;
mod storm;
mod target;
mod tls;
mod transport;
mod wake;
mod zoo;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use dovetail_tests::Received;
use ring::{hmac, signature};

/// An Avro schema of its own for each number.
fn numbered(number: usize) -> String {
    format!(
        "{{\"type\":\"fixed\",\"name\":\"F\",\"size\":{}}}",
        number + 1
    )
}

/// Whether one of a request's signatures is that of this shared secret, or of this public key. Written here a second time, so
/// that signing is not compared with itself.
pub(crate) fn verified(received: &Received, secret: &str) -> bool {
    let head = format!(
        "{}.{}.",
        received.header("webhook-id"),
        received.header("webhook-timestamp")
    );
    let message = [head.as_bytes(), &received.body].concat();
    let (_, key) = secret.split_once('_').unwrap();
    let key = BASE64.decode(key).unwrap();
    let is_shared = secret.starts_with("whsec_");
    received
        .header("webhook-signature")
        .split(' ')
        .any(|listed| match listed.split_once(',') {
            Some(("v1", signature)) if is_shared => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, &key);
                let signature = BASE64.decode(signature).unwrap();
                hmac::verify(&key, &message, &signature).is_ok()
            }
            Some(("v1a", signature)) if !is_shared => {
                let key = signature::UnparsedPublicKey::new(&signature::ED25519, &key);
                key.verify(&message, &BASE64.decode(signature).unwrap())
                    .is_ok()
            }
            _ => false,
        })
}

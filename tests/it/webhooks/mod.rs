//! Telling others what changed.
//!
//! - `events`: what a change is as an event, against the committed schemas.
//! - `feed`: the pull side, as pages and as a stream.
//! - `target`: which addresses may be called.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails where something is missing"
)]

mod events;
mod feed;
mod target;

/// An Avro schema of its own for each number.
fn numbered(number: usize) -> String {
    format!(
        "{{\"type\":\"fixed\",\"name\":\"F\",\"size\":{}}}",
        number + 1
    )
}

//! Webhooks as a whole: what is owed arrives, in order, whatever fails.
//!
//! - `simulation`: the engine under simulated faults.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails where something is missing"
)]

mod simulation;

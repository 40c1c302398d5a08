//! What follows from an attempt: pure functions over what is known, so that the rules can be read and tested apart.

use super::{Disposition, Finish, Health};

/// How many places in the order of a lane a change takes. What is not in the log stands between two changes.
const STRIDE: i64 = 1024;

/// Where the event of a change stands in its lanes.
pub const fn change_position(seq: u64) -> i64 {
    // A log of 2^53 changes would take longer than anybody has.
    seq.cast_signed().saturating_mul(STRIDE)
}

/// Where an event stands that is not in the log: after everything up to a change.
pub const fn notice_position(seq: u64) -> i64 {
    change_position(seq).saturating_add(1)
}

/// The change at a position, or the last one before it.
pub const fn change_at(position: i64) -> u64 {
    (position / STRIDE).unsigned_abs()
}

/// How a subscription is doing after an attempt.
pub fn health_after(before: &Health, finish: &Finish) -> Health {
    let now = finish.now;
    if matches!(finish.disposition, Disposition::Delivered { .. }) {
        return Health {
            failures: 0,
            failing_since: None,
            last_success_at: success_at(before, now),
            last_failure_at: before.last_failure_at,
            hold_until: before.hold_until,
            slow: before.slow.saturating_sub(1),
        };
    }
    let (hold_until, slow) = finish.slow.unwrap_or((before.hold_until, before.slow));
    Health {
        failures: before.failures + 1,
        failing_since: before.failing_since.or(Some(now)),
        last_success_at: before.last_success_at,
        last_failure_at: Some(now),
        hold_until: hold_until.max(before.hold_until),
        slow: slow.max(before.slow),
    }
}

/// When the last success was, to the minute: a subscription that is doing well is not written to on every attempt.
fn success_at(before: &Health, now: i64) -> Option<i64> {
    let known = before
        .last_success_at
        .filter(|at| (0..60_000).contains(&(now - at)));
    known.or(Some(now))
}

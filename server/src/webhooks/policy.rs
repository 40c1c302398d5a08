//! What follows from an attempt: pure functions over what is known, so that the rules can be read and tested apart.

use std::time::Duration;

use super::{
    AttemptOutcome, AttemptResult, Claimed, Disposition, FailureReason, Finish, Health,
    OnDeadLetter, Ordering, Random, Subscription,
    retry::{Schedule, asked_ms},
};

/// How many places in the order of a lane a change takes. What is not in the log stands between two changes.
const STRIDE: i64 = 1024;

/// How long an endpoint is left alone that says it is overloaded, at least.
const SLOW_FOR_MS: i64 = 60_000;

/// After so many successes it is sent to at full speed again.
const SLOW_UNTIL: u32 = 10;

const DAY_MS: i64 = 86_400_000;

/// A subscription that failed without one success for so long, in at least so many attempts, is disabled.
const DISABLE_AFTER_MS: i64 = 5 * DAY_MS;
const DISABLE_ATTEMPTS: u64 = 20;

/// Before that its owner finds warnings in the log.
const WARN_AFTER_MS: [i64; 2] = [DAY_MS, 3 * DAY_MS];

/// Events that are sent once: somebody waits for the outcome.
const ONCE: &str = "webhook.test";

/// Events that tell of others which were given up.
pub(super) const GAP: &str = "webhook.gap";

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

/// What is to be done after an attempt, before the store is asked what a gap would have to name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub next: Next,
    /// The subscription waits until then, and is sent to slowly until so many successes.
    pub slow: Option<(i64, u32)>,
    /// The receiver wants nothing any more.
    pub gone: bool,
}

/// What becomes of the delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    Delivered,
    Retry {
        at: i64,
    },
    /// Given up, and whether a gap has to say so.
    GiveUp {
        gap: bool,
    },
    /// Given up, and the lane waits for a person.
    Block,
}

/// Judges an attempt.
pub fn judge(
    claimed: &Claimed,
    subscription: &Subscription,
    outcome: &AttemptOutcome,
    schedule: &Schedule,
    random: &dyn Random,
    now: i64,
) -> Verdict {
    let AttemptResult::Failed {
        reason,
        status,
        retry_after,
        ..
    } = &outcome.result
    else {
        return Verdict {
            next: Next::Delivered,
            slow: None,
            gone: false,
        };
    };
    let is_final = claimed.delivery.event_type == ONCE || is_final(*reason);
    let failed = claimed.delivery.attempts + 1;
    let delay = schedule
        .delay_ms(failed, *retry_after, random)
        .filter(|_| !is_final);
    Verdict {
        next: match delay {
            Some(delay) => Next::Retry { at: now + delay },
            None => give_up(claimed, subscription),
        },
        slow: is_overloaded(*reason, *status).then(|| slow(now, *retry_after)),
        gone: *status == Some(410),
    }
}

/// What fails again however often it is tried.
const fn is_final(reason: FailureReason) -> bool {
    matches!(
        reason,
        FailureReason::RefusedTarget | FailureReason::UnusableSecret | FailureReason::Unusable
    )
}

const fn is_overloaded(reason: FailureReason, status: Option<u16>) -> bool {
    matches!(reason, FailureReason::Timeout) || matches!(status, Some(429 | 502 | 503 | 504))
}

fn slow(now: i64, retry_after: Option<Duration>) -> (i64, u32) {
    let asked = retry_after.map_or(0, asked_ms).cast_signed();
    (now + asked.max(SLOW_FOR_MS), SLOW_UNTIL)
}

/// Notices, redeliveries and replays hold up nobody, and nobody has to be told where one of them ends.
fn give_up(claimed: &Claimed, subscription: &Subscription) -> Next {
    let delivery = &claimed.delivery;
    if delivery.event_type.starts_with("webhook.") || !delivery.key.job.is_empty() {
        return Next::GiveUp { gap: false };
    }
    match (subscription.on_dead_letter, subscription.ordering) {
        (OnDeadLetter::PauseSubject, Ordering::Subject) => Next::Block,
        _ => Next::GiveUp { gap: true },
    }
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

/// What a change of health calls for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    Nothing,
    /// It has been failing for a day, or for three.
    Warn {
        since: i64,
    },
    /// It has been failing for too long.
    Disable {
        since: i64,
    },
    /// It had been failing for at least a day, and answers again.
    Recovered {
        since: i64,
    },
}

/// Looks at how a subscription was doing before an attempt and after it.
pub fn course(before: &Health, after: &Health, now: i64) -> Course {
    let Some(since) = after.failing_since else {
        let recovered = before
            .failing_since
            .filter(|since| now - since >= WARN_AFTER_MS[0]);
        return recovered.map_or(Course::Nothing, |since| Course::Recovered { since });
    };
    let failing_for = now - since;
    if failing_for >= DISABLE_AFTER_MS && after.failures >= DISABLE_ATTEMPTS {
        return Course::Disable { since };
    }
    let had_failed_for = before.last_failure_at.map_or(0, |at| (at - since).max(0));
    let crossed = |after_ms: &i64| had_failed_for < *after_ms && failing_for >= *after_ms;
    if WARN_AFTER_MS.iter().any(crossed) {
        return Course::Warn { since };
    }
    Course::Nothing
}

#[cfg(test)]
mod tests {
    use super::{Course, DAY_MS, Health, change_at, change_position, course, notice_position};

    fn failing(failures: u64, since: i64, last: i64) -> Health {
        Health {
            failures,
            failing_since: Some(since),
            last_failure_at: Some(last),
            ..Health::default()
        }
    }

    #[test]
    fn a_notice_stands_between_its_change_and_the_next() {
        assert!(change_position(7) < notice_position(7));
        assert!(notice_position(7) < change_position(8));
        assert_eq!(change_at(change_position(7)), 7);
        assert_eq!(change_at(notice_position(7)), 7);
    }

    #[test]
    fn five_days_and_twenty_attempts_are_both_needed_to_disable() {
        let course = |failures, days_ms| {
            course(
                &failing(failures - 1, 0, days_ms - 1),
                &failing(failures, 0, days_ms),
                days_ms,
            )
        };
        assert_eq!(course(20, 5 * DAY_MS), Course::Disable { since: 0 });
        assert_eq!(course(19, 5 * DAY_MS), Course::Nothing);
        assert_eq!(course(20, 5 * DAY_MS - 1), Course::Nothing);
    }

    #[test]
    fn a_day_and_three_days_are_warned_of_once() {
        let at = |last, now| course(&failing(4, 0, last), &failing(5, 0, now), now);
        assert_eq!(at(DAY_MS - 1, DAY_MS), Course::Warn { since: 0 });
        assert_eq!(at(DAY_MS, DAY_MS + 1), Course::Nothing);
        assert_eq!(at(2 * DAY_MS, 4 * DAY_MS), Course::Warn { since: 0 });
        assert_eq!(
            at(0, 4 * DAY_MS),
            Course::Warn { since: 0 },
            "late, but warned"
        );
    }

    #[test]
    fn only_what_had_been_failing_for_a_day_recovers() {
        let after = Health::default();
        let now = 2 * DAY_MS;
        assert_eq!(
            course(&failing(9, DAY_MS, now), &after, now),
            Course::Recovered { since: DAY_MS }
        );
        assert_eq!(
            course(&failing(9, DAY_MS + 1, now), &after, now),
            Course::Nothing
        );
        assert_eq!(course(&Health::default(), &after, now), Course::Nothing);
    }
}

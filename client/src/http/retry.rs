//! How often a request is sent, and how long is waited in between.

use std::time::Duration;

/// When a request is repeated.
///
/// Only requests are that may be sent twice, such as reads, lookups, checks and registrations, and all others where the
/// registry cannot have acted on them. A round tries each base URL once; this counts rounds.
#[derive(Debug, Clone)]
pub struct Retry {
    /// How often a request is sent at most, the first time included.
    pub attempts: u32,
    /// About how long is waited after the first attempt; it doubles from one to the next.
    pub first_pause: Duration,
    /// How long is waited at most. A registry that asks for more (`Retry-After`) gets no second request, but an error.
    pub longest_pause: Duration,
}

impl Default for Retry {
    fn default() -> Self {
        Self {
            attempts: 4,
            first_pause: Duration::from_millis(100),
            longest_pause: Duration::from_secs(10),
        }
    }
}

impl Retry {
    /// Everything is sent once.
    pub fn never() -> Self {
        Self {
            attempts: 1,
            ..Self::default()
        }
    }

    /// How long to wait after so many attempts; nothing where there should be no further one.
    pub(crate) fn pause(&self, attempts: u32, asked: Option<Duration>) -> Option<Duration> {
        if attempts >= self.attempts {
            return None;
        }
        let doubled = 2u32.saturating_pow(attempts.saturating_sub(1));
        let ceiling = self
            .first_pause
            .saturating_mul(doubled)
            .min(self.longest_pause);
        // At least half of it: many clients that lost their registry together should not return together.
        let jittered = ceiling.mul_f64(0.5 + fastrand::f64() / 2.0);
        match asked {
            Some(asked) if asked > self.longest_pause => None,
            Some(asked) => Some(asked.max(jittered)),
            None => Some(jittered),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_bound() {
        let retry = Retry {
            attempts: 100,
            first_pause: Duration::from_millis(100),
            longest_pause: Duration::from_secs(1),
        };
        for attempts in 1..100 {
            let ceiling =
                Duration::from_millis(100 << (attempts - 1).min(4)).min(retry.longest_pause);
            let pause = retry.pause(attempts, None).unwrap();
            assert!(
                pause >= ceiling / 2 && pause <= ceiling,
                "{attempts}: {pause:?}"
            );
        }
        assert_eq!(retry.pause(100, None), None);
    }

    #[test]
    fn the_registry_may_ask_for_more_time_but_not_for_any() {
        let retry = Retry::default();
        let asked = Duration::from_secs(5);
        assert_eq!(retry.pause(1, Some(asked)), Some(asked));
        assert_eq!(retry.pause(1, Some(Duration::from_hours(1))), None);
    }
}

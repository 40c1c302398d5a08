//! When a failed delivery is tried again.

use std::time::Duration;

use super::Random;

/// The largest share of a delay that jitter adds, as a divisor, and the most it adds.
const JITTER_SHARE: u64 = 5;
const JITTER_MOST: u64 = 15 * 60 * 1000;

/// The longest that a receiver may ask us to stay away.
const RETRY_AFTER_MOST: u64 = 24 * 60 * 60 * 1000;

/// The delays after the first failure, the second, and so on; a failure beyond them is the last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    delays_ms: Vec<u64>,
}

/// Text that is no schedule, and what one looks like.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{0}\" is not a list of delays such as 5s, 5m, 30m, 2h")]
pub struct InvalidSchedule(String);

impl Schedule {
    /// Reads delays such as `5s, 5m, 30m, 2h`.
    pub fn parse(text: &str) -> Result<Self, InvalidSchedule> {
        let delays = text.split(',').map(|delay| milliseconds(delay.trim()));
        match delays.collect::<Option<Vec<_>>>() {
            Some(delays_ms) => Ok(Self { delays_ms }),
            None => Err(InvalidSchedule(text.to_owned())),
        }
    }

    /// How long to wait after so many failed attempts, in milliseconds; `None` when there were enough.
    ///
    /// Jitter only adds, and what the receiver asked for only lengthens.
    pub fn delay_ms(
        &self,
        failed: u32,
        retry_after: Option<Duration>,
        random: &dyn Random,
    ) -> Option<i64> {
        let base = *self
            .delays_ms
            .get(usize::try_from(failed).ok()?.checked_sub(1)?)?;
        let jitter = random.below((base / JITTER_SHARE).min(JITTER_MOST) + 1);
        let asked = retry_after.map_or(0, asked_ms);
        i64::try_from((base + jitter).max(asked)).ok()
    }

    /// The longest that anything of this schedule can lie ahead, in milliseconds.
    pub fn horizon_ms(&self) -> i64 {
        let longest = self.delays_ms.iter().copied().max().unwrap_or_default();
        let jittered = longest + (longest / JITTER_SHARE).min(JITTER_MOST);
        i64::try_from(jittered.max(RETRY_AFTER_MOST)).unwrap_or(i64::MAX)
    }
}

/// What a receiver asked for, as far as it may.
pub(super) fn asked_ms(retry_after: Duration) -> u64 {
    u64::try_from(retry_after.as_millis())
        .unwrap_or(u64::MAX)
        .min(RETRY_AFTER_MOST)
}

fn milliseconds(text: &str) -> Option<u64> {
    let split = text.find(|character: char| !character.is_ascii_digit())?;
    let (number, unit) = text.split_at(split);
    let unit = match unit {
        "ms" => 1,
        "s" => 1000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    // A year is more than anybody waits.
    let delay = number.parse::<u64>().ok()?.checked_mul(unit)?;
    (delay <= 366 * 86_400_000).then_some(delay)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Random, Schedule};

    /// The least, or the most, that chance can give.
    struct Extreme(u8);

    impl Random for Extreme {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0);
        }
    }

    fn delays(schedule: &Schedule, random: &Extreme) -> Vec<i64> {
        (1..)
            .map_while(|failed| schedule.delay_ms(failed, None, random))
            .collect()
    }

    #[test]
    fn jitter_adds_a_fifth_at_most_and_never_more_than_a_quarter_of_an_hour() {
        let schedule = Schedule::parse("5s, 5m, 24h").unwrap();
        assert_eq!(delays(&schedule, &Extreme(0)), [5_000, 300_000, 86_400_000]);
        assert_eq!(
            delays(&schedule, &Extreme(255)),
            [6_000, 360_000, 86_400_000 + 900_000]
        );
    }

    #[test]
    fn what_the_receiver_asks_for_lengthens_up_to_a_day() {
        let schedule = Schedule::parse("5s,2h").unwrap();
        let after = |failed, seconds| {
            schedule.delay_ms(failed, Some(Duration::from_secs(seconds)), &Extreme(0))
        };
        assert_eq!(after(1, 1), Some(5_000));
        assert_eq!(after(1, 60), Some(60_000));
        assert_eq!(after(2, 60), Some(7_200_000));
        assert_eq!(after(1, u64::MAX), Some(86_400_000));
        assert_eq!(after(3, 60), None, "it does not make another attempt");
    }

    #[test]
    fn nothing_lies_beyond_the_horizon() {
        let schedule = Schedule::parse("1s, 48h").unwrap();
        let longest = schedule.delay_ms(2, None, &Extreme(255)).unwrap();
        assert_eq!(schedule.horizon_ms(), longest);
    }

    #[test]
    fn what_is_no_list_of_delays_is_refused_with_an_example() {
        for text in [
            "",
            "5",
            "5s,",
            "s",
            "5 s",
            "-5s",
            "5s;5m",
            "99999999999999999999s",
            "9999d",
        ] {
            let error = Schedule::parse(text).unwrap_err();
            assert!(error.to_string().contains("5s, 5m"), "{error}");
        }
    }
}

//! Points in time as the system's clock has them.

use core::time::Duration;
use std::time::SystemTime;

use super::{TimestampMicros, TimestampMillis, TimestampNanos};

/// Those that the system's clock has too.
macro_rules! system_times {
    ($($name:ident: $from:ident, $count:ident;)*) => {$(
        impl $name {
            /// The point in time as the standard library has it, if it has it.
            pub fn to_system_time(self) -> Option<SystemTime> {
                let distance = Duration::$from(self.0.unsigned_abs());
                if self.0 < 0 {
                    SystemTime::UNIX_EPOCH.checked_sub(distance)
                } else {
                    SystemTime::UNIX_EPOCH.checked_add(distance)
                }
            }

            /// The point in time of the standard library, rounded towards 1970, if the number has room for it.
            pub fn from_system_time(time: SystemTime) -> Option<Self> {
                let number = match time.duration_since(SystemTime::UNIX_EPOCH) {
                    Ok(after) => i64::try_from(after.$count()).ok()?,
                    Err(before) => -i64::try_from(before.duration().$count()).ok()?,
                };
                Some(Self(number))
            }
        }
    )*};
}

system_times! {
    TimestampMillis: from_millis, as_millis;
    TimestampMicros: from_micros, as_micros;
    TimestampNanos: from_nanos, as_nanos;
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::{TimestampMillis, TimestampNanos};

    #[test]
    fn system_times_convert_both_ways_or_not_at_all() {
        let before = SystemTime::UNIX_EPOCH - Duration::from_millis(1500);
        assert_eq!(
            TimestampMillis::from_system_time(before),
            Some(TimestampMillis(-1500))
        );
        assert_eq!(TimestampMillis(-1500).to_system_time(), Some(before));
        let far = SystemTime::UNIX_EPOCH + Duration::from_secs(u64::from(u32::MAX) * 10);
        assert_eq!(TimestampNanos::from_system_time(far), None);
    }
}

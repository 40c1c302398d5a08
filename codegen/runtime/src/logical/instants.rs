//! Points in time, dates and times of day, as the numbers they are written as.

use std::time::{Duration, SystemTime};

use crate::{
    At, Codec, Error, Reader,
    codec::{Int, Long},
};

/// Each is a number with a name; they differ in what carries them and what it counts.
macro_rules! number_types {
    ($($(#[$doc:meta])* $name:ident($number:ty) as $codec:ty;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub $number);

        impl Codec for $name {
            type Value = Self;

            #[inline]
            fn write(value: &Self, out: &mut Vec<u8>) -> Result<(), Error> {
                <$codec>::write(&value.0, out)
            }

            #[inline]
            fn read(input: &mut Reader<'_>) -> Result<Self, Error> {
                <$codec>::read(input).map(Self)
            }

            #[inline]
            fn resolve(at: At<'_>, input: &mut Reader<'_>) -> Result<Self, Error> {
                <$codec>::resolve(at, input).map(Self)
            }
        }

        impl From<$number> for $name {
            fn from(number: $number) -> Self {
                Self(number)
            }
        }

        impl From<$name> for $number {
            fn from(value: $name) -> Self {
                value.0
            }
        }
    )*};
}

number_types! {
    /// Days since the first of January 1970.
    Date(i32) as Int;
    /// Milliseconds since midnight.
    TimeMillis(i32) as Int;
    /// Microseconds since midnight.
    TimeMicros(i64) as Long;
    /// Milliseconds since 1970 began in UTC.
    TimestampMillis(i64) as Long;
    /// Microseconds since 1970 began in UTC.
    TimestampMicros(i64) as Long;
    /// Nanoseconds since 1970 began in UTC.
    TimestampNanos(i64) as Long;
    /// Milliseconds since 1970 began, wherever one is.
    LocalTimestampMillis(i64) as Long;
    /// Microseconds since 1970 began, wherever one is.
    LocalTimestampMicros(i64) as Long;
    /// Nanoseconds since 1970 began, wherever one is.
    LocalTimestampNanos(i64) as Long;
}

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

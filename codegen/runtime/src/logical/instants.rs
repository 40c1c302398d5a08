//! Points in time, dates and times of day, as the numbers they are written as.

use alloc::vec::Vec;

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

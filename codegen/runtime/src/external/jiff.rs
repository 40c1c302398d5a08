//! Points in time as types of `jiff`.

use ::jiff::{SignedDuration, tz::Offset};

pub use ::jiff::{
    Timestamp,
    civil::{Date as CivilDate, DateTime, Time},
};

use super::{DAY, external};

const OUTSIDE: &str =
    "a date or a time is outside of what `jiff` or the schema's type has room for";

external! {
    /// Days since 1970 as a date.
    Date: CivilDate as Int, date, |date: &CivilDate| days(*date);
    /// Milliseconds since midnight as a time of day.
    TimeMillis: Time as Int,
        |millis: i32| time(SignedDuration::from_millis(millis.into())),
        |time: &Time| i32::try_from(since_midnight(*time).as_millis()).ok();
    /// Microseconds since midnight as a time of day.
    TimeMicros: Time as Long,
        |micros| time(SignedDuration::from_micros(micros)),
        |time: &Time| i64::try_from(since_midnight(*time).as_micros()).ok();
    /// Milliseconds since 1970 as a timestamp.
    TimestampMillis: Timestamp as Long,
        |millis| Timestamp::from_millisecond(millis).ok(),
        |time: &Timestamp| Some(time.as_millisecond());
    /// Microseconds since 1970 as a timestamp.
    TimestampMicros: Timestamp as Long,
        |micros| Timestamp::from_microsecond(micros).ok(),
        |time: &Timestamp| Some(time.as_microsecond());
    /// Nanoseconds since 1970 as a timestamp.
    TimestampNanos: Timestamp as Long,
        |nanos: i64| Timestamp::from_nanosecond(nanos.into()).ok(),
        |time: &Timestamp| i64::try_from(time.as_nanosecond()).ok();
    /// Milliseconds since 1970 as a date and a time of day.
    LocalTimestampMillis: DateTime as Long,
        |millis| Timestamp::from_millisecond(millis).ok().map(local),
        |time: &DateTime| Some(timestamp(*time)?.as_millisecond());
    /// Microseconds since 1970 as a date and a time of day.
    LocalTimestampMicros: DateTime as Long,
        |micros| Timestamp::from_microsecond(micros).ok().map(local),
        |time: &DateTime| Some(timestamp(*time)?.as_microsecond());
    /// Nanoseconds since 1970 as a date and a time of day.
    LocalTimestampNanos: DateTime as Long,
        |nanos: i64| Timestamp::from_nanosecond(nanos.into()).ok().map(local),
        |time: &DateTime| i64::try_from(timestamp(*time)?.as_nanosecond()).ok();
}

fn date(days: i32) -> Option<CivilDate> {
    let start = Timestamp::from_second(i64::from(days) * DAY).ok()?;
    Some(local(start).date())
}

fn days(date: CivilDate) -> Option<i32> {
    let start = timestamp(date.to_datetime(Time::midnight()))?;
    i32::try_from(start.as_second().div_euclid(DAY)).ok()
}

fn time(since_midnight: SignedDuration) -> Option<Time> {
    Time::midnight().checked_add(since_midnight).ok()
}

fn since_midnight(time: Time) -> SignedDuration {
    time.duration_since(Time::midnight())
}

fn local(timestamp: Timestamp) -> DateTime {
    Offset::UTC.to_datetime(timestamp)
}

fn timestamp(time: DateTime) -> Option<Timestamp> {
    Offset::UTC.to_timestamp(time).ok()
}

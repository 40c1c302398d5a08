//! Points in time as types of `chrono`.

use ::chrono::{TimeDelta, Timelike as _};

pub use ::chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};

use super::{DAY, external};

const OUTSIDE: &str =
    "a date or a time is outside of what `chrono` or the schema's type has room for";

external! {
    /// Days since 1970 as a date.
    Date: NaiveDate as Int,
        |days: i32| NaiveDate::default().checked_add_signed(TimeDelta::try_days(days.into())?),
        |date: &NaiveDate| {
            let days = date.signed_duration_since(NaiveDate::default()).num_days();
            i32::try_from(days).ok()
        };
    /// Milliseconds since midnight as a time of day.
    TimeMillis: NaiveTime as Int,
        |millis: i32| time(i64::from(millis).checked_mul(1_000_000)?),
        |time: &NaiveTime| i32::try_from(since_midnight(*time) / 1_000_000).ok();
    /// Microseconds since midnight as a time of day.
    TimeMicros: NaiveTime as Long,
        |micros: i64| time(micros.checked_mul(1_000)?),
        |time: &NaiveTime| Some(since_midnight(*time) / 1_000);
    /// Milliseconds since 1970 as a date and time in UTC.
    TimestampMillis: DateTime<Utc> as Long,
        DateTime::from_timestamp_millis,
        |time: &DateTime<Utc>| Some(time.timestamp_millis());
    /// Microseconds since 1970 as a date and time in UTC.
    TimestampMicros: DateTime<Utc> as Long,
        DateTime::from_timestamp_micros,
        |time: &DateTime<Utc>| Some(time.timestamp_micros());
    /// Nanoseconds since 1970 as a date and time in UTC.
    TimestampNanos: DateTime<Utc> as Long,
        |nanos| Some(DateTime::from_timestamp_nanos(nanos)),
        |time: &DateTime<Utc>| time.timestamp_nanos_opt();
    /// Milliseconds since 1970 as a date and time of day.
    LocalTimestampMillis: NaiveDateTime as Long,
        |millis| Some(DateTime::from_timestamp_millis(millis)?.naive_utc()),
        |time: &NaiveDateTime| Some(time.and_utc().timestamp_millis());
    /// Microseconds since 1970 as a date and time of day.
    LocalTimestampMicros: NaiveDateTime as Long,
        |micros| Some(DateTime::from_timestamp_micros(micros)?.naive_utc()),
        |time: &NaiveDateTime| Some(time.and_utc().timestamp_micros());
    /// Nanoseconds since 1970 as a date and time of day.
    LocalTimestampNanos: NaiveDateTime as Long,
        |nanos| Some(DateTime::from_timestamp_nanos(nanos).naive_utc()),
        |time: &NaiveDateTime| time.and_utc().timestamp_nanos_opt();
}

const SECOND: i64 = 1_000_000_000;

fn time(nanos: i64) -> Option<NaiveTime> {
    if !(0..DAY * SECOND).contains(&nanos) {
        return None;
    }
    let seconds = u32::try_from(nanos / SECOND).ok()?;
    let rest = u32::try_from(nanos % SECOND).ok()?;
    NaiveTime::from_num_seconds_from_midnight_opt(seconds, rest)
}

/// Nanoseconds since midnight. A leap second counts as the end of the second before it.
fn since_midnight(time: NaiveTime) -> i64 {
    let rest = i64::from(time.nanosecond()).min(SECOND - 1);
    i64::from(time.num_seconds_from_midnight()) * SECOND + rest
}

//! Values of logical types that need no other crate, and how they are written.
//!
//! A point in time is the number that is written and nothing more: reading it cannot fail, and it converts to the types of
//! the standard library, `jiff` or `chrono` where they have such a value.

mod decimal;
mod duration;
mod instants;
#[cfg(feature = "std")]
mod system_time;
mod uuid;

pub use decimal::{Decimal, DecimalBytes, DecimalFixed, ParseDecimalError};
pub use duration::Duration;
pub use instants::{
    Date, LocalTimestampMicros, LocalTimestampMillis, LocalTimestampNanos, TimeMicros, TimeMillis,
    TimestampMicros, TimestampMillis, TimestampNanos,
};
pub use uuid::{ParseUuidError, Uuid, UuidFixed, UuidText};

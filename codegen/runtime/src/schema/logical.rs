//! Logical types: what a type means beyond how it is written (specification, "Logical Types").

use serde_json::Value;

use super::{Kind, Node, Primitive};

/// A logical type that is valid for the type that carries it. All others do not count, as the specification asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Logical {
    /// An unscaled number as two's complement, on `bytes` or a fixed type.
    Decimal {
        /// How many digits it may have.
        precision: u32,
        /// How many of them stand behind the point.
        scale: u32,
    },
    /// A UUID, on `string` or a fixed type of 16 bytes.
    Uuid,
    /// Days since 1970.
    Date,
    /// Milliseconds since midnight.
    TimeMillis,
    /// Microseconds since midnight.
    TimeMicros,
    /// Milliseconds since 1970 in UTC.
    TimestampMillis,
    /// Microseconds since 1970 in UTC.
    TimestampMicros,
    /// Nanoseconds since 1970 in UTC.
    TimestampNanos,
    /// Milliseconds since 1970 wherever one is.
    LocalTimestampMillis,
    /// Microseconds since 1970 wherever one is.
    LocalTimestampMicros,
    /// Nanoseconds since 1970 wherever one is.
    LocalTimestampNanos,
    /// Months, days and milliseconds, on a fixed type of 12 bytes.
    Duration,
}

pub(super) fn logical(node: &Node) -> Option<Logical> {
    use Primitive::{Bytes, Int, Long, String};
    let name = node.attribute("logicalType")?.as_str()?;
    Some(match (name, &node.kind) {
        ("decimal", Kind::Primitive(Bytes)) => decimal(node, None)?,
        ("decimal", Kind::Fixed(fixed)) => decimal(node, Some(fixed.size))?,
        ("uuid", Kind::Primitive(String)) => Logical::Uuid,
        ("uuid", Kind::Fixed(fixed)) if fixed.size == 16 => Logical::Uuid,
        ("duration", Kind::Fixed(fixed)) if fixed.size == 12 => Logical::Duration,
        ("date", Kind::Primitive(Int)) => Logical::Date,
        ("time-millis", Kind::Primitive(Int)) => Logical::TimeMillis,
        ("time-micros", Kind::Primitive(Long)) => Logical::TimeMicros,
        ("timestamp-millis", Kind::Primitive(Long)) => Logical::TimestampMillis,
        ("timestamp-micros", Kind::Primitive(Long)) => Logical::TimestampMicros,
        ("timestamp-nanos", Kind::Primitive(Long)) => Logical::TimestampNanos,
        ("local-timestamp-millis", Kind::Primitive(Long)) => Logical::LocalTimestampMillis,
        ("local-timestamp-micros", Kind::Primitive(Long)) => Logical::LocalTimestampMicros,
        ("local-timestamp-nanos", Kind::Primitive(Long)) => Logical::LocalTimestampNanos,
        _ => return None,
    })
}

fn decimal(node: &Node, size: Option<usize>) -> Option<Logical> {
    let number = |name| node.attribute(name).map(Value::as_u64);
    let precision = u32::try_from(number("precision")??).ok()?;
    let scale = match number("scale") {
        Some(scale) => u32::try_from(scale?).ok()?,
        None => 0,
    };
    let fits = size.is_none_or(|size| precision <= digits_in(size));
    (precision > 0 && scale <= precision && fits).then_some(Logical::Decimal { precision, scale })
}

/// How many digits always fit into so many bytes.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "the specification defines it as such a floor"
)]
fn digits_in(size: usize) -> u32 {
    ((8.0 * size as f64 - 1.0) * core::f64::consts::LOG10_2).max(0.0) as u32
}

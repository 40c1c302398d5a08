//! Logical types.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};

use super::{
    SerdeCodec,
    bytes::{deserialize_array, deserialize_bytes, serialize_bytes},
};
use crate::logical::{
    Date, Decimal, DecimalBytes, DecimalFixed, Duration, LocalTimestampMicros,
    LocalTimestampMillis, LocalTimestampNanos, TimeMicros, TimeMillis, TimestampMicros,
    TimestampMillis, TimestampNanos, Uuid, UuidFixed, UuidText,
};

/// Points in time are the numbers that are written.
macro_rules! numbers {
    ($($name:ident),*) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.0.serialize(serializer)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Deserialize::deserialize(deserializer).map(Self)
            }
        }
    )*};
}

numbers!(
    Date,
    TimeMillis,
    TimeMicros,
    TimestampMillis,
    TimestampMicros,
    TimestampNanos,
    LocalTimestampMillis,
    LocalTimestampMicros,
    LocalTimestampNanos
);

fn decimal_text<'de, const SCALE: u32, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Decimal<SCALE>, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(D::Error::custom)
}

impl<const PRECISION: u32, const SCALE: u32> SerdeCodec for DecimalBytes<PRECISION, SCALE> {
    fn serialize<S: Serializer>(value: &Decimal<SCALE>, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(value)
        } else {
            serializer.serialize_bytes(&value.to_be_bytes())
        }
    }

    fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal<SCALE>, D::Error> {
        if deserializer.is_human_readable() {
            decimal_text(deserializer)
        } else {
            deserialize_bytes(deserializer).map(|bytes| Decimal::from_be_bytes(&bytes))
        }
    }
}

impl<const N: usize, const PRECISION: u32, const SCALE: u32> SerdeCodec
    for DecimalFixed<N, PRECISION, SCALE>
{
    fn serialize<S: Serializer>(value: &Decimal<SCALE>, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return serializer.collect_str(value);
        }
        let mut bytes = Vec::new();
        <Self as crate::Codec>::write(value, &mut bytes).map_err(serde::ser::Error::custom)?;
        serializer.serialize_bytes(&bytes)
    }

    fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal<SCALE>, D::Error> {
        DecimalBytes::<PRECISION, SCALE>::deserialize(deserializer)
    }
}

impl SerdeCodec for UuidText {
    fn serialize<S: Serializer>(value: &Uuid, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Uuid, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

impl SerdeCodec for UuidFixed {
    fn serialize<S: Serializer>(value: &Uuid, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(value)
        } else {
            serialize_bytes(&value.0, serializer)
        }
    }

    fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Uuid, D::Error> {
        if deserializer.is_human_readable() {
            UuidText::deserialize(deserializer)
        } else {
            deserialize_array(deserializer).map(Uuid)
        }
    }
}

/// How people read a duration.
#[derive(Serialize, Deserialize)]
#[serde(rename = "duration", deny_unknown_fields)]
struct Parts {
    months: u32,
    days: u32,
    millis: u32,
}

impl Serialize for Duration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            let Self {
                months,
                days,
                millis,
            } = *self;
            let parts = Parts {
                months,
                days,
                millis,
            };
            parts.serialize(serializer)
        } else {
            serializer.serialize_bytes(&self.to_bytes())
        }
    }
}

impl<'de> Deserialize<'de> for Duration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let Parts {
                months,
                days,
                millis,
            } = Parts::deserialize(deserializer)?;
            Ok(Self {
                months,
                days,
                millis,
            })
        } else {
            deserialize_array(deserializer).map(Self::from_bytes)
        }
    }
}

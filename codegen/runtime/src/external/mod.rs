//! Logical types as types of other crates. Each crate is behind a feature of its name.
//!
//! Of points in time, what is finer than the schema's unit is cut off when it is written; of decimals nothing is. What the other
//! type has no room for is an error.

#[cfg(feature = "bigdecimal")]
pub mod bigdecimal;
#[cfg(feature = "chrono")]
pub mod chrono;
#[cfg(any(feature = "bigdecimal", feature = "rust_decimal"))]
mod decimals;
#[cfg(feature = "jiff")]
pub mod jiff;
#[cfg(feature = "rust_decimal")]
pub mod rust_decimal;
#[cfg(feature = "uuid")]
pub mod uuid;

/// Codecs that differ in the type, in what is written, and in how one becomes the other. Where people read it, it is the
/// number that is written.
#[cfg(any(feature = "chrono", feature = "jiff"))]
macro_rules! external {
    ($($(#[$doc:meta])* $name:ident: $ty:ty as $codec:ident, $from:expr, $to:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name;

        impl crate::Codec for $name {
            type Value = $ty;

            #[inline]
            fn write(value: &$ty, out: &mut Vec<u8>) -> Result<(), crate::Error> {
                let number = ($to)(value).ok_or_else(|| crate::Error::logical(OUTSIDE))?;
                <crate::codec::$codec as crate::Codec>::write(&number, out)
            }

            #[inline]
            fn read(input: &mut crate::Reader<'_>) -> Result<$ty, crate::Error> {
                let number = <crate::codec::$codec as crate::Codec>::read(input)?;
                ($from)(number).ok_or_else(|| input.no_value(OUTSIDE))
            }

            #[inline]
            fn resolve(at: crate::At<'_>, input: &mut crate::Reader<'_>) -> Result<$ty, crate::Error> {
                let number = <crate::codec::$codec as crate::Codec>::resolve(at, input)?;
                ($from)(number).ok_or_else(|| input.no_value(OUTSIDE))
            }
        }

        #[cfg(feature = "serde")]
        impl crate::serde_as::SerdeCodec for $name {
            fn serialize<S: serde::Serializer>(value: &$ty, serializer: S) -> Result<S::Ok, S::Error> {
                let number = ($to)(value).ok_or_else(|| <S::Error as serde::ser::Error>::custom(OUTSIDE))?;
                <crate::codec::$codec as crate::serde_as::SerdeCodec>::serialize(&number, serializer)
            }

            fn deserialize<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<$ty, D::Error> {
                let number = <crate::codec::$codec as crate::serde_as::SerdeCodec>::deserialize(deserializer)?;
                ($from)(number).ok_or_else(|| <D::Error as serde::de::Error>::custom(OUTSIDE))
            }
        }
    )*};
}

#[cfg(any(feature = "chrono", feature = "jiff"))]
pub(crate) use external;

/// Seconds of a day.
#[cfg(any(feature = "chrono", feature = "jiff"))]
const DAY: i64 = 86_400;

//! What decimals of other crates share: they are written as the decimals that need no crate, digit for digit.

pub(super) const INEXACT: &str = "a decimal has more digits behind the point than its scale allows";

pub(super) const TOO_LARGE: &str = "a decimal has more digits than its precision allows";

pub(super) const NO_ROOM: &str = "a decimal has more digits than the crate's type has room for";

/// Codecs of a type, with how it is made of a decimal and how it becomes one.
macro_rules! decimals {
    ($ty:ty, $from:ident, $to:ident) => {
        /// A decimal of a precision and a scale on bytes.
        #[derive(Debug, Clone, Copy)]
        pub struct DecimalBytes<const PRECISION: u32, const SCALE: u32>;

        /// A decimal of a precision and a scale on a fixed type of `N` bytes.
        #[derive(Debug, Clone, Copy)]
        pub struct DecimalFixed<const N: usize, const PRECISION: u32, const SCALE: u32>;

        decimals!(@codec [const PRECISION: u32, const SCALE: u32] DecimalBytes<PRECISION, SCALE>, $ty, $from, $to);
        decimals!(
            @codec [const N: usize, const PRECISION: u32, const SCALE: u32] DecimalFixed<N, PRECISION, SCALE>,
            $ty, $from, $to
        );
    };
    (@codec [$($generic:tt)*] $name:ident<$($of:ident),*>, $ty:ty, $from:ident, $to:ident) => {
        impl<$($generic)*> crate::Codec for $name<$($of),*> {
            type Value = $ty;

            #[inline]
            fn write(value: &$ty, out: &mut Vec<u8>) -> Result<(), crate::Error> {
                let decimal = $to::<PRECISION, SCALE>(value).map_err(crate::Error::logical)?;
                <logical::$name<$($of),*> as crate::Codec>::write(&decimal, out)
            }

            #[inline]
            fn read(input: &mut crate::Reader<'_>) -> Result<$ty, crate::Error> {
                let decimal = <logical::$name<$($of),*> as crate::Codec>::read(input)?;
                $from(&decimal).ok_or_else(|| input.no_value(decimals::NO_ROOM))
            }

            #[inline]
            fn resolve(at: crate::At<'_>, input: &mut crate::Reader<'_>) -> Result<$ty, crate::Error> {
                let decimal = <logical::$name<$($of),*> as crate::Codec>::resolve(at, input)?;
                $from(&decimal).ok_or_else(|| input.no_value(decimals::NO_ROOM))
            }
        }

        #[cfg(feature = "serde")]
        impl<$($generic)*> crate::serde_as::SerdeCodec for $name<$($of),*> {
            fn serialize<S: serde::Serializer>(value: &$ty, serializer: S) -> Result<S::Ok, S::Error> {
                let decimal = $to::<PRECISION, SCALE>(value).map_err(<S::Error as serde::ser::Error>::custom)?;
                <logical::$name<$($of),*> as crate::serde_as::SerdeCodec>::serialize(&decimal, serializer)
            }

            fn deserialize<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<$ty, D::Error> {
                let decimal = <logical::$name<$($of),*> as crate::serde_as::SerdeCodec>::deserialize(deserializer)?;
                $from(&decimal).ok_or_else(|| <D::Error as serde::de::Error>::custom(decimals::NO_ROOM))
            }
        }
    };
}

pub(super) use decimals;

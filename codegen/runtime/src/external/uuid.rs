//! UUIDs as those of `uuid`.

use crate::{At, Codec, Error, Reader, logical};

pub use ::uuid::Uuid;

/// Codecs that differ in what carries the UUID.
macro_rules! uuids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy)]
        pub struct $name;

        impl Codec for $name {
            type Value = Uuid;

            #[inline]
            fn write(value: &Uuid, out: &mut Vec<u8>) -> Result<(), Error> {
                logical::$name::write(&logical::Uuid(value.into_bytes()), out)
            }

            #[inline]
            fn read(input: &mut Reader<'_>) -> Result<Uuid, Error> {
                logical::$name::read(input).map(|uuid| Uuid::from_bytes(uuid.0))
            }

            #[inline]
            fn resolve(at: At<'_>, input: &mut Reader<'_>) -> Result<Uuid, Error> {
                logical::$name::resolve(at, input).map(|uuid| Uuid::from_bytes(uuid.0))
            }
        }

        #[cfg(feature = "serde")]
        impl crate::serde_as::SerdeCodec for $name {
            fn serialize<S: serde::Serializer>(value: &Uuid, serializer: S) -> Result<S::Ok, S::Error> {
                <logical::$name as crate::serde_as::SerdeCodec>::serialize(&logical::Uuid(value.into_bytes()), serializer)
            }

            fn deserialize<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Uuid, D::Error> {
                <logical::$name as crate::serde_as::SerdeCodec>::deserialize(deserializer).map(|uuid| Uuid::from_bytes(uuid.0))
            }
        }
    )*};
}

uuids! {
    /// A UUID on a string.
    UuidText;
    /// A UUID on a fixed type of 16 bytes.
    UuidFixed;
}

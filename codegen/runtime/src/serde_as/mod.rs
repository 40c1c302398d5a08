//! Generated types with `serde`.
//!
//! The same Rust type is written in several ways, so it is serialized by its codec and not by itself: a field says
//! `#[serde(with = "As::<Codec>")]`. For formats that people read this is Avro's JSON encoding, with decimals, UUIDs and
//! durations as people write them: bytes are a text with one character for each byte, and a union is an object with the
//! name of its branch. For others bytes are bytes, and a union is a variant with the index of its branch, which is what
//! `apache-avro` takes.

mod bytes;
mod containers;
mod logical;
mod unions;

use core::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeOwned, DeserializeSeed},
};

pub use bytes::{deserialize_array, serialize_bytes};
pub use unions::{SerdeUnion, deserialize_union, no_branch, serialize_union};

use crate::{
    Codec,
    codec::{Boolean, Double, Float, Int, Long, Null, Text},
};

/// A codec whose values go through `serde`.
pub trait SerdeCodec: Codec {
    /// Serializes a value.
    fn serialize<S: Serializer>(value: &Self::Value, serializer: S) -> Result<S::Ok, S::Error>;

    /// Deserializes a value.
    fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self::Value, D::Error>;
}

/// Serializes a field by its codec: `#[serde(with = "As::<Codec>")]`.
pub struct As<C>(PhantomData<C>);

impl<C: SerdeCodec> As<C> {
    /// Serializes a value.
    pub fn serialize<S: Serializer>(value: &C::Value, serializer: S) -> Result<S::Ok, S::Error> {
        C::serialize(value, serializer)
    }

    /// Deserializes a value.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<C::Value, D::Error> {
        C::deserialize(deserializer)
    }
}

impl<C> fmt::Debug for As<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("As")
    }
}

/// A value that is serialized by its codec.
pub struct Ser<'a, C: Codec>(pub &'a C::Value);

impl<C: SerdeCodec> Serialize for Ser<'_, C> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        C::serialize(self.0, serializer)
    }
}

impl<C: Codec> fmt::Debug for Ser<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ser")
    }
}

/// Deserializes a value by its codec.
pub struct De<C>(PhantomData<C>);

impl<C> De<C> {
    /// The only one.
    #[must_use]
    pub const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<C> Default for De<C> {
    fn default() -> Self {
        Self::new()
    }
}

impl<C> fmt::Debug for De<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("De")
    }
}

impl<'de, C: SerdeCodec> DeserializeSeed<'de> for De<C> {
    type Value = C::Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<C::Value, D::Error> {
        C::deserialize(deserializer)
    }
}

/// What is a codec of itself serializes itself.
impl<T: Codec<Value = T> + Serialize + DeserializeOwned> SerdeCodec for T {
    fn serialize<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        Serialize::serialize(value, serializer)
    }

    fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        <T as Deserialize>::deserialize(deserializer)
    }
}

/// Codecs whose values serialize as `serde` has them.
macro_rules! plain {
    ($($codec:ty),*) => {$(
        impl SerdeCodec for $codec {
            fn serialize<S: Serializer>(value: &Self::Value, serializer: S) -> Result<S::Ok, S::Error> {
                value.serialize(serializer)
            }

            fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self::Value, D::Error> {
                Deserialize::deserialize(deserializer)
            }
        }
    )*};
}

plain!(Null, Boolean, Int, Long, Float, Double, Text);

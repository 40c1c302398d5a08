//! Unions: a variant of the branch's name and index. Null is a variant, too, unless people read it.

use core::{fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{DeserializeSeed, EnumAccess, Error, VariantAccess, Visitor},
};

use super::SerdeCodec;
use crate::codec::{NullableUnion, Union, UnionType};

/// An enum for the branches of a union.
pub trait SerdeUnion: UnionType {
    /// The name of the enum.
    const NAME: &'static str;
    /// The names of all branches, null among them, in the order of the schema.
    const BRANCHES: &'static [&'static str];

    /// Serializes the value as a variant.
    fn serialize_branch<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error>;

    /// Deserializes the value of a variant.
    fn deserialize_branch<'de, A: VariantAccess<'de>>(
        index: u32,
        access: A,
    ) -> Result<Self, A::Error>;
}

/// Serializes a union.
pub fn serialize_union<E: SerdeUnion, S: Serializer>(
    value: &E,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    value.serialize_branch(serializer)
}

/// Deserializes a union that is not null.
pub fn deserialize_union<'de, E: SerdeUnion, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<E, D::Error> {
    let value = variant(deserializer)?;
    value.ok_or_else(|| D::Error::custom("the union is null"))
}

/// The error for a branch that the union does not have.
pub fn no_branch<E: Error>() -> E {
    E::custom("the union has no such branch")
}

/// Deserializes a variant; that of null is nothing.
fn variant<'de, E: SerdeUnion, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<E>, D::Error> {
    deserializer.deserialize_enum(E::NAME, E::BRANCHES, Branches::<E>(PhantomData))
}

struct Branches<E>(PhantomData<E>);

impl<'de, E: SerdeUnion> Visitor<'de> for Branches<E> {
    type Value = Option<E>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a branch of the union {}", E::NAME)
    }

    fn visit_enum<A: EnumAccess<'de>>(self, access: A) -> Result<Option<E>, A::Error> {
        let (index, access) = access.variant_seed(Index::<E>(PhantomData))?;
        if E::NULL == Some(index) {
            return access.unit_variant().map(|()| None);
        }
        E::deserialize_branch(index, access).map(Some)
    }
}

/// The index of a branch, from its index or its name.
struct Index<E>(PhantomData<E>);

impl<'de, E: SerdeUnion> DeserializeSeed<'de> for Index<E> {
    type Value = u32;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<u32, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<E: SerdeUnion> Visitor<'_> for Index<E> {
    type Value = u32;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the name of a branch of the union {}", E::NAME)
    }

    fn visit_u64<X: Error>(self, index: u64) -> Result<u32, X> {
        let index = u32::try_from(index).ok();
        let known = index.filter(|index| (*index as usize) < E::BRANCHES.len());
        known.ok_or_else(no_branch)
    }

    fn visit_str<X: Error>(self, name: &str) -> Result<u32, X> {
        let simple = |known: &&str| known.rsplit('.').next() == Some(name);
        let mut branches = E::BRANCHES.iter();
        let index = branches
            .position(|known| *known == name)
            .or_else(|| E::BRANCHES.iter().position(simple))
            // Some call the primitive branches by the names of their variants.
            .or_else(|| {
                E::BRANCHES
                    .iter()
                    .position(|known| known.eq_ignore_ascii_case(name))
            });
        index
            .and_then(|index| u32::try_from(index).ok())
            .ok_or_else(|| X::unknown_variant(name, E::BRANCHES))
    }
}

impl<E: SerdeUnion> SerdeCodec for Union<E> {
    fn serialize<S: Serializer>(value: &E, serializer: S) -> Result<S::Ok, S::Error> {
        value.serialize_branch(serializer)
    }

    fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<E, D::Error> {
        deserialize_union(deserializer)
    }
}

/// A branch inside an option.
struct Branch<E>(E);

impl<E: SerdeUnion> Serialize for Branch<&E> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize_branch(serializer)
    }
}

impl<'de, E: SerdeUnion> Deserialize<'de> for Branch<E> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserialize_union(deserializer).map(Self)
    }
}

impl<E: SerdeUnion> SerdeCodec for NullableUnion<E> {
    fn serialize<S: Serializer>(value: &Option<E>, serializer: S) -> Result<S::Ok, S::Error> {
        match value {
            None if serializer.is_human_readable() => serializer.serialize_none(),
            None => serializer.serialize_unit_variant(E::NAME, E::NULL.unwrap_or(0), "null"),
            Some(value) if serializer.is_human_readable() => {
                serializer.serialize_some(&Branch(value))
            }
            Some(value) => value.serialize_branch(serializer),
        }
    }

    fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<E>, D::Error> {
        if deserializer.is_human_readable() {
            let branch = Option::<Branch<E>>::deserialize(deserializer)?;
            Ok(branch.map(|Branch(value)| value))
        } else {
            variant(deserializer)
        }
    }
}

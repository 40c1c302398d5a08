//! Arrays, maps, options and boxes.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    marker::PhantomData,
};

use serde::{
    Deserializer, Serializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
    ser::SerializeMap as _,
};

use super::{De, Ser, SerdeCodec};
use crate::codec::{Array, Boxed, Map, NullFirst, NullLast, Single, SortedMap};

impl<C: SerdeCodec> SerdeCodec for Array<C> {
    fn serialize<S: Serializer>(items: &Self::Value, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(items.iter().map(Ser::<C>))
    }

    fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self::Value, D::Error> {
        struct Items<C>(PhantomData<C>);

        impl<'de, C: SerdeCodec> Visitor<'de> for Items<C> {
            type Value = Vec<C::Value>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = access.next_element_seed(De::<C>::new())? {
                    items.push(item);
                }
                Ok(items)
            }
        }

        deserializer.deserialize_seq(Items::<C>(PhantomData))
    }
}

struct Entries<C, M>(PhantomData<(C, M)>);

impl<'de, C: SerdeCodec, M: Default + Extend<(String, C::Value)>> Visitor<'de> for Entries<C, M> {
    type Value = M;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<M, A::Error> {
        let mut entries = M::default();
        while let Some(key) = access.next_key()? {
            entries.extend([(key, access.next_value_seed(De::<C>::new())?)]);
        }
        Ok(entries)
    }
}

macro_rules! maps {
    ($($codec:ident as $map:ident;)*) => {$(
        impl<C: SerdeCodec> SerdeCodec for $codec<C> {
            fn serialize<S: Serializer>(entries: &Self::Value, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(key, &Ser::<C>(value))?;
                }
                map.end()
            }

            fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self::Value, D::Error> {
                deserializer.deserialize_map(Entries::<C, $map<String, C::Value>>(PhantomData))
            }
        }
    )*};
}

maps! {
    Map as HashMap;
    SortedMap as BTreeMap;
}

struct Optional<C>(PhantomData<C>);

impl<'de, C: SerdeCodec> Visitor<'de> for Optional<C> {
    type Value = Option<C::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value or null")
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        C::deserialize(deserializer).map(Some)
    }
}

macro_rules! options {
    ($($codec:ident),*) => {$(
        impl<C: SerdeCodec> SerdeCodec for $codec<C> {
            fn serialize<S: Serializer>(value: &Self::Value, serializer: S) -> Result<S::Ok, S::Error> {
                match value {
                    None => serializer.serialize_none(),
                    Some(value) => serializer.serialize_some(&Ser::<C>(value)),
                }
            }

            fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self::Value, D::Error> {
                deserializer.deserialize_option(Optional::<C>(PhantomData))
            }
        }
    )*};
}

options!(NullFirst, NullLast);

macro_rules! transparent {
    ($($codec:ident: |$value:ident| $inner:expr, $outer:expr;)*) => {$(
        impl<C: SerdeCodec> SerdeCodec for $codec<C> {
            fn serialize<S: Serializer>($value: &Self::Value, serializer: S) -> Result<S::Ok, S::Error> {
                C::serialize($inner, serializer)
            }

            fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Self::Value, D::Error> {
                C::deserialize(deserializer).map($outer)
            }
        }
    )*};
}

transparent! {
    Single: |value| value, |value| value;
    Boxed: |value| value, Box::new;
}

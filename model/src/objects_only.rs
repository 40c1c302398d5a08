//! Parts of bodies that are objects and nothing else.
//!
//! serde's derived structs can be read from arrays as well, field by field. In the protocol an array in the place of an
//! object is a mistake of the client, which has to be told.

/// Lets a type that derives `Serialize` and `Deserialize` with `#[serde(remote = "Self")]` be read from objects only.
macro_rules! objects_only {
    ($type:ty) => {
        impl serde::Serialize for $type {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                <$type>::serialize(self, serializer)
            }
        }

        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct FromObject;

                impl<'de> serde::de::Visitor<'de> for FromObject {
                    type Value = $type;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str("an object")
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(
                        self,
                        fields: A,
                    ) -> Result<$type, A::Error> {
                        <$type>::deserialize(serde::de::value::MapAccessDeserializer::new(fields))
                    }
                }

                deserializer.deserialize_map(FromObject)
            }
        }
    };
}

pub(crate) use objects_only;

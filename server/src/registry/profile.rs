//! Which clients the answers are shaped for.

use dovetail_model::SchemaType;
use serde::Deserialize;

/// The major version of the protocol whose shapes are answered. Everything else is the same in both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Profile {
    /// As 7.x: Avro goes without saying, a registration is answered with its id, and an incompatible one has the code 409.
    #[serde(rename = "7")]
    Seven,
    /// As 8.x.
    #[serde(rename = "8")]
    Eight,
}

impl Profile {
    /// The format as it is answered.
    pub(crate) fn shown(self, schema_type: SchemaType) -> Option<SchemaType> {
        (self == Self::Eight || schema_type != SchemaType::Avro).then_some(schema_type)
    }
}

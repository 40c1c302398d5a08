//! Tags inside the text of a schema, and what they stand on.

use serde::{Deserialize, Serialize};

/// A record or a field of a schema, by its path.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SchemaEntity {
    /// The names on the way there, with dots between them.
    pub entity_path: String,
    /// What is there.
    pub entity_type: EntityType,
}

/// What a tag stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum EntityType {
    /// A record, a message, or an object.
    #[serde(rename = "sr_record", alias = "SR_RECORD")]
    Record,
    /// A field, or a property.
    #[serde(rename = "sr_field", alias = "SR_FIELD")]
    Field,
}

/// Something with its tags.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SchemaTags {
    /// What they stand on.
    pub schema_entity: SchemaEntity,
    /// The tags, in the order of the text.
    pub tags: Vec<String>,
}

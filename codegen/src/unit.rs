//! What goes in: schemas with the texts they refer to.

use std::sync::Arc;

use dovetail_model::SchemaType;

/// One thing to make types of: a subject or a file. It becomes a module of the same name.
#[derive(Debug, Clone)]
pub struct Unit {
    /// The subject, or the stem of the file. Errors name it, and the module is called after it.
    pub name: String,
    /// The format of every text of this unit.
    pub schema_type: SchemaType,
    /// The schema itself.
    pub schema: SchemaText,
    /// Other versions of the same subject that are wanted beside it; each becomes a module inside this unit's.
    pub also: Vec<SchemaText>,
}

/// The text of one schema, exactly as it is registered or as it stands in its file.
#[derive(Debug, Clone)]
pub struct SchemaText {
    /// The text.
    pub text: Arc<str>,
    /// What the text refers to, all of it, each before those that use it.
    pub references: Vec<NamedText>,
    /// Where the registry keeps it, if it does.
    pub registered: Option<Registration>,
}

/// A text that others refer to by a name: the name of an import for Protobuf, a URI for JSON Schema, anything for Avro.
#[derive(Debug, Clone)]
pub struct NamedText {
    /// The name.
    pub name: String,
    /// The text.
    pub text: Arc<str>,
}

/// Where a registry keeps a schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The subject, qualified by its context where that is not the default one.
    pub subject: String,
    /// The version inside the subject.
    pub version: u32,
    /// The id that payloads carry.
    pub id: u32,
    /// The GUID, where the registry gives one.
    pub guid: Option<String>,
}

//! A parsed schema of any format.

use std::sync::Arc;

use dovetail_model::SchemaType;

use crate::{avro::AvroSchema, json_schema::JsonSchema, protobuf::ProtobufSchema};

/// A text that other texts refer to by name: an Avro full name, an import path, or a `$ref`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedText {
    /// The name as the referrer spells it.
    pub name: String,
    /// The referenced schema's text.
    pub text: Arc<str>,
}

/// Why a text is not a schema: what is wrong, where, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SchemaError(pub String);

/// A schema that was parsed and whose references were resolved. Cheap to keep: checks borrow it.
#[derive(Debug)]
pub struct Schema {
    canonical: String,
    pub(crate) parsed: Parsed,
}

/// The formats behind the one face.
#[derive(Debug)]
pub(crate) enum Parsed {
    Avro(Box<AvroSchema>),
    Protobuf(Box<ProtobufSchema>),
    Json(Box<JsonSchema>),
}

/// Parses a text. `references` holds every text it needs, those of the references' own references included, each before
/// the texts that use it.
///
/// ```
/// use dovetail_compat::parse;
/// use dovetail_model::SchemaType;
/// let schema = parse(SchemaType::Avro, r#"{"type": "string"}"#, &[]).unwrap();
/// assert_eq!(schema.canonical(), "\"string\"");
/// ```
pub fn parse(
    schema_type: SchemaType,
    text: &str,
    references: &[NamedText],
) -> Result<Schema, SchemaError> {
    if let Some(offset) = text.find('\0') {
        return Err(SchemaError(format!(
            "the text contains a NUL character at byte {offset}"
        )));
    }
    let parsed = match schema_type {
        SchemaType::Avro => Parsed::Avro(Box::new(AvroSchema::parse(text, references)?)),
        SchemaType::Protobuf => {
            Parsed::Protobuf(Box::new(ProtobufSchema::parse(text, references)?))
        }
        SchemaType::Json => Parsed::Json(Box::new(JsonSchema::parse(text, references)?)),
    };
    let canonical = match &parsed {
        Parsed::Avro(schema) => schema.canonical(),
        Parsed::Protobuf(schema) => schema.canonical(),
        Parsed::Json(schema) => schema.canonical(),
    };
    Ok(Schema { canonical, parsed })
}

impl Schema {
    /// The format.
    pub const fn schema_type(&self) -> SchemaType {
        match self.parsed {
            Parsed::Avro(_) => SchemaType::Avro,
            Parsed::Protobuf(_) => SchemaType::Protobuf,
            Parsed::Json(_) => SchemaType::Json,
        }
    }

    /// The text that is stored, returned and hashed: the submitted one reprinted in the format's canonical form.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// The names of the fields at the top: of an Avro record, of the first Protobuf message, or the properties of a JSON
    /// Schema.
    pub fn top_level_fields(&self) -> Vec<&str> {
        match &self.parsed {
            Parsed::Avro(schema) => schema.top_level_fields(),
            Parsed::Protobuf(schema) => schema.top_level_fields(),
            Parsed::Json(schema) => schema.top_level_fields(),
        }
    }

    /// The canonical form of the schema after rewriting everything that has several spellings into one.
    pub fn normalized(&self) -> String {
        match &self.parsed {
            Parsed::Avro(schema) => schema.normalized(),
            Parsed::Protobuf(schema) => schema.normalized(),
            Parsed::Json(schema) => schema.normalized(),
        }
    }
}

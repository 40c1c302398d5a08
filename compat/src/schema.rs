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

/// Another form of a text than the canonical one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Avro with everything that references define written out.
    Resolved,
    /// Protobuf as a base64 `FileDescriptorProto`.
    Serialized,
    /// Protobuf without extensions.
    IgnoreExtensions,
}

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
    parse_with(schema_type, text, references, AvroSchema::parse)
}

/// As [`parse`], but takes the names and default values of Avro as they are: for what was registered elsewhere, or before
/// they were looked at.
pub fn parse_lax(
    schema_type: SchemaType,
    text: &str,
    references: &[NamedText],
) -> Result<Schema, SchemaError> {
    parse_with(schema_type, text, references, AvroSchema::parse_lax)
}

fn parse_with(
    schema_type: SchemaType,
    text: &str,
    references: &[NamedText],
    parse_avro: fn(&str, &[NamedText]) -> Result<AvroSchema, SchemaError>,
) -> Result<Schema, SchemaError> {
    if let Some(offset) = text.find('\0') {
        return Err(SchemaError(format!(
            "the text contains a NUL character at byte {offset}"
        )));
    }
    let parsed = match schema_type {
        SchemaType::Avro => Parsed::Avro(Box::new(parse_avro(text, references)?)),
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

impl Format {
    /// The form that has this name in the protocol.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "resolved" => Some(Self::Resolved),
            "serialized" => Some(Self::Serialized),
            "ignore_extensions" => Some(Self::IgnoreExtensions),
            _ => None,
        }
    }
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

    /// The text in another form; `None` where the format has no such form.
    pub fn formatted(&self, format: Format) -> Result<Option<String>, SchemaError> {
        match (&self.parsed, format) {
            (Parsed::Avro(schema), Format::Resolved) => schema
                .resolved()
                .map(Some)
                .map_err(|error| SchemaError(error.to_string())),
            (Parsed::Protobuf(schema), Format::Serialized) => Ok(Some(schema.serialized())),
            (Parsed::Protobuf(schema), Format::IgnoreExtensions) => {
                Ok(Some(schema.without_extensions()))
            }
            _ => Ok(None),
        }
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

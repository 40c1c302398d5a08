//! How values are written and read with registered schemas, one file for each format and way of holding values.
//!
//! A [`Codec`] knows nothing of registries. [`Serializer`](crate::Serializer) and
//! [`Deserializer`](crate::Deserializer) ask it once for each schema how to write or read, and from then on do that
//! without waiting. To add a way of holding values, implement the trait.

pub mod avro;
#[cfg(feature = "json")]
pub mod json;
#[cfg(feature = "protobuf")]
pub mod protobuf;

use dovetail_model::{SchemaType, bodies::RegisterRequest};

use crate::{
    ResolvedSchema,
    wire::{Framed, MessageIndexes},
};

/// Why something could not be written or read.
pub type CodecError = Box<dyn std::error::Error + Send + Sync>;

/// How values of one type are written and read.
pub trait Codec: Send + Sync + 'static {
    /// What is written and read.
    type Value;
    /// What writing with a schema needs, made once.
    type Writer: Send + Sync + 'static;
    /// What reading what a schema wrote needs, made once.
    type Reader: Send + Sync + 'static;

    /// The format.
    fn schema_type(&self) -> SchemaType;

    /// The full name of the type, where it has one.
    fn full_name(&self) -> Option<&str> {
        None
    }

    /// The text that the type was generated from, where it knows that.
    fn text(&self) -> Option<&str> {
        None
    }

    /// The schema of the type, where it brings one that can be looked up and registered.
    fn schema(&self) -> Option<RegisterRequest> {
        None
    }

    /// How to write with a schema.
    fn writer(&self, schema: &ResolvedSchema) -> Result<Self::Writer, CodecError>;

    /// Which message of the schema a writer writes, in Protobuf.
    fn indexes<'a>(&self, writer: &'a Self::Writer) -> Option<&'a MessageIndexes> {
        let _ = writer;
        None
    }

    /// Appends the data of a value.
    fn write(
        &self,
        writer: &Self::Writer,
        value: &Self::Value,
        out: &mut Vec<u8>,
    ) -> Result<(), CodecError>;

    /// How to read what a schema wrote.
    fn reader(&self, schema: &ResolvedSchema) -> Result<Self::Reader, CodecError>;

    /// Reads a value out of its envelope.
    fn read(&self, reader: &Self::Reader, message: &Framed<'_>) -> Result<Self::Value, CodecError>;
}

//! Values of any schema, for those who have no type of it.

mod default;
mod read;

use alloc::{boxed::Box, string::String, vec::Vec};

pub use default::default_value;
pub(crate) use default::write_default;

use crate::{Error, Graph, Reader, schema::Schema, write};

/// A value of a schema. Logical types are what carries them.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// `null`
    Null,
    /// `boolean`
    Boolean(bool),
    /// `int`
    Int(i32),
    /// `long`
    Long(i64),
    /// `float`
    Float(f32),
    /// `double`
    Double(f64),
    /// `bytes`
    Bytes(Vec<u8>),
    /// `string`
    String(String),
    /// The items of an array.
    Array(Vec<Self>),
    /// The entries of a map, in the order in which they were written.
    Map(Vec<(String, Self)>),
    /// The fields of a record, in the order of the schema.
    Record(Vec<Self>),
    /// The index of an enum's symbol.
    Enum(u32),
    /// The bytes of a fixed type.
    Fixed(Vec<u8>),
    /// The index of a union's branch, and its value.
    Union(u32, Box<Self>),
}

impl Value {
    /// Reads a value that was written with the schema, and all bytes.
    pub fn from_slice(schema: &Schema, bytes: &[u8]) -> Result<Self, Error> {
        Self::from_slice_with(schema, &Graph::same(), bytes)
    }

    /// Reads a value of the schema that was written with another, and all bytes.
    pub fn from_slice_with(schema: &Schema, graph: &Graph, bytes: &[u8]) -> Result<Self, Error> {
        let mut input = Reader::new(bytes);
        let value = Self::resolve(schema, graph, &mut input)?;
        input.finish()?;
        Ok(value)
    }

    /// Reads a value of the schema that was written with another.
    pub fn resolve(schema: &Schema, graph: &Graph, input: &mut Reader<'_>) -> Result<Self, Error> {
        read::resolve(schema, schema.root(), graph.root(), input)
    }

    /// Appends the value in Avro's binary encoding. It must be a value of the reader's schema: nothing is checked here.
    pub fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => {}
            Self::Boolean(value) => out.push(u8::from(*value)),
            Self::Int(value) => write::long(i64::from(*value), out),
            Self::Long(value) => write::long(*value, out),
            Self::Float(value) => out.extend_from_slice(&value.to_le_bytes()),
            Self::Double(value) => out.extend_from_slice(&value.to_le_bytes()),
            Self::Bytes(bytes) => write::bytes(bytes, out),
            Self::String(text) => write::bytes(text.as_bytes(), out),
            Self::Fixed(bytes) => out.extend_from_slice(bytes),
            Self::Enum(index) => write::long(i64::from(*index), out),
            Self::Record(fields) => fields.iter().for_each(|field| field.write(out)),
            Self::Union(index, value) => {
                write::long(i64::from(*index), out);
                value.write(out);
            }
            Self::Array(items) => {
                if !items.is_empty() {
                    write::count(items.len(), out);
                }
                for item in items {
                    item.write(out);
                }
                out.push(0);
            }
            Self::Map(entries) => {
                if !entries.is_empty() {
                    write::count(entries.len(), out);
                }
                for (key, value) in entries {
                    write::bytes(key.as_bytes(), out);
                    value.write(out);
                }
                out.push(0);
            }
        }
    }
}

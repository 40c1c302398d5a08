//! Values: what a writer puts on the wire and what a reader makes of it (specification, "Data Serialization").
//!
//! A value knows its own shape, so encoding it needs no schema; only its JSON does, for the names (`value/json.rs`).
//! Reading bytes with another schema than they were written with is `resolve.rs`.

mod json;

pub(super) use json::{Form, from_json, to_json};

/// How deep a value may nest, so that no thread's stack is exhausted by one.
pub(super) const DEPTH_LIMIT: usize = 200;

/// A value of a schema.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Datum {
    Null,
    Boolean(bool),
    Int(i32),
    Long(i64),
    Float(f32),
    Double(f64),
    Bytes(Vec<u8>),
    String(String),
    Array(Vec<Self>),
    Map(Vec<(String, Self)>),
    /// In the order of the schema's fields.
    Record(Vec<Self>),
    /// A symbol, by its index.
    Enum(u32),
    Fixed(Vec<u8>),
    /// A branch, by its index.
    Union(u32, Box<Self>),
}

impl Datum {
    /// The value in Avro's binary encoding.
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.encode(&mut out);
        out
    }

    fn encode(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => {}
            Self::Boolean(value) => out.push(u8::from(*value)),
            Self::Int(value) => long(i64::from(*value), out),
            Self::Long(value) => long(*value, out),
            Self::Float(value) => out.extend(value.to_le_bytes()),
            Self::Double(value) => out.extend(value.to_le_bytes()),
            Self::Bytes(bytes) => prefixed(bytes, out),
            Self::String(text) => prefixed(text.as_bytes(), out),
            Self::Fixed(bytes) => out.extend(bytes),
            Self::Enum(index) => long(i64::from(*index), out),
            Self::Record(fields) => {
                for field in fields {
                    field.encode(out);
                }
            }
            Self::Union(index, value) => {
                long(i64::from(*index), out);
                value.encode(out);
            }
            Self::Array(items) => {
                open_block(items.len(), out);
                for item in items {
                    item.encode(out);
                }
                long(0, out);
            }
            Self::Map(entries) => {
                open_block(entries.len(), out);
                for (key, value) in entries {
                    prefixed(key.as_bytes(), out);
                    value.encode(out);
                }
                long(0, out);
            }
        }
    }
}

/// A number with its sign in the lowest bit, seven bits a byte.
fn long(value: i64, out: &mut Vec<u8>) {
    let mut rest = ((value << 1) ^ (value >> 63)).cast_unsigned();
    while rest >= 0x80 {
        out.push((rest & 0x7F) as u8 | 0x80);
        rest >>= 7;
    }
    out.push((rest & 0x7F) as u8);
}

fn prefixed(bytes: &[u8], out: &mut Vec<u8>) {
    long(count(bytes.len()), out);
    out.extend(bytes);
}

/// Everything goes into one block. An empty array or map has none, only the end.
fn open_block(len: usize, out: &mut Vec<u8>) {
    if len > 0 {
        long(count(len), out);
    }
}

fn count(len: usize) -> i64 {
    i64::try_from(len).unwrap_or(i64::MAX)
}

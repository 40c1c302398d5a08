//! Writing and reading values of Avro schemas from outside: JSON in Avro's JSON encoding, bytes in its binary one.

use serde_json::Value;

use crate::{Schema, schema::Parsed};

use super::{
    AvroSchema,
    resolve::resolve,
    value::{Form, from_json, to_json},
};

/// Parts that a value written from JSON may have.
const PARTS: u64 = 1_000_000;

impl Schema {
    /// The bytes a writer with this Avro schema makes of a value in Avro's JSON encoding, or why it cannot.
    ///
    /// ```
    /// use dovetail_compat::parse;
    /// use dovetail_model::SchemaType;
    /// let writer = parse(SchemaType::Avro, r#"["null", "int"]"#, &[]).unwrap();
    /// let reader = parse(SchemaType::Avro, r#"["long", "null"]"#, &[]).unwrap();
    /// let bytes = writer.write_avro(&serde_json::json!({"int": 1})).unwrap();
    /// assert_eq!(bytes, [2, 2]);
    /// assert_eq!(reader.read_avro(&writer, &bytes).unwrap(), serde_json::json!({"long": 1}));
    /// ```
    pub fn write_avro(&self, value: &Value) -> Result<Vec<u8>, String> {
        let schema = avro(self)?;
        let mut left = PARTS;
        from_json(schema, schema.root, value, Form::Encoding, &mut left)
            .map(|datum| datum.bytes())
            .ok_or_else(|| "the value is none of the schema's, or it is too large".to_owned())
    }

    /// The value this Avro schema reads from bytes that were written with `writer`, in Avro's JSON encoding, or why it
    /// cannot read them.
    pub fn read_avro(&self, writer: &Self, bytes: &[u8]) -> Result<Value, String> {
        let (reader, writer) = (avro(self)?, avro(writer)?);
        let reading = resolve(reader, writer, bytes, None)?;
        match reading.failures.into_iter().next() {
            Some(failure) => Err(failure),
            None => Ok(to_json(reader, reader.root, &reading.value)),
        }
    }
}

fn avro(schema: &Schema) -> Result<&AvroSchema, String> {
    match &schema.parsed {
        Parsed::Avro(schema) => Ok(schema),
        _ => Err(format!("the schema is {}, not AVRO", schema.schema_type())),
    }
}

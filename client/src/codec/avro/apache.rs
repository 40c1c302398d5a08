//! Values and serde types of the `apache-avro` crate.
//!
//! They are written by that crate. They are read by our own reader, which resolves as the specification says and stays
//! within limits whatever the bytes are, and only then turned into that crate's values.

use std::marker::PhantomData;

use apache_avro::{
    Schema as ApacheSchema, from_value, types::Value, writer::datum::GenericDatumWriter,
};
use dovetail_model::{SchemaType, bodies::RegisterRequest};
use dovetail_runtime::{Graph, Value as Plain, schema::Schema};
use serde::{Serialize, de::DeserializeOwned};

use super::{apache_value::to_apache, bare, generated::parsed};
use crate::{
    ResolvedSchema,
    codec::{Codec, CodecError},
    wire::Framed,
};

/// Values of any schema. They are read as they were written, or as another schema reads them.
#[derive(Debug, Clone, Default)]
pub struct Values {
    reader: Option<String>,
}

impl Values {
    /// Values as they were written.
    pub fn new() -> Self {
        Self::default()
    }

    /// Values as this schema reads them.
    pub fn read_as(schema: impl Into<String>) -> Self {
        Self {
            reader: Some(schema.into()),
        }
    }
}

/// Values of a type that serde writes and reads as Avro. The schema says what the type holds: data of other schemas is
/// resolved to it.
#[derive(Debug)]
pub struct Serde<T> {
    schema: String,
    value: PhantomData<fn(T) -> T>,
}

impl<T> Serde<T> {
    /// Values of this type, which has this schema.
    pub fn new(schema: impl Into<String>) -> Self {
        Self {
            schema: schema.into(),
            value: PhantomData,
        }
    }
}

/// A schema that is written with.
#[derive(Debug)]
pub struct Writing {
    schema: ApacheSchema,
    /// What it refers to.
    named: Vec<ApacheSchema>,
    is_bare: bool,
}

impl Writing {
    fn new(schema: &ResolvedSchema) -> Result<Self, CodecError> {
        let references = schema.references.iter();
        let references = references.map(|named| &named.schema.text);
        let (main, named) = ApacheSchema::parse_str_with_list(&schema.schema.text, references)?;
        Ok(Self {
            schema: main,
            named,
            is_bare: bare::is_bare(&parsed(schema)?),
        })
    }

    /// Writes through a writer, which only borrows its schema and so is made each time.
    fn write(
        &self,
        out: &mut Vec<u8>,
        write: impl FnOnce(&GenericDatumWriter<'_>, &mut Vec<u8>) -> apache_avro::AvroResult<usize>,
    ) -> Result<(), CodecError> {
        let start = out.len();
        // Each after those that it refers to.
        let schemata = self.named.iter().chain(std::iter::once(&self.schema));
        let builder = GenericDatumWriter::builder(&self.schema);
        let writer = builder.schemata(schemata.collect())?.build()?;
        if let Err(error) = write(&writer, out) {
            out.truncate(start);
            return Err(error.into());
        }
        if self.is_bare {
            bare::strip(out, start)?;
        }
        Ok(())
    }
}

/// How a schema's data is read.
#[derive(Debug)]
pub struct Reading {
    reader: Schema,
    graph: Graph,
    is_bare: bool,
}

impl Reading {
    fn new(schema: &ResolvedSchema, reader: Option<&str>) -> Result<Self, CodecError> {
        let writer = parsed(schema)?;
        let is_bare = bare::is_bare(&writer);
        let (reader, graph) = match reader {
            None => (writer, Graph::same()),
            Some(text) => {
                let reader = Schema::parse(text)?;
                let graph = Graph::new(&reader, &writer)?;
                (reader, graph)
            }
        };
        Ok(Self {
            reader,
            graph,
            is_bare,
        })
    }

    fn read(&self, message: &Framed<'_>) -> Result<Value, CodecError> {
        let with_length;
        let data = if self.is_bare {
            with_length = bare::with_length(message.data());
            &with_length
        } else {
            message.data()
        };
        let value = Plain::from_slice_with(&self.reader, &self.graph, data)?;
        Ok(to_apache(&self.reader, self.reader.root(), value))
    }
}

impl Codec for Values {
    type Value = Value;
    type Writer = Writing;
    type Reader = Reading;

    fn schema_type(&self) -> SchemaType {
        SchemaType::Avro
    }

    fn writer(&self, schema: &ResolvedSchema) -> Result<Writing, CodecError> {
        Writing::new(schema)
    }

    fn write(&self, writing: &Writing, value: &Value, out: &mut Vec<u8>) -> Result<(), CodecError> {
        let as_it_is = writing.write(out, |writer, out| writer.write_value_ref(out, value));
        if as_it_is.is_ok() {
            return Ok(());
        }
        // A value without its union around it, or of a narrower number, may still be meant.
        let named = writing.named.iter().collect();
        let value = value.clone();
        let fitted = value.resolve_schemata(&writing.schema, named)?;
        writing.write(out, |writer, out| writer.write_value_ref(out, &fitted))
    }

    fn reader(&self, schema: &ResolvedSchema) -> Result<Reading, CodecError> {
        Reading::new(schema, self.reader.as_deref())
    }

    fn read(&self, reading: &Reading, message: &Framed<'_>) -> Result<Value, CodecError> {
        reading.read(message)
    }
}

impl<T: Serialize + DeserializeOwned + 'static> Codec for Serde<T> {
    type Value = T;
    type Writer = Writing;
    type Reader = Reading;

    fn schema_type(&self) -> SchemaType {
        SchemaType::Avro
    }

    fn schema(&self) -> Option<RegisterRequest> {
        Some(RegisterRequest {
            schema: Some(self.schema.clone()),
            ..RegisterRequest::default()
        })
    }

    fn writer(&self, schema: &ResolvedSchema) -> Result<Writing, CodecError> {
        Writing::new(schema)
    }

    fn write(&self, writing: &Writing, value: &T, out: &mut Vec<u8>) -> Result<(), CodecError> {
        writing.write(out, |writer, out| writer.write_ser(out, value))
    }

    fn reader(&self, schema: &ResolvedSchema) -> Result<Reading, CodecError> {
        Reading::new(schema, Some(&self.schema))
    }

    fn read(&self, reading: &Reading, message: &Framed<'_>) -> Result<T, CodecError> {
        Ok(from_value(&reading.read(message)?)?)
    }
}

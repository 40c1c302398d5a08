//! Messages of any schema, for those who have no type of them.

use dovetail_model::SchemaType;
use prost::Message;
use prost_reflect::{DescriptorPool, DynamicMessage, MessageDescriptor, ReflectMessage};
use protox::Compiler;

use super::{
    imports::{Imports, ROOT},
    messages::Text,
};
use crate::{
    ResolvedSchema,
    codec::{Codec, CodecError},
    wire::{Framed, MessageIndexes},
};

/// Values of any message, with its descriptor from the registry. Written is the message of one full name; read is whichever
/// message was written.
#[derive(Debug, Clone)]
pub struct Dynamic {
    full_name: String,
}

impl Dynamic {
    /// Writes the message of this full name, and reads any.
    pub fn new(full_name: impl Into<String>) -> Self {
        Self {
            full_name: full_name.into(),
        }
    }
}

/// The messages of a schema.
#[derive(Debug)]
pub struct Pool {
    descriptors: DescriptorPool,
    text: Text,
    /// The way to the message that is written.
    way: Option<MessageIndexes>,
}

impl Pool {
    /// The descriptor of a message, which new messages are made from.
    pub fn message(&self, full_name: &str) -> Option<MessageDescriptor> {
        self.descriptors.get_message_by_name(full_name)
    }

    /// The messages of a schema, with everything it imports.
    pub fn of(schema: &ResolvedSchema) -> Result<Self, CodecError> {
        let mut compiler = Compiler::with_file_resolver(Imports::of(schema)?);
        compiler.include_imports(true).open_file(ROOT)?;
        Ok(Self {
            descriptors: compiler.descriptor_pool(),
            text: Text::parse(&schema.schema.text)?,
            way: None,
        })
    }

    fn at(&self, way: &MessageIndexes) -> Option<MessageDescriptor> {
        self.message(&self.text.full_name(way)?)
    }
}

impl Codec for Dynamic {
    type Value = DynamicMessage;
    type Writer = Pool;
    type Reader = Pool;

    fn schema_type(&self) -> SchemaType {
        SchemaType::Protobuf
    }

    fn full_name(&self) -> Option<&str> {
        Some(&self.full_name)
    }

    fn writer(&self, schema: &ResolvedSchema) -> Result<Pool, CodecError> {
        let pool = Pool::of(schema)?;
        let ways = pool.text.ways(&self.full_name);
        let ways = ways.ok_or_else(|| format!("it has no message {}", self.full_name))?;
        Ok(Pool {
            way: Some(ways.written),
            ..pool
        })
    }

    fn indexes<'a>(&self, writer: &'a Pool) -> Option<&'a MessageIndexes> {
        writer.way.as_ref()
    }

    fn write(&self, _: &Pool, value: &DynamicMessage, out: &mut Vec<u8>) -> Result<(), CodecError> {
        let name = value.descriptor().full_name().to_owned();
        if name != self.full_name {
            return Err(format!("the message is {name}, and {} is written", self.full_name).into());
        }
        Ok(value.encode(out)?)
    }

    fn reader(&self, schema: &ResolvedSchema) -> Result<Pool, CodecError> {
        Pool::of(schema)
    }

    fn read(&self, reader: &Pool, message: &Framed<'_>) -> Result<DynamicMessage, CodecError> {
        let (way, data) = message.message()?;
        let descriptor = reader.at(&way);
        let descriptor = descriptor
            .ok_or_else(|| format!("its schema has no message at {:?}", way.as_slice()))?;
        Ok(DynamicMessage::decode(descriptor, data)?)
    }
}

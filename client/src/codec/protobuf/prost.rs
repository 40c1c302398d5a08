//! Messages of prost.

use std::marker::PhantomData;

use dovetail_model::SchemaType;
use dovetail_runtime::ProtobufType;
use prost::{Message, Name};

use super::messages::{Text, Ways};
use crate::{
    ResolvedSchema,
    codec::{Codec, CodecError},
    wire::{Framed, MessageIndexes},
};

/// Values of a message type that prost generated. Which message of the schema they are is found by the full name, so that
/// schemas may have others around it.
///
/// ```no_run
/// use dovetail_client::{Client, codec::protobuf::Prost};
///
/// #[derive(Clone, PartialEq, prost::Message)]
/// struct Order {
///     #[prost(string, tag = "1")]
///     id: String,
/// }
///
/// # async fn example(client: Client) -> Result<(), dovetail_client::Error> {
/// let codec = Prost::<Order>::named("shop.Order");
/// let serializer = client.serializer(codec, "orders").latest().build().await?;
/// let payload = serializer.serialize(&Order { id: "o-1".into() })?;
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Prost<M> {
    full_name: String,
    text: Option<&'static str>,
    message: PhantomData<fn(M) -> M>,
}

impl<M> Prost<M> {
    /// Values of a type that is generated from the message of this full name.
    pub fn named(full_name: impl Into<String>) -> Self {
        Self {
            full_name: full_name.into(),
            text: None,
            message: PhantomData,
        }
    }
}

impl<M: Name> Prost<M> {
    /// Values of a type that knows its full name, as it does where prost is told to `enable_type_names`.
    #[expect(
        clippy::new_without_default,
        reason = "a codec is asked for, not defaulted to"
    )]
    pub fn new() -> Self {
        Self::named(M::full_name())
    }
}

impl<M: ProtobufType> Prost<M> {
    /// Values of a type that `dovetail generate` or a build script made.
    pub fn generated() -> Self {
        Self {
            text: Some(M::SCHEMA),
            ..Self::named(M::FULL_NAME)
        }
    }
}

impl<M> Prost<M> {
    fn ways(&self, schema: &ResolvedSchema) -> Result<Ways, CodecError> {
        let ways = Text::parse(&schema.schema.text)?.ways(&self.full_name);
        ways.ok_or_else(|| format!("it has no message {}", self.full_name).into())
    }
}

impl<M: Message + Default + 'static> Codec for Prost<M> {
    type Value = M;
    /// The way to the message.
    type Writer = MessageIndexes;
    /// The ways to the message.
    type Reader = Ways;

    fn schema_type(&self) -> SchemaType {
        SchemaType::Protobuf
    }

    fn full_name(&self) -> Option<&str> {
        Some(&self.full_name)
    }

    fn text(&self) -> Option<&str> {
        self.text
    }

    fn writer(&self, schema: &ResolvedSchema) -> Result<MessageIndexes, CodecError> {
        Ok(self.ways(schema)?.written)
    }

    fn indexes<'a>(&self, writer: &'a MessageIndexes) -> Option<&'a MessageIndexes> {
        Some(writer)
    }

    fn write(&self, _: &MessageIndexes, value: &M, out: &mut Vec<u8>) -> Result<(), CodecError> {
        Ok(value.encode(out)?)
    }

    fn reader(&self, schema: &ResolvedSchema) -> Result<Ways, CodecError> {
        self.ways(schema)
    }

    fn read(&self, reader: &Ways, message: &Framed<'_>) -> Result<M, CodecError> {
        let (way, data) = message.message()?;
        if !reader.has(&way) {
            let (seen, expected) = (way.as_slice(), reader.written.as_slice());
            return Err(format!(
                "it is the message at {seen:?} of its schema, and {} is at {expected:?}",
                self.full_name
            )
            .into());
        }
        Ok(M::decode(data)?)
    }
}

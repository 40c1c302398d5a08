//! Writing messages: a schema chosen once, and then bytes without waiting.

use std::sync::Arc;

use arc_swap::ArcSwap;
use dovetail_model::{SchemaId, Version, bodies::RegisterRequest};
use dovetail_runtime::Registered;
use uuid::Uuid;

use crate::{
    KnownSchema, ResolvedSchema,
    client::Client,
    codec::Codec,
    error::{Error, Kind, Result},
    schemas::Schemas,
    wire::{Part, SchemaKey, SubjectNames},
};

/// Which schema is written with.
#[derive(Debug, Clone)]
enum Choice {
    /// The codec's own where it brings one, and otherwise the subject's latest.
    Ordinary,
    Pinned(SchemaId, Option<Uuid>),
    Version(Version),
    Latest,
    LookUp,
    Register,
}

/// Where a message says which schema wrote it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Framing {
    /// As an id before the data, which every reader understands.
    #[default]
    Prefix,
    /// As a GUID in a header of the record, which leaves the payload bare.
    Header,
}

/// A message: the payload, and the header where the envelope stands in one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encoded {
    /// The value of the header [`KEY_HEADER`](crate::wire::KEY_HEADER) or [`VALUE_HEADER`](crate::wire::VALUE_HEADER).
    pub header: Option<Vec<u8>>,
    /// The payload.
    pub payload: Vec<u8>,
}

/// Chooses the schema that a [`Serializer`] writes with.
///
/// Where nothing is chosen, that is the schema which the codec brings, as it is registered under the subject, or the
/// subject's latest where the codec brings none. Nothing is registered unless [`Self::register`] says so.
#[derive(Debug, Clone)]
#[must_use = "a builder does nothing until it builds"]
pub struct SerializerBuilder<C> {
    schemas: Schemas,
    codec: C,
    topic: String,
    part: Part,
    names: SubjectNames,
    subject: Option<String>,
    schema: Option<RegisterRequest>,
    choice: Choice,
    framing: Framing,
}

impl Client {
    /// Writes the values of a topic. [`SerializerBuilder`] says with which schema.
    pub fn serializer<C: Codec>(&self, codec: C, topic: &str) -> SerializerBuilder<C> {
        SerializerBuilder {
            schemas: self.schemas(),
            codec,
            topic: topic.to_owned(),
            part: Part::Value,
            names: SubjectNames::default(),
            subject: None,
            schema: None,
            choice: Choice::Ordinary,
            framing: Framing::default(),
        }
    }
}

impl<C: Codec> SerializerBuilder<C> {
    /// Writes the keys of the topic, not the values.
    pub fn key(mut self) -> Self {
        self.part = Part::Key;
        self
    }

    /// How the subject is named.
    pub fn names(mut self, names: SubjectNames) -> Self {
        self.names = names;
        self
    }

    /// The subject itself, whatever the topic.
    pub fn subject(mut self, subject: impl Into<String>) -> Self {
        self.subject = Some(subject.into());
        self
    }

    /// The schema that [`Self::look_up`] and [`Self::register`] mean, for codecs that bring none, or to say more about it.
    pub fn schema(mut self, schema: RegisterRequest) -> Self {
        self.schema = Some(schema);
        self
    }

    /// Writes with the schema of an id. Where the codec knows its text, that is taken to be it, and nobody is
    /// asked.
    pub fn pinned(self, id: SchemaId) -> Self {
        self.pinned_as(id, None)
    }

    /// Writes with the id that the type was generated for. Nobody is asked, so the registry may be away.
    pub fn pinned_as_generated(self) -> Self
    where
        C::Value: Registered,
    {
        let guid = C::Value::GUID.and_then(|guid| guid.parse().ok());
        match SchemaId::new(C::Value::ID.into()) {
            Some(id) => self.pinned_as(id, guid),
            // Generators take ids from registries, which give none out that is not one.
            None => self,
        }
    }

    fn pinned_as(mut self, id: SchemaId, guid: Option<Uuid>) -> Self {
        self.choice = Choice::Pinned(id, guid);
        self
    }

    /// Writes with a version of the subject.
    pub fn version(mut self, version: Version) -> Self {
        self.choice = Choice::Version(version);
        self
    }

    /// Writes with the latest version of the subject, as of now; [`Serializer::refresh`] asks again.
    pub fn latest(mut self) -> Self {
        self.choice = Choice::Latest;
        self
    }

    /// Writes with the codec's schema, which must be registered under the subject.
    pub fn look_up(mut self) -> Self {
        self.choice = Choice::LookUp;
        self
    }

    /// Writes with the codec's schema, and registers it under the subject where it is not yet.
    pub fn register(mut self) -> Self {
        self.choice = Choice::Register;
        self
    }

    /// Where the messages say which schema wrote them.
    pub fn framing(mut self, framing: Framing) -> Self {
        self.framing = framing;
        self
    }

    /// The serializer, once its schema is known.
    pub async fn build(self) -> Result<Serializer<C>> {
        let written = self.written().await?;
        Ok(Serializer(Arc::new(Inner {
            written: ArcSwap::from_pointee(written),
            builder: self,
        })))
    }

    async fn written(&self) -> Result<Written<C::Writer>> {
        let schema = self.chosen().await?;
        let wanted = self.codec.schema_type();
        if schema.schema_type != wanted {
            let found = schema.schema_type;
            return Err(Error::usage(format!(
                "the schema to write with is {found}, and the codec writes {wanted}"
            )));
        }
        let key = self.key_of(&schema)?;
        let resolved = self.schemas.resolve(schema).await?;
        let writer = self.codec.writer(&resolved);
        let writer = writer.map_err(|error| Error::because(Kind::Schema(Some(key)), error))?;
        let mut envelope = Vec::new();
        key.write(&mut envelope);
        if let Some(indexes) = self.codec.indexes(&writer) {
            indexes.write(&mut envelope);
        }
        Ok(Written {
            key,
            schema: resolved,
            writer,
            envelope,
        })
    }

    async fn chosen(&self) -> Result<Arc<KnownSchema>> {
        match self.choice {
            Choice::Pinned(id, guid) => match self.codec.text() {
                Some(text) => Ok(Arc::new(KnownSchema {
                    id: Some(id),
                    guid,
                    ..KnownSchema::of_text(self.codec.schema_type(), text)
                })),
                None => self.schemas.by_id(id).await,
            },
            Choice::Version(version) => self.schemas.version(&self.name()?, version).await,
            Choice::Latest => self.schemas.latest(&self.name()?).await,
            Choice::LookUp => self.schemas.look_up(&self.name()?, &self.own()?).await,
            Choice::Register => self.schemas.register(&self.name()?, &self.own()?).await,
            Choice::Ordinary => match self.brought() {
                Some(own) => self.schemas.look_up(&self.name()?, &own).await,
                None => self.schemas.latest(&self.name()?).await,
            },
        }
    }

    fn key_of(&self, schema: &KnownSchema) -> Result<SchemaKey> {
        let key = match self.framing {
            Framing::Prefix => schema.id.map(SchemaKey::Id),
            Framing::Header => schema.guid.map(SchemaKey::Guid),
        };
        key.ok_or_else(|| {
            let what = match self.framing {
                Framing::Prefix => "id",
                Framing::Header => "GUID",
            };
            Error::usage(format!(
                "the registry gives the schema no {what}, which the framing needs"
            ))
        })
    }

    fn brought(&self) -> Option<RegisterRequest> {
        self.schema.clone().or_else(|| self.codec.schema())
    }

    fn own(&self) -> Result<RegisterRequest> {
        let none = || Error::usage("the codec brings no schema; say it with `schema`");
        self.brought().ok_or_else(none)
    }

    fn name(&self) -> Result<String> {
        if let Some(subject) = &self.subject {
            return Ok(subject.clone());
        }
        let full_name = self.codec.full_name();
        let named = self.names.subject(&self.topic, self.part, full_name);
        named.ok_or_else(|| {
            Error::usage("the subject is named after the type, and the type has no name; say it with `subject`")
        })
    }
}

/// Writes values of one type. Cheap to clone; clones share their schema.
pub struct Serializer<C: Codec>(Arc<Inner<C>>);

struct Inner<C: Codec> {
    builder: SerializerBuilder<C>,
    written: ArcSwap<Written<C::Writer>>,
}

/// The schema that is written with, and what goes before the data.
struct Written<W> {
    key: SchemaKey,
    schema: ResolvedSchema,
    writer: W,
    envelope: Vec<u8>,
}

impl<C: Codec> Clone for Serializer<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<C: Codec> Serializer<C> {
    /// The message of a value. Waits for nothing.
    pub fn encode(&self, value: &C::Value) -> Result<Encoded> {
        let mut payload = Vec::new();
        let header = self.encode_into(value, &mut payload)?;
        Ok(Encoded { header, payload })
    }

    /// The payload of a value, for serializers that frame with a prefix.
    pub fn serialize(&self, value: &C::Value) -> Result<Vec<u8>> {
        let mut payload = Vec::new();
        self.serialize_into(value, &mut payload)?;
        Ok(payload)
    }

    /// Appends the payload of a value, for serializers that frame with a prefix. What was appended before an error stays.
    pub fn serialize_into(&self, value: &C::Value, out: &mut Vec<u8>) -> Result<()> {
        match self.0.builder.framing {
            Framing::Prefix => self.encode_into(value, out).map(drop),
            Framing::Header => Err(Error::usage(
                "a header is part of the message; use `encode`",
            )),
        }
    }

    fn encode_into(&self, value: &C::Value, out: &mut Vec<u8>) -> Result<Option<Vec<u8>>> {
        let written = self.0.written.load();
        let header = match self.0.builder.framing {
            Framing::Prefix => {
                out.extend_from_slice(&written.envelope);
                None
            }
            Framing::Header => Some(written.envelope.clone()),
        };
        let codec = &self.0.builder.codec;
        match codec.write(&written.writer, value, out) {
            Ok(()) => Ok(header),
            Err(error) => Err(Error::because(Kind::Encode(written.key), error)),
        }
    }

    /// Chooses the schema again, which matters where the latest one is written with.
    pub async fn refresh(&self) -> Result<()> {
        let written = self.0.builder.written().await?;
        self.0.written.store(Arc::new(written));
        Ok(())
    }

    /// The schema that is written with.
    pub fn schema(&self) -> Arc<KnownSchema> {
        Arc::clone(&self.0.written.load().schema.schema)
    }
}

//! Reading messages: without waiting where the writer's schema is known, and with one request where it is not.

use std::{collections::HashMap, sync::Arc};

use arc_swap::ArcSwap;

use crate::{
    client::Client,
    codec::Codec,
    error::{Error, Kind, Result},
    schemas::Schemas,
    wire::{Framed, SchemaKey, deframe, deframe_record},
};

/// How many writers are remembered. Beyond that the memory starts anew.
const MAX_WRITERS: usize = 1000;

/// What came of reading without waiting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decoded<T> {
    /// The value.
    Ready(T),
    /// The schema that wrote the message is not known yet; [`Deserializer::load`] fetches it.
    NeedsSchema(SchemaKey),
}

/// Reads values of one type, whichever schema wrote them. Cheap to clone; clones know the same schemas.
///
/// ```no_run
/// use dovetail_client::{Client, Decoded, codec::Codec};
///
/// # async fn example<C: Codec>(client: Client, codec: C, payload: &[u8]) -> Result<(), dovetail_client::Error> {
/// let deserializer = client.deserializer(codec);
/// let value = deserializer.deserialize(payload).await?;
/// // The same for those who cannot wait in the middle of a poll loop.
/// let value = match deserializer.try_deserialize(payload)? {
///     Decoded::Ready(value) => value,
///     Decoded::NeedsSchema(_) => deserializer.deserialize(payload).await?,
/// };
/// # Ok(()) }
/// ```
pub struct Deserializer<C: Codec>(Arc<Inner<C>>);

/// A way to read, or why there is none: either stays as it is.
type Known<R> = std::result::Result<R, Error>;

struct Inner<C: Codec> {
    schemas: Schemas,
    codec: C,
    readers: ArcSwap<HashMap<SchemaKey, Arc<Known<C::Reader>>>>,
}

impl Client {
    /// Reads values that any schema of the codec's format wrote.
    pub fn deserializer<C: Codec>(&self, codec: C) -> Deserializer<C> {
        Deserializer(Arc::new(Inner {
            schemas: self.schemas(),
            codec,
            readers: ArcSwap::default(),
        }))
    }
}

impl<C: Codec> Clone for Deserializer<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<C: Codec> Deserializer<C> {
    /// Reads a payload that says in its first bytes which schema wrote it.
    pub async fn deserialize(&self, payload: &[u8]) -> Result<C::Value> {
        self.read(deframe(payload).map_err(framing)?).await
    }

    /// Reads a record's key or value, given its header [`KEY_HEADER`](crate::wire::KEY_HEADER) or
    /// [`VALUE_HEADER`](crate::wire::VALUE_HEADER) where it has one. A record without a payload, a tombstone, is no value.
    pub async fn deserialize_record(
        &self,
        header: Option<&[u8]>,
        payload: Option<&[u8]>,
    ) -> Result<Option<C::Value>> {
        let Some(payload) = payload else {
            return Ok(None);
        };
        let framed = deframe_record(header, payload).map_err(framing)?;
        self.read(framed).await.map(Some)
    }

    /// Reads a payload if the schema that wrote it is known. Waits for nothing.
    pub fn try_deserialize(&self, payload: &[u8]) -> Result<Decoded<C::Value>> {
        self.try_read(deframe(payload).map_err(framing)?)
    }

    /// As [`Self::try_deserialize`], for a record's key or value.
    pub fn try_deserialize_record(
        &self,
        header: Option<&[u8]>,
        payload: Option<&[u8]>,
    ) -> Result<Decoded<Option<C::Value>>> {
        let Some(payload) = payload else {
            return Ok(Decoded::Ready(None));
        };
        let framed = deframe_record(header, payload).map_err(framing)?;
        Ok(match self.try_read(framed)? {
            Decoded::Ready(value) => Decoded::Ready(Some(value)),
            Decoded::NeedsSchema(key) => Decoded::NeedsSchema(key),
        })
    }

    /// Gets ready to read what a schema wrote, such as those known when a consumer starts.
    pub async fn load(&self, key: SchemaKey) -> Result<()> {
        match &*self.known(key).await? {
            Ok(_) => Ok(()),
            Err(error) => Err(error.clone()),
        }
    }

    async fn read(&self, framed: Framed<'_>) -> Result<C::Value> {
        let known = match self.0.readers.load().get(&framed.schema) {
            Some(known) => Arc::clone(known),
            None => self.known(framed.schema).await?,
        };
        self.read_with(&known, &framed)
    }

    fn try_read(&self, framed: Framed<'_>) -> Result<Decoded<C::Value>> {
        match self.0.readers.load().get(&framed.schema) {
            Some(known) => self.read_with(known, &framed).map(Decoded::Ready),
            None => Ok(Decoded::NeedsSchema(framed.schema)),
        }
    }

    fn read_with(&self, known: &Known<C::Reader>, framed: &Framed<'_>) -> Result<C::Value> {
        let reader = known.as_ref().map_err(Clone::clone)?;
        let read = self.0.codec.read(reader, framed);
        read.map_err(|error| Error::because(Kind::Decode(framed.schema), error))
    }

    /// How to read what a schema wrote. `Err` is one that may be other next time.
    async fn known(&self, key: SchemaKey) -> Result<Arc<Known<C::Reader>>> {
        let schema = self.0.schemas.by_key(key).await?;
        let wanted = self.0.codec.schema_type();
        let known = if schema.schema_type == wanted {
            let resolved = self.0.schemas.resolve(schema).await?;
            let reader = self.0.codec.reader(&resolved);
            reader.map_err(|error| Error::because(Kind::Schema(Some(key)), error))
        } else {
            let found = schema.schema_type;
            let what = format!("it is {found}, and the codec reads {wanted}");
            Err(Error::because(Kind::Schema(Some(key)), what))
        };
        let known = Arc::new(known);
        self.0.readers.rcu(|readers| {
            let mut readers = match readers.len() {
                ..MAX_WRITERS => HashMap::clone(readers),
                _ => HashMap::new(),
            };
            readers.insert(key, Arc::clone(&known));
            readers
        });
        Ok(known)
    }
}

fn framing(error: crate::wire::FrameError) -> Error {
    Error::because(Kind::Framing, error)
}

//! JSON as serde writes it.

use std::marker::PhantomData;

use dovetail_model::{SchemaType, bodies::RegisterRequest};
use dovetail_runtime::JsonType;
use serde::{Serialize, de::DeserializeOwned};

use super::{Codec, CodecError};
use crate::{ResolvedSchema, wire::Framed};

/// Values of a type that serde writes and reads as JSON. Nothing is held against the schema.
///
/// ```no_run
/// use dovetail_client::{Client, codec::json::Json};
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize, Deserialize)]
/// struct Order { id: String }
///
/// # async fn example(client: Client) -> Result<(), dovetail_client::Error> {
/// let serializer = client.serializer(Json::<Order>::new(), "orders").build().await?;
/// let payload = serializer.serialize(&Order { id: "o-1".into() })?;
/// # Ok(()) }
/// ```
#[derive(Debug)]
pub struct Json<T> {
    text: Option<&'static str>,
    value: PhantomData<fn(T) -> T>,
}

impl<T> Json<T> {
    /// Values of this type.
    #[expect(
        clippy::new_without_default,
        reason = "a codec is asked for, not defaulted to"
    )]
    pub fn new() -> Self {
        Self {
            text: None,
            value: PhantomData,
        }
    }
}

impl<T: JsonType> Json<T> {
    /// Values of a type that `dovetail generate` or a build script made, which brings its schema.
    pub fn generated() -> Self {
        Self {
            text: Some(T::SCHEMA),
            ..Self::new()
        }
    }
}

impl<T: Serialize + DeserializeOwned + 'static> Codec for Json<T> {
    type Value = T;
    type Writer = ();
    type Reader = ();

    fn schema_type(&self) -> SchemaType {
        SchemaType::Json
    }

    fn text(&self) -> Option<&str> {
        self.text
    }

    fn schema(&self) -> Option<RegisterRequest> {
        Some(RegisterRequest {
            schema: Some(self.text?.to_owned()),
            schema_type: Some(SchemaType::Json.to_string()),
            ..RegisterRequest::default()
        })
    }

    fn writer(&self, _: &ResolvedSchema) -> Result<(), CodecError> {
        Ok(())
    }

    fn write(&self, (): &(), value: &T, out: &mut Vec<u8>) -> Result<(), CodecError> {
        Ok(serde_json::to_writer(out, value)?)
    }

    fn reader(&self, _: &ResolvedSchema) -> Result<(), CodecError> {
        Ok(())
    }

    fn read(&self, (): &(), message: &Framed<'_>) -> Result<T, CodecError> {
        Ok(serde_json::from_slice(message.data())?)
    }
}

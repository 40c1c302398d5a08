//! Types that were generated from a schema.

use std::marker::PhantomData;

use dovetail_model::{SchemaType, bodies::RegisterRequest};
use dovetail_runtime::{AvroType, Plan, schema::Schema};

use super::bare;
use crate::{
    ResolvedSchema,
    codec::{Codec, CodecError},
    wire::Framed,
};

/// Values of a generated type. They are written with the schema they were generated from, and no other.
#[derive(Debug)]
pub struct Generated<T>(PhantomData<fn(T) -> T>);

impl<T: AvroType> Generated<T> {
    /// Values of this type.
    #[expect(
        clippy::new_without_default,
        reason = "a codec is asked for, not defaulted to"
    )]
    pub fn new() -> Self {
        Self(PhantomData)
    }
}

/// How a schema's data is read.
pub struct Planned<T> {
    plan: Plan<T>,
    is_bare: bool,
}

impl<T: AvroType + 'static> Codec for Generated<T> {
    type Value = T;
    /// Whether the data is bare bytes.
    type Writer = bool;
    type Reader = Planned<T>;

    fn schema_type(&self) -> SchemaType {
        SchemaType::Avro
    }

    fn full_name(&self) -> Option<&str> {
        Some(T::FULL_NAME)
    }

    fn text(&self) -> Option<&str> {
        Some(T::SCHEMA)
    }

    fn schema(&self) -> Option<RegisterRequest> {
        // A type that refers to others knows their texts, but not under which subjects they are registered.
        T::REFERENCES.is_empty().then(|| RegisterRequest {
            schema: Some(T::SCHEMA.to_owned()),
            ..RegisterRequest::default()
        })
    }

    fn writer(&self, schema: &ResolvedSchema) -> Result<bool, CodecError> {
        let own = Schema::parse_with(T::SCHEMA, T::REFERENCES)?;
        let is_own_text = schema.schema.text == T::SCHEMA;
        if !is_own_text && parsed(schema)?.sha256() != own.sha256() {
            return Err(format!(
                "it is not the schema that {} was generated from; generate the type again, or look its schema up",
                T::FULL_NAME
            )
            .into());
        }
        Ok(bare::is_bare(&own))
    }

    fn write(&self, is_bare: &bool, value: &T, out: &mut Vec<u8>) -> Result<(), CodecError> {
        let start = out.len();
        value.encode(out)?;
        if *is_bare {
            bare::strip(out, start)?;
        }
        Ok(())
    }

    fn reader(&self, schema: &ResolvedSchema) -> Result<Planned<T>, CodecError> {
        let plan = Plan::with_references(&schema.schema.text, &references(schema))?;
        let is_bare = bare::is_bare(&parsed(schema)?);
        Ok(Planned { plan, is_bare })
    }

    fn read(&self, reading: &Planned<T>, message: &Framed<'_>) -> Result<T, CodecError> {
        let data = message.data();
        if reading.is_bare {
            return Ok(T::from_slice_with(&reading.plan, &bare::with_length(data))?);
        }
        Ok(T::from_slice_with(&reading.plan, data)?)
    }
}

pub(super) fn references(schema: &ResolvedSchema) -> Vec<&str> {
    let references = schema.references.iter();
    references.map(|named| named.schema.text.as_str()).collect()
}

pub(super) fn parsed(schema: &ResolvedSchema) -> Result<Schema, CodecError> {
    let parsed = Schema::parse_with(&schema.schema.text, &references(schema));
    Ok(parsed?)
}

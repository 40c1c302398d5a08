//! What every generated type of a schema offers.

use alloc::vec::Vec;

use crate::{Codec, Error, Limits, Plan, Reader, codec::CodecRef, single_object};

/// A type that was generated from a schema, and is the schema's root.
pub trait AvroType: Codec<Value = Self> + Sized {
    /// The full name, or that of the kind of type where it has no name.
    const FULL_NAME: &'static str;
    /// The text of the schema, byte for byte as it is registered.
    const SCHEMA: &'static str;
    /// The texts that it refers to, each before those that use it.
    const REFERENCES: &'static [&'static str] = &[];
    /// CRC-64-AVRO of the parsing canonical form.
    const RABIN: u64;
    /// SHA-256 of the parsing canonical form.
    const SHA256: [u8; 32];

    /// Appends the value in Avro's binary encoding.
    #[inline]
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        Self::write(self, out)
    }

    /// The value in Avro's binary encoding.
    fn to_vec(&self) -> Result<Vec<u8>, Error> {
        let mut out = Vec::new();
        self.encode(&mut out)?;
        Ok(out)
    }

    /// Reads a value that was written with the same schema.
    #[inline]
    fn decode(input: &mut Reader<'_>) -> Result<Self, Error> {
        Self::read(input)
    }

    /// Reads a value that was written with another schema.
    #[inline]
    fn decode_with(plan: &Plan<Self>, input: &mut Reader<'_>) -> Result<Self, Error> {
        Self::resolve(plan.graph().root(), input)
    }

    /// Reads a value that was written with the same schema. Bytes that are left over are an error.
    fn from_slice(bytes: &[u8]) -> Result<Self, Error> {
        let mut input = Reader::new(bytes);
        let value = Self::decode(&mut input)?;
        input.finish()?;
        Ok(value)
    }

    /// Reads a value that was written with another schema. Bytes that are left over are an error.
    fn from_slice_with(plan: &Plan<Self>, bytes: &[u8]) -> Result<Self, Error> {
        Self::from_slice_within(plan, bytes, Limits::DEFAULT)
    }

    /// The same within other limits.
    fn from_slice_within(plan: &Plan<Self>, bytes: &[u8], limits: Limits) -> Result<Self, Error> {
        let mut input = Reader::with_limits(bytes, limits);
        let value = Self::decode_with(plan, &mut input)?;
        input.finish()?;
        Ok(value)
    }

    /// The value in Avro's single-object encoding, which starts with the schema's fingerprint.
    fn to_single_object(&self) -> Result<Vec<u8>, Error> {
        let mut out = single_object::header(Self::RABIN).to_vec();
        self.encode(&mut out)?;
        Ok(out)
    }

    /// Reads a value in Avro's single-object encoding that was written with the same schema.
    fn from_single_object(bytes: &[u8]) -> Result<Self, Error> {
        Self::from_slice(single_object::payload(bytes, Self::RABIN)?)
    }
}

/// The twin of a generated type that borrows its strings and bytes from what it is read from.
///
/// It is written as the same bytes, and within the same limits it reads whatever the type that owns them reads, but for one thing:
/// `bytes` that a reader has as a `string` must be UTF-8, because nothing can be replaced in them.
pub trait AvroRef<'a>: CodecRef<'a, Value = Self> + Sized {
    /// The type that owns what this one borrows.
    type Owned: AvroType;

    /// Appends the value in Avro's binary encoding.
    #[inline]
    fn encode(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        Self::write(self, out)
    }

    /// The value in Avro's binary encoding.
    fn to_vec(&self) -> Result<Vec<u8>, Error> {
        let mut out = Vec::new();
        self.encode(&mut out)?;
        Ok(out)
    }

    /// Reads a value that was written with the same schema.
    #[inline]
    fn decode(input: &mut Reader<'a>) -> Result<Self, Error> {
        Self::read(input)
    }

    /// Reads a value that was written with another schema. Defaults are borrowed from the plan.
    #[inline]
    fn decode_with(plan: &'a Plan<Self::Owned>, input: &mut Reader<'a>) -> Result<Self, Error> {
        Self::resolve(plan.graph().root(), input)
    }

    /// Reads a value that was written with the same schema. Bytes that are left over are an error.
    fn from_slice(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut input = Reader::new(bytes);
        let value = Self::decode(&mut input)?;
        input.finish()?;
        Ok(value)
    }

    /// Reads a value that was written with another schema. Bytes that are left over are an error.
    fn from_slice_with(plan: &'a Plan<Self::Owned>, bytes: &'a [u8]) -> Result<Self, Error> {
        Self::from_slice_within(plan, bytes, Limits::DEFAULT)
    }

    /// The same within other limits.
    fn from_slice_within(
        plan: &'a Plan<Self::Owned>,
        bytes: &'a [u8],
        limits: Limits,
    ) -> Result<Self, Error> {
        let mut input = Reader::with_limits(bytes, limits);
        let value = Self::decode_with(plan, &mut input)?;
        input.finish()?;
        Ok(value)
    }

    /// The value in Avro's single-object encoding, which starts with the schema's fingerprint.
    fn to_single_object(&self) -> Result<Vec<u8>, Error> {
        let mut out = single_object::header(Self::Owned::RABIN).to_vec();
        self.encode(&mut out)?;
        Ok(out)
    }

    /// Reads a value in Avro's single-object encoding that was written with the same schema.
    fn from_single_object(bytes: &'a [u8]) -> Result<Self, Error> {
        Self::from_slice(single_object::payload(bytes, Self::Owned::RABIN)?)
    }
}

/// A type of any format whose schema is registered. Only a type made from exactly the text that the registry holds is one,
/// so an id that is written into a payload stands for what was really encoded.
pub trait Registered {
    /// The subject.
    const SUBJECT: &'static str;
    /// The version inside the subject.
    const VERSION: u32;
    /// The id that payloads carry.
    const ID: u32;
    /// The GUID, where the registry gives one.
    const GUID: Option<&'static str> = None;
}

/// Where a registry keeps a schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Registration {
    /// The subject.
    pub subject: &'static str,
    /// The version inside the subject.
    pub version: u32,
    /// The id that payloads carry.
    pub id: u32,
    /// The GUID, where the registry gives one.
    pub guid: Option<&'static str>,
}

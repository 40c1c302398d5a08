//! Types that stand in for generated ones; one of them is not even `Eq`.

use dovetail_runtime::{At, Codec, Error, Reader, codec::Long};

/// Written as a record of one long.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Cents(pub f64);

impl Codec for Cents {
    type Value = Self;

    fn write(value: &Self, out: &mut Vec<u8>) -> Result<(), Error> {
        Long::write(&(value.0 as i64), out)
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, Error> {
        Long::read(input).map(|cents| Self(cents as f64))
    }

    fn resolve(_: At<'_>, input: &mut Reader<'_>) -> Result<Self, Error> {
        Self::read(input)
    }
}

/// Written as one byte.
#[derive(Debug, Clone, Copy, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Bits(pub u8);

impl Codec for Bits {
    type Value = Self;

    fn write(value: &Self, out: &mut Vec<u8>) -> Result<(), Error> {
        out.push(value.0);
        Ok(())
    }

    fn read(input: &mut Reader<'_>) -> Result<Self, Error> {
        input.array::<1>().map(|[byte]| Self(byte))
    }

    fn resolve(_: At<'_>, input: &mut Reader<'_>) -> Result<Self, Error> {
        Self::read(input)
    }
}

//! The primitive types, and what they are promoted from.

use alloc::{borrow::ToOwned, string::String, vec::Vec};

use super::Codec;
use crate::{
    At, Error, Reader,
    plan::{Node, Promotion},
    write,
};

/// `null`.
#[derive(Debug, Clone, Copy)]
pub struct Null;

/// `boolean`.
#[derive(Debug, Clone, Copy)]
pub struct Boolean;

/// `int`.
#[derive(Debug, Clone, Copy)]
pub struct Int;

/// `long`.
#[derive(Debug, Clone, Copy)]
pub struct Long;

/// `float`.
#[derive(Debug, Clone, Copy)]
pub struct Float;

/// `double`.
#[derive(Debug, Clone, Copy)]
pub struct Double;

/// `bytes`.
#[derive(Debug, Clone, Copy)]
pub struct Bytes;

/// `string`.
#[derive(Debug, Clone, Copy)]
pub struct Text;

impl Codec for Null {
    type Value = ();

    #[inline]
    fn write((): &(), _: &mut Vec<u8>) -> Result<(), Error> {
        Ok(())
    }

    #[inline]
    fn read(_: &mut Reader<'_>) -> Result<(), Error> {
        Ok(())
    }

    #[inline]
    fn resolve(at: At<'_>, input: &mut Reader<'_>) -> Result<(), Error> {
        match at.settle(input)?.node {
            Node::Same => Ok(()),
            _ => Err(input.misfit()),
        }
    }
}

impl Codec for Boolean {
    type Value = bool;

    #[inline]
    fn write(value: &bool, out: &mut Vec<u8>) -> Result<(), Error> {
        out.push(u8::from(*value));
        Ok(())
    }

    #[inline]
    fn read(input: &mut Reader<'_>) -> Result<bool, Error> {
        input.boolean()
    }

    #[inline]
    fn resolve(at: At<'_>, input: &mut Reader<'_>) -> Result<bool, Error> {
        match at.settle(input)?.node {
            Node::Same => input.boolean(),
            _ => Err(input.misfit()),
        }
    }
}

impl Codec for Int {
    type Value = i32;

    #[inline]
    fn write(value: &i32, out: &mut Vec<u8>) -> Result<(), Error> {
        write::long(i64::from(*value), out);
        Ok(())
    }

    #[inline]
    fn read(input: &mut Reader<'_>) -> Result<i32, Error> {
        input.int()
    }

    #[inline]
    fn resolve(at: At<'_>, input: &mut Reader<'_>) -> Result<i32, Error> {
        match at.settle(input)?.node {
            Node::Same => input.int(),
            _ => Err(input.misfit()),
        }
    }
}

impl Codec for Long {
    type Value = i64;

    #[inline]
    fn write(value: &i64, out: &mut Vec<u8>) -> Result<(), Error> {
        write::long(*value, out);
        Ok(())
    }

    #[inline]
    fn read(input: &mut Reader<'_>) -> Result<i64, Error> {
        input.long()
    }

    #[inline]
    fn resolve(at: At<'_>, input: &mut Reader<'_>) -> Result<i64, Error> {
        match at.settle(input)?.node {
            Node::Same => input.long(),
            Node::Promote(Promotion::Int) => input.int().map(i64::from),
            _ => Err(input.misfit()),
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "the specification promotes int and long to float, whatever is lost"
)]
impl Codec for Float {
    type Value = f32;

    #[inline]
    fn write(value: &f32, out: &mut Vec<u8>) -> Result<(), Error> {
        out.extend_from_slice(&value.to_le_bytes());
        Ok(())
    }

    #[inline]
    fn read(input: &mut Reader<'_>) -> Result<f32, Error> {
        input.float()
    }

    #[inline]
    fn resolve(at: At<'_>, input: &mut Reader<'_>) -> Result<f32, Error> {
        match at.settle(input)?.node {
            Node::Same => input.float(),
            Node::Promote(Promotion::Int) => input.int().map(|value| value as f32),
            Node::Promote(Promotion::Long) => input.long().map(|value| value as f32),
            _ => Err(input.misfit()),
        }
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "the specification promotes long to double, whatever is lost"
)]
impl Codec for Double {
    type Value = f64;

    #[inline]
    fn write(value: &f64, out: &mut Vec<u8>) -> Result<(), Error> {
        out.extend_from_slice(&value.to_le_bytes());
        Ok(())
    }

    #[inline]
    fn read(input: &mut Reader<'_>) -> Result<f64, Error> {
        input.double()
    }

    #[inline]
    fn resolve(at: At<'_>, input: &mut Reader<'_>) -> Result<f64, Error> {
        match at.settle(input)?.node {
            Node::Same => input.double(),
            Node::Promote(Promotion::Int) => input.int().map(f64::from),
            Node::Promote(Promotion::Long) => input.long().map(|value| value as f64),
            Node::Promote(Promotion::Float) => input.float().map(f64::from),
            _ => Err(input.misfit()),
        }
    }
}

impl Codec for Bytes {
    type Value = Vec<u8>;

    #[inline]
    fn write(value: &Vec<u8>, out: &mut Vec<u8>) -> Result<(), Error> {
        write::bytes(value, out);
        Ok(())
    }

    #[inline]
    fn read(input: &mut Reader<'_>) -> Result<Vec<u8>, Error> {
        input.bytes().map(<[u8]>::to_vec)
    }

    #[inline]
    fn resolve(at: At<'_>, input: &mut Reader<'_>) -> Result<Vec<u8>, Error> {
        match at.settle(input)?.node {
            Node::Same => Self::read(input),
            Node::Promote(Promotion::Text) => input.text().map(|text| text.as_bytes().to_vec()),
            _ => Err(input.misfit()),
        }
    }
}

impl Codec for Text {
    type Value = String;

    #[inline]
    fn write(value: &String, out: &mut Vec<u8>) -> Result<(), Error> {
        write::bytes(value.as_bytes(), out);
        Ok(())
    }

    #[inline]
    fn read(input: &mut Reader<'_>) -> Result<String, Error> {
        input.text().map(str::to_owned)
    }

    #[inline]
    fn resolve(at: At<'_>, input: &mut Reader<'_>) -> Result<String, Error> {
        match at.settle(input)?.node {
            Node::Same => Self::read(input),
            // Any bytes may have been written; Java takes those that are no UTF-8 too.
            Node::Promote(Promotion::Bytes) => input
                .bytes()
                .map(|bytes| String::from_utf8_lossy(bytes).into_owned()),
            _ => Err(input.misfit()),
        }
    }
}

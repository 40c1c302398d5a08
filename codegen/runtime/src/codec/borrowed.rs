//! Values that borrow their strings and bytes from what they are read from.
//!
//! The codecs are the same as for values that own what they hold, and so are the bytes; a type of generated code that
//! borrows is a codec of itself. What holds nothing to borrow is written and read as it is, which is [`Owned`].

use alloc::vec::Vec;
use core::marker::PhantomData;

use super::{Bytes, Codec, Text};
use crate::{
    At, Error, Reader,
    error::Cause,
    plan::{Node, Promotion},
    write,
};

/// A way to write values that borrow, and to read them from bytes that live for `'a`.
pub trait CodecRef<'a> {
    /// The type.
    type Value;

    /// Appends a value.
    fn write(value: &Self::Value, out: &mut Vec<u8>) -> Result<(), Error>;

    /// Reads what was written with the same schema.
    fn read(input: &mut Reader<'a>) -> Result<Self::Value, Error>;

    /// Reads what was written with another schema, as that part of a plan says. Defaults are borrowed from the plan.
    fn resolve(at: At<'a>, input: &mut Reader<'a>) -> Result<Self::Value, Error>;
}

/// An enum with a variant for each branch of a union, but for null, that borrows.
pub trait UnionRef<'a>: Sized {
    /// The index of null, if the union has it.
    const NULL: Option<u32>;

    /// Appends the index of the branch and its value.
    fn write_branch(&self, out: &mut Vec<u8>) -> Result<(), Error>;

    /// Reads the value of a branch.
    fn read_branch(index: u64, input: &mut Reader<'a>) -> Result<Self, Error>;

    /// Reads the value of a branch as a part of a plan says.
    fn resolve_branch(index: u32, at: At<'a>, input: &mut Reader<'a>) -> Result<Self, Error>;
}

/// What `C` writes, inside of something that borrows.
#[derive(Debug)]
pub struct Owned<C>(PhantomData<C>);

impl<C: Codec> CodecRef<'_> for Owned<C> {
    type Value = C::Value;

    #[inline]
    fn write(value: &C::Value, out: &mut Vec<u8>) -> Result<(), Error> {
        C::write(value, out)
    }

    #[inline]
    fn read(input: &mut Reader<'_>) -> Result<C::Value, Error> {
        C::read(input)
    }

    #[inline]
    fn resolve(at: At<'_>, input: &mut Reader<'_>) -> Result<C::Value, Error> {
        C::resolve(at, input)
    }
}

impl<'a> CodecRef<'a> for Text {
    type Value = &'a str;

    #[inline]
    fn write(value: &&'a str, out: &mut Vec<u8>) -> Result<(), Error> {
        write::bytes(value.as_bytes(), out);
        Ok(())
    }

    #[inline]
    fn read(input: &mut Reader<'a>) -> Result<&'a str, Error> {
        input.text()
    }

    #[inline]
    fn resolve(at: At<'a>, input: &mut Reader<'a>) -> Result<&'a str, Error> {
        match at.settle(input)?.node {
            Node::Same => input.text(),
            Node::Promote(Promotion::Bytes) => text_of_bytes(input),
            _ => Err(input.misfit()),
        }
    }
}

/// What is not UTF-8 would have to be replaced, and there is no place for that.
fn text_of_bytes<'a>(input: &mut Reader<'a>) -> Result<&'a str, Error> {
    let bytes = input.bytes()?;
    str::from_utf8(bytes).map_err(|_| input.error(Cause::Utf8))
}

impl<'a> CodecRef<'a> for Bytes {
    type Value = &'a [u8];

    #[inline]
    fn write(value: &&'a [u8], out: &mut Vec<u8>) -> Result<(), Error> {
        write::bytes(value, out);
        Ok(())
    }

    #[inline]
    fn read(input: &mut Reader<'a>) -> Result<&'a [u8], Error> {
        input.bytes()
    }

    #[inline]
    fn resolve(at: At<'a>, input: &mut Reader<'a>) -> Result<&'a [u8], Error> {
        match at.settle(input)?.node {
            Node::Same => input.bytes(),
            Node::Promote(Promotion::Text) => input.text().map(str::as_bytes),
            _ => Err(input.misfit()),
        }
    }
}

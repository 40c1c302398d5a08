//! Unions: options, enums with a variant for each branch, and unions of one branch.

use alloc::vec::Vec;
use core::marker::PhantomData;

use super::{Codec, CodecRef, UnionRef};
use crate::{At, Error, Reader, plan::Node, write};

/// A union of null and what `C` writes, in this order.
#[derive(Debug)]
pub struct NullFirst<C>(PhantomData<C>);

/// A union of what `C` writes and null, in this order.
#[derive(Debug)]
pub struct NullLast<C>(PhantomData<C>);

/// A union with what `C` writes as its only branch.
#[derive(Debug)]
pub struct Single<C>(PhantomData<C>);

/// A union that is the enum `E`.
#[derive(Debug)]
pub struct Union<E>(PhantomData<E>);

/// A union that is the enum `E` or null.
#[derive(Debug)]
pub struct NullableUnion<E>(PhantomData<E>);

/// An enum with a variant for each branch of a union, but for null.
pub trait UnionType: Sized {
    /// The index of null, if the union has it.
    const NULL: Option<u32>;

    /// Appends the index of the branch and its value.
    fn write_branch(&self, out: &mut Vec<u8>) -> Result<(), Error>;

    /// Reads the value of a branch.
    fn read_branch(index: u64, input: &mut Reader<'_>) -> Result<Self, Error>;

    /// Reads the value of a branch as a part of a plan says.
    fn resolve_branch(index: u32, at: At<'_>, input: &mut Reader<'_>) -> Result<Self, Error>;
}

/// The two orders of an option differ in the indexes only, and values that own what they hold from those that borrow it in
/// the trait.
macro_rules! option_codec {
    ([$($generic:tt)*], $trait:path, $from:lifetime, $codec:ident, $null:literal, $some:literal) => {
        impl<$($generic)* C: $trait> $trait for $codec<C> {
            type Value = Option<C::Value>;

            #[inline]
            fn write(value: &Self::Value, out: &mut Vec<u8>) -> Result<(), Error> {
                match value {
                    None => {
                        out.push(2 * $null);
                        Ok(())
                    }
                    Some(value) => {
                        out.push(2 * $some);
                        C::write(value, out)
                    }
                }
            }

            #[inline]
            fn read(input: &mut Reader<$from>) -> Result<Self::Value, Error> {
                match input.branch()? {
                    $null => Ok(None),
                    $some => C::read(input).map(Some),
                    other => Err(input.no_branch(other)),
                }
            }

            #[inline]
            fn resolve(at: At<$from>, input: &mut Reader<$from>) -> Result<Self::Value, Error> {
                let at = at.settle(input)?;
                match at.node {
                    Node::Same => <Self as $trait>::read(input),
                    Node::Branch($null, _) => Ok(None),
                    Node::Branch(_, inner) => C::resolve(at.node(*inner), input).map(Some),
                    _ => Err(input.misfit()),
                }
            }
        }
    };
}

option_codec!([], Codec, '_, NullFirst, 0, 1);
option_codec!([], Codec, '_, NullLast, 1, 0);
option_codec!(['a,], CodecRef<'a>, 'a, NullFirst, 0, 1);
option_codec!(['a,], CodecRef<'a>, 'a, NullLast, 1, 0);

/// Unions of one branch, and those that are enums.
macro_rules! union_codecs {
    ([$($generic:tt)*], $trait:path, $union:path, $from:lifetime) => {
        impl<$($generic)* C: $trait> $trait for Single<C> {
            type Value = C::Value;

            #[inline]
            fn write(value: &Self::Value, out: &mut Vec<u8>) -> Result<(), Error> {
                out.push(0);
                C::write(value, out)
            }

            #[inline]
            fn read(input: &mut Reader<$from>) -> Result<Self::Value, Error> {
                match input.branch()? {
                    0 => C::read(input),
                    other => Err(input.no_branch(other)),
                }
            }

            #[inline]
            fn resolve(at: At<$from>, input: &mut Reader<$from>) -> Result<Self::Value, Error> {
                let at = at.settle(input)?;
                match at.node {
                    Node::Same => <Self as $trait>::read(input),
                    Node::Branch(_, inner) => C::resolve(at.node(*inner), input),
                    _ => Err(input.misfit()),
                }
            }
        }

        impl<$($generic)* E: $union> $trait for Union<E> {
            type Value = E;

            #[inline]
            fn write(value: &E, out: &mut Vec<u8>) -> Result<(), Error> {
                value.write_branch(out)
            }

            #[inline]
            fn read(input: &mut Reader<$from>) -> Result<E, Error> {
                let index = input.branch()?;
                E::read_branch(index, input)
            }

            #[inline]
            fn resolve(at: At<$from>, input: &mut Reader<$from>) -> Result<E, Error> {
                let at = at.settle(input)?;
                match at.node {
                    Node::Same => <Self as $trait>::read(input),
                    Node::Branch(index, inner) => E::resolve_branch(*index, at.node(*inner), input),
                    _ => Err(input.misfit()),
                }
            }
        }

        impl<$($generic)* E: $union> $trait for NullableUnion<E> {
            type Value = Option<E>;

            #[inline]
            fn write(value: &Option<E>, out: &mut Vec<u8>) -> Result<(), Error> {
                match value {
                    None => {
                        write::long(i64::from(E::NULL.unwrap_or(0)), out);
                        Ok(())
                    }
                    Some(value) => value.write_branch(out),
                }
            }

            #[inline]
            fn read(input: &mut Reader<$from>) -> Result<Option<E>, Error> {
                let index = input.branch()?;
                if E::NULL.is_some_and(|null| u64::from(null) == index) {
                    return Ok(None);
                }
                E::read_branch(index, input).map(Some)
            }

            #[inline]
            fn resolve(at: At<$from>, input: &mut Reader<$from>) -> Result<Option<E>, Error> {
                let at = at.settle(input)?;
                match at.node {
                    Node::Same => <Self as $trait>::read(input),
                    Node::Branch(index, _) if E::NULL == Some(*index) => Ok(None),
                    Node::Branch(index, inner) => {
                        E::resolve_branch(*index, at.node(*inner), input).map(Some)
                    }
                    _ => Err(input.misfit()),
                }
            }
        }
    };
}

union_codecs!([], Codec, UnionType, '_);
union_codecs!(['a,], CodecRef<'a>, UnionRef<'a>, 'a);

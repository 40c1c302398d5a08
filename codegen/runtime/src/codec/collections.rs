//! Arrays, maps, and boxes around recursive types.

use alloc::{boxed::Box, collections::BTreeMap, string::String, vec::Vec};
use core::marker::PhantomData;
#[cfg(feature = "std")]
use std::collections::HashMap;

use super::{Codec, CodecRef};
use crate::{At, Error, Reader, plan::Node, write};

/// An array of what `C` writes.
#[derive(Debug)]
pub struct Array<C>(PhantomData<C>);

/// A map to what `C` writes.
#[cfg(feature = "std")]
#[derive(Debug)]
pub struct Map<C>(PhantomData<C>);

/// A map to what `C` writes, written in the order of its keys.
#[derive(Debug)]
pub struct SortedMap<C>(PhantomData<C>);

/// What `C` writes, in a box.
#[derive(Debug)]
pub struct Boxed<C>(PhantomData<C>);

/// Values that own what they hold and those that borrow it differ in the trait and in what may be borrowed from.
macro_rules! array_codec {
    ([$($generic:tt)*], $trait:path, $from:lifetime) => {
        impl<$($generic)* C: $trait> $trait for Array<C> {
            type Value = Vec<C::Value>;

            #[inline]
            fn write(items: &Self::Value, out: &mut Vec<u8>) -> Result<(), Error> {
                if !items.is_empty() {
                    write::count(items.len(), out);
                    for item in items {
                        C::write(item, out)?;
                    }
                }
                out.push(0);
                Ok(())
            }

            #[inline]
            fn read(input: &mut Reader<$from>) -> Result<Self::Value, Error> {
                items(input, C::read)
            }

            fn resolve(at: At<$from>, input: &mut Reader<$from>) -> Result<Self::Value, Error> {
                let at = at.settle(input)?;
                match at.node {
                    Node::Same => <Self as $trait>::read(input),
                    Node::Array(inner) => {
                        let inner = at.node(*inner);
                        items(input, |input| C::resolve(inner, input))
                    }
                    _ => Err(input.misfit()),
                }
            }
        }
    };
}

array_codec!([], Codec, '_);
array_codec!(['a,], CodecRef<'a>, 'a);

#[inline]
fn items<'a, T>(
    input: &mut Reader<'a>,
    mut read: impl FnMut(&mut Reader<'a>) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let mut items = Vec::new();
    loop {
        let count = input.block()?;
        if count == 0 {
            return Ok(items);
        }
        items.reserve(input.room_for(count, size_of::<T>())?);
        for _ in 0..count {
            items.push(read(input)?);
        }
    }
}

/// The two maps differ in their type only, and in whether they own their keys.
macro_rules! map_codec {
    ([$($generic:tt)*], $trait:path, $from:lifetime, $codec:ident, $map:ident<$key:ty>, $reserve:expr) => {
        impl<$($generic)* C: $trait> $trait for $codec<C> {
            type Value = $map<$key, C::Value>;

            #[inline]
            fn write(entries: &Self::Value, out: &mut Vec<u8>) -> Result<(), Error> {
                if !entries.is_empty() {
                    write::count(entries.len(), out);
                    for (key, value) in entries {
                        write::bytes(key.as_bytes(), out);
                        C::write(value, out)?;
                    }
                }
                out.push(0);
                Ok(())
            }

            #[inline]
            fn read(input: &mut Reader<$from>) -> Result<Self::Value, Error> {
                let mut entries = $map::new();
                read_entries(input, &mut entries, $reserve, |entries, key, input| {
                    entries.insert(key.into(), C::read(input)?);
                    Ok(())
                })?;
                Ok(entries)
            }

            fn resolve(at: At<$from>, input: &mut Reader<$from>) -> Result<Self::Value, Error> {
                let at = at.settle(input)?;
                match at.node {
                    Node::Same => <Self as $trait>::read(input),
                    Node::Map(inner) => {
                        let inner = at.node(*inner);
                        let mut entries = $map::new();
                        read_entries(input, &mut entries, $reserve, |entries, key, input| {
                            entries.insert(key.into(), C::resolve(inner, input)?);
                            Ok(())
                        })?;
                        Ok(entries)
                    }
                    _ => Err(input.misfit()),
                }
            }
        }
    };
}

#[cfg(feature = "std")]
map_codec!([], Codec, '_, Map, HashMap<String>, HashMap::reserve);
map_codec!([], Codec, '_, SortedMap, BTreeMap<String>, |_, _| {});
#[cfg(feature = "std")]
map_codec!(['a,], CodecRef<'a>, 'a, Map, HashMap<&'a str>, HashMap::reserve);
map_codec!(['a,], CodecRef<'a>, 'a, SortedMap, BTreeMap<&'a str>, |_, _| {});

#[inline]
fn read_entries<'a, M>(
    input: &mut Reader<'a>,
    entries: &mut M,
    reserve: impl Fn(&mut M, usize),
    mut insert: impl FnMut(&mut M, &'a str, &mut Reader<'a>) -> Result<(), Error>,
) -> Result<(), Error> {
    loop {
        let count = input.block()?;
        if count == 0 {
            return Ok(());
        }
        // A key takes a string, its value and the map's own bookkeeping at least as much again.
        reserve(entries, input.room_for(count, 2 * size_of::<String>())?);
        for _ in 0..count {
            let key = input.text()?;
            insert(entries, key, input)?;
        }
    }
}

/// Both kinds of values.
macro_rules! boxed_codec {
    ([$($generic:tt)*], $trait:path, $from:lifetime) => {
        impl<$($generic)* C: $trait> $trait for Boxed<C> {
            type Value = Box<C::Value>;

            #[inline]
            fn write(value: &Self::Value, out: &mut Vec<u8>) -> Result<(), Error> {
                C::write(value, out)
            }

            #[inline]
            fn read(input: &mut Reader<$from>) -> Result<Self::Value, Error> {
                C::read(input).map(Box::new)
            }

            #[inline]
            fn resolve(at: At<$from>, input: &mut Reader<$from>) -> Result<Self::Value, Error> {
                C::resolve(at, input).map(Box::new)
            }
        }
    };
}

boxed_codec!([], Codec, '_);
boxed_codec!(['a,], CodecRef<'a>, 'a);

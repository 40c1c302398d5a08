//! How each type is written and read.
//!
//! The same Rust type can be written in several ways: an `Option<i64>` with null first or last, a point in time in
//! milliseconds or microseconds. So a way of writing is a type of its own here, a [`Codec`], and a generated type names
//! the codec of each of its fields. All of it is resolved at compile time and inlined.

mod borrowed;
mod collections;
mod primitives;
mod unions;

use alloc::vec::Vec;

pub use borrowed::{CodecRef, Owned, UnionRef};
#[cfg(feature = "std")]
pub use collections::Map;
pub use collections::{Array, Boxed, SortedMap};
pub use primitives::{Boolean, Bytes, Double, Float, Int, Long, Null, Text};
pub use unions::{NullFirst, NullLast, NullableUnion, Single, Union, UnionType};

use crate::{At, Error, Reader};

/// A way to write and read values of a type.
pub trait Codec {
    /// The type.
    type Value;

    /// Appends a value.
    fn write(value: &Self::Value, out: &mut Vec<u8>) -> Result<(), Error>;

    /// Reads what was written with the same schema.
    fn read(input: &mut Reader<'_>) -> Result<Self::Value, Error>;

    /// Reads what was written with another schema, as that part of a plan says.
    fn resolve(at: At<'_>, input: &mut Reader<'_>) -> Result<Self::Value, Error>;
}

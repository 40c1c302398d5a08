//! What generated code calls so that it need not spell it out.

use alloc::{borrow::ToOwned, string::String};
use core::fmt;
#[cfg(feature = "std")]
use std::sync::OnceLock;

use crate::{AvroType, Codec, Error, Plan, PlanError, Reader};

/// A text that is no symbol of an enum.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownSymbol(pub String);

impl fmt::Display for UnknownSymbol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is no symbol of the enum", self.0)
    }
}

impl core::error::Error for UnknownSymbol {}

/// The variant of a symbol.
pub fn symbol<T: Copy>(symbol: &str, symbols: &[&str], all: &[T]) -> Result<T, UnknownSymbol> {
    let index = symbols.iter().position(|known| *known == symbol);
    index
        .and_then(|index| all.get(index).copied())
        .ok_or_else(|| UnknownSymbol(symbol.to_owned()))
}

/// Prints the bytes of a fixed type as hexadecimal digits.
pub fn debug_bytes(name: &str, bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{name}(")?;
    for byte in bytes {
        write!(f, "{byte:02x}")?;
    }
    f.write_str(")")
}

/// A default, from the bytes that it is written as.
///
/// # Panics
///
/// If the bytes are none of the type, which the generator has made sure of.
pub fn default_of<C: Codec>(bytes: &[u8]) -> C::Value {
    let value = C::read(&mut Reader::new(bytes));
    value.expect(
        "a default is a value of its field's type, because it was read when the code was generated",
    )
}

/// A plan from one generated type to another, made when it is first needed; without `std`, whenever it is.
#[cfg(feature = "std")]
#[derive(Debug)]
pub struct PlanCell<T>(OnceLock<Result<Plan<T>, PlanError>>);

/// A plan from one generated type to another, made whenever it is needed; with `std`, when it first is.
#[cfg(not(feature = "std"))]
#[derive(Debug)]
pub struct PlanCell<T>(core::marker::PhantomData<fn() -> T>);

/// Why a value of one version of a schema is none of another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ConvertError {
    /// No value is.
    Plan(PlanError),
    /// This one is not.
    Value(Error),
}

impl<T> PlanCell<T> {
    /// A plan that is still to be made.
    #[must_use]
    pub const fn new() -> Self {
        #[cfg(feature = "std")]
        return Self(OnceLock::new());
        #[cfg(not(feature = "std"))]
        Self(core::marker::PhantomData)
    }
}

impl<T> Default for PlanCell<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: AvroType> PlanCell<T> {
    /// Turns a value of another version into one of this, as writing and reading it would.
    pub fn convert<W: AvroType>(&self, value: &W) -> Result<T, ConvertError> {
        let plan = self.plan::<W>().map_err(ConvertError::Plan)?;
        let bytes = value.to_vec().map_err(ConvertError::Value)?;
        T::from_slice_with(&plan, &bytes).map_err(ConvertError::Value)
    }

    #[cfg(feature = "std")]
    fn plan<W: AvroType>(&self) -> Result<Plan<T>, PlanError> {
        let make = || Plan::with_references(W::SCHEMA, W::REFERENCES);
        self.0.get_or_init(make).clone()
    }

    #[cfg(not(feature = "std"))]
    #[expect(clippy::unused_self, reason = "it is the same call with `std`")]
    fn plan<W: AvroType>(&self) -> Result<Plan<T>, PlanError> {
        Plan::with_references(W::SCHEMA, W::REFERENCES)
    }
}

impl fmt::Display for ConvertError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plan(error) => error.fmt(f),
            Self::Value(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for ConvertError {}

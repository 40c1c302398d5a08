//! What generated Avro types stand on: the binary codec, and reading with another schema than was written with.
//!
//! Nothing here knows a registry, the network or files. Whoever commits generated code can put this crate beside it.
//!
//! - [`AvroType`] is what every generated root type offers, and [`AvroRef`] its twin that borrows; [`Codec`] is how each type
//!   is written and read.
//! - [`Reader`] reads a slice that may come from anyone, within [`Limits`].
//! - [`Plan`] is how to read what was written with another schema; it is made once for each writer's schema.
//! - [`schema`] reads schemas and computes canonical forms and fingerprints; [`Value`] is a value of any of them.

//!
//! Without the default feature `std` it needs `alloc` only, as what is generated with the option `no-std` does. The features that
//! bring other crates bring `std` as well.

#![cfg_attr(not(any(feature = "std", test)), no_std)]
#![warn(missing_docs)]

/// For generated code, which may be in a crate that does not name it.
#[doc(hidden)]
pub extern crate alloc;

pub mod codec;
mod error;
mod external;
mod formats;
mod limits;
pub mod logical;
mod macros;
mod plan;
mod reader;
pub mod schema;
#[cfg(feature = "serde")]
pub mod serde_as;
pub mod single_object;
mod support;
mod types;
mod value;
pub mod write;

pub use codec::Codec;
pub use error::{Cause, Error};
#[cfg(feature = "bigdecimal")]
pub use external::bigdecimal;
#[cfg(feature = "chrono")]
pub use external::chrono;
#[cfg(feature = "jiff")]
pub use external::jiff;
#[cfg(feature = "rust_decimal")]
pub use external::rust_decimal;
#[cfg(feature = "uuid")]
pub use external::uuid;
pub use formats::{JsonType, ProtobufType};
pub use limits::Limits;
pub use plan::{At, Graph, Plan, PlanError, Problem, Shape, Step, Steps, unfilled};
pub use reader::{Level, Reader};
#[cfg(feature = "serde")]
pub use serde;
pub use support::{ConvertError, PlanCell, UnknownSymbol, debug_bytes, default_of, symbol};
pub use types::{AvroRef, AvroType, Registered, Registration};
pub use value::{Value, default_value};

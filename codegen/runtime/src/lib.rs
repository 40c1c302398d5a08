//! What generated Avro types stand on: the binary codec, and reading with another schema than was written with.
//!
//! Nothing here knows a registry, the network or files. Whoever commits generated code can put this crate beside it.
//!
//! - [`AvroType`] is what every generated root type offers, and [`AvroRef`] its twin that borrows; [`Codec`] is how each type
//!   is written and read.
//! - [`Reader`] reads a slice that may come from anyone, within [`Limits`].
//! - [`Plan`] is how to read what was written with another schema; it is made once for each writer's schema.
//! - [`schema`] reads schemas and computes canonical forms and fingerprints; [`Value`] is a value of any of them.

#![warn(missing_docs)]

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

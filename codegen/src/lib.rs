//! Rust types from registered schemas.

#![warn(missing_docs)]

pub mod agree;
pub mod avro;
mod build_error;
mod builder;
#[cfg(any(feature = "protobuf", feature = "json-schema"))]
mod contained;
#[cfg(any(feature = "protobuf", feature = "json-schema"))]
mod docs;
#[cfg(any(feature = "protobuf", feature = "json-schema"))]
mod emit;
mod error;
mod generate;
#[cfg(feature = "json-schema")]
mod json_schema;
mod local;
pub mod lock;
pub mod manifest;
#[cfg(any(feature = "protobuf", feature = "json-schema"))]
mod modules;
mod names;
mod options;
mod output;
mod project;
#[cfg(feature = "protobuf")]
mod protobuf;
mod unit;
pub mod vendor;

pub use build_error::BuildError;
pub use builder::{Builder, Generated, build, nearest_manifest};
pub use error::{Error, Problem};
pub use generate::generate;
pub use options::{Map, Options, Time, Uuid};
pub use output::{Module, Output};
pub use unit::{NamedText, Registration, SchemaText, Unit};

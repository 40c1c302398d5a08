//! Rust types from registered schemas.

#![warn(missing_docs)]

pub mod agree;
pub mod avro;
mod error;
pub mod lock;
pub mod manifest;
mod names;
mod options;
mod output;
mod unit;
pub mod vendor;

pub use error::{Error, Problem};
pub use options::{Map, Options, Time, Uuid};
pub use output::{Module, Output};
pub use unit::{NamedText, Registration, SchemaText, Unit};

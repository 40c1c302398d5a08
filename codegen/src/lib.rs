//! Rust types from registered schemas, made by a build script that never opens a socket.
//!
//! # From an empty crate to a typed event
//!
//! What a crate speaks stands in its `dovetail.toml`:
//!
//! ```toml
//! registry = "http://127.0.0.1:8081"
//!
//! [[subject]]
//! name = "payments-value"   # owned by others: pinned by the lock
//! version = 4
//! also = [3]                # older data that must still be read
//!
//! [[subject]]
//! name = "orders-value"     # owned here: made from the file
//! file = "schemas/order.avsc"
//! ```
//!
//! `dovetail pull` resolves that, writes `dovetail.lock` and the texts below `schemas/registry/`, and both are committed. The
//! build reads these files, compares each text with its hash, and writes types to `OUT_DIR`. All of `build.rs`:
//!
//! ```no_run
//! fn main() -> Result<(), dovetail_codegen::BuildError> {
//!     dovetail_codegen::build()
//! }
//! ```
//!
//! with these dependencies, of which the last two are for JSON Schema, and `prost` is for Protobuf:
//!
//! ```toml
//! [dependencies]
//! dovetail-runtime = { version = "0.1", features = ["serde"] }
//! prost = "0.14"
//! serde = { version = "1", features = ["derive"] }
//! serde_json = "1"
//!
//! [build-dependencies]
//! dovetail-codegen = "0.1"
//! ```
//!
//! The crate includes what was made, a module for each subject:
//!
//! ```ignore
//! include!(concat!(env!("OUT_DIR"), "/dovetail/mod.rs"));
//!
//! use dovetail_runtime::AvroType;
//!
//! let order = orders_value::Order { note: None, ..orders_value::Order::new(id, placed_at, total) };
//! let bytes = order.to_vec()?;
//! ```
//!
//! # Other ways
//!
//! [`Builder`] is the same build with other options, another manifest, or plain files instead of one:
//!
//! ```
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let file = folder.path().join("order.avsc");
//! std::fs::write(&file, r#"{"type": "record", "name": "Order", "fields": [{"name": "id", "type": "string"}]}"#)?;
//! let made = dovetail_codegen::Builder::new().file(&file).derive("Order", "PartialOrd").generate()?;
//! assert!(made.files["order.rs"].contains("pub struct Order"));
//! # Ok(()) }
//! ```
//!
//! [`generate()`] makes modules of texts that are in memory. `dovetail generate` writes to disk what a build script would make.
//!
//! # Inside
//!
//! Texts come from the manifest and the lock (`project`) or from files that find each other (`local`), and are [`Unit`]s then.
//! Each format has its folder: [`avro`] emits its codec itself, `protobuf` runs prost over descriptors, `json_schema` makes a
//! schema plain and runs typify over that. To add an option, add a field to [`Options`], which is a key of the manifest as
//! well, and read it where types are emitted.

#![warn(missing_docs)]

pub mod agree;
pub mod avro;
mod build_error;
mod builder;
#[cfg(any(feature = "protobuf", feature = "json-schema"))]
mod clash;
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
mod known;
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
pub use options::{Decimal, Map, Options, Time, Uuid};
pub use output::{Module, Output};
pub use unit::{NamedText, Registration, SchemaText, Unit};

//! Avro: schemas as JSON, read and judged as Apache Avro's Java library (1.12) does, because every registry that clients
//! know agrees with that library.
//!
//! A text becomes a [`Value`](serde_json::Value) (`json.rs`), then a tree of numbered nodes in which names are already
//! resolved to numbers (`parse.rs` builds it, `tree.rs` says what it is, `attributes.rs`, `names.rs` and
//! `defaults.rs` hold rules of their own). `canonical.rs` prints a tree; `walk.rs` pairs up two trees and notes where they clash, `finding.rs` turns
//! the notes into differences. Numbers make recursive types, memoised pairs and places cheap.
//!
//! `value.rs` writes values, `resolve.rs` reads them with another schema, and `witness.rs` makes the smallest one that a
//! difference breaks; `exchange.rs` offers writing and reading to others.
//!
//! A new kind of difference is a row in `rules.rs`, a variant in `finding.rs`, and the spot in `walk.rs` that notices it.

mod attributes;
mod canonical;
mod defaults;
mod exchange;
mod finding;
mod json;
mod mentions;
mod names;
mod normalize;
mod numbers;
mod parse;
mod resolve;
mod rules;
pub(crate) mod sample;
mod tags;
mod tree;
mod value;
mod walk;
mod witness;

pub(crate) use mentions::mentions;
pub(crate) use rules::RULES;
pub(crate) use tags::visit_places;
pub(crate) use tree::AvroSchema;
pub(crate) use walk::differences;
pub(crate) use witness::witness;

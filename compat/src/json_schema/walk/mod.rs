//! Pairs up two models and reports everything in which the update (the reader) differs from the original (the writer).
//!
//! `engine.rs` decides which pairs of schemas are compared and in what order, `comparison.rs` is one such pair while it
//! is compared, and `schema.rs` is where a comparison starts. The rest is one file per family of keywords. `report.rs`
//! turns what was found into paths.

mod array;
mod bounds;
mod combined;
mod comparison;
mod engine;
mod enumeration;
mod matching;
mod number;
mod object;
mod report;
mod schema;
mod string;

pub(crate) use report::differences;

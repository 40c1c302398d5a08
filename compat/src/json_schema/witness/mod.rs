//! Witnesses: documents that the writer's schema accepts and the reader's rejects, and proofs that there are none.
//!
//! The way to a difference is read off its path (`route.rs`). What may break there is suggested by the keywords of both
//! sides (`shapes.rs`), made into small documents of the writer's schema (`maker.rs`, with a file for each type), and
//! held against both real validators (`bundle.rs`). Only what passes the one and fails the other is returned, and of
//! that the shortest. Where nothing is found so, the set algebra is asked (`containment.rs`).
//!
//! A new keyword is added to the `fits.rs` that chooses between candidates, to the file of its type, and to
//! `shapes.rs` with the values on both sides of its limit.

mod arrays;
mod bundle;
mod containment;
mod effort;
mod fits;
mod maker;
mod numbers;
mod objects;
mod route;
mod sample;
mod search;
mod shapes;
mod texts;

use super::pattern::accepted_engine as pattern_engine;

pub(super) use bundle::Bundle;
pub(crate) use containment::containment;
pub(crate) use sample::draw as sample;
pub(crate) use search::witness;

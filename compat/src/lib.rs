//! Everything that can be known about a schema without I/O: [`parse`], canonical form, normalization, identity, and what
//! a change means for those who read and write with it ([`check()`]).
//!
//! The three formats stand behind one face. Each has a folder of its own with the same inside: `parse.rs` reads a text,
//! `canonical.rs` prints it, `walk.rs` pairs up two schemas and yields [`Difference`]s, and `rules.rs` is the table that
//! says what each kind of difference is called and whom it breaks. Detection and judgement stay apart: the walk reports
//! everything that differs, the table says who minds.
//!
//! No function here reads a clock, a file or the network, and all of them bound their work: what costs too much is an
//! error, never a hang.

#![warn(missing_docs)]

mod avro;
mod check;
mod difference;
pub mod explain;
mod identity;
mod json_schema;
mod limits;
pub mod link;
mod position;
mod protobuf;
pub mod sample;
mod schema;
mod tags;

pub use check::{Report, check};
pub use difference::{Difference, Rule, Verdict, rules};
pub use identity::{Guid, identity};
pub use limits::TooComplex;
pub use link::Mentions;
pub use schema::{Format, NamedText, Schema, SchemaError, parse, parse_lax};
pub use tags::TagEdits;

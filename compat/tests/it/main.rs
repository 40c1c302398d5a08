//! The checks and identities, held against reference verdicts and laws.
//!
//! - `avro`: Avro against the recorded verdicts of its Java library, laws over real schemas, and traps.
//! - `bounded`: what is huge or made to hang is explained in time.
//! - `directions`: every rule has a case of our own in each direction.
//! - `identity`: the published identity hashes.
//! - `json_schema`: the published cases, our own, the forms, the references, and hostile texts.
//! - `protobuf`: published and own cases, canonical and normalized forms, laws, and hostile texts.
//! - `link`: texts that refer to each other.
//! - `rule_pages`: the pages of `docs/rules`.
//! - `sample`: example events.

#![expect(clippy::print_stdout, reason = "tests print how many cases agree")]

mod avro;
mod bounded;
mod directions;
mod identity;
mod json_schema;
mod link;
mod protobuf;
mod rule_pages;
mod sample;

//! The checks and identities, held against reference verdicts and laws.
//!
//! - `identity`: the published identity hashes.

mod identity;

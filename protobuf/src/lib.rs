//! What everyone who reads Protobuf schemas has to do alike: the registry, the client and the generator of types.
//!
//! [`bundled`] has the files that need no reference, [`pass_on`] mends what the parser misses of public imports, and
//! `sorted` makes descriptors the same bytes each time. No function here does I/O.

#![warn(missing_docs)]

mod bundled;
mod public;
mod sorted;

pub use bundled::{bundled, comes_compiled};
pub use public::{TooManyPassedOn, pass_on};
pub use sorted::{sorted_file, sorted_set};

//! Avro.
//!
//! What was written with another schema is resolved to the reader's as the specification says: defaults are filled in,
//! numbers are widened, aliases are followed. A schema of plain `bytes` at the top has no length before its data, since
//! that is how the other clients write it.

#[cfg(feature = "apache-avro")]
mod apache;
#[cfg(feature = "apache-avro")]
mod apache_value;
mod bare;
mod generated;

#[cfg(feature = "apache-avro")]
pub use apache::{Reading, Serde, Values, Writing};
pub use generated::{Generated, Planned};

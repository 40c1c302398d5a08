//! What registries answer, read leniently: other registries leave out what ours always says, and newer ones say more.

mod config;
mod explain;
mod schema;

pub use config::ConfigChange;
pub(crate) use config::{config_of, mode_of};
pub use explain::{Explanation, Finding, Place, Proof, Witness};
pub use schema::{Registered, Schema, SchemaVersion};

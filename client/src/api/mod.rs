//! The routes, one file for each resource. To add a route, add a method to its resource; to add a resource, add a file.
//!
//! Optional parameters are the fields of a struct that says nothing where it is left at its default.

mod associations;
mod batch;
mod compatibility;
mod config;
mod contexts;
mod events;
mod explain;
mod mode;
mod operations;
mod schemas;
mod subjects;
mod transfer;
mod versions;
mod webhooks;

pub use associations::{ListAssociations, RemoveAssociations};
pub use batch::Batch;
pub use compatibility::Check;
pub use events::{EventPage, ReadEvents};
pub use mode::SetMode;
pub use operations::{ServerId, ServerScope, ServerVersion};
pub use schemas::{ListOfId, ListSchemas, ReadSchema};
pub use subjects::{Deletion, ListSubjects, LookUp};
pub use transfer::Export;
pub use versions::{ListVersions, ReadVersion, Register};
pub use webhooks::ListDeliveries;

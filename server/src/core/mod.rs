//! The core: one ordered log of changes, and one view of the registry made from it.
//!
//! A [`Change`] is the only thing that can be written; the tables, the view, other nodes and whoever wants to be told all
//! follow from it. The [`View`] is what every use case decides on. The [`Committer`] writes many changes in one
//! transaction, and [`Freshness`] makes sure that a read sees what was acknowledged anywhere before it arrived.
//!
//! ```text
//! use case (decides on a view) -> committer (one transaction for many) -> database
//!                  ^                                                         |
//!                  +------------------ view <------ apply changes <----------+-> other nodes
//! ```

mod associations;
mod change;
mod committer;
mod freshness;
mod view;
mod view_builder;
mod view_cell;

pub use associations::Associations;
pub use change::{
    Change, ChangeKind, Content, Deleted, Facts, Imported, Mutation, Registered, Rendered,
    Reserved, Scope, Summary, SummaryRow,
};
pub use committer::{CommitStats, Committer, Decision, Moment};
pub use freshness::Freshness;
pub use view::{Configs, ContextView, SchemaEntry, SubjectView, Usage, VersionEntry, View};
pub use view_builder::ViewBuilder;
pub use view_cell::ViewCell;

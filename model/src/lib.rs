//! The registry's vocabulary: the names everybody uses and the bodies of the wire protocol.
//!
//! Nothing here does I/O, reads a clock or knows HTTP or SQL. Names are parsed once, at the edge, into the newtypes of
//! this crate; from then on a [`Subject`] is valid because it exists.
//!
//! To add a body, put it under [`bodies`] and keep the protocol's key names in `serde` attributes only.

#![warn(missing_docs)]

mod association;
pub mod bodies;
mod compatibility_level;
mod context;
mod metadata;
mod mode;
mod reference;
mod rule_set;
mod schema_tags;
mod schema_type;
mod subject;
mod version;

pub use association::{Association, AssociationKey, AssociationType, Lifecycle, NotOneOf};
pub use compatibility_level::{CompatibilityLevel, CompatibilityPolicy, Direction, UnknownLevel};
pub use context::Context;
pub use metadata::{CONFLUENT_VERSION, Metadata};
pub use mode::{Mode, UnknownMode};
pub use reference::Reference;
pub use rule_set::{InvalidRuleSet, Rule, RuleSet};
pub use schema_tags::{EntityType, SchemaEntity, SchemaTags};
pub use schema_type::{SchemaType, UnknownSchemaType};
pub use subject::{InvalidSubject, MAX_SUBJECT_BYTES, QualifiedSubject, Subject};
pub use version::{InvalidVersion, SchemaId, Version, VersionSpec};

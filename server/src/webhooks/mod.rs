//! Telling others what changed.
//!
//! [`event`] makes events from the log and [`notice`] those that no change stands behind; [`event_type`] is the catalogue,
//! [`filter`] says who wants which. [`target`] says which addresses may be called.

pub mod event;
pub mod event_type;
pub mod filter;
pub mod header;
pub mod network;
pub mod notice;
pub mod sign;
pub mod target;
pub mod vault;

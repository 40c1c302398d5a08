//! HTTP only: extract, call a use case, render. One file for each resource; `router.rs` lists their routes on one page.

pub(crate) mod associations;
pub(crate) mod batch;
pub(crate) mod compatibility;
pub(crate) mod config;
pub(crate) mod contexts;
mod error;
pub(crate) mod events;
pub(crate) mod explain;
mod extract;
pub(crate) mod metadata;
pub(crate) mod mode;
pub(crate) mod operations;
pub(crate) mod render;
pub(crate) mod root;
pub(crate) mod schemas;
mod shortcut;
mod show;
pub(crate) mod subjects;
pub(crate) mod transfer;
pub(crate) mod versions;
pub(crate) mod webhooks;

pub(crate) use error::code;
pub(crate) use shortcut::shortcut;

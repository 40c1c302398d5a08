//! HTTP only: extract, call a use case, render. One file for each resource; `router.rs` lists their routes on one page.

pub mod compatibility;
pub mod config;
pub mod contexts;
mod error;
mod extract;
pub mod mode;
pub mod operations;
mod render;
pub mod root;
pub mod schemas;
pub mod subjects;
pub mod versions;

pub(crate) use error::code;

//! Generated types in use.

mod json;
mod protobuf;

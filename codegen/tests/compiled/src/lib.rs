//! Generated types that are really compiled: a folder of `cases/` is a module here, and `tests/` uses them.

/// From JSON Schemas.
pub mod json {
    include!(concat!(env!("OUT_DIR"), "/json/mod.rs"));
}

/// From `.proto` files.
pub mod protobuf {
    include!(concat!(env!("OUT_DIR"), "/protobuf/mod.rs"));
}

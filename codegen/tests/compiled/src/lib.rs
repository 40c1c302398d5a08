//! Generated types that are really compiled: a folder of `cases/` is a module here, and `tests/` uses them.

/// From `.proto` files.
pub mod protobuf {
    include!(concat!(env!("OUT_DIR"), "/protobuf/mod.rs"));
}

//! Generated types in use.

mod protobuf;

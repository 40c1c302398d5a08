//! What the code generator promises, over its public face.

mod lock;
mod manifest;
#[cfg(feature = "protobuf")]
mod protobuf;

//! What the code generator promises, over its public face.

mod avro;
mod lock;
mod manifest;
#[cfg(feature = "protobuf")]
mod protobuf;

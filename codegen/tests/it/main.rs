//! What the code generator promises, over its public face.

mod avro;
mod builds;
#[cfg(feature = "json-schema")]
mod json_schema;
mod lock;
mod manifest;
mod options;
#[cfg(feature = "protobuf")]
mod protobuf;

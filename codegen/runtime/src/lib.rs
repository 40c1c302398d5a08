//! What generated Avro types stand on: the binary codec, and reading with another schema than was written with.

#![warn(missing_docs)]

//! What types of the other formats say about the schema they come from; their codecs are those of other crates.

/// A message made from a `.proto` text. Encoding and decoding are `prost`'s.
pub trait ProtobufType {
    /// The full name, without a leading dot.
    const FULL_NAME: &'static str;
    /// The place of the message in its file, as payloads carry it: the index at the top, then the index in each message
    /// around it. Only messages that are written in the text count; the entries of maps do not.
    const MESSAGE_INDEXES: &'static [i32];
    /// The text of its file, byte for byte.
    const SCHEMA: &'static str;
    /// The SHA-256 of the text.
    const SHA256: [u8; 32];
    /// The descriptors of its file and all it imports: an encoded `FileDescriptorSet`.
    const FILE_DESCRIPTOR_SET: &'static [u8];
}

/// The type made from the root of a JSON Schema. Encoding and decoding are `serde_json`'s; validation is not done by types.
pub trait JsonType {
    /// The text of the schema, byte for byte.
    const SCHEMA: &'static str;
    /// The SHA-256 of the text.
    const SHA256: [u8; 32];
}

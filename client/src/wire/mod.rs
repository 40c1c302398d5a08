//! The envelopes of messages: how a payload says which schema wrote it.
//!
//! | envelope | bytes |
//! | --- | --- |
//! | prefix | `00`, the id in four bytes, big endian; for Protobuf the message's indexes; the data |
//! | GUID | `01`, sixteen bytes; for Protobuf the message's indexes; in a header of the record, or before the data |
//! | single object | `C3 01`, the Rabin fingerprint in eight bytes, little endian; the data. Avro only |
//!
//! Reading borrows, allocates nothing but message indexes, and cannot panic. What is wrong names the byte that was seen.

mod error;
mod frame;
mod message_indexes;
mod names;
mod single_object;

pub use error::FrameError;
pub use frame::{Framed, KEY_HEADER, SchemaKey, VALUE_HEADER, deframe, deframe_record};
pub use message_indexes::{MAX_MESSAGE_DEPTH, MessageIndexes};
pub use names::{Part, ReferenceNames, SubjectNames};
pub use single_object::{deframe_single_object, frame_single_object};

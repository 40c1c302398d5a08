//! Protobuf.
//!
//! The way to a message counts messages only, at each level in the order of the text: enums do not count, and neither do
//! the entries that fields of maps stand for. Clients that go by descriptors count those; what they write is read as well.
//!
//! Data of newer schemas is read as Protobuf does, with unknown fields passed over or kept as the message type does.

mod dynamic;
mod imports;
mod messages;
mod prost;

pub use self::{
    dynamic::{Dynamic, Pool},
    messages::Ways,
    prost::Prost,
};

//! What can be wrong with an envelope.

/// Why a payload is not framed. Positions count from 0, from where the envelope begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// There is less than an envelope needs.
    #[error("the payload ends after {length} bytes, and the envelope alone needs {needed}")]
    TooShort {
        /// How many bytes there are.
        length: usize,
        /// How many are needed.
        needed: usize,
    },
    /// The first byte belongs to no envelope.
    #[error("byte 0 is {seen:#04x}, not the magic byte of an envelope (0x00 or 0x01)")]
    UnknownMagic {
        /// The byte.
        seen: u8,
    },
    /// The id is none that a registry gives out.
    #[error("bytes 1 to 4 are the schema id {id}, which no registry gives out")]
    UnknownId {
        /// The number.
        id: u32,
    },
    /// A header holds something else than a GUID.
    #[error("byte 0 of the header is {seen:#04x}, not 0x01, and it is {length} bytes long")]
    UnknownHeader {
        /// The byte; 0 where there is none.
        seen: u8,
        /// How many bytes there are.
        length: usize,
    },
    /// Not the two bytes that begin an Avro single object.
    #[error("bytes 0 and 1 are {seen:02x?}, not those of an Avro single object (c3 01)")]
    NotSingleObject {
        /// The bytes.
        seen: [u8; 2],
    },
    /// A number of the message indexes is cut off.
    #[error("the message indexes are cut off at byte {at}")]
    IndexesCutOff {
        /// Where there should be a byte, counted from where the indexes begin.
        at: usize,
    },
    /// A number of the message indexes does not fit into 32 bits.
    #[error("the message indexes have a number that is too large, up to byte {at} ({seen:#04x})")]
    IndexTooLarge {
        /// Where it goes too far, counted from where the indexes begin.
        at: usize,
        /// The byte there.
        seen: u8,
    },
    /// The message indexes have a negative number.
    #[error("the message indexes have the negative number {number}")]
    IndexNegative {
        /// The number.
        number: i32,
    },
    /// Messages are said to be nested deeper than schemas can nest them.
    #[error(
        "{count} message indexes, and at most {} are plausible",
        super::MAX_MESSAGE_DEPTH
    )]
    IndexesTooMany {
        /// How many are announced.
        count: u32,
    },
}

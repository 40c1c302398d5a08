//! The envelopes of the protocol: an id before the data, or a GUID.

use std::fmt;

use dovetail_model::SchemaId;
use uuid::Uuid;

use super::{FrameError, MessageIndexes};

/// The header of a record that holds the GUID of its key's schema.
pub const KEY_HEADER: &str = "__key_schema_id";
/// The header of a record that holds the GUID of its value's schema.
pub const VALUE_HEADER: &str = "__value_schema_id";

const PREFIX: u8 = 0;
const GUID: u8 = 1;

/// What a message says about the schema that wrote it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum SchemaKey {
    /// An id of the reader's context.
    Id(SchemaId),
    /// A GUID, the same everywhere.
    Guid(Uuid),
}

impl SchemaKey {
    /// Writes the envelope: what stands before the data, or in the header. Protobuf's message indexes follow it.
    pub fn write(self, out: &mut Vec<u8>) {
        match self {
            Self::Id(id) => {
                out.push(PREFIX);
                out.extend_from_slice(&id.get().to_be_bytes());
            }
            Self::Guid(guid) => {
                out.push(GUID);
                out.extend_from_slice(guid.as_bytes());
            }
        }
    }
}

impl fmt::Display for SchemaKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => write!(f, "schema id {id}"),
            Self::Guid(guid) => write!(f, "schema GUID {guid}"),
        }
    }
}

/// A message out of its envelope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Framed<'a> {
    /// Which schema wrote it.
    pub schema: SchemaKey,
    /// What follows the key in a header, where the key stands in one.
    header: Option<&'a [u8]>,
    payload: &'a [u8],
}

impl<'a> Framed<'a> {
    /// The data, for formats without message indexes.
    pub fn data(&self) -> &'a [u8] {
        self.payload
    }

    /// Which message of a Protobuf schema it is, and the data.
    pub fn message(&self) -> Result<(MessageIndexes, &'a [u8]), FrameError> {
        match self.header {
            Some(header) => Ok((MessageIndexes::read(header)?.0, self.payload)),
            None => MessageIndexes::read(self.payload),
        }
    }
}

/// Takes a payload out of its envelope.
///
/// ```
/// use dovetail_client::wire::{SchemaKey, deframe};
///
/// let framed = deframe(&[0, 0, 0, 0, 7, b'h', b'i'])?;
/// assert!(matches!(framed.schema, SchemaKey::Id(id) if id.get() == 7));
/// assert_eq!(framed.data(), b"hi");
/// assert_eq!(
///     deframe(b"{}").unwrap_err().to_string(),
///     "byte 0 is 0x7b, not the magic byte of an envelope (0x00 or 0x01)",
/// );
/// # Ok::<(), dovetail_client::wire::FrameError>(())
/// ```
pub fn deframe(payload: &[u8]) -> Result<Framed<'_>, FrameError> {
    let too_short = |needed| FrameError::TooShort {
        length: payload.len(),
        needed,
    };
    match payload.split_first() {
        None => Err(too_short(5)),
        Some((&PREFIX, rest)) => {
            let (id, payload) = rest.split_first_chunk().ok_or(too_short(5))?;
            let id = u32::from_be_bytes(*id);
            let schema_id = SchemaId::new(id.into()).ok_or(FrameError::UnknownId { id })?;
            Ok(Framed {
                schema: SchemaKey::Id(schema_id),
                header: None,
                payload,
            })
        }
        Some((&GUID, rest)) => {
            let (guid, payload) = rest.split_first_chunk().ok_or(too_short(17))?;
            Ok(Framed {
                schema: SchemaKey::Guid(Uuid::from_bytes(*guid)),
                header: None,
                payload,
            })
        }
        Some((&seen, _)) => Err(FrameError::UnknownMagic { seen }),
    }
}

/// Takes a record's key or value out of its envelope: by its header where there is one, and otherwise by its first bytes.
pub fn deframe_record<'a>(
    header: Option<&'a [u8]>,
    payload: &'a [u8],
) -> Result<Framed<'a>, FrameError> {
    let Some(header) = header else {
        return deframe(payload);
    };
    let unknown = || FrameError::UnknownHeader {
        seen: header.first().copied().unwrap_or_default(),
        length: header.len(),
    };
    let rest = header.strip_prefix(&[GUID]).ok_or_else(unknown)?;
    let (guid, rest) = rest.split_first_chunk().ok_or_else(unknown)?;
    Ok(Framed {
        schema: SchemaKey::Guid(Uuid::from_bytes(*guid)),
        header: Some(rest),
        payload,
    })
}

//! UUIDs.

use alloc::vec::Vec;
use core::{fmt, str::FromStr};

use crate::{At, Codec, Error, Reader, codec::Text, error::Cause, write};

/// A UUID.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uuid(pub [u8; 16]);

/// A text that is no UUID.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseUuidError;

/// A UUID on a string, written in lower case with hyphens.
#[derive(Debug, Clone, Copy)]
pub struct UuidText;

/// A UUID on a fixed type of 16 bytes.
#[derive(Debug, Clone, Copy)]
pub struct UuidFixed;

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Where the hyphens stand.
const HYPHENS: [usize; 4] = [8, 13, 18, 23];

impl Uuid {
    fn text(self) -> [u8; 36] {
        let mut text = [b'-'; 36];
        let mut at = 0;
        for byte in self.0 {
            if HYPHENS.contains(&at) {
                at += 1;
            }
            text[at] = HEX[usize::from(byte >> 4)];
            text[at + 1] = HEX[usize::from(byte & 0xF)];
            at += 2;
        }
        text
    }

    /// Reads 36 characters with hyphens or 32 without, in any case.
    fn from_text(text: &[u8]) -> Option<Self> {
        let has_hyphens = match text.len() {
            36 => true,
            32 => false,
            _ => return None,
        };
        let mut bytes = [0; 16];
        let mut at = 0;
        for byte in &mut bytes {
            if has_hyphens && HYPHENS.contains(&at) {
                if text[at] != b'-' {
                    return None;
                }
                at += 1;
            }
            *byte = (digit(text[at])? << 4) | digit(text[at + 1])?;
            at += 2;
        }
        Some(Self(bytes))
    }
}

const fn digit(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        b'A'..=b'F' => Some(character - b'A' + 10),
        _ => None,
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(str::from_utf8(&self.text()).unwrap_or_default())
    }
}

impl fmt::Debug for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Uuid({self})")
    }
}

impl FromStr for Uuid {
    type Err = ParseUuidError;

    fn from_str(text: &str) -> Result<Self, ParseUuidError> {
        Self::from_text(text.as_bytes()).ok_or(ParseUuidError)
    }
}

impl fmt::Display for ParseUuidError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a UUID is 32 hexadecimal digits, with or without hyphens")
    }
}

impl core::error::Error for ParseUuidError {}

const NO_UUID: &str = "a uuid is not 32 hexadecimal digits, with or without hyphens";

impl Codec for UuidText {
    type Value = Uuid;

    #[inline]
    fn write(value: &Uuid, out: &mut Vec<u8>) -> Result<(), Error> {
        write::bytes(&value.text(), out);
        Ok(())
    }

    #[inline]
    fn read(input: &mut Reader<'_>) -> Result<Uuid, Error> {
        let text = input.bytes()?;
        Uuid::from_text(text).ok_or_else(|| input.error(Cause::Logical(NO_UUID)))
    }

    fn resolve(at: At<'_>, input: &mut Reader<'_>) -> Result<Uuid, Error> {
        let text = Text::resolve(at, input)?;
        Uuid::from_text(text.as_bytes()).ok_or_else(|| input.error(Cause::Logical(NO_UUID)))
    }
}

impl Codec for UuidFixed {
    type Value = Uuid;

    #[inline]
    fn write(value: &Uuid, out: &mut Vec<u8>) -> Result<(), Error> {
        out.extend_from_slice(&value.0);
        Ok(())
    }

    #[inline]
    fn read(input: &mut Reader<'_>) -> Result<Uuid, Error> {
        input.array().map(Uuid)
    }

    #[inline]
    fn resolve(at: At<'_>, input: &mut Reader<'_>) -> Result<Uuid, Error> {
        at.fixed(input).map(Uuid)
    }
}

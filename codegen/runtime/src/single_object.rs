//! Avro's single-object encoding: two bytes that mark it, the fingerprint of the writer's schema, and the value.

use crate::error::{Cause, Error};

const MARK: [u8; 2] = [0xC3, 0x01];

/// What stands before the value.
pub const fn header(rabin: u64) -> [u8; 10] {
    let fingerprint = rabin.to_le_bytes();
    let mut header = [MARK[0], MARK[1], 0, 0, 0, 0, 0, 0, 0, 0];
    let mut at = 0;
    while at < fingerprint.len() {
        header[2 + at] = fingerprint[at];
        at += 1;
    }
    header
}

/// The fingerprint of the writer's schema, and the value.
pub fn split(bytes: &[u8]) -> Result<(u64, &[u8]), Error> {
    let Some((mark, rest)) = bytes.split_first_chunk() else {
        return Err(Error::at(Cause::EndOfInput, bytes.len()));
    };
    if *mark != MARK {
        let what =
            "the bytes do not start with C3 01, so they are not in the single-object encoding";
        return Err(Error::at(Cause::Header(what), 0));
    }
    let Some((fingerprint, value)) = rest.split_first_chunk() else {
        return Err(Error::at(Cause::EndOfInput, bytes.len()));
    };
    Ok((u64::from_le_bytes(*fingerprint), value))
}

/// The value, if it was written with the schema of a fingerprint.
pub fn payload(bytes: &[u8], expected: u64) -> Result<&[u8], Error> {
    let (found, value) = split(bytes)?;
    if found == expected {
        Ok(value)
    } else {
        Err(Error::at(Cause::Fingerprint { expected, found }, 2))
    }
}

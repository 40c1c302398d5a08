//! Avro's single-object encoding: the fingerprint of the schema before the data.

use super::FrameError;

const MARKER: [u8; 2] = [0xc3, 0x01];

/// Writes what stands before the data. The fingerprint is the 64-bit Rabin one of the schema's parsing canonical form.
pub fn frame_single_object(fingerprint: u64, out: &mut Vec<u8>) {
    out.extend_from_slice(&MARKER);
    out.extend_from_slice(&fingerprint.to_le_bytes());
}

/// Takes data out of its envelope: the fingerprint, and the data.
pub fn deframe_single_object(payload: &[u8]) -> Result<(u64, &[u8]), FrameError> {
    let too_short = FrameError::TooShort {
        length: payload.len(),
        needed: 10,
    };
    let (marker, rest) = payload.split_first_chunk().ok_or(too_short)?;
    if *marker != MARKER {
        return Err(FrameError::NotSingleObject { seen: *marker });
    }
    let (fingerprint, data) = rest.split_first_chunk().ok_or(too_short)?;
    Ok((u64::from_le_bytes(*fingerprint), data))
}

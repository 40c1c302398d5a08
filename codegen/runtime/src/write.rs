//! Writing the parts of Avro's binary encoding.

use alloc::vec::Vec;
/// A `long`, and everything else that is written like one.
#[inline]
pub fn long(value: i64, out: &mut Vec<u8>) {
    let rest = ((value << 1) ^ (value >> 63)).cast_unsigned();
    if rest < 0x80 {
        out.push(rest.to_le_bytes()[0]);
    } else {
        long_of_several_bytes(rest, out);
    }
}

#[inline(never)]
fn long_of_several_bytes(mut rest: u64, out: &mut Vec<u8>) {
    let mut buffer = [0_u8; 10];
    let mut length = 0;
    while rest >= 0x80 {
        buffer[length] = rest.to_le_bytes()[0] | 0x80;
        rest >>= 7;
        length += 1;
    }
    buffer[length] = rest.to_le_bytes()[0];
    out.extend_from_slice(&buffer[..=length]);
}

/// A length, or the index of a branch or a symbol.
#[inline]
pub fn count(count: usize, out: &mut Vec<u8>) {
    // A slice is never longer than `isize::MAX`.
    long(count.cast_signed() as i64, out);
}

/// `bytes`, or the bytes of a `string`.
#[inline]
pub fn bytes(bytes: &[u8], out: &mut Vec<u8>) {
    count(bytes.len(), out);
    out.extend_from_slice(bytes);
}

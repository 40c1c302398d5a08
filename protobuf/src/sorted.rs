//! Descriptors whose bytes do not depend on the order of a hash map: entries of maps inside options come from one.

use prost::{
    DecodeError,
    encoding::{DecodeContext, WireType, decode_key, decode_varint, encode_varint, skip_field},
};
use prost_reflect::{DescriptorPool, Kind, MessageDescriptor};

/// An encoded `FileDescriptorProto` with the entries of each map in one order. The pool is the one it comes from.
pub fn sorted_file(bytes: Vec<u8>, pool: &DescriptorPool) -> Vec<u8> {
    sorted(bytes, pool, "google.protobuf.FileDescriptorProto")
}

/// An encoded `FileDescriptorSet` with the entries of each map in one order. The pool is the one it comes from.
pub fn sorted_set(bytes: Vec<u8>, pool: &DescriptorPool) -> Vec<u8> {
    sorted(bytes, pool, "google.protobuf.FileDescriptorSet")
}

fn sorted(bytes: Vec<u8>, pool: &DescriptorPool, name: &str) -> Vec<u8> {
    // Without `descriptor.proto` there are no options of one's own, and those of the language have no maps.
    let message = pool.get_message_by_name(name);
    let made = message.and_then(|message| message_sorted(&bytes, &message).ok());
    made.unwrap_or(bytes)
}

fn message_sorted(bytes: &[u8], message: &MessageDescriptor) -> Result<Vec<u8>, DecodeError> {
    let mut written = Vec::with_capacity(bytes.len());
    // The entries of a map that were not written yet, and its number.
    let mut entries: (u32, Vec<Vec<u8>>) = (0, Vec::new());
    let mut rest = bytes;
    while !rest.is_empty() {
        let before = rest;
        let (number, wire) = decode_key(&mut rest)?;
        if entries.0 != number {
            flush(&mut entries, &mut written);
        }
        let inner = (wire == WireType::LengthDelimited).then(|| inner(message, number));
        let Some((inner, is_map)) = inner.flatten() else {
            skip_field(wire, number, &mut rest, DecodeContext::default())?;
            written.extend_from_slice(&before[..before.len() - rest.len()]);
            continue;
        };
        let length = usize::try_from(decode_varint(&mut rest)?).unwrap_or(usize::MAX);
        let Some((inside, after)) = rest.split_at_checked(length) else {
            return Ok(bytes.to_vec());
        };
        rest = after;
        let inside = message_sorted(inside, &inner)?;
        let mut field = Vec::with_capacity(inside.len() + 6);
        encode_varint(
            u64::from(number) << 3 | WireType::LengthDelimited as u64,
            &mut field,
        );
        encode_varint(inside.len() as u64, &mut field);
        field.extend(inside);
        if is_map {
            entries.0 = number;
            entries.1.push(field);
        } else {
            written.extend(field);
        }
    }
    flush(&mut entries, &mut written);
    Ok(written)
}

fn flush(entries: &mut (u32, Vec<Vec<u8>>), written: &mut Vec<u8>) {
    entries.1.sort_unstable();
    written.extend(entries.1.drain(..).flatten());
}

/// The message that a field or an extension holds, and whether it is the entry of a map.
fn inner(message: &MessageDescriptor, number: u32) -> Option<(MessageDescriptor, bool)> {
    let (kind, is_map) = match message.get_field(number) {
        Some(field) => (field.kind(), field.is_map()),
        None => (message.get_extension(number)?.kind(), false),
    };
    match kind {
        Kind::Message(inner) => Some((inner, is_map)),
        _ => None,
    }
}

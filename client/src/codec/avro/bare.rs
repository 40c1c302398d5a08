//! Plain `bytes` at the top of a schema, whose data the other clients write without its length.

use dovetail_runtime::{
    Error, Reader,
    schema::{Kind, Primitive, Schema},
    write,
};

/// Whether the data of a schema is the bytes themselves.
pub(super) fn is_bare(schema: &Schema) -> bool {
    matches!(
        schema.kind(schema.root()),
        Kind::Primitive(Primitive::Bytes)
    )
}

/// Takes the length away from what was written from `start` on.
pub(super) fn strip(out: &mut Vec<u8>, start: usize) -> Result<(), Error> {
    let mut input = Reader::new(&out[start..]);
    let length = input.bytes()?.len();
    let end = out.len();
    out.copy_within(end - length.., start);
    out.truncate(start + length);
    Ok(())
}

/// The data with its length.
pub(super) fn with_length(data: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(data.len() + 10);
    write::bytes(data, &mut out);
    out
}

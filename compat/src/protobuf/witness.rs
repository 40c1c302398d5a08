//! PLACEHOLDER: the smallest value that a difference breaks.

use super::ProtobufSchema;
use crate::{Difference, explain::Witness};

/// The smallest value the writer can produce that the reader cannot read, reads differently, or rejects; `None` where
/// none was found and confirmed.
pub(crate) fn witness(
    _reader: &ProtobufSchema,
    _writer: &ProtobufSchema,
    _difference: &Difference,
) -> Option<Witness> {
    None
}

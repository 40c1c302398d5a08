//! PLACEHOLDER: the smallest value that a difference breaks.

use super::AvroSchema;
use crate::{Difference, explain::Witness};

/// The smallest value the writer can produce that the reader cannot read, reads differently, or rejects; `None` where
/// none was found and confirmed.
pub(crate) fn witness(
    _reader: &AvroSchema,
    _writer: &AvroSchema,
    _difference: &Difference,
) -> Option<Witness> {
    None
}

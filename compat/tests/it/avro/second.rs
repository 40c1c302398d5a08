//! A second opinion: the `apache-avro` crate reads what ours wrote. It shares no code with ours. Where it is known to be
//! wrong or strict its word counts for nothing, so what it says is tallied by class and not asserted as a whole.

use std::panic::{AssertUnwindSafe, catch_unwind};

use apache_avro::{Schema, reader::datum::GenericDatumReader, writer::datum::GenericDatumWriter};

/// A schema as it takes it, or nothing where it takes fewer schemas than Java. Logical types are removed, because it refuses
/// values for their sake. Objects as defaults are left out: it tries them on every branch of a union without end, where a
/// record contains itself, and exhausts the stack.
pub(super) fn parsed(text: &str) -> Option<Schema> {
    if text.contains("\"default\":{") {
        return None;
    }
    let plain = text.replace("\"logicalType\":", "\"formerLogicalType\":");
    catch_unwind(|| Schema::parse_str(&plain).ok())
        .ok()
        .flatten()
}

/// What it makes of bytes: the value it read, written again with the reader's schema, or why it could not read.
pub(super) fn reads(reader: &Schema, writer: &Schema, bytes: &[u8]) -> Result<Vec<u8>, String> {
    let read = || -> apache_avro::AvroResult<Vec<u8>> {
        let value = GenericDatumReader::builder(writer)
            .reader_schema(reader)
            .build()?
            .read_value(&mut &bytes[..])?;
        GenericDatumWriter::builder(reader)
            .build()?
            .write_value_to_vec(value)
    };
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(result) => result.map_err(|error| error.to_string()),
        Err(_) => Err("it panicked".to_owned()),
    }
}

//! A second opinion: the `apache-avro` crate reads what ours wrote. It shares no code with ours. Where it is known to be
//! wrong or strict its word counts for nothing, so what it says is tallied by class and not asserted as a whole.

use std::panic::{AssertUnwindSafe, catch_unwind};

use apache_avro::{Schema, reader::datum::GenericDatumReader, writer::datum::GenericDatumWriter};

use dovetail_compat::Difference;

use super::values::Values;

/// A schema as it takes it, or nothing where it takes fewer schemas than Java. Logical types are removed, because it refuses
/// values for their sake. Where a record contains itself and a default is an object, it tries that on every branch of a
/// union without end and exhausts the stack, so such schemas are left out.
pub(super) fn parsed(text: &str) -> Option<Schema> {
    if text.contains("\"default\":{") && Values::of(text).contain_themselves() {
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

/// What it makes of a witness. It reads some that by the specification cannot be read.
pub(super) fn on_witness(
    reader: Option<&Schema>,
    writer: Option<&Schema>,
    bytes: &[u8],
    difference: &Difference,
) -> &'static str {
    let (Some(reader), Some(writer)) = (reader, writer) else {
        return "witness: takes no such schema";
    };
    if reads(reader, writer, bytes).is_err() {
        return "witness: fails too";
    }
    match difference.rule.id {
        "NAME_MISMATCH" => "witness: read, it ignores names",
        "TYPE_MISMATCH" | "MISSING_UNION_BRANCH" => {
            "witness: read, it goes by the value, not by the type"
        }
        "READER_FIELD_MATCHES_SEVERAL_WRITER_FIELDS" => {
            "witness: read, it ignores aliases of fields"
        }
        _ => "witness: read",
    }
}

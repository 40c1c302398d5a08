#![no_main]
//! Types of schemas that are made of the bytes, or are the bytes.

use dovetail_codegen::{Options, SchemaText, Unit};
use dovetail_fuzz::{avro, json_schema, on_a_small_stack, protobuf::Program};
use dovetail_model::SchemaType;
use libfuzzer_sys::{
    arbitrary::{Result, Unstructured},
    fuzz_target,
};

fuzz_target!(|bytes: &[u8]| on_a_small_stack(|| run(bytes)));

fn run(bytes: &[u8]) -> Result<()> {
    let mut u = Unstructured::new(bytes);
    let (schema_type, text) = match u.int_in_range(0..=5)? {
        0 => (SchemaType::Avro, avro::schema(&mut u)?.to_string()),
        1 => (SchemaType::Protobuf, Program::make(&mut u)?.print()),
        2 => (SchemaType::Json, json_schema::schema(&mut u)?.to_string()),
        raw => {
            let formats = [SchemaType::Avro, SchemaType::Protobuf, SchemaType::Json];
            (
                formats[raw - 3],
                String::from_utf8_lossy(u.bytes(u.len())?).into_owned(),
            )
        }
    };
    let unit = Unit {
        name: "unit".to_owned(),
        schema_type,
        schema: SchemaText {
            text: text.into(),
            references: Vec::new(),
            registered: None,
        },
        also: Vec::new(),
    };
    let _ = dovetail_codegen::generate(&[unit], &Options::default());
    Ok(())
}

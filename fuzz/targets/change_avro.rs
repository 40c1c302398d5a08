#![no_main]
//! A schema and a changed copy of it, both made of the bytes.

use dovetail_fuzz::{avro, edit, laws, on_a_small_stack};
use dovetail_model::SchemaType;
use libfuzzer_sys::{
    arbitrary::{Result, Unstructured},
    fuzz_target,
};

fuzz_target!(|bytes: &[u8]| on_a_small_stack(|| run(&mut Unstructured::new(bytes))));

fn run(u: &mut Unstructured<'_>) -> Result<()> {
    let previous = avro::schema(u)?;
    let new = edit::evolve(u, &previous, &avro::WORDS)?;
    let (new, previous) = (new.to_string(), previous.to_string());
    laws::of_text(SchemaType::Avro, &new);
    laws::of_change(SchemaType::Avro, &new, &previous);
    Ok(())
}

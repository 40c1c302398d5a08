#![no_main]
//! A schema and a changed copy of it, both made of the bytes.

use dovetail_fuzz::{edit, json_schema, laws, on_a_small_stack};
use dovetail_model::SchemaType;
use libfuzzer_sys::{
    arbitrary::{Result, Unstructured},
    fuzz_target,
};

fuzz_target!(|bytes: &[u8]| on_a_small_stack(|| run(&mut Unstructured::new(bytes))));

fn run(u: &mut Unstructured<'_>) -> Result<()> {
    let previous = json_schema::schema(u)?;
    let new = edit::evolve(u, &previous, &json_schema::WORDS)?;
    let (new, previous) = (new.to_string(), previous.to_string());
    laws::of_text(SchemaType::Json, &new);
    laws::of_change(SchemaType::Json, &new, &previous);
    Ok(())
}

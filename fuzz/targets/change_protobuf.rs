#![no_main]
//! A schema and a changed copy of it, both made of the bytes.

use dovetail_fuzz::{laws, on_a_small_stack, protobuf::Program};
use dovetail_model::SchemaType;
use libfuzzer_sys::{
    arbitrary::{Result, Unstructured},
    fuzz_target,
};

fuzz_target!(|bytes: &[u8]| on_a_small_stack(|| run(&mut Unstructured::new(bytes))));

fn run(u: &mut Unstructured<'_>) -> Result<()> {
    let previous = Program::make(u)?;
    let new = previous.evolve(u)?;
    let (new, previous) = (new.print(), previous.print());
    laws::of_text(SchemaType::Protobuf, &new);
    laws::of_change(SchemaType::Protobuf, &new, &previous);
    Ok(())
}

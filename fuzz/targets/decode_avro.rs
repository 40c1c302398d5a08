#![no_main]
//! A writer's schema, a reader's, and bytes from anyone: plans and values of the runtime, held against the verdict.

use dovetail_compat::{check, parse};
use dovetail_fuzz::{avro, edit, on_a_small_stack};
use dovetail_model::{CompatibilityPolicy, Direction, SchemaType};
use dovetail_runtime::{Graph, Limits, Reader, Value, schema::Schema};
use libfuzzer_sys::{
    arbitrary::{Result, Unstructured},
    fuzz_target,
};

/// Little memory, so that a case that spends all of it is still quick.
const LIMITS: Limits = Limits {
    memory: 4 << 20,
    ..Limits::DEFAULT
};

fuzz_target!(|bytes: &[u8]| on_a_small_stack(|| run(&mut Unstructured::new(bytes))));

fn run(u: &mut Unstructured<'_>) -> Result<()> {
    let writer = avro::schema(u)?;
    let reader = edit::evolve(u, &writer, &avro::WORDS)?;
    let bytes = u.bytes(u.len())?;
    let (writer_text, reader_text) = (writer.to_string(), reader.to_string());
    let (Ok(writer), Ok(reader)) = (Schema::parse(&writer_text), Schema::parse(&reader_text))
    else {
        return Ok(());
    };
    let same = Graph::same();
    let written = read(&writer, &same, bytes);
    if let Some((value, length)) = &written {
        let mut again = Vec::new();
        value.write(&mut again);
        let (repeated, _) = read(&writer, &same, &again).expect("what was written is read");
        let mut once_more = Vec::new();
        repeated.write(&mut once_more);
        assert_eq!(again, once_more, "{length} bytes of {writer_text}");
    }
    let plan = Graph::new(&reader, &writer);
    let resolved = plan
        .as_ref()
        .ok()
        .and_then(|plan| read(&reader, plan, bytes));
    if let (Some((_, length)), true) = (written, is_compatible(&reader_text, &writer_text)) {
        let plan = plan.expect("a compatible reader has a plan");
        assert!(plan.problems().is_empty(), "{:?}", plan.problems());
        // Defaults cost memory that the writer's own value does not.
        let generous = Limits::DEFAULT;
        let mut input = Reader::with_limits(bytes, generous);
        let read = Value::resolve(&reader, &plan, &mut input);
        assert!(
            read.is_ok(),
            "{read:?}: {length} bytes of {writer_text}, read with {reader_text}"
        );
    }
    drop(resolved);
    Ok(())
}

/// A value from the front of the bytes, and how many of them it took.
fn read(schema: &Schema, plan: &Graph, bytes: &[u8]) -> Option<(Value, usize)> {
    let mut input = Reader::with_limits(bytes, LIMITS);
    let value = Value::resolve(schema, plan, &mut input).ok()?;
    Some((value, bytes.len() - input.rest().len()))
}

fn is_compatible(reader: &str, writer: &str) -> bool {
    let parsed = |text| parse(SchemaType::Avro, text, &[]);
    let (Ok(reader), Ok(writer)) = (parsed(reader), parsed(writer)) else {
        return false;
    };
    let report = check(
        &reader,
        &writer,
        &[Direction::Backward],
        CompatibilityPolicy::Strict,
    );
    report.is_ok_and(|report| report.is_compatible())
}

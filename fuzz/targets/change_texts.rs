#![no_main]
//! Any bytes as two texts, with a NUL between them. The first byte says of which format.

use dovetail_fuzz::{laws, on_a_small_stack};
use dovetail_model::SchemaType;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| on_a_small_stack(|| {
    let schema_type = match text.bytes().next() {
        Some(b'a') => SchemaType::Avro,
        Some(b'p') => SchemaType::Protobuf,
        _ => SchemaType::Json,
    };
    if let Some((previous, new)) = text.get(1..).and_then(|texts| texts.split_once('\0')) {
        laws::of_change(schema_type, new, previous);
    }
}));

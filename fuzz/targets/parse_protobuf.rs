#![no_main]
//! Any bytes as a text.

use dovetail_fuzz::{laws, on_a_small_stack};
use dovetail_model::SchemaType;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| on_a_small_stack(|| laws::of_text(SchemaType::Protobuf, text)));

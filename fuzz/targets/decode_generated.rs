#![no_main]
//! Bytes from anyone, read as a generated type: written with its own schema, and with a changed one.

use dovetail_fuzz::{avro, edit, on_a_small_stack};
use dovetail_runtime::{AvroType, Limits, Plan};
use libfuzzer_sys::{
    arbitrary::{Result, Unstructured},
    fuzz_target,
};

include!(concat!(env!("OUT_DIR"), "/dovetail/mod.rs"));

use order::Order;

const LIMITS: Limits = Limits {
    memory: 4 << 20,
    ..Limits::DEFAULT
};

fuzz_target!(|bytes: &[u8]| on_a_small_stack(|| run(bytes)));

fn run(bytes: &[u8]) -> Result<()> {
    if let Ok(order) = Order::from_slice_within(&Plan::same(), bytes, LIMITS) {
        let mut written = Vec::new();
        order
            .encode(&mut written)
            .expect("what was read can be written");
        let again = Order::from_slice(&written).expect("what was written can be read");
        let mut once_more = Vec::new();
        again
            .encode(&mut once_more)
            .expect("what was read can be written");
        assert_eq!(written, once_more);
    }
    let mut u = Unstructured::new(bytes);
    let own = serde_json::from_str(Order::SCHEMA).expect("the schema is JSON");
    let writer = edit::evolve(&mut u, &own, &avro::WORDS)?.to_string();
    if let Ok(plan) = Plan::<Order>::new(&writer) {
        let _ = Order::from_slice_within(&plan, u.bytes(u.len())?, LIMITS);
    }
    Ok(())
}

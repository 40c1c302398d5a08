//! What the fuzz targets share: schemas made of bytes ([`avro`], [`protobuf`], [`json_schema`]), changes to them
//! ([`edit`]), and what has to hold for all of them ([`laws`]).
//!
//! A target is a file in `targets/` and an entry in `Cargo.toml`. It hands its bytes to [`on_a_small_stack`], so that
//! recursion without a bound is found long before it would hurt a server.

pub mod avro;
pub mod edit;
pub mod json_schema;
pub mod laws;
pub mod protobuf;

use std::thread;

/// What a thread gets by default; the server's workers have many times as much.
const STACK_BYTES: usize = 2 * 1024 * 1024;

/// Runs one case on a thread with a stack of 2 MiB. A panic there ends the process, as it does everywhere under libFuzzer;
/// what the case returns, such as that the bytes ran out, is of no interest.
pub fn on_a_small_stack<T: Send>(case: impl FnOnce() -> T + Send) {
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(STACK_BYTES);
        let thread = thread.spawn_scoped(scope, case).expect("a thread starts");
        thread.join().expect("the case ends without a panic");
    });
}

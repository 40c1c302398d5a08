#![no_main]
//! Messages from anyone: out of their envelopes, and on to a codec.

use std::sync::{Arc, OnceLock};

use dovetail_client::{
    KnownSchema, ResolvedSchema,
    codec::{
        Codec as _,
        protobuf::{Dynamic, Pool},
    },
    wire::{
        Framed, MessageIndexes, deframe, deframe_record, deframe_single_object, frame_single_object,
    },
};
use dovetail_fuzz::on_a_small_stack;
use dovetail_model::SchemaType;
use libfuzzer_sys::fuzz_target;

const PROTO: &str = "syntax = \"proto3\"; message A { message B { repeated B b = 1; map<string, A> m = 2; } B b = 1; \
                     repeated sint64 n = 2; oneof o { string s = 3; bytes t = 4; A a = 5; } }";

fuzz_target!(|bytes: &[u8]| on_a_small_stack(|| run(bytes)));

fn run(bytes: &[u8]) {
    if let Ok(framed) = deframe(bytes) {
        let mut envelope = Vec::new();
        framed.schema.write(&mut envelope);
        envelope.extend_from_slice(framed.data());
        assert_eq!(envelope, bytes);
        read(&framed);
    }
    let (header, payload) = bytes.split_at(bytes.len().min(17));
    if let Ok(framed) = deframe_record(Some(header), payload) {
        read(&framed);
    }
    if let Ok((indexes, rest)) = MessageIndexes::read(bytes) {
        let mut written = Vec::new();
        indexes.write(&mut written);
        let (again, nothing) = MessageIndexes::read(&written).expect("what was written is read");
        assert_eq!((again, nothing), (indexes, &[][..]));
        assert!(rest.len() < bytes.len());
    }
    if let Ok((fingerprint, data)) = deframe_single_object(bytes) {
        let mut written = Vec::new();
        frame_single_object(fingerprint, &mut written);
        written.extend_from_slice(data);
        assert_eq!(written, bytes);
    }
}

fn read(framed: &Framed<'_>) {
    static POOL: OnceLock<Pool> = OnceLock::new();
    let pool = POOL.get_or_init(|| {
        let resolved = ResolvedSchema {
            schema: Arc::new(KnownSchema::of_text(SchemaType::Protobuf, PROTO)),
            references: Vec::new(),
        };
        Dynamic::new("A")
            .reader(&resolved)
            .expect("the schema is good")
    });
    let _ = Dynamic::new("A").read(pool, framed);
}

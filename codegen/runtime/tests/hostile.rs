//! Bytes and schemas from anyone: errors, in bounded time and memory, and never the end of the process.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

#[path = "../../tests/it/avro/random.rs"]
mod random;

use dovetail_runtime::{Cause, Graph, Limits, PlanError, Reader, Value, schema::Schema};

use random::Random;

const RECURSIVE: &str = r#"{"type": "record", "name": "R", "fields": [
    {"name": "next", "type": ["null", "R"]}, {"name": "items", "type": {"type": "array", "items": "R"}}]}"#;

const VARIED: &str = r#"{"type": "record", "name": "R", "fields": [
    {"name": "a", "type": {"type": "array", "items": {"type": "map", "values": ["null", "string", "R"]}}},
    {"name": "b", "type": "bytes"},
    {"name": "c", "type": {"type": "enum", "name": "E", "symbols": ["A", "B"]}},
    {"name": "d", "type": ["double", {"type": "fixed", "name": "F", "size": 3}, "boolean"]},
    {"name": "e", "type": {"type": "array", "items": "null"}}]}"#;

/// A reader of `VARIED` that skips, promotes and falls back on defaults.
const NARROW: &str = r#"{"type": "record", "name": "R", "fields": [
    {"name": "b", "type": "string"},
    {"name": "c", "type": {"type": "enum", "name": "E", "symbols": ["B"], "default": "B"}},
    {"name": "z", "type": {"type": "array", "items": "string"}, "default": ["of", "the", "reader"]}]}"#;

fn cause(reader: &str, writer: &str, bytes: &[u8]) -> Cause {
    let (reader, writer) = (
        Schema::parse(reader).unwrap(),
        Schema::parse(writer).unwrap(),
    );
    let graph = Graph::new(&reader, &writer).unwrap();
    let error = Value::from_slice_with(&reader, &graph, bytes).unwrap_err();
    error.cause().clone()
}

#[test]
fn huge_counts_and_lengths_make_no_room_before_the_bytes_are_there() {
    let huge = [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F];
    let strings = r#"{"type": "array", "items": "string"}"#;
    assert_eq!(cause(strings, strings, &huge), Cause::Budget);
    assert_eq!(cause(r#""bytes""#, r#""bytes""#, &huge), Cause::EndOfInput);
    let map = r#"{"type": "map", "values": "null"}"#;
    assert_eq!(cause(map, map, &huge), Cause::Budget);
    let million = [0x80, 0x89, 0x7A];
    assert_eq!(cause(strings, strings, &million), Cause::EndOfInput);
}

#[test]
fn items_of_no_bytes_cost_something() {
    let nulls = r#"{"type": "array", "items": "null"}"#;
    let many = [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0x3F, 0];
    assert_eq!(cause(nulls, nulls, &many), Cause::Budget);
    // Those that nobody reads as well, unless there is nothing to do for them.
    let record =
        |fields: &str| format!(r#"{{"type": "record", "name": "R", "fields": [{fields}]}}"#);
    let empty = r#"{"name": "a", "type": {"type": "array", "items": {"type": "record", "name": "N", "fields": []}}}"#;
    assert_eq!(cause(&record(""), &record(empty), &many), Cause::Budget);
    let nothing = record(r#"{"name": "a", "type": {"type": "array", "items": "null"}}"#);
    let (reader, writer) = (
        Schema::parse(&record("")).unwrap(),
        Schema::parse(&nothing).unwrap(),
    );
    let graph = Graph::new(&reader, &writer).unwrap();
    assert!(Value::from_slice_with(&reader, &graph, &many).is_ok());
}

#[test]
fn what_nests_too_deep_is_an_error_read_or_skipped() {
    let mut bytes = vec![2; 100_000];
    bytes.extend([0; 100_001]);
    assert_eq!(cause(RECURSIVE, RECURSIVE, &bytes), Cause::Depth);
    let writer = format!(
        r#"{{"type": "record", "name": "S", "fields": [{{"name": "x", "type": {RECURSIVE}}}]}}"#
    );
    assert_eq!(
        cause(
            r#"{"type": "record", "name": "S", "fields": []}"#,
            &writer,
            &bytes
        ),
        Cause::Depth
    );
}

#[test]
fn fields_that_read_the_same_bytes_again_and_again_cost_each_time() {
    // Each level is read twice, so a chain of sixty would take two to the power of sixty steps.
    let writer =
        r#"{"type": "record", "name": "R", "fields": [{"name": "x", "type": ["null", "R"]}]}"#;
    let reader = r#"{"type": "record", "name": "R", "fields": [
        {"name": "a", "type": ["null", "R"], "aliases": ["x"]}, {"name": "b", "type": ["null", "R"], "aliases": ["x"]}]}"#;
    let bytes = [&[2; 60][..], &[0]].concat();
    let (reader, writer) = (
        Schema::parse(reader).unwrap(),
        Schema::parse(writer).unwrap(),
    );
    let graph = Graph::new(&reader, &writer).unwrap();
    let limits = Limits {
        memory: 1 << 20,
        ..Limits::DEFAULT
    };
    let mut input = Reader::with_limits(&bytes, limits);
    let error = Value::resolve(&reader, &graph, &mut input).unwrap_err();
    assert_eq!(*error.cause(), Cause::Budget);
}

#[test]
fn changed_bytes_are_read_or_refused() {
    let schemas = [(RECURSIVE, RECURSIVE), (VARIED, VARIED), (NARROW, VARIED)];
    let mut random = Random::new(3);
    let limits = Limits {
        memory: 1 << 20,
        ..Limits::DEFAULT
    };
    let mut refused = 0;
    for (reader, writer) in schemas {
        let (reader, writer) = (
            Schema::parse(reader).unwrap(),
            Schema::parse(writer).unwrap(),
        );
        let graph = Graph::new(&reader, &writer).unwrap();
        for _ in 0..5_000 {
            let mut bytes = Vec::new();
            if let Some(value) = random::value(&writer, &mut random) {
                value.write(&mut bytes);
            }
            change(&mut bytes, &mut random);
            let mut input = Reader::with_limits(&bytes, limits);
            refused += usize::from(Value::resolve(&reader, &graph, &mut input).is_err());
        }
    }
    assert!(refused > 1_000, "{refused}");
}

#[test]
fn changed_schemas_make_plans_or_errors() {
    let mut random = Random::new(4);
    let texts = [RECURSIVE, VARIED, NARROW];
    let mut plans = 0;
    for _ in 0..5_000 {
        let mut text = texts[random.below(3)].as_bytes().to_vec();
        for _ in 0..=random.below(3) {
            // Names, types and braces change places, so that most of it still is a schema.
            let (one, other) = (random.below(text.len()), random.below(text.len()));
            text[one] = text[other];
        }
        let Ok(writer) = Schema::parse(&String::from_utf8_lossy(&text)) else {
            continue;
        };
        let reader = Schema::parse(texts[random.below(3)]).unwrap();
        plans += usize::from(Graph::new(&reader, &writer).is_ok());
        let _ = writer.canonical_form();
    }
    assert!(plans > 50, "{plans}");
}

#[test]
fn large_recursive_unions_are_matched_by_name() {
    let union = |name: &str| -> String {
        let branches = (0..1_500).map(|index| {
            format!(r#"{{"type": "record", "name": "{name}{index}", "fields": [{{"name": "u", "type": "U"}}]}}"#)
        });
        let branches: Vec<String> = branches.collect();
        format!(
            r#"{{"type": "record", "name": "U", "fields": [{{"name": "b", "type": [{}]}}]}}"#,
            branches.join(",")
        )
    };
    // Nothing blows up: each branch finds its own by name.
    let (reader, writer) = (
        Schema::parse(&union("A")).unwrap(),
        Schema::parse(&union("A")).unwrap(),
    );
    assert!(Graph::new(&reader, &writer).unwrap().is_same());
    let other = Schema::parse(&union("B")).unwrap();
    assert!(matches!(
        Graph::new(&reader, &other),
        Err(PlanError::Unreadable(_))
    ));
}

fn change(bytes: &mut Vec<u8>, random: &mut Random) {
    match random.below(4) {
        0 => bytes.truncate(random.below(bytes.len())),
        1 => {
            let more = random.below(40);
            bytes.extend(random.bytes(more));
        }
        2 => *bytes = random.bytes(64),
        _ => {
            for _ in 0..=random.below(4) {
                let at = random.below(bytes.len());
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = random.bytes(1)[0];
                }
            }
        }
    }
}

//! Hostile and huge inputs: refused with a message that says what and where, or done in time. Tests run on threads with
//! two mebibytes of stack, so a runaway recursion would end the process.

use std::{fmt::Write as _, time::Instant};

use dovetail_compat::{Schema, parse};
use dovetail_model::SchemaType;

use super::{named, read, refusal, schema, schema_with};

/// Generous, because tests are built without optimisation and share the machine.
const SLACK: u128 = 10;

fn within<T>(milliseconds: u128, work: impl FnOnce() -> T) -> T {
    let start = Instant::now();
    let done = work();
    let taken = start.elapsed().as_millis();
    assert!(taken < milliseconds * SLACK, "took {taken} ms");
    done
}

fn reads_itself(schema: &Schema) {
    let report = read(schema, schema);
    assert!(report.is_compatible(), "{:?}", report.messages().first());
}

fn nested_records(levels: usize) -> String {
    let mut text = "\"int\"".to_owned();
    for level in 0..levels {
        text = format!(
            r#"{{"type":"record","name":"R{level}","fields":[{{"name":"f","type":{text}}}]}}"#
        );
    }
    text
}

fn nested_arrays(levels: usize) -> String {
    let open = r#"{"type":"array","items":"#.repeat(levels);
    format!("{open}\"int\"{}", "}".repeat(levels))
}

fn union_of_fixed(branches: usize, size: usize) -> String {
    let branch = |index| format!(r#"{{"type":"fixed","name":"F{index}","size":{size}}}"#);
    format!(
        "[{}]",
        (0..branches).map(branch).collect::<Vec<_>>().join(",")
    )
}

#[test]
fn impossible_sizes_are_refused() {
    for size in [
        "18446744073709551615",
        "9223372036854775807",
        "2147483648",
        "-1",
        "1e30",
        "1.0",
        "\"text\"",
        "null",
    ] {
        let message = refusal(&format!(r#"{{"type":"fixed","name":"F","size":{size}}}"#));
        assert!(
            message.contains("size") && message.contains("limit"),
            "{message}"
        );
    }
    schema(r#"{"type":"fixed","name":"F","size":2147483639}"#);
    schema(r#"{"type":"fixed","name":"F","size":0}"#);
}

#[test]
fn deep_nesting_is_refused_with_the_limit() {
    for text in [
        nested_records(60),
        nested_records(1_000),
        nested_arrays(200),
        nested_arrays(100_000),
        "[".repeat(1_000_000),
    ] {
        let message = refusal(&text);
        assert!(
            message.contains("nested") && message.contains("120"),
            "{message}"
        );
    }
    reads_itself(&schema(&nested_records(39)));
    reads_itself(&schema(&nested_arrays(119)));
}

#[test]
fn unions_beyond_the_limit_are_refused_at_once() {
    let text = union_of_fixed(20_000, 4);
    let message = within(100, || refusal(&text));
    assert!(
        message.contains("20000 branches") && message.contains("10000"),
        "{message}"
    );
}

#[test]
fn unions_at_the_limit_are_compared_at_once() {
    let (old, new) = (
        schema(&union_of_fixed(10_000, 4)),
        schema(&union_of_fixed(10_000, 8)),
    );
    within(500, || reads_itself(&old));
    let report = within(500, || read(&new, &old));
    assert_eq!(report.incompatibilities().count(), 10_000);
}

#[test]
fn unions_of_one_simple_name_are_bounded() {
    let branch = |index, size| format!(r#"{{"type":"fixed","name":"n{index}.F","size":{size}}}"#);
    let union = |size| {
        let branches: Vec<_> = (0..3_000).map(|index| branch(index, size)).collect();
        schema(&format!("[{}]", branches.join(",")))
    };
    let (old, new) = (union(4), union(8));
    let outcome = dovetail_compat::check(
        &new,
        &old,
        &[dovetail_model::Direction::Backward],
        dovetail_model::CompatibilityPolicy::Strict,
    );
    assert!(outcome.is_err(), "nine million pairs are too many");
}

#[test]
fn records_with_many_fields_are_compared_at_once() {
    let record = |prefix: &str| {
        let mut text = r#"{"type":"record","name":"R","fields":["#.to_owned();
        for index in 0..100_000 {
            let comma = if index == 0 { "" } else { "," };
            let _ = write!(text, r#"{comma}{{"name":"{prefix}{index}","type":"long"}}"#);
        }
        text + "]}"
    };
    let old = within(1_000, || schema(&record("f")));
    within(1_000, || reads_itself(&old));
    let new = schema(&record("g"));
    let report = within(1_000, || read(&new, &old));
    assert_eq!(report.incompatibilities().count(), 100_000);
}

#[test]
fn enums_with_many_symbols_are_compared_at_once() {
    let symbols = |prefix: &str| {
        let symbols: Vec<_> = (0..50_000)
            .map(|index| format!("\"{prefix}{index}\""))
            .collect();
        schema(&format!(
            r#"{{"type":"enum","name":"E","symbols":[{}]}}"#,
            symbols.join(",")
        ))
    };
    let (old, new) = (symbols("A"), symbols("B"));
    within(500, || reads_itself(&old));
    assert_eq!(
        within(500, || read(&new, &old)).incompatibilities().count(),
        1
    );
}

#[test]
fn recursion_ends() {
    for inner in [
        r#"["null","R"]"#,
        r#"{"type":"map","values":"R"}"#,
        r#"{"type":"array","items":"R"}"#,
        r#"{"type":"map","values":["null",{"type":"array","items":["R","string"]}]}"#,
        r#""R""#,
    ] {
        let text =
            format!(r#"{{"type":"record","name":"R","fields":[{{"name":"f","type":{inner}}}]}}"#);
        reads_itself(&schema(&text));
    }
}

#[test]
fn mutual_recursion_across_references_ends() {
    let references = [
        (
            "a.A",
            r#"{"type":"record","name":"a.A","fields":[{"name":"b","type":["null","a.B"]}]}"#,
        ),
        (
            "a.B",
            r#"{"type":"record","name":"a.B","fields":[{"name":"a","type":["null","a.A"]}]}"#,
        ),
    ];
    let outcome = parse(SchemaType::Avro, r#""a.A""#, &named(&references));
    let message = outcome.expect_err("a.B is not known while a.A is read").0;
    assert!(
        message.contains("\"a.B\" is not defined") && message.contains("reference \"a.A\""),
        "{message}"
    );
    let together = [(
        "a.A",
        r#"[{"type":"record","name":"a.A","fields":[{"name":"b","type":["null","a.B"]}]},
            {"type":"record","name":"a.B","fields":[{"name":"a","type":["null","a.A"]}]}]"#,
    )];
    reads_itself(&schema_with(r#"["a.B","a.A"]"#, &together));
}

/// Each record holds the one before it, so the walk goes ten thousand deep although the text hardly nests.
#[test]
fn long_chains_of_types_need_no_stack() {
    let mut text = r#"[{"type":"record","name":"R0","fields":[]}"#.to_owned();
    for index in 1..10_000 {
        let _ = write!(
            text,
            r#",{{"type":"record","name":"R{index}","fields":[{{"name":"f","type":"R{}"}}]}}"#,
            index - 1
        );
    }
    text.push(']');
    let chain = schema_with(r#""R9999""#, &[("all", &text)]);
    within(500, || reads_itself(&chain));
    let other = text.replace(
        r#""name":"R0","fields":[]"#,
        r#""name":"R0","fields":[{"name":"x","type":"int"}]"#,
    );
    let broken = schema_with(r#"{"type":"array","items":"R9999"}"#, &[("all", &other)]);
    let chain = schema_with(r#"{"type":"array","items":"R9999"}"#, &[("all", &text)]);
    let report = within(500, || read(&broken, &chain));
    let (_, found) = report
        .incompatibilities()
        .next()
        .expect("R0 has a new field");
    assert!(found.path.ends_with("/fields/0"));
    assert_eq!(
        (found.reader_place.as_str(), found.writer_place.as_str()),
        ("/items", "/items")
    );
}

/// The canonical form would have to write each record inside the one before it.
#[test]
fn chains_of_uses_before_definitions_are_refused() {
    let mut text = "[".to_owned();
    for index in 0..1_000 {
        let _ = write!(
            text,
            r#"{{"type":"record","name":"R{index}","fields":[{{"name":"f","type":"R{}"}}]}},"#,
            index + 1
        );
    }
    text.push_str(r#"{"type":"record","name":"R1000","fields":[]}]"#);
    let message = refusal(&text);
    assert!(
        message.contains("used before they are defined") && message.contains("120"),
        "{message}"
    );
}

/// Every record uses the next one twice: without memory the walk would double at each step, and so would the report.
#[test]
fn doubled_uses_do_not_double_the_work() {
    let chain = |last: &str| {
        let mut text = format!(
            r#"[{{"type":"record","name":"R0","fields":[{{"name":"{last}","type":"int"}}]}}"#
        );
        for index in 1..60 {
            let _ = write!(
                text,
                r#",{{"type":"record","name":"R{index}","fields":[{{"name":"a","type":"R{0}"}},{{"name":"b","type":"R{0}"}}]}}"#,
                index - 1
            );
        }
        schema_with(r#""R59""#, &[("all", &(text + "]"))])
    };
    let report = within(500, || read(&chain("x"), &chain("y")));
    let found = report.incompatibilities().count();
    assert!((1..=30_000).contains(&found), "{found} findings");
}

#[test]
fn huge_defaults_are_bounded() {
    let values = vec!["1"; 100_000].join(",");
    let branches: Vec<_> = (0..500)
        .map(|index| format!(r#"{{"type":"fixed","name":"F{index}","size":1}}"#))
        .collect();
    let text = format!(
        r#"{{"type":"record","name":"R","fields":[{{"name":"f","type":{{"type":"array","items":[{},"int"]}},"default":[{values}]}}]}}"#,
        branches.join(",")
    );
    assert!(within(1_000, || refusal(&text)).contains("too complex"));
}

#[test]
fn nul_and_lone_surrogates_are_refused() {
    assert!(refusal("\"int\"\0").contains("NUL"));
    assert!(refusal(r#"{"type":"string","a":"\ud800"}"#).contains("JSON"));
    assert!(refusal(r#"{"type":"string","a":1e400}"#).contains("range"));
}

#[test]
fn the_list_of_differences_is_bounded() {
    let chain = |field: &str| {
        let mut text = format!(
            r#"[{{"type":"record","name":"R0","fields":[{{"name":"{field}","type":"int"}}]}}"#
        );
        for index in 1..2_000 {
            let _ = write!(
                text,
                r#",{{"type":"record","name":"R{index}","fields":[{{"name":"r","type":"R{}"}},{{"name":"{field}","type":"int"}}]}}"#,
                index - 1
            );
        }
        schema_with(r#""R1999""#, &[("all", &(text + "]"))])
    };
    let enum_everywhere = |prefix: &str| {
        let symbols: Vec<_> = (0..10_000)
            .map(|index| format!("\"{prefix}{index}\""))
            .collect();
        let mut text = format!(
            r#"{{"type":"record","name":"R","fields":[{{"name":"f","type":{{"type":"enum","name":"E","symbols":[{}]}}}}"#,
            symbols.join(",")
        );
        for index in 0..2_000 {
            let _ = write!(text, r#",{{"name":"f{index}","type":"E"}}"#);
        }
        schema(&(text + "]}"))
    };
    for (reader, writer) in [
        (chain("x"), chain("y")),
        (enum_everywhere("x"), enum_everywhere("y")),
    ] {
        let report = within(2_000, || read(&reader, &writer));
        let listed: usize = report
            .incompatibilities()
            .map(|(_, found)| found.path.len() + found.detail.len())
            .sum();
        assert!((1..=65 << 20).contains(&listed), "{listed} bytes");
    }
}

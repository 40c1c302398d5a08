//! Explaining what is huge or made to hang, in all formats: it ends in time, on a stack of 2 MiB. That the texts are parsed
//! and compared in time is tested beside each format; this is about places, witnesses and proofs.

use std::{fmt::Write as _, thread, time::Duration};

use dovetail_compat::explain::{ExplainError, Explanation, Side, explain, proofs};
use dovetail_model::{
    CompatibilityPolicy, Direction,
    SchemaType::{self, Avro, Json, Protobuf},
};

const BOTH: [Direction; 2] = [Direction::Backward, Direction::Forward];

/// What is allowed to one explanation: a second, and more for a build without optimization.
const LIMIT: Duration = Duration::from_secs(if cfg!(debug_assertions) { 15 } else { 1 });

/// The time this thread has spent computing, which a busy machine does not lengthen; none where the system does not say.
fn spent() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = text.split_whitespace().next();
    Duration::from_nanos(nanoseconds.and_then(|text| text.parse().ok()).unwrap_or(0))
}

/// Explains a change in both directions and looks for proofs.
fn explained(
    what: &str,
    schema_type: SchemaType,
    previous: &str,
    new: &str,
) -> Result<Vec<Explanation>, ExplainError> {
    let work = || {
        let side = |text| Side {
            text,
            references: &[],
        };
        let found = explain(
            schema_type,
            side(new),
            side(previous),
            &BOTH,
            CompatibilityPolicy::Strict,
        );
        let _ = proofs(schema_type, side(new), side(previous), &BOTH);
        let took = spent();
        println!("{what}: {took:?}");
        assert!(took < LIMIT, "{what} took {took:?}");
        found
    };
    thread::scope(|scope| {
        let thread = thread::Builder::new().stack_size(2 << 20);
        let thread = thread.spawn_scoped(scope, work).expect("a thread starts");
        thread.join().expect("it neither panics nor takes too long")
    })
}

/// The change breaks someone, and of that which breaks, so many have a witness at least.
fn breaks(what: &str, schema_type: SchemaType, previous: &str, new: &str, witnesses: usize) {
    let found = explained(what, schema_type, previous, new).expect("it is not too complex");
    let broken = found.iter().filter(|one| one.breaks);
    assert!(broken.clone().count() > 0, "{what}");
    let shown = broken.filter(|one| one.witness.is_some()).count();
    assert!(shown >= witnesses, "{what}: {shown} witnesses");
}

fn joined(count: usize, between: &str, item: impl Fn(usize) -> String) -> String {
    (0..count).map(item).collect::<Vec<_>>().join(between)
}

fn avro_record(fields: &str) -> String {
    format!(r#"{{"type":"record","name":"R","fields":[{fields}]}}"#)
}

#[test]
fn large_avro_schemas_are_explained() {
    let union = |size: usize| {
        let branches = joined(10_000, ",", |index| {
            format!(r#"{{"type":"fixed","name":"F{index}","size":{size}}}"#)
        });
        format!("[{branches}]")
    };
    breaks("a union of 10,000", Avro, &union(4), &union(8), 10);
    let fields = |kind: &str| {
        let fields = joined(100_000, ",", |index| {
            format!(r#"{{"name":"f{index}","type":"{kind}"}}"#)
        });
        avro_record(&fields)
    };
    breaks(
        "100,000 fields",
        Avro,
        &fields("string"),
        &fields("long"),
        0,
    );
    let symbols = |prefix: &str| {
        let symbols = joined(50_000, ",", |index| format!("\"{prefix}{index}\""));
        format!(r#"{{"type":"enum","name":"E","symbols":[{symbols}]}}"#)
    };
    breaks("50,000 symbols", Avro, &symbols("A"), &symbols("B"), 2);
}

#[test]
fn deep_avro_schemas_are_explained() {
    // Each record uses the next one twice.
    let doubled = |last: &str| {
        let mut text = format!(r#""{last}""#);
        for level in (0..25).rev() {
            let name = format!("R{level}");
            let next = format!("R{}", level + 1);
            let again = if level == 24 { last } else { &next };
            text = format!(
                r#"{{"type":"record","name":"{name}","fields":[{{"name":"a","type":{text}}},{{"name":"b","type":"{again}"}}]}}"#
            );
        }
        text
    };
    let (old, new) = (doubled("int"), doubled("string"));
    explained("25 doubled records", Avro, &old, &new).expect("it is not too complex");
    let list = |kind: &str| {
        avro_record(&format!(
            r#"{{"name":"next","type":["null","R"]}},{{"name":"all","type":{{"type":"array","items":"R"}}}},{{"name":"x","type":"{kind}"}}"#
        ))
    };
    breaks("a recursive record", Avro, &list("int"), &list("string"), 2);
}

#[test]
fn large_protobuf_schemas_are_explained() {
    let message = |body: &str| format!("syntax = \"proto3\"; message M {{ {body} }}");
    let fields = |kind: &str| {
        message(&joined(15_000, "\n", |index| {
            format!("{kind} f{index} = {};", index + 1)
        }))
    };
    breaks(
        "15,000 fields",
        Protobuf,
        &fields("int32"),
        &fields("string"),
        0,
    );
    let members = joined(15_000, "\n", |index| {
        format!("int32 f{index} = {};", index + 1)
    });
    let oneof = message(&format!("oneof o {{ {members} }}"));
    let (fewer, apart) = (message("oneof o { int32 f0 = 1; }"), message(&members));
    explained("a oneof of 15,000", Protobuf, &oneof, &fewer).expect("it is not too complex");
    explained("a oneof taken apart", Protobuf, &oneof, &apart).expect("it is not too complex");
    let ranges = |from: usize| {
        let ranges = joined(15_000, " ", |index| {
            format!("extensions {};", from + index * 2)
        });
        format!("syntax = \"proto2\"; message M {{ {ranges} }}")
    };
    explained("15,000 extension ranges", Protobuf, &ranges(1), &ranges(2)).expect("it is fine");
}

#[test]
fn deep_protobuf_schemas_are_explained() {
    let nested = |kind: &str| {
        let mut text = format!("{kind} x = 1;");
        for level in 0..28 {
            text = format!("message N{level} {{ {text} }} N{level} n{level} = 2;");
        }
        format!("syntax = \"proto3\"; message M {{ {text} }}")
    };
    breaks(
        "28 nested messages",
        Protobuf,
        &nested("int32"),
        &nested("string"),
        1,
    );
    // Each message uses all others, so there are more ways than could be tried.
    let mesh = |kind: &str| {
        let mut text = "syntax = \"proto3\";\n".to_owned();
        for one in 0..60 {
            let fields = joined(60, " ", |other| {
                format!("M{other} f{other} = {};", other + 1)
            });
            let _ = writeln!(text, "message M{one} {{ {fields} {kind} x = 100; }}");
        }
        text
    };
    breaks("a mesh of 60", Protobuf, &mesh("int32"), &mesh("string"), 1);
}

#[test]
fn large_json_schemas_are_explained() {
    let properties = |kind: &str| {
        let properties = joined(50_000, ",", |index| {
            format!(r#""p{index}":{{"type":"{kind}"}}"#)
        });
        format!(r#"{{"type":"object","properties":{{{properties}}}}}"#)
    };
    breaks(
        "50,000 properties",
        Json,
        &properties("string"),
        &properties("number"),
        0,
    );
    let values = |from: usize| {
        let values = joined(200_000, ",", |index| (from + index).to_string());
        format!(r#"{{"enum":[{values}]}}"#)
    };
    breaks("200,000 values", Json, &values(0), &values(1), 1);
    let members = |kind: &str| {
        let members = joined(100, ",", |index| {
            format!(
                r#"{{"type":"object","properties":{{"p{index}":{{"type":"{kind}"}}}},"required":["p{index}"]}}"#
            )
        });
        format!(r#"{{"oneOf":[{members}]}}"#)
    };
    explained(
        "100 alternatives",
        Json,
        &members("string"),
        &members("number"),
    )
    .expect("it is fine");
}

#[test]
fn deep_json_schemas_are_explained() {
    let doubled = |leaf: &str| {
        let mut text = r##"{"allOf":[{"$ref":"#/definitions/l0"}],"definitions":{"##.to_owned();
        for layer in 0..28 {
            let next = layer + 1;
            let _ = write!(
                text,
                r##""l{layer}":{{"allOf":[{{"$ref":"#/definitions/l{next}"}},{{"$ref":"#/definitions/l{next}"}}]}},"##
            );
        }
        let _ = write!(text, r#""l28":{{"type":"{leaf}"}}}}}}"#);
        text
    };
    explained(
        "28 doubled layers",
        Json,
        &doubled("string"),
        &doubled("number"),
    )
    .expect("it is not too complex");
    let deep = |combinator: &str, leaf: &str| {
        let mut text = format!(r#"{{"type":"{leaf}"}}"#);
        for _ in 0..45 {
            text = format!(r#"{{"{combinator}":[{text},{{"title":"t"}}]}}"#);
        }
        text
    };
    for combinator in ["allOf", "anyOf", "oneOf"] {
        let (old, new) = (deep(combinator, "string"), deep(combinator, "number"));
        explained(combinator, Json, &old, &new).expect("it is not too complex");
    }
}

#[test]
fn numbers_beyond_all_bounds_are_explained() {
    let huge = [
        "1000000000000000000",
        "18446744073709551616",
        "1e300",
        "1e400",
        "123456789012345678901234567890123456789012345678901234567890",
        "1e-400",
        "0.000000000000000000000000000000000000000000000000000000001",
    ];
    let counts = [
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "minProperties",
    ];
    let limits = ["minimum", "maximum", "exclusiveMinimum", "multipleOf"];
    for keyword in counts.into_iter().chain(limits) {
        for number in huge {
            let large = format!(r#"{{"{keyword}":{number}}}"#);
            for other in [
                r#"{"type":"string"}"#.to_owned(),
                format!(r#"{{"{keyword}":2}}"#),
                "{}".to_owned(),
            ] {
                // Some are refused, since a count is no fraction. What is taken is explained in time.
                let _ = explained(&format!("{keyword} {number}"), Json, &other, &large);
                let _ = explained(&format!("{keyword} {number}"), Json, &large, &other);
            }
        }
    }
}

#[test]
fn patterns_made_to_hang_are_explained() {
    for pattern in [
        r"^(a+)+\\1$",
        "^(a+)+$",
        "(?=(a+)+b)a",
        "^(a|a)*$",
        "^(.*)(.*)(.*)(.*)x$",
    ] {
        let with = |more: &str| {
            format!(r#"{{"type":"string","pattern":"{pattern}","minLength":40{more}}}"#)
        };
        explained(pattern, Json, &with(""), &with(r#","maxLength":50"#)).expect("it is fine");
        let plain = r#"{"type":"string"}"#;
        explained(pattern, Json, plain, &with("")).expect("it is fine");
    }
}

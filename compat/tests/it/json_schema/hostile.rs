//! Texts made to hang or overflow. Each runs on a thread with a 2 MiB stack, and has two seconds; without optimization and
//! beside other work, fifteen.

use std::{
    fmt::Write as _,
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use dovetail_compat::{Report, SchemaError, TooComplex, check, parse};
use dovetail_model::{CompatibilityPolicy, Direction, SchemaType};

/// Parses both texts and compares them in both directions, where they can be parsed.
fn survives(
    name: &str,
    previous: &str,
    new: &str,
) -> Result<Result<Report, TooComplex>, SchemaError> {
    // One at a time, so that they do not slow each other down.
    static ALONE: Mutex<()> = Mutex::new(());
    let _alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
    let started = Instant::now();
    let (previous, new) = (previous.to_owned(), new.to_owned());
    let run = move || {
        let previous = parse(SchemaType::Json, &previous, &[])?;
        let new = parse(SchemaType::Json, &new, &[])?;
        new.canonical();
        new.normalized();
        let directions = [Direction::Forward, Direction::Backward];
        Ok(check(
            &new,
            &previous,
            &directions,
            CompatibilityPolicy::Strict,
        ))
    };
    let outcome = thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(run)
        .unwrap()
        .join()
        .unwrap();
    let took = started.elapsed();
    println!("{name}: {took:?}");
    let limit = Duration::from_secs(if cfg!(debug_assertions) { 15 } else { 2 });
    assert!(took < limit, "{name} took {took:?}");
    outcome
}

/// Layers that each refer to the next twice, in ways no two of which are alike.
fn doubled(layers: usize, leaf: &str) -> String {
    let mut text = r##"{"allOf": [{"$ref": "#/definitions/l0"}], "definitions": {"##.to_owned();
    for layer in 0..layers {
        let next = layer + 1;
        let _ = write!(
            text,
            r##""l{layer}": {{"allOf": [{{"$ref": "#/definitions/l{next}"}}, {{"allOf": [{{"$ref": "#/definitions/l{next}"}}]}}],
                "properties": {{"a": {{"$ref": "#/definitions/l{next}"}}, "b": {{"$ref": "#/definitions/l{next}"}}}}}}, "##
        );
    }
    let _ = write!(text, r#""l{layers}": {leaf}}}}}"#);
    text
}

#[test]
fn doubled_layers_stay_cheap() {
    for layers in [28, 40] {
        let string = doubled(layers, r#"{"type": "string"}"#);
        let number = doubled(layers, r#"{"type": "number"}"#);
        let same = survives("equal layers", &string, &string).unwrap().unwrap();
        assert!(same.is_compatible());
        let other = survives("changed layers", &string, &number)
            .unwrap()
            .unwrap();
        assert!(!other.is_compatible());
        let modern = |text: &str| {
            text.replacen(
                '{',
                r#"{"$schema": "https://json-schema.org/draft/2020-12/schema", "#,
                1,
            )
        };
        assert!(survives("modern layers", &modern(&string), &modern(&number)).is_ok());
    }
}

/// A chain of definitions, each inside the next.
fn chain(length: usize, link: impl Fn(&str) -> String, last: &str) -> String {
    let mut text = r##"{"$ref": "#/definitions/d0", "definitions": {"##.to_owned();
    for position in 0..length {
        let next = format!(r##"{{"$ref": "#/definitions/d{}"}}"##, position + 1);
        let _ = write!(text, r#""d{position}": {}, "#, link(&next));
    }
    let _ = write!(text, r#""d{length}": {last}}}}}"#);
    text
}

type Link = fn(&str) -> String;

#[test]
fn long_chains_and_cycles_stay_on_the_stack() {
    let links: [(&str, Link); 6] = [
        ("references", |next| next.to_owned()),
        ("properties", |next| {
            format!(r#"{{"properties": {{"next": {next}}}}}"#)
        }),
        ("items", |next| {
            format!(r#"{{"type": "array", "items": {next}}}"#)
        }),
        ("negations", |next| format!(r#"{{"not": {next}}}"#)),
        ("alternatives", |next| {
            format!(r#"{{"anyOf": [{next}, {{"type": "null"}}]}}"#)
        }),
        ("combinations", |next| {
            format!(r#"{{"allOf": [{next}], "properties": {{"a": {next}}}}}"#)
        }),
    ];
    for (name, link) in links {
        for length in [600, 1_000, 5_000] {
            let ends = chain(length, link, r#"{"type": "string"}"#);
            let ends_otherwise = chain(length, link, r#"{"type": "number"}"#);
            let cycle = chain(length, link, r##"{"$ref": "#/definitions/d0"}"##);
            // Every link of the combinations is compared with every other: long chains of them are given up.
            let may_be_given_up = name == "combinations";
            let report = survives(&format!("{length} {name}"), &ends, &ends_otherwise).unwrap();
            assert!(report.map_or(may_be_given_up, |report| !report.is_compatible()));
            let report = survives(&format!("cycle of {length} {name}"), &cycle, &cycle);
            if name == "references" {
                assert!(
                    report
                        .unwrap_err()
                        .to_string()
                        .contains("leads only to itself")
                );
            } else {
                let report = report.unwrap();
                assert!(report.map_or(may_be_given_up, |report| report.is_compatible()));
            }
            assert!(
                survives(&format!("opened cycle of {length} {name}"), &ends, &cycle).is_ok()
                    || name == "references"
            );
        }
    }
}

#[test]
fn deep_nesting_is_refused_by_name() {
    let deep = |depth: usize| r#"{"not": "#.repeat(depth) + "true" + &"}".repeat(depth);
    assert!(survives("nested to the limit", &deep(100), &deep(100)).is_ok());
    for draft in [
        "http://json-schema.org/draft-04/schema#",
        "http://json-schema.org/draft-06/schema#",
        "https://json-schema.org/draft/2019-09/schema",
        "https://json-schema.org/draft/2020-12/schema",
    ] {
        let text = format!(
            r#"{{"$schema": "{draft}", "not": {}}}"#,
            deep(98).replace("true", "{}")
        );
        assert!(survives(draft, &text, &text).is_ok());
    }
    let broken = format!(
        "{}{{\"type\": 1}}{}",
        r#"{"items": ["#.repeat(49),
        "]}".repeat(49)
    );
    let error = survives("nested alternatives of the meta-schema", &broken, &broken).unwrap_err();
    assert!(
        error.to_string().contains("/items/0/type: 1 does not fit"),
        "{error}"
    );
    let lists = format!(r#"{{"default": {}{}}}"#, "[".repeat(99), "]".repeat(99));
    assert!(survives("nested default", &lists, &lists).is_ok());
    for depth in [101, 100_000] {
        let error = survives("nested too deep", &deep(depth), &deep(depth)).unwrap_err();
        assert!(error.to_string().contains("deeper than 100"), "{error}");
    }
}

#[test]
fn many_values_and_properties_take_under_two_seconds() {
    let values = |from: usize| {
        let values: Vec<String> = (from..from + 200_000)
            .map(|value| format!("\"v{value}\""))
            .collect();
        format!(r#"{{"enum": [{}]}}"#, values.join(","))
    };
    let report = survives("200,000 values", &values(0), &values(1))
        .unwrap()
        .unwrap();
    assert_eq!(report.findings.len(), 2);
    let properties = |from: usize, kind: &str| {
        let properties: Vec<String> = (from..from + 50_000)
            .map(|name| format!(r#""p{name}": {{"type": "{kind}"}}"#))
            .collect();
        format!(
            r#"{{"type": "object", "properties": {{{}}}}}"#,
            properties.join(",")
        )
    };
    let report = survives(
        "50,000 properties",
        &properties(0, "string"),
        &properties(0, "number"),
    );
    assert_eq!(report.unwrap().unwrap().findings.len(), 100_000);
    let report = survives(
        "50,000 other properties",
        &properties(0, "string"),
        &properties(50_000, "string"),
    );
    assert_eq!(report.unwrap().unwrap().findings.len(), 200_000);
}

#[test]
fn large_unions_are_matched_or_given_up() {
    let union = |count: usize, tag: &str| {
        let members: Vec<String> = (0..count)
            .map(|member| {
                format!(
                    r#"{{"type": "object", "required": ["kind"], "properties": {{"kind": {{"const": "{tag}{member}"}}, "p{member}": {{"type": "string"}}}}}}"#
                )
            })
            .collect();
        format!(r#"{{"oneOf": [{}]}}"#, members.join(","))
    };
    let hundred = survives("100 by 100 members", &union(100, "a"), &union(100, "b"));
    assert!(!hundred.unwrap().unwrap().is_compatible());
    let changed = union(1_000, "a").replace(
        r#""p500": {"type": "string"}"#,
        r#""p500": {"type": "string", "maxLength": 5}"#,
    );
    let one = survives("1,000 members, one changed", &union(1_000, "a"), &changed)
        .unwrap()
        .unwrap();
    assert_eq!(one.incompatibilities().count(), 1, "only the way back");
    let none = survives(
        "3,000 by 3,000 members",
        &union(3_000, "a"),
        &union(3_000, "b"),
    );
    assert!(none.unwrap().is_err(), "nine million pairs are too many");
}

#[test]
fn patterns_are_bounded() {
    for pattern in [
        r"^(a+)+\\1$",
        r"^(a+)+$",
        r"(?=(a+)+b)a",
        "^[\\\\s\\\\S]{0,4000}$",
        r"\\p{L}{1,255}",
    ] {
        let aaa = "a".repeat(200);
        let writer = format!(
            r#"{{"patternProperties": {{"{pattern}": {{"type": "string"}}}}, "pattern": "{pattern}"}}"#
        );
        let reader = format!(r#"{{"properties": {{"{aaa}": {{"type": "string"}}}}}}"#);
        survives(pattern, &writer, &reader).unwrap().unwrap();
    }
    for pattern in [
        "(a{1,1000}){1,1000}",
        "(",
        "a{2,1}",
        "[z-a]",
        "((a{1,100}){1,100}){1,100}",
    ] {
        for text in [
            format!(r#"{{"pattern": "{pattern}"}}"#),
            format!(r#"{{"patternProperties": {{"{pattern}": true}}}}"#),
        ] {
            let error = survives(pattern, &text, &text).unwrap_err().to_string();
            assert!(error.contains("regular expression"), "{error}");
        }
    }
    let evil: Vec<String> = (0..200)
        .map(|number| format!(r#""^(a+)+\\1x{number}$": true"#))
        .collect();
    let names: Vec<String> = (0..2_000)
        .map(|number| format!(r#""{}{number}": true"#, "a".repeat(60)))
        .collect();
    let writer = format!(r#"{{"patternProperties": {{{}}}}}"#, evil.join(","));
    let reader = format!(r#"{{"properties": {{{}}}}}"#, names.join(","));
    let outcome = survives("many names and bad patterns", &writer, &reader).unwrap();
    println!(
        "many names and bad patterns: {}",
        outcome.map_or_else(|error| error.to_string(), |_| "done".to_owned())
    );
}

#[test]
fn many_patterns_are_bounded() {
    for (name, shape) in [
        ("plain", "^p{}$"),
        ("counted", "^p{}.{{0,1000}}$"),
        ("wide", "^p{}\\\\p{{L}}{{1,255}}$"),
    ] {
        let shape = shape.replace("{{", "\u{1}").replace("}}", "\u{2}");
        let patterns: Vec<String> = (0..20_000)
            .map(|number| {
                let pattern = shape.replace("{}", &number.to_string());
                format!(
                    r#""{}": true"#,
                    pattern.replace('\u{1}', "{").replace('\u{2}', "}")
                )
            })
            .collect();
        let text = format!(r#"{{"patternProperties": {{{}}}}}"#, patterns.join(","));
        let error = survives(&format!("20,000 {name} patterns"), &text, &text).unwrap_err();
        assert!(error.to_string().contains("too many patterns"), "{error}");
    }
}

#[test]
fn long_names_are_not_repeated() {
    let name = "n".repeat(300_000);
    let properties = |kind: &str| {
        let properties: Vec<String> = (0..20_000)
            .map(|number| format!(r#""p{number}": {{"type": "{kind}"}}"#))
            .collect();
        format!(
            r#"{{"properties": {{"{name}": {{"properties": {{{}}}}}}}}}"#,
            properties.join(",")
        )
    };
    let same = survives("a long name", &properties("string"), &properties("string"));
    assert!(same.unwrap().unwrap().is_compatible());
    let outcome = survives(
        "a long name around changes",
        &properties("string"),
        &properties("number"),
    );
    assert!(
        outcome
            .unwrap()
            .unwrap_err()
            .to_string()
            .contains("too many to list")
    );
    let identifiers = properties("string").replace(r#""type""#, r#""$id""#);
    let identifiers = identifiers.replacen(
        '{',
        &format!(r#"{{"$id": "http://example.com/{name}/", "#),
        1,
    );
    let error = survives("a long identifier", &identifiers, &identifiers).unwrap_err();
    assert!(
        error.to_string().contains("more than 1000 bytes"),
        "{error}"
    );
}

//! Witnesses over all cases, own and published: how many incompatibilities have one, rule by rule. Each is confirmed by
//! the validator on the texts as they were written, and by the bytes alone.

use std::{collections::BTreeMap, fs, path::PathBuf};

use dovetail_compat::{
    Schema, check,
    explain::{Containment, Outcome, Witness, containment, witness},
    rules,
};
use dovetail_model::{CompatibilityPolicy, Direction, SchemaType};
use serde_json::Value;

use super::schema_with;

/// One side of a case.
struct Side {
    schema: Schema,
    text: Value,
}

/// A pair of schemas, the writer first.
struct Pair {
    name: String,
    writer: Side,
    reader: Side,
    has_references: bool,
}

fn json_files(folder: &str) -> Vec<(String, Vec<Value>)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(folder);
    let Ok(files) = fs::read_dir(&folder) else {
        return Vec::new();
    };
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files
        .into_iter()
        .map(|file| {
            let text = fs::read_to_string(&file).unwrap();
            let name = file.file_stem().unwrap().to_string_lossy().into_owned();
            (name, serde_json::from_str(&text).unwrap())
        })
        .collect()
}

/// All cases in both directions.
fn pairs() -> Vec<Pair> {
    let mut pairs = Vec::new();
    let own = json_files("tests/cases/json_schema");
    let published = json_files("../../shared/conformance/json_schema");
    for (file, cases) in own.into_iter().chain(published) {
        for case in cases {
            let sides = ["previous", "new"].map(|side| case.get(side));
            let [Some(previous), Some(new)] = sides else {
                push(
                    &mut pairs,
                    &file,
                    &case,
                    &case["original_schema"],
                    &case["update_schema"],
                );
                continue;
            };
            push(&mut pairs, &file, &case, previous, new);
        }
    }
    pairs
}

fn push(pairs: &mut Vec<Pair>, file: &str, case: &Value, previous: &Value, new: &Value) {
    let references: Vec<(&str, &str)> = case["references"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|reference| {
            (
                reference["name"].as_str().unwrap(),
                reference["text"].as_str().unwrap(),
            )
        })
        .collect();
    let side = |text: &Value| Side {
        schema: schema_with(&text.to_string(), &references).unwrap(),
        text: text.clone(),
    };
    for (writer, reader) in [(previous, new), (new, previous)] {
        pairs.push(Pair {
            name: format!("{file}: {}", case["description"]),
            writer: side(writer),
            reader: side(reader),
            has_references: !references.is_empty(),
        });
    }
}

/// Holds a witness against the texts as they were written.
fn confirm(pair: &Pair, witness: &Witness) {
    let read: Value = serde_json::from_slice(&witness.bytes).unwrap();
    assert_eq!(read, witness.value, "{}", pair.name);
    let Outcome::Fails(message) = &witness.outcome else {
        panic!("{}: {:?}", pair.name, witness.outcome);
    };
    assert!(message.starts_with("at "), "{message}");
    if pair.has_references {
        return;
    }
    for formats in [false, true] {
        let accepts = |side: &Side| {
            jsonschema::options()
                .should_validate_formats(formats)
                .build(&side.text)
                .unwrap()
                .is_valid(&read)
        };
        let with_draft = |side: &Side| {
            let mut text = side.text.clone();
            if let Some(keywords) = text.as_object_mut() {
                keywords
                    .entry("$schema")
                    .or_insert_with(|| "http://json-schema.org/draft-07/schema#".into());
            }
            Side {
                schema: schema_with(&text.to_string(), &[]).unwrap(),
                text,
            }
        };
        assert!(
            accepts(&with_draft(&pair.writer)),
            "{}: {read} is no document of the writer",
            pair.name
        );
        assert!(
            !accepts(&with_draft(&pair.reader)),
            "{}: the reader accepts {read}",
            pair.name
        );
    }
}

#[test]
fn incompatibilities_have_witnesses() {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut bytes = Vec::new();
    for pair in pairs() {
        let report = check(
            &pair.reader.schema,
            &pair.writer.schema,
            &[Direction::Backward],
            CompatibilityPolicy::Strict,
        )
        .unwrap();
        for (_, difference) in report.incompatibilities() {
            let found = witness(&pair.reader.schema, &pair.writer.schema, difference);
            let count = counts.entry(difference.rule.id).or_default();
            count.1 += 1;
            match found {
                Some(found) => {
                    confirm(&pair, &found);
                    count.0 += 1;
                    bytes.push(found.bytes.len());
                }
                None => println!(
                    "none for {} {} in {}\n  writer {}\n  reader {}",
                    difference.rule.id,
                    difference.path,
                    pair.name,
                    pair.writer.text,
                    pair.reader.text
                ),
            }
        }
    }
    let (found, all) = counts
        .values()
        .fold((0, 0), |sum, count| (sum.0 + count.0, sum.1 + count.1));
    for (rule, (found, all)) in &counts {
        println!("{rule}: {found} of {all}");
    }
    bytes.sort_unstable();
    println!("{found} of {all} incompatibilities have a witness");
    println!(
        "bytes: median {}, largest {}",
        bytes[bytes.len() / 2],
        bytes[bytes.len() - 1]
    );
}

/// How often the rules are proven too strict, or too lax.
#[test]
fn verdicts_are_held_against_proofs() {
    let mut counts: BTreeMap<(bool, &str), usize> = BTreeMap::new();
    for pair in pairs() {
        let report = check(
            &pair.reader.schema,
            &pair.writer.schema,
            &[Direction::Backward],
            CompatibilityPolicy::Strict,
        )
        .unwrap();
        let says = match containment(&pair.reader.schema, &pair.writer.schema).unwrap() {
            Containment::Proven => "proven",
            Containment::Refuted(witness) => {
                confirm(&pair, &witness);
                "refuted"
            }
            Containment::Unknown => "unknown",
        };
        let is_compatible = report.is_compatible();
        *counts.entry((is_compatible, says)).or_default() += 1;
        if is_compatible && says == "refuted" {
            println!(
                "too lax: {}\n  writer {}\n  reader {}",
                pair.name, pair.writer.text, pair.reader.text
            );
        }
        if !is_compatible && says == "proven" {
            println!(
                "too strict: {}\n  writer {}\n  reader {}",
                pair.name, pair.writer.text, pair.reader.text
            );
        }
    }
    println!("(compatible by the rules, containment): {counts:?}");
}

#[test]
fn rules_that_break_say_why_and_what_to_do_instead() {
    for rule in rules(SchemaType::Json) {
        let breaks = rule.breaks(CompatibilityPolicy::Strict);
        assert!(!rule.why.is_empty(), "{} does not say why", rule.id);
        assert_eq!(breaks, !rule.instead.is_empty(), "{}", rule.id);
    }
}

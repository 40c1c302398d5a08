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
    references: Vec<(String, Value)>,
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
            references: references
                .iter()
                .map(|(name, text)| ((*name).to_owned(), serde_json::from_str(text).unwrap()))
                .collect(),
        });
    }
}

/// What a validator asks for when a text refers to another.
struct Given(Vec<(String, Value)>);

impl jsonschema::Retrieve for Given {
    fn retrieve(
        &self,
        uri: &jsonschema::Uri<String>,
    ) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let uri = uri.as_str();
        let found = self.0.iter().find(|(name, _)| uri.ends_with(name.as_str()));
        found
            .map(|(_, text)| text.clone())
            .ok_or_else(|| format!("{uri} is not given").into())
    }
}

/// Holds a witness against the texts as they were written, with the references as they were given.
fn confirm(pair: &Pair, witness: &Witness) {
    let read: Value = serde_json::from_slice(&witness.bytes).unwrap();
    assert_eq!(read, witness.value, "{}", pair.name);
    let Outcome::Fails(message) = &witness.outcome else {
        panic!("{}: {:?}", pair.name, witness.outcome);
    };
    assert!(message.starts_with("at "), "{message}");
    for formats in [false, true] {
        let accepts = |side: &Side| {
            let draft = if side.text.get("$schema").is_some() {
                jsonschema::options()
            } else {
                jsonschema::draft7::options()
            };
            draft
                .should_validate_formats(formats)
                .with_retriever(Given(pair.references.clone()))
                .build(&side.text)
                .unwrap_or_else(|error| panic!("{}: {error}", pair.name))
                .is_valid(&read)
        };
        assert!(
            accepts(&pair.writer),
            "{}: {read} is no document of the writer",
            pair.name
        );
        assert!(
            !accepts(&pair.reader),
            "{}: the reader accepts {read}",
            pair.name
        );
    }
}

fn report(pair: &Pair) -> dovetail_compat::Report {
    let (reader, writer) = (&pair.reader.schema, &pair.writer.schema);
    check(
        reader,
        writer,
        &[Direction::Backward],
        CompatibilityPolicy::Strict,
    )
    .unwrap()
}

/// Every incompatibility has a witness, but for those of pairs whose reader provably accepts everything.
#[test]
fn incompatibilities_have_witnesses() {
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut bytes = Vec::new();
    let mut without = Vec::new();
    for pair in pairs() {
        for (_, difference) in report(&pair).incompatibilities() {
            let found = witness(&pair.reader.schema, &pair.writer.schema, difference);
            let count = counts.entry(difference.rule.id).or_default();
            count.1 += 1;
            if let Some(found) = found {
                confirm(&pair, &found);
                count.0 += 1;
                bytes.push(found.bytes.len());
            } else {
                let proof = containment(&pair.reader.schema, &pair.writer.schema);
                if proof != Some(Containment::Proven) {
                    without.push(format!(
                        "{} {} in {}",
                        difference.rule.id, difference.path, pair.name
                    ));
                }
            }
        }
    }
    for (rule, (found, all)) in &counts {
        println!("{rule}: {found} of {all}");
    }
    let sum = |of: fn(&(usize, usize)) -> usize| counts.values().map(of).sum::<usize>();
    let (found, all) = (sum(|count| count.0), sum(|count| count.1));
    bytes.sort_unstable();
    println!(
        "{found} of {all} incompatibilities have a witness, of {} bytes at the median, {} at most",
        bytes[bytes.len() / 2],
        bytes[bytes.len() - 1]
    );
    assert!(without.is_empty(), "{}", without.join("\n"));
    assert!(found * 100 >= all * 95, "{found} of {all}");
}

/// How often the rules are proven too strict, or too lax, over all pairs. The lax ones are those that `soundness` lists.
#[test]
fn verdicts_are_held_against_proofs() {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for pair in pairs() {
        let report = report(&pair);
        let proof = match containment(&pair.reader.schema, &pair.writer.schema).unwrap() {
            Containment::Proven => "proven",
            Containment::Refuted(witness) => {
                confirm(&pair, &witness);
                "refuted"
            }
            Containment::Unknown => "unknown",
        };
        let verdict = if report.is_compatible() {
            "compatible"
        } else {
            "incompatible"
        };
        *counts.entry((verdict, proof)).or_default() += 1;
        let wrong = match (verdict, proof) {
            ("compatible", "refuted") => "too lax",
            ("incompatible", "proven") => "too strict",
            ("compatible", "unknown") => "not decided",
            _ => continue,
        };
        println!(
            "{wrong}: {}\n  writer {}\n  reader {}",
            pair.name, pair.writer.text, pair.reader.text
        );
    }
    println!("{counts:?}");
    assert!(!counts.contains_key(&("incompatible", "unknown")));
}

#[test]
fn rules_that_break_say_why_and_what_to_do_instead() {
    for rule in rules(SchemaType::Json) {
        let breaks = rule.breaks(CompatibilityPolicy::Strict);
        assert!(!rule.why.is_empty(), "{} does not say why", rule.id);
        assert_eq!(breaks, !rule.instead.is_empty(), "{}", rule.id);
    }
}

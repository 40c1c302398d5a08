//! Our own cases: a file for each rule, with what it fires on and what it must let pass.

use std::{collections::BTreeSet, path::Path, sync::Arc};

use dovetail_compat::{NamedText, Schema, check, parse, rules};
use dovetail_model::{CompatibilityPolicy, Direction, SchemaType};

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    description: String,
    previous: serde_json::Value,
    new: serde_json::Value,
    #[serde(default)]
    previous_references: Vec<Reference>,
    #[serde(default)]
    new_references: Vec<Reference>,
    #[serde(default)]
    backward: Vec<Finding>,
    #[serde(default)]
    forward: Vec<Finding>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Reference {
    name: String,
    text: serde_json::Value,
}

/// A rule, its path, the place in the reader's text and the place in the writer's.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
struct Finding(String, String, String, String);

#[test]
fn every_case_finds_what_it_says() {
    let mut files = BTreeSet::new();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/avro");
    for entry in std::fs::read_dir(folder).expect("the folder of cases") {
        let path = entry.expect("an entry").path();
        let rule = path
            .file_stem()
            .expect("a name")
            .to_string_lossy()
            .to_uppercase();
        let text = std::fs::read_to_string(&path).expect("a readable file");
        let cases: Vec<Case> =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{rule}: {error}"));
        let breaks = |case: &Case| {
            case.backward
                .iter()
                .chain(&case.forward)
                .any(|finding| finding.0 == rule)
        };
        assert!(cases.iter().any(breaks), "{rule} has a case that breaks");
        assert!(
            cases.iter().any(|case| !breaks(case)),
            "{rule} has a near miss"
        );
        for case in &cases {
            check_case(&rule, case);
        }
        files.insert(rule);
    }
    let table: BTreeSet<String> = rules(SchemaType::Avro)
        .iter()
        .map(|rule| rule.id.to_owned())
        .collect();
    assert_eq!(
        files, table,
        "a file for each rule and a rule for each file"
    );
}

fn check_case(rule: &str, case: &Case) {
    let new = schema(&case.new, &case.new_references);
    let previous = schema(&case.previous, &case.previous_references);
    for (direction, expected) in [
        (Direction::Backward, &case.backward),
        (Direction::Forward, &case.forward),
    ] {
        let report = check(&new, &previous, &[direction], CompatibilityPolicy::Strict)
            .expect("within the bounds");
        let found: Vec<Finding> = report
            .incompatibilities()
            .map(|(_, difference)| {
                Finding(
                    difference.rule.id.to_owned(),
                    difference.path.clone(),
                    difference.reader_place.clone(),
                    difference.writer_place.clone(),
                )
            })
            .collect();
        assert_eq!(
            &found, expected,
            "{rule}, {direction:?}: {}",
            case.description
        );
        for message in report.messages() {
            assert!(
                !message.contains("{path}") && !message.contains("{detail}"),
                "{message}"
            );
        }
    }
}

fn schema(text: &serde_json::Value, references: &[Reference]) -> Schema {
    let references: Vec<NamedText> = references
        .iter()
        .map(|reference| NamedText {
            name: reference.name.clone(),
            text: Arc::from(reference.text.to_string()),
        })
        .collect();
    parse(SchemaType::Avro, &text.to_string(), &references)
        .unwrap_or_else(|error| panic!("{error}: {text}"))
}

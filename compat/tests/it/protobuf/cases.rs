//! Our own cases, `tests/cases/protobuf/<rule>.json`: every rule has a file, every file a rule, and every file a case in
//! which the rule is found and a near miss in which it is not.

use std::{collections::BTreeSet, path::PathBuf};

use dovetail_compat::{Schema, rules};
use dovetail_model::SchemaType;

use super::{changes, differences, proto_with};

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    description: String,
    previous: String,
    new: String,
    #[serde(default)]
    previous_references: Vec<(String, String)>,
    #[serde(default)]
    new_references: Vec<(String, String)>,
    /// "RULE path" of what the new schema brings when it reads what the previous one wrote.
    backward: Vec<String>,
    /// The same the other way round.
    forward: Vec<String>,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases/protobuf")
}

fn schema(text: &str, references: &[(String, String)]) -> Schema {
    let references: Vec<(&str, &str)> = references
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    proto_with(text, &references)
}

#[test]
fn every_rule_has_a_file_and_every_file_a_rule() {
    let rules: BTreeSet<String> = rules(SchemaType::Protobuf)
        .iter()
        .map(|rule| format!("{}.json", rule.id.to_lowercase()))
        .collect();
    let files: BTreeSet<String> = std::fs::read_dir(folder())
        .expect("the folder exists")
        .map(|entry| {
            entry
                .expect("it can be read")
                .file_name()
                .into_string()
                .expect("UTF-8")
        })
        .collect();
    assert_eq!(rules, files);
    assert_eq!(rules.len(), 26);
}

#[test]
fn cases_find_what_they_say() {
    for rule in rules(SchemaType::Protobuf) {
        let path = folder().join(format!("{}.json", rule.id.to_lowercase()));
        let text = std::fs::read_to_string(&path).expect("the file exists");
        let cases: Vec<Case> = serde_json::from_str(&text).expect("the file holds cases");
        let (mut hits, mut misses) = (0, 0);
        for case in &cases {
            let previous = schema(&case.previous, &case.previous_references);
            let new = schema(&case.new, &case.new_references);
            let backward = changes(&new, &previous);
            let forward = changes(&previous, &new);
            assert_eq!(
                backward,
                sorted(&case.backward),
                "{} backward: {}",
                rule.id,
                case.description
            );
            assert_eq!(
                forward,
                sorted(&case.forward),
                "{} forward: {}",
                rule.id,
                case.description
            );
            let found = backward
                .iter()
                .chain(&forward)
                .any(|one| one.starts_with(&format!("{} ", rule.id)));
            hits += usize::from(found);
            misses += usize::from(!found);
        }
        assert!(
            hits > 0 && misses > 0,
            "{}: {hits} hits, {misses} near misses",
            rule.id
        );
    }
}

fn sorted(expected: &[String]) -> Vec<String> {
    let mut expected = expected.to_vec();
    expected.sort();
    expected
}

#[test]
fn a_difference_says_where_it_is_in_both_texts() {
    let previous = proto_with(
        "syntax = \"proto3\"; package p; message M { message N { oneof o { int32 a = 1; } } string gone = 3; }",
        &[],
    );
    let new = proto_with(
        "syntax = \"proto3\"; package p; message M { message N { oneof u { string b = 1; } } }",
        &[],
    );
    let found = differences(&new, &previous);
    let places = |id: &str| {
        let difference = found
            .iter()
            .find(|one| one.rule.id == id)
            .expect("it is found");
        (
            difference.path.as_str(),
            difference.writer_place.as_str(),
            difference.reader_place.as_str(),
            difference.detail.as_str(),
        )
    };
    assert_eq!(
        places("FIELD_SCALAR_KIND_CHANGED"),
        ("#/M/N/u/1", "p.M.N.a", "p.M.N.b", "int32 became string")
    );
    assert_eq!(
        places("FIELD_REMOVED"),
        ("#/M/3", "p.M.gone", "p.M", "gone")
    );
    assert_eq!(
        places("ONEOF_REMOVED"),
        ("#/M/N/o", "p.M.N.o", "p.M.N", "o")
    );
    assert_eq!(places("ONEOF_ADDED"), ("#/M/N/u", "p.M.N", "p.M.N.u", "u"));
    let message = found
        .iter()
        .find(|one| one.rule.id == "FIELD_SCALAR_KIND_CHANGED")
        .map(|one| one.message("new", "old"));
    assert_eq!(
        message.as_deref(),
        Some(
            "{errorType:\"FIELD_SCALAR_KIND_CHANGED\", description:\"the scalar at '#/M/N/u/1' is encoded differently \
             in the new schema than in the old schema: int32 became string\"}"
        )
    );
}

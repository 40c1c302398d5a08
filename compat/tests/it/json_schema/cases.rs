//! Our own cases: a file for each rule, with changes that show it and near misses that do not. Every case names all that
//! is found in both directions, so that each rule is held against the cases of all others.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

use dovetail_compat::{check, rules};
use dovetail_model::{CompatibilityPolicy, Direction, SchemaType};
use serde_json::Value;

use super::{changes, schema_with, texts};

/// Rows of the table that no walk reports: one was split into others, two belong to another check.
const NEVER_REPORTED: [&str; 3] = [
    "PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL",
    "RESERVED_PROPERTY_REMOVED",
    "RESERVED_PROPERTY_CONFLICTS_WITH_PROPERTY",
];

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/cases/json_schema")
}

fn files() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder())
        .unwrap()
        .map(|file| file.unwrap().path())
        .collect();
    files.sort();
    files
}

fn rule_of(file: &Path) -> String {
    file.file_stem().unwrap().to_string_lossy().to_uppercase()
}

fn cases(file: &Path) -> Vec<Value> {
    let text = fs::read_to_string(file).unwrap();
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

#[test]
fn every_rule_has_a_file_and_every_file_a_rule() {
    let reported = rules(SchemaType::Json)
        .iter()
        .map(|rule| rule.id.to_owned())
        .filter(|id| !NEVER_REPORTED.contains(&id.as_str()));
    let expected: BTreeSet<String> = reported.collect();
    let found: BTreeSet<String> = files().iter().map(|file| rule_of(file)).collect();
    assert_eq!(found, expected);
}

#[test]
fn the_table_has_the_132_rows_of_the_protocol() {
    let rows = rules(SchemaType::Json);
    let of = |policy| rows.iter().filter(|rule| !rule.breaks(policy)).count();
    assert_eq!(rows.len(), 132);
    assert_eq!(of(CompatibilityPolicy::Strict), 65);
    assert_eq!(of(CompatibilityPolicy::Lenient), 74);
    let ids: BTreeSet<&str> = rows.iter().map(|rule| rule.id).collect();
    assert_eq!(ids.len(), 132);
}

#[test]
fn every_case_finds_what_it_says() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for file in files() {
        let rule = rule_of(&file);
        let cases = cases(&file);
        seen += cases.len();
        let names = |case: &Value| {
            let found = ["backward", "forward"].map(|direction| texts(&case[direction]));
            found
                .concat()
                .iter()
                .any(|change| change.starts_with(&format!("{rule} ")))
        };
        assert!(cases.iter().any(names), "no case of {rule} shows it");
        assert!(!cases.iter().all(names), "no case of {rule} is a near miss");
        wrong.extend(cases.iter().filter_map(|case| disagreement(&rule, case)));
    }
    println!("{} of {seen} cases agree", seen - wrong.len());
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn disagreement(rule: &str, case: &Value) -> Option<String> {
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
    let read = |side: &str| {
        schema_with(&case[side].to_string(), &references)
            .unwrap_or_else(|error| panic!("{rule}: {}: {error}", case["description"]))
    };
    let (previous, new) = (read("previous"), read("new"));
    let found = [Direction::Backward, Direction::Forward].map(|direction| {
        let report = check(&new, &previous, &[direction], CompatibilityPolicy::Strict).unwrap();
        for message in report.messages() {
            assert!(
                message.starts_with("{errorType:\"") && message.ends_with("\"}"),
                "{message}"
            );
        }
        changes(&report)
    });
    let expected = ["backward", "forward"].map(|direction| texts(&case[direction]));
    (found != expected).then(|| {
        format!(
            "{rule}: {}\n  expected {expected:?}\n  found    {found:?}",
            case["description"]
        )
    })
}

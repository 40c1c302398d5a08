//! Every kind of difference has a case of our own in which it is found going backward, and one going forward.

use std::{collections::BTreeSet, fs, path::Path};

use dovetail_compat::rules;
use dovetail_model::SchemaType;
use serde_json::Value;

/// Rules that the protocol names but no walk reports.
const NEVER_REPORTED: [&str; 3] = [
    "PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL",
    "RESERVED_PROPERTY_REMOVED",
    "RESERVED_PROPERTY_CONFLICTS_WITH_PROPERTY",
];

#[test]
fn every_rule_has_a_case_in_each_direction() {
    for (schema_type, folder) in [
        (SchemaType::Avro, "avro"),
        (SchemaType::Protobuf, "protobuf"),
        (SchemaType::Json, "json_schema"),
    ] {
        let cases = cases(folder);
        let rules: BTreeSet<&str> = rules(schema_type)
            .iter()
            .map(|rule| rule.id)
            .filter(|id| !NEVER_REPORTED.contains(id))
            .collect();
        for direction in ["backward", "forward"] {
            let found: BTreeSet<&str> = cases
                .iter()
                .filter_map(|case| case[direction].as_array())
                .flatten()
                .map(rule_of)
                .collect();
            let missing: Vec<_> = rules.difference(&found).collect();
            assert!(missing.is_empty(), "{folder}, {direction}: {missing:?}");
            println!(
                "{folder}, {direction}: {} rules in {} cases of our own",
                rules.len(),
                cases.len()
            );
        }
    }
}

fn cases(folder: &str) -> Vec<Value> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/cases")
        .join(folder);
    let files = fs::read_dir(folder).expect("the folder of cases");
    let cases = files.flat_map(|file| {
        let text = fs::read_to_string(file.expect("an entry").path()).expect("a readable file");
        serde_json::from_str::<Vec<Value>>(&text).expect("cases")
    });
    cases.collect()
}

/// A finding is "RULE path", or a list that begins with the rule.
fn rule_of(finding: &Value) -> &str {
    let text = finding.as_str().or_else(|| finding[0].as_str());
    let text = text.expect("a finding names its rule");
    text.split(' ').next().unwrap_or(text)
}

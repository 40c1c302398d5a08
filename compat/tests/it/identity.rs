//! The identity hash agrees with the published ones: three texts, each with every combination of references, metadata
//! and rules.

use std::{collections::BTreeMap, path::Path};

use dovetail_compat::{Guid, identity};
use dovetail_model::{Metadata, Reference, RuleSet};

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
struct Golden {
    schemas: BTreeMap<String, String>,
    references: Vec<Reference>,
    metadata: Metadata,
    rules: RuleSet,
    expected_hashes: BTreeMap<String, BTreeMap<String, Guid16>>,
}

#[derive(serde::Deserialize)]
#[serde(transparent)]
struct Guid16(String);

#[test]
fn golden_hashes_agree() {
    let path =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/conformance/identity/golden.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("identity: no conformance folder beside this checkout; our own cases stand alone");
        return;
    };
    let golden: Golden = serde_json::from_str(&text).expect("the golden file is JSON");
    let mut agreed = 0;
    for (schema_type, hashes) in &golden.expected_hashes {
        let schema = &golden.schemas[&schema_type.to_lowercase()];
        for (key, expected) in hashes {
            let on = |bit: usize| key.as_bytes()[bit] == b'1';
            let references = if on(0) {
                golden.references.as_slice()
            } else {
                &[]
            };
            let guid = identity(
                schema,
                references,
                on(1).then_some(&golden.metadata),
                on(2).then_some(&golden.rules),
            );
            assert_eq!(guid.to_string(), expected.0, "{schema_type} {key}");
            assert_eq!(expected.0.parse::<Guid>(), Ok(guid));
            agreed += 1;
        }
    }
    println!("identity: {agreed} of {agreed} hashes agree");
    assert_eq!(agreed, 24);
}

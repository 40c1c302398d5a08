//! The identity hash agrees with the published ones: three texts, each with every combination of references, metadata
//! and rules.

use std::{collections::BTreeMap, path::Path};

use dovetail_compat::{Guid, identity};
use dovetail_model::{Metadata, Reference, Rule, RuleSet};

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
        println!(
            "identity: no conformance folder beside this checkout; only our own values were held"
        );
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

/// Computed apart from this crate, with another implementation of MD5 over the bytes the definition names.
#[test]
fn each_part_counts_in_its_place() {
    let text = "\"string\"";
    let expect = |guid: Guid, expected: &str| assert_eq!(guid.to_string(), expected);
    expect(
        identity(text, &[], None, None),
        "095d71cf-1255-6b9d-5e33-0ad575b3df5d",
    );

    let reference = Reference {
        name: "shop.Money".into(),
        subject: "money".into(),
        version: 3,
    };
    expect(
        identity(text, &[reference], None, None),
        "562ce2e0-79be-562d-ab48-3a88c72db4d7",
    );

    let mut metadata = Metadata::default();
    metadata.properties.insert("owner".into(), "shop".into());
    metadata.sensitive.insert("pin".into());
    expect(
        identity(text, &[], Some(&metadata), None),
        "fd622e53-242c-4d5f-9865-30ec60ad5999",
    );

    let rule = Rule {
        name: Some("mask".into()),
        mode: "READ".into(),
        tags: ["pii".to_owned()].into(),
        disabled: true,
        ..Rule::default()
    };
    let rules = RuleSet {
        domain_rules: vec![rule],
        ..RuleSet::default()
    };
    expect(
        identity(text, &[], None, Some(&rules)),
        "31dba8e3-5719-ce96-ea42-9bcd42d814d3",
    );
}

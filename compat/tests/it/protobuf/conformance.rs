//! Agreement with the published cases, in verdict and in the multiset of changes. They are read from beside the
//! checkout and never copied; without them our own cases stand alone.

use std::path::Path;

use super::{changes, compatible, try_proto};

#[derive(serde::Deserialize)]
struct Case {
    description: String,
    original_schema: String,
    update_schema: String,
    changes: Vec<String>,
    compatible: bool,
    #[serde(default)]
    original_dependencies: Vec<Dependency>,
    #[serde(default)]
    update_dependencies: Vec<Dependency>,
    /// Reserved names are another check's business; they must not change what this one says.
    #[serde(default)]
    update_metadata: Option<serde_json::Value>,
}

#[derive(serde::Deserialize)]
struct Dependency {
    name: String,
    dependency: String,
}

#[test]
fn published_cases_agree() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/conformance/protobuf/diff-schema-examples.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        println!("protobuf: no conformance folder beside this checkout; our own cases stand alone");
        return;
    };
    let cases: Vec<Case> = serde_json::from_str(&text).expect("the file is JSON");
    let disagreements: Vec<String> = cases.iter().filter_map(disagreement).collect();
    let agreed = cases.len() - disagreements.len();
    let with_metadata = cases.iter().filter(|case| case.update_metadata.is_some());
    println!(
        "protobuf/diff-schema-examples.json: {agreed} of {} agree, {} of them with metadata",
        cases.len(),
        with_metadata.count()
    );
    assert!(disagreements.is_empty(), "{}", disagreements.join("\n\n"));
}

fn disagreement(case: &Case) -> Option<String> {
    let parsed = |text: &str, dependencies: &[Dependency]| {
        let references: Vec<(&str, &str)> = dependencies
            .iter()
            .map(|one| (one.name.as_str(), one.dependency.as_str()))
            .collect();
        try_proto(text, &references)
    };
    let schemas = parsed(&case.original_schema, &case.original_dependencies).and_then(|original| {
        parsed(&case.update_schema, &case.update_dependencies).map(|update| (original, update))
    });
    let (original, update) = match schemas {
        Ok(schemas) => schemas,
        Err(error) => return Some(format!("{}: {error}", case.description)),
    };
    let mut expected = case.changes.clone();
    expected.sort();
    let found = changes(&update, &original);
    let verdict = compatible(&update, &original);
    (found != expected || verdict != case.compatible).then(|| {
        format!(
            "{}: expected {} {expected:?}, found {verdict} {found:?}",
            case.description, case.compatible
        )
    })
}

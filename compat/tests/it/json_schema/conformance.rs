//! Agreement with the published cases: their verdicts under both policies, and every difference with its path.

use std::{fs, path::PathBuf};

use dovetail_model::CompatibilityPolicy;
use serde_json::Value;

use super::{backward, changes, schema, texts};

#[test]
fn published_cases_agree() {
    let folder =
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../shared/conformance/json_schema");
    let Ok(files) = fs::read_dir(&folder) else {
        return;
    };
    let mut disagreements = Vec::new();
    let mut seen = 0;
    for file in files {
        let path = file.unwrap().path();
        let cases: Value = serde_json::from_str(&fs::read_to_string(&path).unwrap()).unwrap();
        let cases = cases.as_array().unwrap();
        let wrong: Vec<String> = cases.iter().filter_map(disagreement).collect();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        println!(
            "{name}: {} of {} agree",
            cases.len() - wrong.len(),
            cases.len()
        );
        seen += cases.len();
        disagreements.extend(wrong);
    }
    assert!(seen > 0, "no cases in {}", folder.display());
    assert!(disagreements.is_empty(), "{}", disagreements.join("\n\n"));
}

fn disagreement(case: &Value) -> Option<String> {
    let previous = schema(&case["original_schema"].to_string());
    let new = schema(&case["update_schema"].to_string());
    let strict = backward(&new, &previous, CompatibilityPolicy::Strict);
    let lenient = backward(&new, &previous, CompatibilityPolicy::Lenient);
    let found = (
        changes(&strict),
        strict.is_compatible(),
        lenient.is_compatible(),
    );
    let compatible = case["compatible"].as_bool().unwrap();
    let expected = (
        texts(&case["changes"]),
        compatible,
        case["compatible_lenient"].as_bool().unwrap_or(compatible),
    );
    (found != expected).then(|| {
        format!(
            "{}\n  expected {expected:?}\n  found    {found:?}",
            case["description"]
        )
    })
}

//! Laws over real schemas.

use std::path::{Path, PathBuf};

use super::{read, schema};

fn corpus() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/corpus/avro");
    let mut files = Vec::new();
    let mut folders = vec![root];
    while let Some(folder) = folders.pop() {
        let entries = std::fs::read_dir(&folder).into_iter().flatten().flatten();
        for path in entries.map(|entry| entry.path()) {
            if path.is_dir() {
                folders.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

#[test]
fn laws_hold_for_real_schemas() {
    let files = corpus();
    for path in &files {
        let text = std::fs::read_to_string(path).expect("a readable file");
        let name = path.display();
        let original = schema(&text);
        let canonical = original.canonical();
        let reprinted = schema(canonical);
        assert_eq!(
            reprinted.canonical(),
            canonical,
            "{name}: canonical is a fixpoint"
        );
        let normalized = original.normalized();
        let normal = schema(&normalized);
        assert_eq!(
            normal.normalized(),
            normalized,
            "{name}: normalized is a fixpoint"
        );
        assert_eq!(
            normal.canonical(),
            normalized,
            "{name}: normalized is canonical"
        );
        for (reader, writer) in [
            (&original, &original),
            (&original, &reprinted),
            (&normal, &original),
            (&original, &normal),
        ] {
            let report = read(reader, writer);
            assert!(report.is_compatible(), "{name}: {:?}", report.messages());
        }
    }
    println!("avro corpus: laws hold for {} schemas", files.len());
}

/// The reader's union takes the writer's record with its second branch, after the first one failed. While the first was
/// tried it counted as compatible, and the type below it was accepted for that reason only. Java stops there.
#[test]
fn nothing_is_accepted_because_of_a_pair_that_was_refuted() {
    let text = |bad: &str, holder: &str| {
        format!(
            r#"[{{"type":"record","name":"a.A","fields":[
                  {{"name":"x","type":{{"type":"record","name":"X","fields":[{{"name":"a","type":["null","A"]}}]}}}},
                  {{"name":"bad","type":"{bad}"}}]}},
                {{"type":"record","name":"b.A","fields":[]}},
                {{"type":"record","name":"R","fields":[{{"name":"u","type":{holder}}},{{"name":"x","type":"a.X"}}]}}]"#
        )
    };
    let named = |text: &str| super::schema_with(r#""R""#, &[("all", text)]);
    let writer = named(&text("int", r#""a.A""#));
    let reader = named(&text("string", r#"["a.A","b.A"]"#));
    let report = read(&reader, &writer);
    let found: Vec<&str> = report
        .incompatibilities()
        .map(|(_, found)| found.rule.id)
        .collect();
    assert_eq!(found, ["MISSING_UNION_BRANCH"]);
}

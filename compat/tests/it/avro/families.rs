//! Families of real schemas: texts of one project whose root has the same name, which are versions of one another.

use std::collections::BTreeMap;

use super::{laws::corpus, schema};

/// The canonical texts of each family; none where the corpus is not there.
pub(super) fn all() -> Vec<Vec<String>> {
    let mut families: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for path in corpus() {
        let text = std::fs::read_to_string(&path).expect("a readable file");
        let canonical = schema(&text).canonical().to_owned();
        let root: serde_json::Value = serde_json::from_str(&canonical).expect("JSON");
        let Some(name) = root["name"].as_str() else {
            continue;
        };
        let project = path.parent().and_then(|folder| folder.file_name());
        let project = project.expect("a folder").to_string_lossy().into_owned();
        let family = families.entry((project, name.to_owned())).or_default();
        if !family.contains(&canonical) {
            family.push(canonical);
        }
    }
    families.retain(|_, family| family.len() > 1);
    families.into_values().collect()
}

//! What the pages under `docs/` show.

use std::path::Path;

/// Every fenced block of a language in a page, such as `ci.md`.
pub fn blocks(page: &str, language: &str) -> Vec<String> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let page = std::fs::read_to_string(docs.join(page)).expect("there is a page");
    let mut found = Vec::new();
    for part in page.split("\n```").skip(1).step_by(2) {
        let (name, block) = part.split_once('\n').expect("a block has lines");
        if name == language {
            found.push(format!("{block}\n"));
        }
    }
    assert!(!found.is_empty(), "no {language}");
    found
}

//! Every pair of texts there is: our own cases, and the published ones where they stand beside the checkout.

use std::path::{Path, PathBuf};

use dovetail_compat::Schema;

use super::try_proto;

/// A text and the texts it imports, by name.
#[derive(Clone)]
pub(super) struct Source {
    pub(super) text: String,
    pub(super) references: Vec<(String, String)>,
}

impl Source {
    pub(super) fn schema(&self) -> Schema {
        let references: Vec<(&str, &str)> = self
            .references
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect();
        try_proto(&self.text, &references).unwrap_or_else(|error| panic!("{error}\n{}", self.text))
    }
}

/// A change.
pub(super) struct Pair {
    pub(super) name: String,
    pub(super) previous: Source,
    pub(super) new: Source,
}

#[derive(serde::Deserialize)]
struct Own {
    description: String,
    previous: String,
    new: String,
    #[serde(default)]
    previous_references: Vec<(String, String)>,
    #[serde(default)]
    new_references: Vec<(String, String)>,
}

#[derive(serde::Deserialize)]
struct Published {
    description: String,
    original_schema: String,
    update_schema: String,
    #[serde(default)]
    original_dependencies: Vec<Dependency>,
    #[serde(default)]
    update_dependencies: Vec<Dependency>,
}

#[derive(serde::Deserialize)]
struct Dependency {
    name: String,
    dependency: String,
}

/// Our own cases.
pub(super) fn own() -> Vec<Pair> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/protobuf");
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder exists")
        .map(|entry| entry.expect("it can be read").path())
        .collect();
    files.sort();
    let mut pairs = Vec::new();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("the file exists");
        let cases: Vec<Own> = serde_json::from_str(&text).expect("the file holds cases");
        let stem = file.file_stem().expect("it has a name").to_string_lossy();
        pairs.extend(cases.into_iter().map(|case| Pair {
            name: format!("{stem}: {}", case.description),
            previous: Source {
                text: case.previous,
                references: case.previous_references,
            },
            new: Source {
                text: case.new,
                references: case.new_references,
            },
        }));
    }
    pairs
}

/// The published cases, or nothing.
pub(super) fn published() -> Vec<Pair> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/conformance/protobuf/diff-schema-examples.json");
    let Ok(text) = std::fs::read_to_string(path) else {
        return Vec::new();
    };
    let cases: Vec<Published> = serde_json::from_str(&text).expect("the file is JSON");
    let source = |text: String, dependencies: Vec<Dependency>| Source {
        text,
        references: dependencies
            .into_iter()
            .map(|one| (one.name, one.dependency))
            .collect(),
    };
    cases
        .into_iter()
        .map(|case| Pair {
            name: case.description,
            previous: source(case.original_schema, case.original_dependencies),
            new: source(case.update_schema, case.update_dependencies),
        })
        .collect()
}

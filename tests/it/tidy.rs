//! Who may depend on whom, read from the manifests and from what the sources name. A rule that is broken is named with
//! the file that breaks it.
//!
//! `model <- compat <- server`, and in the server `api -> registry -> storage`. To add a rule, say who may name what below;
//! a list of exceptions may only get shorter, so one that is no longer needed fails too.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

/// What a crate that only computes may not name: files, network, processes, threads, clocks, and who brings them.
const WORLD: [&str; 14] = [
    "std::fs",
    "std::net",
    "std::process",
    "std::thread",
    "std::env",
    "std::os",
    "std::time::Instant",
    "std::time::SystemTime",
    "tokio",
    "reqwest",
    "hyper",
    "axum",
    "sqlx",
    "jiff",
];

/// Where the server is put together, which is where HTTP meets the rest.
const NAMES_AXUM: [&str; 3] = ["app.rs", "metrics.rs", "router.rs"];

#[test]
fn model_and_compat_only_compute() {
    for krate in ["model", "protobuf", "compat"] {
        for file in sources(&root().join(krate).join("src")) {
            let named = paths_in(&read(&file));
            for outside in WORLD {
                let found = named.iter().find(|path| is_under(path, outside));
                assert!(found.is_none(), "{} names {found:?}", file.display());
            }
        }
        let dependencies = dependencies(krate);
        for outside in WORLD.iter().filter(|name| !name.contains("::")) {
            assert!(
                !dependencies.contains(*outside),
                "{krate} depends on {outside}"
            );
        }
    }
}

#[test]
fn only_the_edges_name_axum() {
    let server = root().join("server/src");
    let mut named_by = BTreeSet::new();
    for file in sources(&server) {
        let inside = inside(&server, &file);
        let is_edge = inside.starts_with("api/") || inside.starts_with("http/");
        if !is_edge && names(&file, "axum") {
            named_by.insert(inside);
        }
    }
    let expected = NAMES_AXUM.map(str::to_owned).into();
    assert_eq!(named_by, expected, "besides api/ and http/");
}

#[test]
fn only_storage_names_sqlx() {
    let server = root().join("server/src");
    for file in sources(&server) {
        let inside = inside(&server, &file);
        let may = inside.starts_with("storage/");
        assert!(may || !names(&file, "sqlx"), "{inside} names sqlx");
    }
}

/// The use cases decide; they know neither who asks nor where things are kept, but for the storage's traits.
#[test]
fn inner_layers_do_not_name_outer_ones() {
    let server = root().join("server/src");
    let rules = [
        (
            "registry/",
            &["crate::api", "crate::http", "crate::app", "crate::router"][..],
        ),
        (
            "core/",
            &[
                "crate::api",
                "crate::http",
                "crate::app",
                "crate::router",
                "crate::registry",
            ],
        ),
        (
            "storage/",
            &[
                "crate::api",
                "crate::http",
                "crate::app",
                "crate::router",
                "crate::registry",
            ],
        ),
        (
            "api/",
            &["crate::storage::sqlite", "crate::storage::postgres"],
        ),
    ];
    for file in sources(&server) {
        let inside = inside(&server, &file);
        let of_folder = rules
            .iter()
            .filter(|(folder, _)| inside.starts_with(folder));
        for outer in of_folder.flat_map(|(_, outer)| *outer) {
            assert!(!names(&file, outer), "{inside} names {outer}");
        }
    }
}

#[test]
fn crates_depend_in_one_direction() {
    // Everybody who may depend on a crate of ours; for the others, nobody may.
    let allowed = [
        (
            "dovetail-model",
            &[
                "compat", "server", "client", "codegen", "cli", "tests", "benches",
            ][..],
        ),
        (
            "dovetail-compat",
            &["server", "codegen", "cli", "tests", "benches"],
        ),
        ("dovetail-server", &["testing", "cli", "tests", "benches"]),
        (
            "dovetail-client",
            &["codegen", "testing", "cli", "tests", "benches", "examples"],
        ),
        (
            "dovetail-codegen",
            &["codegen", "cli", "tests", "benches", "examples"],
        ),
        ("dovetail-testing", &["tests", "benches"]),
        ("dovetail-tests", &["benches"]),
    ];
    for krate in members() {
        let dependencies = dependencies(&krate);
        for (ours, users) in allowed {
            let may = users.contains(&top(&krate));
            assert!(
                may || !dependencies.contains(ours),
                "{krate} depends on {ours}"
            );
        }
    }
}

/// A crate that needs fewer features than the workspace asks for cannot inherit, and says the same version.
#[test]
fn versions_are_said_once() {
    let root: toml::Table = read(&root().join("Cargo.toml"))
        .parse()
        .expect("a manifest");
    let shared = &root["workspace"]["dependencies"];
    for krate in members() {
        let manifest = manifest(&krate);
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let listed = manifest.get(section).and_then(toml::Value::as_table);
            for (name, dependency) in listed.into_iter().flatten() {
                let inherits = dependency.get("workspace").and_then(toml::Value::as_bool);
                let version = dependency.get("version");
                let is_same = version.is_some() && version == shared[name].get("version");
                assert!(inherits == Some(true) || is_same, "{krate}: {name}");
            }
        }
        let lints = manifest["lints"].get("workspace");
        assert_eq!(
            lints.and_then(toml::Value::as_bool),
            Some(true),
            "{krate}: lints"
        );
    }
}

#[test]
fn migrations_have_the_same_stems_in_both_dialects() {
    let stems = |dialect: &str| -> BTreeSet<String> {
        let entries = fs::read_dir(root().join("migrations").join(dialect)).expect("a folder");
        entries
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .into_string()
                    .expect("a name")
            })
            .collect()
    };
    let (sqlite, postgres) = (stems("sqlite"), stems("postgres"));
    assert!(!sqlite.is_empty());
    assert_eq!(sqlite, postgres);
}

/// The reader of sources is under test too: what it overlooked would be allowed.
#[test]
fn paths_are_found_however_they_are_written() {
    let text = "
        //! use std::process::Command;
        use std::{fs, sync::{Arc, atomic::AtomicU64}};
        pub(crate) use tokio::net as network;
        use ::reqwest::Client;
        // std::env::var is not asked
        fn f() { let _ = std::net::TcpListener::bind(1); let axum_like = 1; }
        #[sqlx::test] fn g() {}
    ";
    let found = paths_in(text);
    for path in [
        "std::fs",
        "std::sync::atomic::AtomicU64",
        "tokio::net",
        "reqwest",
        "std::net",
        "sqlx",
    ] {
        assert!(
            found.iter().any(|one| is_under(one, path)),
            "{path}: {found:?}"
        );
    }
    for path in ["std::process", "std::env", "axum"] {
        assert!(
            !found.iter().any(|one| is_under(one, path)),
            "{path}: {found:?}"
        );
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace")
        .to_owned()
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// Every Rust file below a folder.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    assert!(!found.is_empty(), "{} has no sources", folder.display());
    found.sort();
    found
}

fn inside(folder: &Path, file: &Path) -> String {
    let inside = file.strip_prefix(folder).expect("a file of the folder");
    inside.to_str().expect("a plain name").to_owned()
}

fn names(file: &Path, path: &str) -> bool {
    paths_in(&read(file))
        .iter()
        .any(|found| is_under(found, path))
}

fn is_under(path: &str, prefix: &str) -> bool {
    let rest = path.strip_prefix(prefix);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
}

/// Every path of at least two parts that a text names outside comments, and every import with its braces expanded.
fn paths_in(text: &str) -> Vec<String> {
    let code: Vec<&str> = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect();
    let code = code.join("\n");
    let is_part = |character: char| character.is_alphanumeric() || "_:".contains(character);
    let mut found: Vec<String> = code
        .split(|character| !is_part(character))
        .filter(|word| word.contains("::"))
        .map(|word| word.trim_matches(':').to_owned())
        .collect();
    for statement in code.split(';') {
        let import = statement.rfind("use ").filter(|at| {
            let before = statement[..*at].trim_end();
            before.is_empty()
                || before.ends_with(['}', ')', '{', ']', '\n'])
                || before.ends_with("pub")
        });
        if let Some(at) = import {
            let tree: String = statement[at + 4..]
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" ");
            expand("", tree.trim_start_matches("::"), &mut found);
        }
    }
    found
}

/// Expands `a::{b, c::{d, e}}`.
fn expand(prefix: &str, tree: &str, found: &mut Vec<String>) {
    let tree = tree.trim();
    let Some((head, rest)) = tree.split_once('{') else {
        let path = tree.split(" as ").next().unwrap_or_default();
        found.push(format!("{prefix}{path}"));
        return;
    };
    let inner = rest.trim_end().strip_suffix('}').unwrap_or(rest);
    let prefix = format!("{prefix}{head}");
    let (mut depth, mut start) = (0, 0);
    for (at, character) in inner.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                expand(&prefix, &inner[start..at], found);
                start = at + 1;
            }
            _ => {}
        }
    }
    expand(&prefix, &inner[start..], found);
}

fn members() -> Vec<String> {
    let workspace: toml::Table = read(&root().join("Cargo.toml"))
        .parse()
        .expect("a manifest");
    let listed = workspace["workspace"]["members"]
        .as_array()
        .expect("members");
    let named = listed
        .iter()
        .map(|member| member.as_str().expect("text").to_owned());
    named.collect()
}

/// The folder at the top that a member lives in.
fn top(member: &str) -> &str {
    member.split('/').next().unwrap_or(member)
}

fn manifest(member: &str) -> toml::Table {
    let file = root().join(member).join("Cargo.toml");
    read(&file).parse().expect("a manifest")
}

/// The names of everything a crate is built with; what only its own tests use does not count.
fn dependencies(member: &str) -> BTreeSet<String> {
    let manifest = manifest(member);
    let sections = ["dependencies", "build-dependencies"];
    let listed = sections
        .iter()
        .filter_map(|section| manifest.get(*section)?.as_table());
    listed.flat_map(|section| section.keys().cloned()).collect()
}

//! The pages of `docs/rules/`: one for each rule, made from the tables and the first case that breaks.
//!
//! `UPDATE_RULE_PAGES=1 cargo test -p dovetail-compat rule_pages` writes them; without it they are compared.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::{Path, PathBuf},
};

use dovetail_compat::{Rule, Verdict, rules};
use dovetail_model::SchemaType;
use serde_json::Value;

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// Rules that the protocol names but no walk reports: their pages have no example.
const NEVER_REPORTED: [&str; 3] = [
    "PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL",
    "RESERVED_PROPERTY_REMOVED",
    "RESERVED_PROPERTY_CONFLICTS_WITH_PROPERTY",
];

struct Format {
    schema_type: SchemaType,
    name: &'static str,
    folder: &'static str,
}

const FORMATS: [Format; 3] = [
    Format {
        schema_type: SchemaType::Avro,
        name: "Avro",
        folder: "avro",
    },
    Format {
        schema_type: SchemaType::Protobuf,
        name: "Protobuf",
        folder: "protobuf",
    },
    Format {
        schema_type: SchemaType::Json,
        name: "JSON Schema",
        folder: "json_schema",
    },
];

#[test]
fn every_rule_has_its_page_and_no_page_is_left_over() {
    let update = std::env::var_os("UPDATE_RULE_PAGES").is_some();
    let root = Path::new(ROOT).join("../docs/rules");
    let expected = pages();
    if update {
        let _ = std::fs::remove_dir_all(&root);
    }
    for (file, page) in &expected {
        let path = root.join(file);
        if update {
            std::fs::create_dir_all(path.parent().expect("a page has a folder"))
                .expect("folders can be made");
            std::fs::write(&path, page).expect("a page can be written");
        }
        let found = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(
            found == *page,
            "{} is not up to date; UPDATE_RULE_PAGES=1 writes it",
            path.display()
        );
    }
    let mut written = Vec::new();
    for format in FORMATS {
        let folder = std::fs::read_dir(root.join(format.folder)).expect("a folder for each format");
        written.extend(
            folder.map(|entry| Path::new(format.folder).join(entry.expect("an entry").file_name())),
        );
    }
    written.retain(|file| !expected.contains_key(file));
    assert_eq!(written, Vec::<PathBuf>::new(), "pages without a rule");
    println!(
        "rule pages: {} of {} are up to date",
        expected.len(),
        expected.len()
    );
}

fn pages() -> BTreeMap<PathBuf, String> {
    let mut pages = BTreeMap::new();
    let mut index = "# Rules\n\nEvery kind of difference, by format. A test makes these pages from the tables and the cases.\n".to_owned();
    for format in FORMATS {
        let _ = write!(
            index,
            "\n## {}\n\n| rule | verdict |\n| --- | --- |\n",
            format.name
        );
        for rule in rules(format.schema_type) {
            let file = format!("{}/{}.md", format.folder, rule.id);
            let _ = writeln!(index, "| [`{}`]({file}) | {} |", rule.id, verdict(rule));
            pages.insert(PathBuf::from(file), page(&format, rule));
        }
    }
    pages.insert(PathBuf::from("README.md"), index);
    pages
}

fn verdict(rule: &Rule) -> &'static str {
    match rule.verdict {
        Verdict::Compatible => "compatible",
        Verdict::Incompatible => "incompatible",
        Verdict::IncompatibleIfStrict => "incompatible, unless the policy is LENIENT",
    }
}

fn page(format: &Format, rule: &Rule) -> String {
    let what = rule
        .message
        .replace("{reader}", "reader's")
        .replace("{writer}", "writer's")
        .replace("{path}", "…")
        .replace("{detail}", "…");
    let mut page = format!(
        "# {}\n\n{}, {}.\n\n## What it finds\n\n{what}\n",
        rule.id,
        format.name,
        verdict(rule)
    );
    if !rule.why.is_empty() {
        let _ = write!(page, "\n## Why\n\n{}\n", rule.why);
    }
    match example(format, rule) {
        Some(example) => page.push_str(&example),
        None => assert!(
            NEVER_REPORTED.contains(&rule.id),
            "{} has a case that shows it",
            rule.id
        ),
    }
    if !rule.instead.is_empty() {
        let _ = write!(page, "\n## What to do instead\n\n{}\n", rule.instead);
    }
    page
}

/// The first case in which the rule fires going backward, or else forward with the sides swapped.
fn example(format: &Format, rule: &Rule) -> Option<String> {
    let path = Path::new(ROOT)
        .join("tests/cases")
        .join(format.folder)
        .join(format!("{}.json", rule.id.to_lowercase()));
    let text = std::fs::read_to_string(path).ok()?;
    let cases: Vec<Value> = serde_json::from_str(&text).expect("cases are JSON");
    let fires = |case: &Value, direction: &str| {
        let findings = case[direction].as_array().cloned().unwrap_or_default();
        findings.iter().any(|finding| {
            let name = finding
                .as_str()
                .or_else(|| finding[0].as_str())
                .unwrap_or_default();
            name.split(' ').next() == Some(rule.id)
        })
    };
    let (case, writer, reader) = cases
        .iter()
        .find(|case| fires(case, "backward"))
        .map(|case| (case, &case["previous"], &case["new"]))
        .or_else(|| {
            let case = cases.iter().find(|case| fires(case, "forward"))?;
            Some((case, &case["new"], &case["previous"]))
        })?;
    let description = case["description"].as_str().unwrap_or_default();
    Some(format!(
        "\n## Example\n\n{description}\n\nwriter\n{}\nreader\n{}",
        block(writer),
        block(reader)
    ))
}

fn block(schema: &Value) -> String {
    match schema {
        Value::String(text) if text.contains("syntax") || text.contains("message") => {
            format!("\n```proto\n{}\n```\n", text.trim_end())
        }
        other => format!(
            "\n```json\n{}\n```\n",
            serde_json::to_string_pretty(other).expect("JSON prints")
        ),
    }
}

//! The crates that `dovetail generate` writes are compiled and run here, with no network.

use std::{path::PathBuf, process::Command};

use super::Project;

/// Names that are keywords, a type within itself, and a union that needs an enum.
const ORDER: &str = r#"{"type": "record", "name": "Order", "namespace": "shop", "fields": [
    {"name": "gen", "type": "int"},
    {"name": "self", "type": ["null", "string"], "default": null},
    {"name": "part", "type": ["null", "Order"], "default": null},
    {"name": "paid", "type": ["long", "string"], "default": 0}
]}"#;

const PROGRAM: &str = r"
use dovetail_runtime::AvroType;
use order_types::order::Order;

fn main() {
    let order = Order { part: Some(Box::new(Order::new(1))), ..Order::new(7) };
    let bytes = order.to_vec().unwrap();
    assert_eq!(bytes, [14, 0, 2, 2, 0, 0, 0, 0, 0, 0]);
    assert_eq!(Order::from_slice(&bytes).unwrap(), order);
}
";

/// Cargo in a crate that was written, with what it builds kept between runs.
fn cargo(project: &Project, folder: &str, verb: &str) {
    let kept = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("generated");
    let mut command: Command = project.command(env!("CARGO"));
    let output = command
        .args([verb, "--offline", "--quiet"])
        .current_dir(project.path().join(folder))
        .env("CARGO_TARGET_DIR", kept)
        .output()
        .expect("cargo runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

#[test]
fn a_written_crate_builds_alone_and_its_values_come_back() {
    let project = Project::new();
    project.write("order.avsc", ORDER);
    let arguments = ["generate", "--file", "order.avsc", "--crate", "order-types"];
    let arguments = [&arguments[..], &["--out", "made"]].concat();
    project.run(&arguments).ends(0);
    project.write("made/src/main.rs", PROGRAM);
    cargo(&project, "made", "run");
}

#[test]
fn files_of_every_format_stand_side_by_side() {
    let project = Project::new();
    project.write(
        "a.avsc",
        r#"{"type": "record", "name": "A", "fields": [{"name": "b", "type": "B"}]}"#,
    );
    project.write(
        "b.avsc",
        r#"{"type": "enum", "name": "B", "symbols": ["X"]}"#,
    );
    project.write(
        "m.proto",
        "syntax = \"proto3\"; message M { string a = 1; }",
    );
    project.write(
        "j.json",
        r#"{"type": "object", "properties": {"x": {"type": "string"}}}"#,
    );
    let all = "for f in a.avsc b.avsc m.proto j.json; do printf -- '--file %s ' $f; done";
    let run = project
        .shell(&format!("dovetail generate $({all}) --out types"))
        .ends(0);
    assert_eq!(run.out, "types: 6 files, 6 written\n");
    for file in ["a", "b", "m", "j"] {
        assert!(project.read("types/mod.rs").contains(&format!("{file}.rs")));
    }
}

#[test]
fn check_tells_what_would_be_written_and_writes_nothing() {
    let project = Project::new();
    project.write("order.avsc", ORDER);
    let generate = ["generate", "--file", "order.avsc", "--out", "types"];
    let check = [&generate[..], &["--check"]].concat();
    project.run(&check).ends(100).says("types/order.rs");
    assert!(!project.path().join("types").exists());
    project.run(&generate).ends(0);
    project
        .run(&check)
        .ends(0)
        .says("types: as it would be written");
    project.write("types/order.rs", "");
    project
        .run(&check)
        .ends(100)
        .says("types/order.rs")
        .never_says("types/mod.rs");
}

#[test]
fn what_had_to_be_named_otherwise_is_said_where_no_terminal_is() {
    let project = Project::new();
    project.write(
        "b.avsc",
        r#"{"type": "enum", "name": "B", "symbols": ["on", "ON"]}"#,
    );
    let run = project
        .run(&["generate", "--file", "b.avsc", "--out", "types"])
        .ends(0);
    assert!(
        run.err.contains("warning: ") && run.err.contains("On_2"),
        "{}",
        run.err
    );
}

#[test]
fn a_crate_written_by_hand_is_not_replaced() {
    let project = Project::new();
    project.write("order.avsc", ORDER);
    project.write("mine/Cargo.toml", "[package]\nname = \"mine\"\n");
    let arguments = ["generate", "--file", "order.avsc", "--crate", "mine"];
    project
        .run(&[&arguments[..], &["--out", "mine"]].concat())
        .ends(2)
        .says("was not written by this command");
    assert!(!project.path().join("mine/src").exists());
    project
        .run(&["generate", "--file", "order.avsc"])
        .ends(2)
        .says("--out DIR");
    project.write("bad.avsc", "{");
    project
        .run(&["generate", "--file", "bad.avsc", "--out", "types"])
        .ends(2)
        .says("bad");
}

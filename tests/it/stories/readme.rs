//! The README's first screen: every `$ curl` in it is run, and answers what is printed below it.

use std::{path::Path, process::Command};

use dovetail_tests::{Database, Node};
use serde_json::Value;

/// What differs from run to run.
const UNSTABLE: [&str; 1] = ["ts"];

/// A command and what is printed below it.
struct Exchange {
    command: String,
    printed: String,
}

fn exchanges(readme: &str) -> Vec<Exchange> {
    let mut found: Vec<Exchange> = Vec::new();
    let console = readme
        .split("```console\n")
        .skip(1)
        .filter_map(|rest| rest.split("```").next());
    for line in console.flat_map(str::lines) {
        match (line.strip_prefix("$ "), found.last_mut()) {
            (Some(command), _) => found.push(Exchange {
                command: command.to_owned(),
                printed: String::new(),
            }),
            (None, Some(last)) if last.command.ends_with('\\') => {
                last.command.truncate(last.command.len() - 1);
                last.command.push_str(line);
            }
            (None, Some(last)) => last.printed.push_str(line.trim_start()),
            (None, None) => {}
        }
    }
    found.retain(|exchange| exchange.command.starts_with("curl"));
    found
}

fn stable(text: &str) -> Value {
    let mut value: Value =
        serde_json::from_str(text).unwrap_or_else(|error| panic!("not JSON ({error}): {text}"));
    if let Some(fields) = value.as_object_mut() {
        fields.retain(|key, _| !UNSTABLE.contains(&key.as_str()));
    }
    value
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_screen_is_true() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let readme = std::fs::read_to_string(readme).expect("there is a README");
    let node = Node::start(&Database::sqlite()).await;
    let exchanges = exchanges(&readme);
    assert!(exchanges.len() >= 3, "the README shows an exchange");
    for Exchange { command, printed } in exchanges {
        let command = command.replace("localhost:8081", node.address());
        let output = Command::new("sh")
            .args(["-c", &command])
            .output()
            .expect("a shell runs");
        let answered = String::from_utf8(output.stdout).expect("answers are UTF-8");
        assert_eq!(stable(&answered), stable(&printed), "{command}");
    }
}

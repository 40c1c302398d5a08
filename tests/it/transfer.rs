//! `dovetail export` and `dovetail import`: from one running registry into another, as people move them.

use std::{
    process::{Output, Stdio},
    time::Duration,
};

use dovetail_tests::{Database, Node, binary};
use serde_json::{Value, json};
use tokio::process::Command;

use crate::api::transfer::{answers, fill};

fn dovetail(arguments: &[&str], target: &Node) -> Command {
    let mut command = Command::new(binary());
    command
        .args(arguments)
        .args(["--registry", target.base()])
        .env_remove("DOVETAIL_TOKEN")
        .stdin(Stdio::null());
    command
}

async fn run(arguments: &[&str], target: &Node) -> Output {
    let output = dovetail(arguments, target).output().await;
    output.expect("the binary runs")
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[track_caller]
fn fine(output: &Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{stderr}");
    stdout(output)
}

/// Records with a field each, registered in one batch.
async fn register_many(node: &Node, numbers: std::ops::Range<usize>) {
    let schemas: Vec<Value> = numbers
        .map(|number| {
            let fields = json!([{ "name": format!("f{number}"), "type": "string" }]);
            let schema = json!({ "type": "record", "name": "R", "fields": fields });
            json!({ "subject": format!("s{number}"), "schema": schema.to_string() })
        })
        .collect();
    node.post("/api/v1/batch", &json!({ "schemas": schemas }))
        .await
        .ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_export_and_its_import_move_everything() {
    let (old, new) = (Database::postgres().await, Database::sqlite());
    let (from, to) = (Node::start(&old).await, Node::start(&new).await);
    fill(&from).await;
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("registry.jsonl");
    let file = file.to_str().expect("a plain name");
    fine(&run(&["export", "--out", file], &from).await);
    let said = fine(&run(&["import", file, "--dry-run"], &to).await);
    assert!(said.contains("would be made"), "{said}");
    assert_eq!(to.get("/subjects").await.ok(), json!([]));
    let said = fine(&run(&["import", file], &to).await);
    assert!(said.contains("changes made"), "{said}");
    assert_eq!(answers(&to).await, answers(&from).await);
    let said = fine(&run(&["import", file], &to).await);
    assert!(said.contains("everything is there already"), "{said}");
    // What the command line writes is what the route answers.
    let written = fine(&run(&["export"], &from).await);
    assert_eq!(written, from.get("/api/v1/export").await.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_registry_is_copied_over_the_protocol() {
    let (old, new) = (Database::sqlite(), Database::postgres().await);
    let (from, to) = (Node::start(&old).await, Node::start(&new).await);
    fill(&from).await;
    from.delete("/associations/resources/7").await;
    let said = fine(&run(&["import", "--from", from.base(), "--dry-run"], &to).await);
    assert_eq!(said, "9 versions: 9 would be copied, 0 there already\n");
    assert_eq!(to.get("/subjects").await.ok(), json!([]));
    let said = fine(&run(&["import", "--from", from.base()], &to).await);
    assert_eq!(said, "9 versions: 9 copied, 0 there already\n");
    assert_eq!(answers(&to).await, answers(&from).await);
    let said = fine(&run(&["import", "--from", from.base()], &to).await);
    assert_eq!(said, "9 versions: 0 copied, 9 there already\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_was_killed_goes_on_where_it_was() {
    let (old, new) = (Database::sqlite(), Database::sqlite());
    let (from, to) = (Node::start(&old).await, Node::start(&new).await);
    register_many(&from, 0..800).await;
    let copying = &["import", "--from", from.base()];
    let mut killed = dovetail(copying, &to).spawn().expect("the binary runs");
    while to.get("/subjects").await.ok() == json!([]) {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    killed.kill().await.expect("a child can be killed");
    register_many(&from, 800..900).await;
    let said = fine(&run(copying, &to).await);
    assert!(said.starts_with("900 versions: "), "{said}");
    let lines = async |node: &Node| {
        let text = node.get("/api/v1/export").await.text;
        let mut lines: Vec<String> = text.lines().skip(1).map(str::to_owned).collect();
        lines.sort();
        lines
    };
    // The source says what holds where nothing is set; the copy sets it.
    let settings = |lines: Vec<String>| -> Vec<String> {
        let schemas = lines
            .into_iter()
            .filter(|line| line.starts_with("{\"schema\""));
        schemas.collect()
    };
    assert_eq!(settings(lines(&to).await), settings(lines(&from).await));
}

#[tokio::test(flavor = "multi_thread")]
async fn conflicts_and_silence_have_exit_codes_of_their_own() {
    let (old, new) = (Database::sqlite(), Database::sqlite());
    let (from, to) = (Node::start(&old).await, Node::start(&new).await);
    from.register("a", r#""string""#).await.ok();
    to.register("b", r#""int""#).await.ok();
    let stderr = |output: &Output| String::from_utf8_lossy(&output.stderr).into_owned();
    let conflict = run(&["import", "--from", from.base()], &to).await;
    assert_eq!(conflict.status.code(), Some(100), "{}", stderr(&conflict));
    assert!(
        stderr(&conflict).contains("stands for another schema here"),
        "{}",
        stderr(&conflict)
    );
    assert_eq!(to.get("/subjects").await.ok(), json!(["b"]));
    let nobody = run(&["import", "--from", "http://127.0.0.1:1"], &to).await;
    assert_eq!(nobody.status.code(), Some(101), "{}", stderr(&nobody));
    let nobody = Command::new(binary())
        .arg("export")
        .env_remove("DOVETAIL_REGISTRY")
        .current_dir(std::env::temp_dir())
        .output()
        .await
        .expect("the binary runs");
    assert_eq!(nobody.status.code(), Some(2));
    assert!(
        stderr(&nobody).contains("--registry"),
        "{}",
        stderr(&nobody)
    );
    let neither = run(&["import"], &to).await;
    assert_eq!(neither.status.code(), Some(2));
    let missing = run(&["import", "/nowhere/registry.jsonl"], &to).await;
    assert_eq!(missing.status.code(), Some(2), "{}", stderr(&missing));
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("cut.jsonl");
    std::fs::write(
        &file,
        "{\"export\":{\"format\":\"dovetail/1\",\"sequence\":0}}\n",
    )
    .expect("written");
    let cut = run(&["import", file.to_str().expect("a plain name")], &to).await;
    assert_eq!(cut.status.code(), Some(100), "{}", stderr(&cut));
    assert!(stderr(&cut).contains("cut off"), "{}", stderr(&cut));
}

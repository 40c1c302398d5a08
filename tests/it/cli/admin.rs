use dovetail_tests::{Database, Node};
use serde_json::json;

use super::{ID, NOTE, Project, record};

#[tokio::test(flavor = "multi_thread")]
async fn subjects_and_versions_are_shown() {
    let node = Node::start(&Database::sqlite()).await;
    node.register("orders-value", &record("Order", &[ID]))
        .await
        .ok();
    node.register("orders-value", &record("Order", &[ID, NOTE]))
        .await
        .ok();
    node.register("payments", "\"string\"").await.ok();
    let project = Project::with_registry(node.base());
    assert_eq!(
        project.run(&["subjects"]).ends(0).out,
        "orders-value\npayments\n"
    );
    assert_eq!(
        project
            .run(&["subjects", "pay", "--format", "json"])
            .ends(0)
            .json(),
        json!(["payments"])
    );
    assert_eq!(
        project.run(&["show", "orders-value"]).ends(0).out,
        "subject  orders-value\nlevel    BACKWARD\nmode     READWRITE\nversion  1  id 1  AVRO\nversion  2  id 2  AVRO\n"
    );
    assert_eq!(
        project.run(&["show", "payments@1", "--raw"]).ends(0).out,
        "\"string\"\n"
    );
    let shown = project.run(&["show", "orders-value@latest"]).ends(0);
    project.write("again.avsc", &shown.out);
    project
        .run(&["diff", "again.avsc", "orders-value@2", "--exit-code"])
        .ends(0);
    project
        .run(&["show", "nothing"])
        .ends(101)
        .says("dovetail subjects");
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_and_modes_are_changed_and_inherited_again() {
    let node = Node::start(&Database::sqlite()).await;
    let project = Project::with_registry(node.base());
    project.run(&["config"]).ends(0).says("level      BACKWARD");
    project
        .run(&["config", "orders", "--level", "full"])
        .ends(0)
        .says("level      FULL");
    assert_eq!(
        node.get("/config/orders").await.ok()["compatibilityLevel"],
        "FULL"
    );
    project
        .run(&["config", "orders", "--unset"])
        .ends(0)
        .says("BACKWARD");
    project
        .run(&["config", "orders", "--level", "SIDEWAYS"])
        .ends(2);
    assert_eq!(project.run(&["mode"]).ends(0).out, "READWRITE\n");
    assert_eq!(
        project
            .run(&["mode", "orders", "--set", "READONLY"])
            .ends(0)
            .out,
        "READONLY\n"
    );
    project
        .run(&["mode", "orders", "--unset"])
        .ends(0)
        .says("READWRITE");
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_for_good_is_said_twice() {
    let node = Node::start(&Database::sqlite()).await;
    node.register("orders", &record("Order", &[ID])).await.ok();
    node.register("orders", &record("Order", &[ID, NOTE]))
        .await
        .ok();
    let project = Project::with_registry(node.base());
    project
        .run(&["delete", "orders", "--dry-run"])
        .ends(0)
        .says("would delete: orders version 1, 2");
    assert_eq!(
        node.get("/subjects/orders/versions").await.ok(),
        json!([1, 2])
    );
    project
        .run(&["delete", "orders@2"])
        .ends(0)
        .says("deleted: orders version 2");
    project
        .run(&["delete", "orders@2", "--permanent"])
        .ends(2)
        .says("--yes");
    project
        .run(&["delete", "orders@2", "--permanent", "--yes"])
        .ends(0);
    project.run(&["delete", "orders"]).ends(0);
    project.run(&["delete", "orders"]).ends(101);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manifest_is_made_of_a_folder() {
    let node = Node::start(&Database::sqlite()).await;
    let project = Project::with_registry(node.base());
    project.write(
        "schemas/order.avsc",
        &record("Order", &[r#"{"name": "total", "type": "Money"}"#]),
    );
    project.write("schemas/money.avsc", &record("Money", &[ID]));
    project.write(
        "schemas/page.json",
        r#"{"$schema": "http://json-schema.org/draft-07/schema#"}"#,
    );
    project.write("schemas/data.json", r#"{"name": "no schema"}"#);
    project.write("schemas/node_modules/x.avsc", "\"int\"");
    project.run(&["init", "schemas"]).ends(0);
    let expected = format!(
        "registry = \"{}\"\n\n[[subject]]\nname = \"shop.Money\"\nfile = \"schemas/money.avsc\"\n\n[[subject]]\n\
         name = \"order-value\"\nfile = \"schemas/order.avsc\"\n\n[[subject]]\nname = \"page-value\"\n\
         file = \"schemas/page.json\"\n",
        node.base()
    );
    assert_eq!(project.read("dovetail.toml"), expected);
    project.run(&["register"]).ends(0).says("3 registered");
    project
        .run(&["init", "schemas"])
        .ends(2)
        .says("is there already");
    let project = Project::with_registry(node.base());
    project
        .run(&["init", "--from-registry", "--prefix", "order"])
        .ends(0);
    assert!(
        project
            .read("dovetail.toml")
            .contains("name = \"order-value\"\nversion = \"latest\"")
    );
    project.run(&["init", "nowhere", "--print"]).ends(2);
}

#[test]
fn shells_and_man_are_told_of_every_command() {
    let project = Project::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        project
            .run(&["completions", shell])
            .ends(0)
            .says("register");
    }
    project.run(&["man"]).ends(0).says(".TH dovetail 1");
    project.run(&["man", "--out", "man"]).ends(0);
    assert!(
        project
            .read("man/dovetail-check.1")
            .contains("dovetail\\-check")
    );
}

/// Each command shows how it is used.
#[test]
fn every_command_has_examples() {
    let project = Project::new();
    let help = project.run(&["help"]).ends(0).out;
    let commands = help
        .split("Commands:\n")
        .nth(1)
        .expect("a list of commands");
    let commands = commands.split("\n\n").next().expect("the list ends");
    let names = commands
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    let mut count = 0;
    for name in names.filter(|name| !name.is_empty() && *name != "help") {
        project.run(&[name, "--help"]).ends(0).says("Examples:");
        count += 1;
    }
    assert!(count >= 14, "{help}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_manifest_of_a_folder_names_no_subject_twice() {
    let node = Node::start(&Database::sqlite()).await;
    let project = Project::with_registry(node.base());
    project.write("schemas/order.v1.avsc", &record("Order", &[ID]));
    project.write("schemas/page.v1.json", r#"{"$id": "a:page"}"#);
    project.write("schemas/page.v2.json", r#"{"$id": "b:page"}"#);
    project.write(
        "schemas/order.proto",
        "syntax = \"proto3\"; message Order {}",
    );
    project.write(
        "schemas/old/order.proto",
        "syntax = \"proto3\"; message Older {}",
    );
    project.run(&["init", "schemas"]).ends(0);
    let manifest = project.read("dovetail.toml");
    let names: Vec<_> = manifest
        .lines()
        .filter(|line| line.starts_with("name") || line.starts_with("file"))
        .collect();
    assert_eq!(
        names,
        [
            r#"name = "order.v1-value""#,
            r#"file = "schemas/order.v1.avsc""#,
            r#"name = "schemas.old.order-value""#,
            r#"file = "schemas/old/order.proto""#,
            r#"name = "schemas.order-value""#,
            r#"file = "schemas/order.proto""#,
            r#"name = "page.v1-value""#,
            r#"file = "schemas/page.v1.json""#,
            r#"name = "page.v2-value""#,
            r#"file = "schemas/page.v2.json""#,
        ]
    );
    project.run(&["register"]).ends(0).says("5 registered");
}

use dovetail_tests::{Database, Node};

use super::{CUSTOMER, ID, NOTE, Project, record};

const TEXT: &str = "schemas/registry/orders-value/v1.avsc";

/// A registry with one version, and a project that has pulled it.
async fn pulled() -> (Node, Project) {
    let node = Node::start(&Database::sqlite()).await;
    node.register("orders-value", &record("Order", &[ID]))
        .await
        .ok();
    let project = Project::with_registry(node.base());
    project.write("dovetail.toml", "[[subject]]\nname = \"orders-value\"\n");
    project.run(&["pull"]).ends(0).says("pins 1 schema.");
    (node, project)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pull_pins_and_vendors_and_types_are_made_of_it_without_the_registry() {
    let (node, project) = pulled().await;
    // The registry's canonical text: the same schema, without the spaces.
    let vendored: serde_json::Value = serde_json::from_str(&project.read(TEXT)).expect("JSON");
    let registered: serde_json::Value =
        serde_json::from_str(&record("Order", &[ID])).expect("JSON");
    assert_eq!(vendored, registered);
    let lock = project.read("dovetail.lock");
    assert!(
        lock.contains("request = \"latest\"\nversion = 1\n"),
        "{lock}"
    );
    project.run(&["pull"]).ends(0).says("as it is locked");
    assert_eq!(project.read("dovetail.lock"), lock);
    node.kill().await;
    project.run(&["pull", "--check"]).ends(0);
    project.run(&["pull", "--check", "--online"]).ends(101);
    project.run(&["generate", "--out", "types"]).ends(0);
    let types = project.read("types/orders_value.rs");
    assert!(types.contains("pub struct Order"), "{types}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_finds_what_differs_in_manifest_lock_and_text() {
    let (_node, project) = pulled().await;
    let put = |file: &str, text: &str| {
        let before = project.read(file);
        project.write(file, text);
        before
    };
    let manifest = "[[subject]]\nname = \"orders-value\"\nversion = 2\n";
    for (file, text) in [
        ("dovetail.toml", manifest),
        ("dovetail.lock", "version = 1\n"),
        (TEXT, "\"string\""),
    ] {
        let before = put(file, text);
        project.run(&["pull", "--check"]).ends(100);
        project.run(&["generate", "--out", "types"]).ends(2);
        put(file, &before);
        project.run(&["pull", "--check"]).ends(0);
    }
    project.write("schemas/registry/orders-value/v9.avsc", "\"int\"");
    project.run(&["pull", "--check"]).ends(100).says("v9.avsc");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_version_is_drift_online_and_a_finding_only_if_it_cannot_be_read() {
    let (node, project) = pulled().await;
    node.level("orders-value", "NONE").await.ok();
    node.register("orders-value", &record("Order", &[ID, NOTE]))
        .await
        .ok();
    project.run(&["pull", "--check"]).ends(0);
    project
        .run(&["pull", "--check", "--online"])
        .ends(100)
        .says("moved from version 1 to 2: each reads what the other writes");
    let reads = ["pull", "--check", "--reads", "latest"];
    project.run(&reads).ends(0);
    node.register("orders-value", &record("Order", &[CUSTOMER]))
        .await
        .ok();
    project
        .run(&reads)
        .ends(100)
        .says("does not read version 3");
    project
        .run(&["pull", "--dry-run"])
        .ends(0)
        .says("version 1 -> 3");
    project.run(&["pull", "--check"]).ends(0);
    project.run(&["pull"]).ends(0);
    assert!(!project.path().join(TEXT).exists());
    project.run(&["pull", "--check", "--online"]).ends(0);
    project.run(&["pull", "nothing"]).ends(2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_lock_and_texts_is_said_once_with_one_advice() {
    let (_node, project) = pulled().await;
    project
        .run(&["pull", "--check"])
        .ends(0)
        .says("1 subject, 1 schema.");
    let text = project.read(TEXT);
    project.write(TEXT, "\"string\"");
    let changed = project.run(&["pull", "--check"]).ends(100);
    assert_eq!(changed.out.matches(TEXT).count(), 1, "{}", changed.out);
    project.write(TEXT, &text);

    let lock = project.read("dovetail.lock");
    let conflict = format!("<<<<<<< HEAD\n{lock}");
    project.write("dovetail.lock", &conflict);
    let broken = project.run(&["pull", "--check"]).ends(100);
    let times = broken.out.matches("dovetail pull").count();
    assert_eq!(times, 1, "{}", broken.out);
    project
        .run(&["pull", "orders-value"])
        .ends(2)
        .says("merge conflicts")
        .says("without naming subjects");
    assert_eq!(project.read("dovetail.lock"), conflict);
    project
        .run(&["pull", "--dry-run"])
        .ends(0)
        .says("write dovetail.lock");
    assert_eq!(project.read("dovetail.lock"), conflict);
    project
        .run(&["pull"])
        .ends(0)
        .says("merge conflicts; it is written anew");
    assert_eq!(project.read("dovetail.lock"), lock);

    let newer = lock.replacen("version = 1", "version = 9", 1);
    project.write("dovetail.lock", &newer);
    project
        .run(&["pull"])
        .ends(2)
        .says("use the version that wrote it");
    assert_eq!(project.read("dovetail.lock"), newer);
    project.write("dovetail.lock", &lock);

    project.write("dovetail.toml", "\n[[subject]]\nname = \"nobody\"\n");
    project
        .run(&["pull"])
        .ends(2)
        .says("dovetail.toml:2: the registry has no subject");
}

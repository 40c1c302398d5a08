use dovetail_tests::{Database, Node};

use super::{ID, NOTE, Project, record};

#[tokio::test(flavor = "multi_thread")]
async fn events_of_a_subject_are_the_same_for_the_same_seed() {
    let node = Node::start(&Database::sqlite()).await;
    node.register("orders-value", &record("Order", &[ID, NOTE]))
        .await
        .ok();
    let project = Project::with_registry(node.base());
    let sample = |arguments: &[&str]| {
        let arguments = [&["sample", "orders-value"], arguments].concat();
        project.run(&arguments).ends(0).out
    };
    let events = sample(&["--count", "20"]);
    assert_eq!(events.lines().count(), 20);
    assert_eq!(events, sample(&["--count", "20", "--seed", "0"]));
    assert_ne!(events, sample(&["--count", "20", "--seed", "1"]));
    for line in events.lines() {
        let event: serde_json::Value = serde_json::from_str(line).expect("JSON");
        assert!(event["id"].is_string(), "{event}");
    }
    let hex = sample(&["--encoding", "hex"]);
    let raw = project
        .run(&["sample", "orders-value@1", "--encoding", "raw"])
        .ends(0)
        .out;
    let again: Vec<String> = raw.bytes().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex.trim(), again.concat());
    project
        .run(&[
            "sample",
            "orders-value",
            "--count",
            "2",
            "--encoding",
            "raw",
        ])
        .ends(2);
    project.run(&["sample", "nothing"]).ends(101);
    project.write("bad.avsc", "{");
    project.run(&["sample", "bad.avsc"]).ends(2);
}

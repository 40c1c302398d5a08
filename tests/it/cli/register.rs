use dovetail_tests::{Database, Node, on_both};
use serde_json::json;

use super::{CUSTOMER, ID, NOTE, Project, pair, record};

const UNITS: &str = r#"{"name": "units", "type": "long"}"#;
const TOTAL: &str = r#"{"name": "total", "type": "Money"}"#;

fn project(url: &str) -> Project {
    let project = Project::with_registry(url);
    project.write(
        "dovetail.toml",
        "[[subject]]\nname = \"orders-value\"\nfile = \"order.avsc\"\n[[subject]]\nname = \"money\"\nfile = \"money.avsc\"\n\
         [[subject]]\nname = \"notes\"\nfile = \"note.avsc\"\ncompatibility = \"FULL_TRANSITIVE\"\n",
    );
    project.write("money.avsc", &record("Money", &[UNITS]));
    project.write("order.avsc", &record("Order", &[ID, TOTAL]));
    project.write("note.avsc", &record("Note", &[ID]));
    project
}

on_both!(registering_again_changes_nothing, |node| {
    let project = project(node.base());
    let run = project.run(&["register", "--format", "json"]).ends(0);
    let registered = |name: &str| pair(name, "registered");
    assert_eq!(
        run.statuses(),
        [
            registered("money"),
            registered("orders-value"),
            registered("notes")
        ]
    );
    let order = node.get("/subjects/orders-value/versions/1").await.ok();
    let expected = json!([{"name": "shop.Money", "subject": "money", "version": 1}]);
    assert_eq!(order["references"], expected);
    let before = node.get("/schemas").await.text;

    let run = project.run(&["register", "--format", "json"]).ends(0);
    let unchanged = |name: &str| pair(name, "unchanged");
    assert_eq!(
        run.statuses(),
        [
            unchanged("money"),
            unchanged("orders-value"),
            unchanged("notes")
        ]
    );
    assert_eq!(node.get("/schemas").await.text, before);
});

on_both!(
    a_new_version_of_what_is_referred_to_makes_new_referrers,
    |node| {
        let project = project(node.base());
        project.run(&["register"]).ends(0);
        project.write("money.avsc", &record("Money", &[UNITS, NOTE]));
        project
            .run(&["register"])
            .ends(0)
            .says("2 registered, 1 unchanged");
        let order = node.get("/subjects/orders-value/versions/2").await.ok();
        assert_eq!(order["references"][0]["version"], 2);
        project.run(&["register"]).ends(0).says("3 unchanged");
    }
);

on_both!(one_that_breaks_keeps_all_from_being_registered, |node| {
    let project = project(node.base());
    project.run(&["register"]).ends(0);
    project.write("order.avsc", &record("Order", &[ID, TOTAL, NOTE]));
    project.write("note.avsc", &record("Note", &[ID, CUSTOMER]));
    project
        .run(&["register"])
        .ends(100)
        .says("READER_FIELD_MISSING_DEFAULT_VALUE");
    assert_eq!(
        node.get("/subjects/orders-value/versions").await.ok(),
        json!([1])
    );
    assert_eq!(node.get("/subjects/notes/versions").await.ok(), json!([1]));
});

#[tokio::test(flavor = "multi_thread")]
async fn the_manifests_level_is_set() {
    let node = Node::start(&Database::sqlite()).await;
    let project = project(node.base());
    project
        .run(&["register"])
        .ends(0)
        .says("the level was BACKWARD and is FULL_TRANSITIVE now");
    let config = node.get("/config/notes").await.ok();
    assert_eq!(config["compatibilityLevel"], "FULL_TRANSITIVE");
    assert_eq!(node.get("/config/money").await.status, 404);
    project.run(&["register"]).ends(0).never_says("the level");
    node.level("notes", "NONE").await.ok();
    project
        .run(&["check"])
        .ends(0)
        .says("the level is NONE in the registry and FULL_TRANSITIVE in the manifest");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_writes_nothing() {
    let node = Node::start(&Database::sqlite()).await;
    project(node.base())
        .run(&["register", "--dry-run"])
        .ends(0)
        .says("3 new");
    assert_eq!(node.get("/subjects").await.ok(), json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn two_pipelines_at_once_register_once() {
    let node = Node::start(&Database::sqlite()).await;
    let project = project(node.base());
    let ends: Vec<i32> = std::thread::scope(|scope| {
        let runs: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| project.run(&["register"]).code))
            .collect();
        runs.into_iter()
            .map(|run| run.join().expect("it ran"))
            .collect()
    });
    assert_eq!(ends, [0; 4]);
    assert_eq!(
        node.get("/subjects/orders-value/versions").await.ok(),
        json!([1])
    );
}

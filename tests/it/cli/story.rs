//! From an empty folder to a pull request that is refused with a reason a person can act on.

use dovetail_tests::{Database, Node};

use super::{ID, Project, record};

#[tokio::test(flavor = "multi_thread")]
async fn from_nothing_to_a_pull_request_that_is_refused() {
    let node = Node::start(&Database::sqlite()).await;
    let project = Project::with_registry(node.base());
    project.git(&["init", "-q", "-b", "main"]);

    // A first schema, a manifest from the folder, and what would come of it.
    project.write("schemas/order.avsc", &record("Order", &[ID]));
    project
        .run(&["init", "schemas"])
        .ends(0)
        .says("wrote dovetail.toml");
    project
        .run(&["check"])
        .ends(0)
        .says("new        order-value");
    project.git(&["add", "."]);
    project.git(&["commit", "-qm", "Orders"]);
    project.run(&["register"]).ends(0).says("version 1, id 1");

    // A pull request adds a field, as one does.
    project.git(&["switch", "-qc", "customers"]);
    project.write(
        "schemas/order.avsc",
        &record("Order", &[ID, r#"{"name": "customer", "type": "string"}"#]),
    );
    project.git(&["commit", "-qam", "Customers"]);
    let refused = [
        "error[READER_FIELD_MISSING_DEFAULT_VALUE]",
        "--> schemas/order.avsc:5:5",
        "5 | {\"name\": \"customer\", \"type\": \"string\"}",
        "breaks: whoever reads with the new schema what was written with the previous one",
        "witness: {\"id\":\"\"}, bytes 00, cannot be read",
        "instead: give the field a default value",
        "1 breaking",
    ];
    for against in ["registry", "git:main"] {
        let mut run = project.run(&["check", "--against", against]).ends(100);
        for text in refused {
            run = run.says(text);
        }
    }
    project.run(&["register"]).ends(100);

    // The advice is taken.
    project.write(
        "schemas/order.avsc",
        &record(
            "Order",
            &[
                ID,
                r#"{"name": "customer", "type": "string", "default": ""}"#,
            ],
        ),
    );
    project.run(&["check"]).ends(0).says("1 compatible");
    project.git(&["commit", "-qam", "Customers have a default"]);
    project.git(&["switch", "-q", "main"]);
    project.git(&["merge", "-q", "customers"]);
    project.run(&["register"]).ends(0).says("version 2, id 2");
    project.run(&["register"]).ends(0).says("unchanged");
    let example = project.run(&["sample", "order-value"]).ends(0).out;
    assert!(example.contains("\"customer\""), "{example}");
}

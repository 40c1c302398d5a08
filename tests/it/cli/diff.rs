use dovetail_tests::{Database, Node};

use super::{CUSTOMER, ID, NOTE, Project, record};

#[test]
fn a_difference_has_a_verdict_for_each_direction() {
    let project = Project::new();
    project.write("old.avsc", &record("Order", &[ID]));
    project.write("new.avsc", &record("Order", &[ID, CUSTOMER]));
    project
        .run(&["diff", "old.avsc", "new.avsc"])
        .ends(0)
        .says("backward (new readers, old data): breaks")
        .says("forward  (old readers, new data): compatible")
        .says("+      \"name\": \"customer\"");
    project
        .run(&["diff", "old.avsc", "new.avsc", "--exit-code"])
        .ends(3);
    project
        .run(&["diff", "old.avsc", "old.avsc", "--exit-code"])
        .ends(0)
        .says("nothing changed");
    let json = project
        .run(&["diff", "old.avsc", "new.avsc", "--format", "json"])
        .ends(0)
        .json();
    assert_eq!(json["backward"], "breaks");
    assert_eq!(json["forward"], "compatible");
    assert_eq!(
        json["differences"][0]["rule"],
        "READER_FIELD_MISSING_DEFAULT_VALUE"
    );
}

/// Spaces and the order of keys are no change.
#[test]
fn spelling_is_no_change() {
    let project = Project::new();
    project.write(
        "old.avsc",
        r#"{"type":"record","name":"shop.Order","fields":[]}"#,
    );
    project.write(
        "new.avsc",
        r#"{"name": "Order", "namespace": "shop", "fields": [], "type": "record"}"#,
    );
    project
        .run(&["diff", "old.avsc", "new.avsc", "--exit-code"])
        .ends(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_source_can_stand_on_either_side() {
    let one = Node::start(&Database::sqlite()).await;
    let other = Node::start(&Database::sqlite()).await;
    one.register("orders@home", &record("Order", &[ID]))
        .await
        .ok();
    other.register("orders", &record("Order", &[ID])).await.ok();
    other
        .register("orders", &record("Order", &[ID, NOTE]))
        .await
        .ok();
    let project = Project::with_registry(one.base());
    project.write("order.avsc", &record("Order", &[ID]));
    project.git(&["init", "-q", "-b", "main"]);
    project.git(&["add", "."]);
    project.git(&["commit", "-qm", "schema"]);
    let in_other = format!("{}/subjects/orders/versions/1", other.base());
    let latest = format!("{}/subjects/orders/versions/latest", other.base());
    let by_id = format!("{}/schemas/ids/1", other.base());
    let same = [
        "order.avsc",
        "file:order.avsc",
        "git:main:order.avsc",
        "orders@home@latest",
        "id:1",
        &in_other,
        &by_id,
    ];
    for source in same {
        project
            .run(&["diff", source, &in_other, "--exit-code"])
            .ends(0);
        project
            .run(&["diff", source, &latest, "--exit-code"])
            .ends(3);
    }
    project
        .run(&["diff", "orders@7", "order.avsc"])
        .ends(101)
        .says("no version 7");
    project
        .run(&["diff", "nothing.avsc", "order.avsc"])
        .ends(2)
        .says("there is no file nothing.avsc");
    project
        .run(&["diff", "git:main:none.avsc", "order.avsc"])
        .ends(101);
}

#[test]
fn an_explanation_shows_who_breaks_and_how() {
    let project = Project::new();
    project.write("old.avsc", &record("Order", &[ID]));
    project.write("new.avsc", &record("Order", &[CUSTOMER]));
    project
        .run(&["explain", "old.avsc", "new.avsc"])
        .ends(0)
        .says("--> new.avsc:4:5")
        .says("breaks: whoever reads with the new schema what was written with the previous one")
        .says("witness: {\"id\":\"\"}, bytes 00")
        .says("both sides break");
    project.write("wider.avsc", &record("Order", &[ID, NOTE]));
    project
        .run(&["explain", "old.avsc", "wider.avsc"])
        .ends(0)
        .says("nobody breaks");
    project.write("other.json", "{}");
    project.run(&["explain", "old.avsc", "other.json"]).ends(2);
}

#[test]
fn a_rule_is_explained_by_its_page() {
    let project = Project::new();
    project
        .run(&["explain", "reader_field_missing_default_value"])
        .ends(0)
        .says("## What to do instead");
    project
        .run(&["explain", "FIELD_MISSING_DEFAULT"])
        .ends(2)
        .says("READER_FIELD_MISSING_DEFAULT_VALUE");
    project
        .run(&["explain", "schemas/order.avsc"])
        .ends(2)
        .says("dovetail explain SUBJECT@latest schemas/order.avsc");
}

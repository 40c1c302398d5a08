//! Aliases: one subject that stands for another.

use dovetail_tests::{avro_record, on_both};

use super::*;

on_both!(an_alias_stands_for_its_subject_everywhere, |node| {
    node.put("/config/old", &json!({ "alias": "new" }))
        .await
        .ok();
    let registered = node.register("old", &avro_record(&["x"])).await.ok();
    assert_eq!(node.get("/subjects").await.ok(), json!(["new"]));
    assert_eq!(node.get("/subjects/old/versions").await.ok(), json!([1]));
    let version = node.get("/subjects/old/versions/latest").await.ok();
    assert_eq!(version["subject"], "new");
    assert_eq!(version["id"], registered["id"]);
    let body = json!({ "schema": avro_record(&["x"]) });
    assert_eq!(
        node.post("/subjects/old", &body).await.ok()["subject"],
        "new"
    );
    let broken = json!({ "schema": avro_record(&["x", "y"]) });
    for path in [
        "/compatibility/subjects/old/versions",
        "/compatibility/subjects/old/versions/latest",
    ] {
        assert_eq!(
            node.post(path, &broken).await.ok()["is_compatible"],
            false,
            "{path}"
        );
    }
    assert_eq!(
        node.get("/schemas/ids/1?subject=old").await.ok()["subject"],
        "new"
    );
    assert_eq!(
        node.get("/schemas/ids/1/versions?subject=old").await.ok()[0]["subject"],
        "new"
    );
    assert_eq!(
        node.get("/subjects/old/versions/1/referencedby").await.ok(),
        json!([])
    );
    assert_eq!(
        node.get("/subjects/old/metadata").await.ok()["subject"],
        "new"
    );
    assert_eq!(
        node.get("/subjects/old/versions/1/schema").await.text,
        avro_record(&["x"])
    );
    let unchanged = node
        .post("/subjects/old/versions/1/tags", &json!({}))
        .await
        .ok();
    assert_eq!(unchanged["id"], registered["id"]);
    // Settings are those of the name itself.
    assert_eq!(
        node.get("/config/old").await.ok(),
        json!({ "alias": "new" })
    );
    assert_eq!(node.get("/config/new").await.refusal(), (404, 40408));
    node.put("/mode/old", &json!({ "mode": "READONLY" }))
        .await
        .ok();
    node.register("old", &avro_record(&["x", "z?"])).await.ok();
    assert_eq!(node.delete("/subjects/old/versions/2").await.ok(), json!(2));
    assert_eq!(node.delete("/subjects/old").await.ok(), json!([1]));
    assert_eq!(node.get("/subjects").await.ok(), json!([]));
});

on_both!(an_alias_leads_one_step_and_no_further, |node| {
    node.put("/config/a", &json!({ "alias": "b" })).await.ok();
    node.put("/config/b", &json!({ "alias": "c" })).await.ok();
    node.register("a", STRING).await.ok();
    assert_eq!(node.get("/subjects").await.ok(), json!(["b"]));
    let owner = json!({ "metadata": { "properties": { "owner": "shop" } } });
    node.post("/subjects/a/versions/1/tags", &owner).await.ok();
    assert_eq!(node.get("/subjects").await.ok(), json!(["b"]));
    assert_eq!(node.get("/subjects/a/versions").await.ok(), json!([1, 2]));
    // A circle is no trouble, and neither is oneself.
    node.put("/config/c", &json!({ "alias": "a" })).await.ok();
    node.put("/config/d", &json!({ "alias": "d" })).await.ok();
    node.register("c", STRING).await.ok();
    node.register("d", STRING).await.ok();
    assert_eq!(node.get("/subjects").await.ok(), json!(["a", "b", "d"]));
});

on_both!(
    an_alias_lives_in_its_context_unless_it_names_another,
    |node| {
        node.put("/config/:.ctx:a", &json!({ "alias": "b" }))
            .await
            .ok();
        node.register(":.ctx:a", STRING).await.ok();
        node.put("/config/:.ctx:c", &json!({ "alias": ":.:plain" }))
            .await
            .ok();
        node.register(":.ctx:c", STRING).await.ok();
        assert_eq!(
            node.get("/subjects").await.ok(),
            json!([":.ctx:b", "plain"])
        );
        node.put("/config/:.ctx:a", &json!({ "alias": null }))
            .await
            .ok();
        assert_eq!(
            node.get("/subjects/:.ctx:a/versions").await.refusal(),
            (404, 40401)
        );
    }
);

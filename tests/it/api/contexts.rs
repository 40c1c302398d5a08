//! `/contexts`, and subjects that live in one.

use dovetail_tests::on_both;

use super::*;

on_both!(the_default_context_is_always_there, |node| {
    assert_eq!(node.get("/contexts").await.ok(), json!(["."]));
    node.register(":.z:a", STRING).await.ok();
    node.register(":.a:a", STRING).await.ok();
    node.register("a", STRING).await.ok();
    let contexts = node.get("/contexts").await.ok();
    assert_eq!(contexts, json!([".", ".a", ".z"]));
    // The level above all contexts is none of them.
    let none = json!({ "compatibility": "NONE" });
    node.put("/config/:.__GLOBAL:", &none).await.ok();
    assert_eq!(node.get("/contexts").await.ok(), contexts);
    for query in ["", "?permanent=true"] {
        node.delete(&format!("/subjects/:.a:a{query}")).await.ok();
    }
    assert_eq!(node.get("/contexts").await.ok(), contexts);
});

on_both!(ids_are_counted_in_each_context, |node| {
    assert_eq!(node.register("a", STRING).await.id(), 1);
    assert_eq!(node.register("a2", INT).await.id(), 2);
    assert_eq!(node.register(":.ctx:a", LONG).await.id(), 1);
    assert_eq!(node.register(":.ctx:b", STRING).await.id(), 2);
    assert_eq!(node.get("/schemas/ids/1").await.ok()["schema"], STRING);
    let other = node.get("/schemas/ids/1?subject=:.ctx:").await.ok();
    assert_eq!(other["schema"], LONG);
});

on_both!(
    a_qualified_subject_is_one_segment_however_it_is_encoded,
    |node| {
        node.register(":.ctx:orders", STRING).await.ok();
        for subject in [":.ctx:orders", "%3A.ctx%3Aorders", ":%2Ectx:orders"] {
            let path = format!("/subjects/{subject}/versions/latest");
            let found = node.get(&path).await.ok();
            assert_eq!(found["subject"], ":.ctx:orders", "{subject}");
        }
        assert_eq!(node.get("/subjects/orders/versions/9").await.status, 404);
        let body = json!({ "schema": STRING });
        let found = node.post("/subjects/:.ctx:orders", &body).await.ok();
        assert_eq!(found["subject"], ":.ctx:orders");
        let subjects = node
            .get("/schemas/ids/1/subjects?subject=:.ctx:")
            .await
            .ok();
        assert_eq!(subjects, json!([":.ctx:orders"]));
        let versions = node
            .get("/schemas/ids/1/versions?subject=:.ctx:")
            .await
            .ok();
        assert_eq!(
            versions,
            json!([{ "subject": ":.ctx:orders", "version": 1 }])
        );
    }
);

on_both!(the_default_context_may_be_spelled_out, |node| {
    node.register(":.:orders", STRING).await.ok();
    assert_eq!(node.get("/subjects").await.ok(), json!(["orders"]));
    let found = node.get("/subjects/orders/versions/1").await.ok();
    assert_eq!(found["subject"], "orders");
    let found = node.get("/subjects/:.:orders/versions/1").await.ok();
    assert_eq!(found["subject"], "orders");
});

on_both!(contexts_do_not_share_subjects, |node| {
    node.register("a", INT).await.ok();
    node.register(":.ctx:a", STRING).await.ok();
    node.delete("/subjects/:.ctx:a").await.ok();
    assert_eq!(node.get("/subjects/a/versions").await.ok(), json!([1]));
    let gone = node.get("/subjects/:.ctx:a/versions").await;
    refused(&gone, 404, 40401, "Subject ':.ctx:a' not found.");
});

//! Deleting versions: softly, for good, and in which order the conditions are looked at.

use dovetail_tests::{Node, on_both};

use super::*;

/// A version that another subject refers to.
async fn referred_to(node: &Node) {
    node.register("inner", &record("Inner")).await.ok();
    let body = json!({
        "schema": record_of("Outer", "Inner"),
        "references": [reference("Inner", "inner", 1)],
    });
    node.post("/subjects/outer/versions", &body).await.ok();
}

async fn set_mode(node: &Node, subject: &str, mode: &str) {
    let path = format!("/mode/{subject}");
    node.put(&path, &json!({ "mode": mode })).await.ok();
}

const IS_REFERRED_TO: &str =
    "One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=inner,version=1}.";

on_both!(a_soft_deletion_hides_the_version_and_keeps_its_id, |node| {
    node.register("a", INT).await.ok();
    let second = node.register("a", LONG).await.id();
    assert_eq!(node.delete("/subjects/a/versions/2").await.ok(), json!(2));
    assert_eq!(node.get("/subjects/a/versions").await.ok(), json!([1]));
    assert_eq!(
        node.get("/subjects/a/versions/latest").await.ok()["version"],
        1
    );
    let by_id = node.get(&format!("/schemas/ids/{second}")).await.ok();
    assert_eq!(by_id["schema"], LONG);
    assert_eq!(by_id["deleted"], true);
});

on_both!(
    a_permanent_deletion_takes_the_id_with_the_last_version,
    |node| {
        node.register("a", STRING).await.ok();
        node.register("b", STRING).await.ok();
        for subject in ["a", "b"] {
            assert_eq!(node.get("/schemas/ids/1").await.status, 200);
            let path = format!("/subjects/{subject}/versions/1");
            node.delete(&path).await.ok();
            let permanently = format!("{path}?permanent=true");
            assert_eq!(node.delete(&permanently).await.ok(), json!(1));
            let all = node.get(&format!("{path}?deleted=true")).await;
            assert_eq!(all.refusal(), (404, 40401));
        }
        for tail in ["", "/schema", "/subjects", "/versions"] {
            let answer = node.get(&format!("/schemas/ids/1{tail}")).await;
            refused(&answer, 404, 40403, "Schema 1 not found");
        }
    }
);

on_both!(a_deletion_goes_step_by_step, |node| {
    let path = "/subjects/a/versions/1";
    let absent = node.delete(path).await;
    refused(&absent, 404, 40401, "Subject 'a' not found.");
    node.register("a", STRING).await.ok();
    let other = node.delete("/subjects/a/versions/2").await;
    refused(&other, 404, 40402, "Version 2 not found.");
    let early = node.delete(&format!("{path}?permanent=true")).await;
    let message = "Subject 'a' Version 1 was not deleted first before being permanently deleted";
    refused(&early, 404, 40407, message);
    node.delete(path).await.ok();
    let twice = node.delete(path).await;
    let message =
        "Subject 'a' Version 1 was soft deleted. Set permanent=true to delete permanently";
    refused(&twice, 404, 40406, message);
    node.delete(&format!("{path}?permanent=true")).await.ok();
    let gone = node.delete(&format!("{path}?permanent=true")).await;
    assert_eq!(gone.refusal(), (404, 40401));
});

on_both!(the_latest_version_can_only_be_deleted_softly, |node| {
    node.register("a", INT).await.ok();
    node.register("a", LONG).await.ok();
    let early = node
        .delete("/subjects/a/versions/latest?permanent=true")
        .await;
    assert_eq!(early.refusal(), (404, 40407));
    assert_eq!(
        node.delete("/subjects/a/versions/latest").await.ok(),
        json!(2)
    );
    assert_eq!(node.delete("/subjects/a/versions/-1").await.ok(), json!(1));
    for query in ["", "?permanent=true"] {
        let path = format!("/subjects/a/versions/latest{query}");
        refused(
            &node.delete(&path).await,
            404,
            40402,
            "Version -1 not found.",
        );
    }
});

on_both!(a_live_referrer_holds_a_version, |node| {
    referred_to(&node).await;
    let soft = node.delete("/subjects/inner/versions/1").await;
    refused(&soft, 422, 42206, IS_REFERRED_TO);
    node.delete("/subjects/outer/versions/1").await.ok();
    node.delete("/subjects/inner/versions/1").await.ok();
    // A soft-deleted referrer still holds the row.
    let permanent = node
        .delete("/subjects/inner/versions/1?permanent=true")
        .await;
    refused(&permanent, 422, 42206, IS_REFERRED_TO);
    node.delete("/subjects/outer/versions/1?permanent=true")
        .await
        .ok();
    node.delete("/subjects/inner/versions/1?permanent=true")
        .await
        .ok();
});

on_both!(a_deletion_softly_done_comes_before_the_mode, |node| {
    node.register("a", STRING).await.ok();
    node.delete("/subjects/a/versions/1").await.ok();
    set_mode(&node, "a", "READONLY").await;
    let soft = node.delete("/subjects/a/versions/1").await;
    assert_eq!(soft.refusal(), (404, 40406));
    let permanent = node.delete("/subjects/a/versions/1?permanent=true").await;
    refused(&permanent, 422, 42205, "Subject a is in read-only mode");
    let missing = node.delete("/subjects/a/versions/2").await;
    assert_eq!(missing.refusal(), (404, 40402));
});

on_both!(the_mode_comes_before_references, |node| {
    referred_to(&node).await;
    set_mode(&node, "inner", "READONLY").await;
    for query in ["", "?permanent=true"] {
        let answer = node
            .delete(&format!("/subjects/inner/versions/1{query}"))
            .await;
        assert_eq!(answer.refusal(), (422, 42205), "{query}");
    }
});

on_both!(references_come_before_the_missing_soft_deletion, |node| {
    referred_to(&node).await;
    let answer = node
        .delete("/subjects/inner/versions/1?permanent=true")
        .await;
    assert_eq!(answer.refusal(), (422, 42206));
});

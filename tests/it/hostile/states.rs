//! Rows 59 to 61: settings, deletions and imports that the state of the registry forbids.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn i59_levels_and_modes_that_are_none() {
    let node = start().await;
    for level in [
        json!("BACKWARDS"),
        json!("FULL "),
        json!(1),
        json!(true),
        json!({}),
        json!("x".repeat(100_000)),
    ] {
        let body = json!({ "compatibility": level }).to_string();
        for path in ["/config", "/config/a"] {
            refused(
                &send(&node, "PUT", path, body.clone()).await,
                422,
                42203,
                path,
            );
        }
    }
    for mode in [
        json!("READ"),
        json!("READONLY "),
        json!(null),
        json!(1),
        json!({}),
        json!("x".repeat(100_000)),
    ] {
        let body = json!({ "mode": mode }).to_string();
        for path in ["/mode", "/mode/a"] {
            refused(
                &send(&node, "PUT", path, body.clone()).await,
                422,
                42204,
                path,
            );
        }
    }
    // Null clears a level, which is not nothing.
    assert_eq!(
        send(&node, "PUT", "/config", r#"{"compatibility":null}"#)
            .await
            .status,
        200
    );
    assert_eq!(
        node.get("/config").await.ok(),
        json!({ "compatibilityLevel": "BACKWARD" })
    );
    assert_eq!(node.get("/mode").await.ok(), json!({ "mode": "READWRITE" }));
    is_healthy(&node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i60_deletions_out_of_order() {
    let node = start().await;
    let inner = r#"{"type":"record","name":"Inner","fields":[]}"#;
    node.register("inner", inner).await.ok();
    let outer = json!({
        "schema": r#"{"type":"record","name":"Outer","fields":[{"name":"f","type":"Inner"}]}"#,
        "references": [{ "name": "Inner", "subject": "inner", "version": 1 }],
    });
    node.post("/subjects/outer/versions", &outer).await.ok();
    node.register("a", "\"int\"").await.ok();
    for (path, status, code) in [
        ("/subjects/inner/versions/1", 422, 42206),
        ("/subjects/inner", 422, 42206),
        ("/subjects/inner/versions/1?permanent=true", 422, 42206),
        ("/subjects/a/versions/1?permanent=true", 404, 40407),
        ("/subjects/a?permanent=true", 404, 40405),
    ] {
        refused(&node.delete(path).await, status, code, path);
    }
    node.delete("/subjects/a/versions/1").await.ok();
    refused(
        &node.delete("/subjects/a/versions/1").await,
        404,
        40406,
        "twice",
    );
    refused(&node.delete("/subjects/a").await, 404, 40404, "twice");
    is_healthy(&node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i61_imports_that_clash() {
    let node = start().await;
    let of = |schema: &str, id: i64| json!({ "schema": schema, "id": id }).to_string();
    refused(
        &send(&node, "POST", REGISTER, of("\"int\"", 5)).await,
        422,
        42205,
        "no import",
    );
    let import = json!({ "mode": "IMPORT" });
    node.put("/mode/a", &import).await.ok();
    assert_eq!(
        send(&node, "POST", REGISTER, of("\"int\"", 5)).await.id(),
        5
    );
    refused(
        &send(&node, "POST", REGISTER, of("\"long\"", 5)).await,
        422,
        42205,
        "taken",
    );
    for id in [0, -1, i64::from(i32::MAX) + 1, i64::MAX, i64::MIN] {
        let answer = send(&node, "POST", REGISTER, of("\"long\"", id)).await;
        refused(&answer, 422, 42205, &id.to_string());
    }
    refused(&node.register("a", "\"long\"").await, 422, 42205, "no id");
    // The highest id leaves none for others in this context, and says so.
    let highest = of("\"long\"", i64::from(i32::MAX));
    assert_eq!(send(&node, "POST", REGISTER, highest).await.status, 200);
    refused(
        &node.register("b", "\"bytes\"").await,
        422,
        42205,
        "no ids left",
    );
    assert_eq!(node.register("b", "\"int\"").await.id(), 5);
    assert_eq!(node.register(":.ctx:b", "\"bytes\"").await.id(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn i61_the_highest_version_is_the_last() {
    let node = start().await;
    node.put("/mode/a", &json!({ "mode": "IMPORT" })).await.ok();
    for version in [i64::from(i32::MAX) + 1, -2, i64::MIN] {
        let body = json!({ "schema": "\"int\"", "id": 5, "version": version }).to_string();
        let answer = send(&node, "POST", REGISTER, body).await;
        refused(&answer, 422, 42201, &version.to_string());
    }
    let last = json!({ "schema": "\"int\"", "id": 5, "version": i32::MAX }).to_string();
    assert_eq!(
        send(&node, "POST", REGISTER, last).await.version(),
        2_147_483_647
    );
    node.put("/mode/a", &json!({ "mode": "READWRITE" }))
        .await
        .ok();
    refused(
        &node.register("a", "\"long\"").await,
        422,
        42205,
        "no versions left",
    );
    is_healthy(&node).await;
}

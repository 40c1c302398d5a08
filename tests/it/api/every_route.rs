//! What holds on every route: media types, HEAD, request ids, methods, and the examples people copy.

use std::collections::BTreeMap;

use dovetail_tests::{Answer, Node, contract::Contract, on_both};

use super::*;

const V1: &str = "application/vnd.schemaregistry.v1+json";
const VENDOR: &str = "application/vnd.schemaregistry+json";
const JSON: &str = "application/json";

/// A path for each of the contract's GET operations, on a registry that holds what they name.
async fn readable(node: &Node) -> Vec<String> {
    let registered = node.register("a", STRING).await.ok();
    node.level("a", "FULL").await.ok();
    node.put("/mode/a", &json!({ "mode": "READWRITE" }))
        .await
        .ok();
    let guid = registered["guid"].as_str().expect("text");
    let webhook = json!({ "url": "https://hooks.example.com/", "enabled": false });
    let webhook = node.post("/api/v1/webhooks", &webhook).await.json();
    let webhook = webhook["id"].as_str().expect("text");
    let since = registered["ts"].as_i64().expect("a time");
    let since = jiff::Timestamp::from_millisecond(since).expect("a time");
    let replay = format!("/api/v1/webhooks/{webhook}/replay");
    let replay = node
        .post(&replay, &json!({ "since": since.to_string() }))
        .await
        .json();
    let replay = replay["id"].as_str().expect("text");
    let paths = Contract::committed()
        .operations()
        .iter()
        .filter(|operation| operation.method == "GET")
        // Nothing is owed here that could be asked for.
        .filter(|operation| !operation.path.contains("{event}"))
        .map(|operation| {
            operation
                .path
                .replace("{subject}", "a")
                .replace("{version}", "1")
                .replace("{id}", "1")
                .replace("{guid}", guid)
                .replace("{type}", "mode.changed")
                .replace("{webhook}", webhook)
                .replace("{replay}", replay)
        });
    paths.collect()
}

fn has_own_type(path: &str) -> bool {
    ["/metrics", "/openapi.yaml", "/api/v1/export"].contains(&path)
}

on_both!(every_get_route_answers_and_so_does_head, |node| {
    for path in readable(&node).await {
        let get = node.get(&path).await;
        assert_eq!(get.status, 200, "{path}: {}", get.text);
        let head = node.send("HEAD", &path, None).await;
        assert_eq!(head.status, 200, "{path}");
        assert!(head.text.is_empty());
        assert_eq!(
            head.header("content-type"),
            get.header("content-type"),
            "{path}"
        );
        // Counters move between two requests, and an export has no length that is known before.
        if path != "/metrics" && path != "/api/v1/export" {
            let length = get.text.len().to_string();
            assert_eq!(head.header("content-length"), length, "{path}");
        }
    }
    let missing = node.send("HEAD", "/subjects/nobody/versions", None).await;
    assert_eq!(missing.status, 404);
});

on_both!(a_slash_at_the_end_changes_nothing, |node| {
    for path in readable(&node).await {
        if path == "/" || path == "/metrics" {
            continue;
        }
        let (plain, slashed) = (node.get(&path).await, node.get(&format!("{path}/")).await);
        assert_eq!(slashed.status, 200, "{path}");
        // When an export was made, and how long an answer took, differ.
        if !path.starts_with("/api/v1/export") {
            assert_eq!(slashed.text, plain.text, "{path}");
        }
        let twice = node.get(&format!("{path}//")).await;
        assert_eq!(twice.refusal(), (404, 404), "{path}");
    }
    let full = json!({ "compatibility": "FULL" });
    assert_eq!(node.put("/config/", &full).await.ok(), full);
    let read = node.get("/config/?defaultToGlobal=false").await.ok();
    assert_eq!(read, json!({ "compatibilityLevel": "FULL" }));
    assert_eq!(node.get("/config").await.ok(), read);
    assert_eq!(node.delete("/config/").await.ok(), read);
    let found = node
        .post("/subjects/a/", &json!({ "schema": STRING }))
        .await
        .ok();
    assert_eq!(found["version"], 1);
    assert_eq!(node.delete("/contexts/nobody/").await.status, 204);
    assert_eq!(node.delete("/subjects/").await.refusal(), (405, 405));
    // An encoded slash belongs to the name.
    let named = node.get("/subjects/a%2F/versions").await;
    refused(&named, 404, 40401, "Subject 'a/' not found.");
});

on_both!(the_media_type_is_the_one_asked_for, |node| {
    for path in readable(&node).await {
        for (accept, expected) in [("*/*", V1), (V1, V1), (VENDOR, VENDOR), (JSON, JSON)] {
            let answer = node
                .exchange("GET", &path, &[("accept", accept)], None)
                .await;
            assert_eq!(answer.status, 200, "{path}");
            if !has_own_type(&path) {
                assert_eq!(answer.header("content-type"), expected, "{path}");
            }
        }
        let answer = node
            .exchange("GET", &path, &[("accept", "image/png")], None)
            .await;
        if has_own_type(&path) {
            assert_eq!(answer.status, 200, "{path}");
        } else {
            assert_eq!(answer.refusal(), (406, 406), "{path}");
            assert_eq!(answer.header("content-type"), V1);
        }
    }
    let json = [("accept", JSON)];
    let refused = node
        .exchange("GET", "/subjects/nobody/versions", &json, None)
        .await;
    assert_eq!(refused.header("content-type"), JSON);
});

on_both!(request_ids_are_echoed_or_made, |node| {
    for path in readable(&node).await {
        let given = [("x-request-id", "trace 7/b")];
        let answer = node.exchange("GET", &path, &given, None).await;
        assert_eq!(answer.header("x-request-id"), "trace 7/b", "{path}");
        let made = node.get(&path).await;
        let made = uuid::Uuid::parse_str(made.header("x-request-id")).expect("a UUID");
        assert_eq!(made.get_version_num(), 4);
    }
    let given = [("x-request-id", "lost")];
    let answer = node.exchange("GET", "/nowhere", &given, None).await;
    assert_eq!(answer.header("x-request-id"), "lost");
    let too_long = "x".repeat(129);
    let given = [("x-request-id", too_long.as_str())];
    let answer = node.exchange("GET", "/subjects", &given, None).await;
    assert_ne!(answer.header("x-request-id"), too_long);
});

/// A path in which every parameter is 1, which may be a subject, a version or an id.
fn filled_in(template: &str) -> String {
    let mut path = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        path.push_str(before);
        path.push('1');
        rest = after.split_once('}').expect("a parameter ends").1;
    }
    path + rest
}

on_both!(a_wrong_method_is_told_the_right_ones, |node| {
    let mut by_path: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for operation in Contract::committed().operations() {
        by_path
            .entry(&operation.path)
            .or_default()
            .push(&operation.method);
    }
    for (template, methods) in by_path {
        let path = filled_in(template);
        let mut expected: Vec<&str> = methods.clone();
        if methods.contains(&"GET") {
            expected.push("HEAD");
        }
        expected.sort_unstable();
        for method in ["PATCH", "OPTIONS", "PROPFIND"] {
            if methods.contains(&method) {
                continue;
            }
            let answer = node.send(method, &path, None).await;
            assert_eq!(answer.refusal(), (405, 405), "{method} {path}");
            let mut allowed: Vec<&str> = answer.header("allow").split(',').collect();
            allowed.sort_unstable();
            assert_eq!(allowed, expected, "{path}");
        }
    }
});

/// As the protocol's own documentation has it: `curl -X POST -H "Content-Type: …" --data '{"schema": …}' …`
async fn curl(
    node: &Node,
    method: &str,
    content_type: Option<&str>,
    path: &str,
    data: &str,
) -> Answer {
    let headers: Vec<_> = [("accept", "*/*"), ("user-agent", "curl/8.5.0")]
        .into_iter()
        .chain(content_type.map(|content_type| ("content-type", content_type)))
        .collect();
    node.exchange(method, path, &headers, Some(data.as_bytes()))
        .await
}

on_both!(the_examples_people_copy_work, |node| {
    let schema = r#"{"schema": "{\"type\": \"string\"}"}"#;
    let versions = "/subjects/Kafka-key/versions";
    let answer = curl(&node, "POST", Some(V1), versions, schema).await;
    assert_eq!(answer.id(), 1);
    assert_eq!(node.get("/subjects").await.ok(), json!(["Kafka-key"]));
    assert_eq!(node.get("/schemas/ids/1").await.ok()["schema"], STRING);
    let answer = curl(&node, "POST", Some(V1), "/subjects/Kafka-key", schema).await;
    assert_eq!(answer.ok()["version"], 1);
    let path = "/compatibility/subjects/Kafka-key/versions/latest";
    let answer = curl(&node, "POST", Some(V1), path, schema).await;
    assert_eq!(answer.ok(), json!({ "is_compatible": true }));
    let level = r#"{"compatibility": "NONE"}"#;
    let answer = curl(&node, "PUT", Some(V1), "/config", level).await;
    assert_eq!(answer.ok(), json!({ "compatibility": "NONE" }));
    let answer = curl(
        &node,
        "PUT",
        Some(V1),
        "/config/Kafka-key",
        r#"{"compatibility": "BACKWARD"}"#,
    );
    assert_eq!(answer.await.ok(), json!({ "compatibility": "BACKWARD" }));
    assert_eq!(
        node.delete("/subjects/Kafka-key/versions/1").await.ok(),
        json!(1)
    );
    assert_eq!(
        node.delete("/subjects/Kafka-key?permanent=true").await.ok(),
        json!([1])
    );
});

on_both!(bodies_are_read_as_any_of_the_json_types, |node| {
    let schema = r#"{"schema": "\"string\""}"#;
    let parameters = format!("{JSON}; charset=utf-8");
    let types = [
        V1,
        VENDOR,
        JSON,
        "application/octet-stream",
        &parameters,
        "Application/JSON",
    ];
    for content_type in types.map(Some).into_iter().chain([None]) {
        let answer = curl(&node, "POST", content_type, "/subjects/a/versions", schema).await;
        assert_eq!(answer.id(), 1, "{content_type:?}");
    }
    let form = "application/x-www-form-urlencoded";
    for content_type in [form, "text/plain", "application/xml", "json"] {
        let answer = curl(
            &node,
            "POST",
            Some(content_type),
            "/subjects/a/versions",
            schema,
        )
        .await;
        assert_eq!(answer.refusal(), (415, 415), "{content_type}");
    }
});

on_both!(flags_are_true_or_false, |node| {
    node.register("a", STRING).await.ok();
    for value in ["true", "TRUE", "True", "false", "False", ""] {
        let path = format!("/subjects?deleted={value}");
        assert_eq!(node.get(&path).await.ok(), json!(["a"]), "{value}");
    }
    for value in ["1", "yes", "tru", "%20true", "0", "on", "2"] {
        let answer = node.get(&format!("/subjects?deleted={value}")).await;
        assert_eq!(answer.refusal(), (400, 400), "{value}");
    }
    let twice = node.get("/subjects?deleted=true&deleted=true").await;
    let message = "the query parameter deleted is given more than once";
    refused(&twice, 400, 400, message);
    // A flag that a route does not know is none of its business.
    assert_eq!(
        node.get("/subjects?unknown=maybe&unknown=2").await.status,
        200
    );
});

on_both!(a_misspelled_flag_does_no_harm, |node| {
    node.register("a", STRING).await.ok();
    let body = json!({ "schema": STRING });
    let mode = json!({ "mode": "IMPORT" });
    for (method, path, body) in [
        ("DELETE", "/subjects/a?permanent=maybe", None),
        ("DELETE", "/subjects/a/versions/1?permanent=maybe", None),
        ("POST", "/subjects/a/versions?normalize=maybe", Some(&body)),
        ("POST", "/subjects/a?normalize=maybe", Some(&body)),
        (
            "POST",
            "/compatibility/subjects/a/versions?verbose=maybe",
            Some(&body),
        ),
        ("PUT", "/mode?force=maybe", Some(&mode)),
        ("GET", "/config/a?defaultToGlobal=maybe", None),
        ("GET", "/mode/a?defaultToGlobal=maybe", None),
        ("GET", "/schemas/ids/1?fetchMaxId=maybe", None),
        ("GET", "/schemas/ids/1/subjects?deleted=maybe", None),
        ("GET", "/subjects/a/versions?deletedOnly=maybe", None),
        (
            "GET",
            "/subjects/a/versions/1/referencedby?deleted=maybe",
            None,
        ),
    ] {
        let answer = node.send(method, path, body.map(Value::to_string)).await;
        assert_eq!(answer.refusal(), (400, 400), "{method} {path}");
    }
    assert_eq!(node.get("/subjects/a/versions").await.ok(), json!([1]));
});

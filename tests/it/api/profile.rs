//! `compat_profile`: the three things that clients of version 7 mind; and settings that turn something off.

use dovetail_tests::{Database, Node, avro_record};

use super::*;

async fn node(settings: &[(&str, &str)]) -> Node {
    let database = Database::sqlite();
    let mut command = Node::command(&database);
    command.envs(settings.iter().copied());
    let node = Node::spawn(command).await;
    node.until_ready().await;
    node
}

#[tokio::test(flavor = "multi_thread")]
async fn version_7_leaves_out_what_old_clients_do_not_know() {
    let node = node(&[("DOVETAIL_COMPAT_PROFILE", "7")]).await;
    assert_eq!(
        node.register("a", &avro_record(&["x"])).await.ok(),
        json!({ "id": 1 })
    );
    assert_eq!(
        node.register("a", &avro_record(&["x"])).await.ok(),
        json!({ "id": 1 })
    );
    let altered = node.register("b", r#"{ "type": "string" }"#).await.ok();
    assert_eq!(altered["schema"], STRING);
    assert!(altered.get("schemaType").is_none());
    for path in [
        "/subjects/a/versions/1",
        "/schemas/ids/1",
        "/schemas/ids/1?fetchMaxId=false",
    ] {
        let body = node.get(path).await.ok();
        assert!(body.get("schemaType").is_none(), "{path}");
        assert!(body.get("guid").is_some(), "{path}");
    }
    assert!(
        node.get("/schemas").await.ok()[0]
            .get("schemaType")
            .is_none()
    );
    node.register_as("JSON", "j", r#"{"type":"string"}"#)
        .await
        .ok();
    let body = node.get("/subjects/j/versions/1").await.ok();
    assert_eq!(body["schemaType"], "JSON");
    let refused = node.register("a", &avro_record(&["x", "y"])).await;
    assert_eq!(refused.refusal(), (409, 409));
}

#[tokio::test(flavor = "multi_thread")]
async fn modes_stay_as_they_are_where_that_is_set() {
    let node = node(&[("DOVETAIL_MODE_MUTABILITY", "false")]).await;
    let message = "Modes cannot be changed: mode_mutability is off";
    for path in ["/mode", "/mode/a", "/mode/:.ctx:"] {
        let answer = node.put(path, &json!({ "mode": "READONLY" })).await;
        refused(&answer, 422, 42205, message);
        refused(&node.delete(path).await, 422, 42205, message);
    }
    assert_eq!(node.get("/mode").await.ok(), json!({ "mode": "READWRITE" }));
}

#[tokio::test(flavor = "multi_thread")]
async fn references_may_have_to_agree_on_versions() {
    for (strict, status) in [("true", 422), ("false", 200)] {
        let node = node(&[("DOVETAIL_STRICT_REFERENCE_VERSIONS", strict)]).await;
        node.level("money", "NONE").await.ok();
        node.register("money", &record_of("Money", "string"))
            .await
            .ok();
        node.register("money", &record_of("Money2", "string"))
            .await
            .ok();
        let price = json!({ "schema": record_of("Price", "Money"), "references": [reference("Money", "money", 1)] });
        node.post("/subjects/price/versions", &price).await.ok();
        let text = json!({ "type": "record", "name": "Order", "fields": [
            { "name": "price", "type": "Price" }, { "name": "other", "type": "Money2" },
        ] });
        let order = json!({ "schema": text.to_string(), "references": [
            reference("Price", "price", 1), reference("Money2", "money", 2),
        ] });
        let answer = node.post("/subjects/order/versions", &order).await;
        assert_eq!(answer.status, status, "{strict} {}", answer.text);
        if status == 422 {
            assert!(
                answer.text.contains("money") && answer.text.contains("version"),
                "{}",
                answer.text
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn validation_has_defaults_of_its_own() {
    let node = node(&[
        ("DOVETAIL_VALIDATE_FIELDS", "true"),
        ("DOVETAIL_VALIDATE_NEW_SCHEMAS", "false"),
    ])
    .await;
    let body = json!({
        "schema": avro_record(&["x"]), "metadata": { "properties": { "confluent:reserved": "x" } },
    });
    assert_eq!(
        node.post("/subjects/a/versions", &body).await.refusal(),
        (409, 40901)
    );
    let wrong =
        r#"{"type":"record","name":"R","fields":[{"name":"f","type":"int","default":"x"}]}"#;
    node.register("b", wrong).await.ok();
    node.put("/config/c", &json!({ "validateNewSchemas": true }))
        .await
        .ok();
    assert_eq!(node.register("c", wrong).await.refusal(), (422, 42201));
}

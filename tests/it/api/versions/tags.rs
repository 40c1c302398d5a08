//! Tags in texts: finding them, changing them, and handing them on.

use dovetail_tests::{Node, on_both};

use super::*;

const RECORD: &str = r#"{"type":"record","name":"Order","namespace":"shop","fields":[{"name":"card","type":"string"},{"name":"at","type":{"type":"record","name":"Place","fields":[{"name":"city","type":"string"}]}}]}"#;

fn tags(kind: &str, path: &str, tags: &[&str]) -> Value {
    json!({ "schemaEntity": { "entityPath": path, "entityType": kind }, "tags": tags })
}

async fn found(node: &Node, path: &str) -> Value {
    node.get(path).await.ok()["schemaTags"].clone()
}

on_both!(tags_are_added_removed_and_found, |node| {
    node.register("a", RECORD).await.ok();
    let path = "/subjects/a/versions/latest/tags";
    let add = json!({ "tagsToAdd": [
        tags("sr_field", "shop.Order.card", &["PCI", "PII"]),
        tags("SR_RECORD", ".shop.Place", &["GEO"]),
    ] });
    let second = node.post(path, &add).await.ok();
    assert_eq!(second["version"], 2);
    assert_eq!(
        second["metadata"],
        json!({ "properties": { "confluent:version": "2" } })
    );
    let expected = RECORD
        .replace(
            r#""type":"string"},{"name":"at""#,
            r#""type":"string","confluent:tags":["PCI","PII"]},{"name":"at""#,
        )
        .replace(
            r#""fields":[{"name":"city","type":"string"}]"#,
            r#""fields":[{"name":"city","type":"string"}],"confluent:tags":["GEO"]"#,
        );
    assert_eq!(second["schema"], expected);
    // Once more changes nothing.
    assert_eq!(node.post(path, &add).await.ok(), second);
    let all = json!([
        tags("sr_field", "shop.Order.card", &["PCI", "PII"]),
        tags("sr_record", "shop.Place", &["GEO"]),
    ]);
    assert_eq!(found(&node, "/subjects/a/versions/2?findTags=*").await, all);
    assert_eq!(found(&node, "/schemas/ids/2?findTags=*").await, all);
    let guid = second["guid"].as_str().expect("text");
    assert_eq!(
        found(
            &node,
            &format!("/schemas/guids/{guid}?findTags=GEO&findTags=PCI")
        )
        .await,
        all
    );
    assert_eq!(
        found(&node, "/schemas/ids/2?findTags=GEO").await,
        json!([all[1]])
    );
    assert_eq!(
        found(&node, "/schemas/ids/2?findTags=NONE").await,
        Value::Null
    );
    assert_eq!(found(&node, "/schemas/ids/1?findTags=*").await, Value::Null);
    assert_eq!(found(&node, "/schemas/ids/2").await, Value::Null);
    let remove = json!({
        "newVersion": 3,
        "tagsToRemove": [tags("sr_field", "shop.Order.card", &["PII", "OTHER"]), tags("sr_record", "shop.Place", &["GEO"])],
        "metadata": { "properties": { "owner": "shop" } },
    });
    let third = node.post("/subjects/a/versions/2/tags", &remove).await.ok();
    assert_eq!(third["version"], 3);
    assert_eq!(
        third["metadata"],
        json!({ "properties": { "owner": "shop", "confluent:version": "3" } })
    );
    assert_eq!(
        found(&node, "/subjects/a/versions/3?findTags=*").await,
        json!([tags("sr_field", "shop.Order.card", &["PCI"])])
    );
});

on_both!(tags_that_cannot_be_changed_are_refused, |node| {
    node.register("a", RECORD).await.ok();
    let path = "/subjects/a/versions/latest/tags";
    let nowhere = json!({ "tagsToAdd": [tags("sr_field", "shop.Order.nothing", &["X"])] });
    let message =
        "Invalid schema: the schema has no field at the path 'shop.Order.nothing' to be tagged";
    refused(&node.post(path, &nowhere).await, 422, 42201, message);
    let kind = json!({ "tagsToAdd": [tags("sr_record", "shop.Order.card", &["X"])] });
    assert_eq!(node.post(path, &kind).await.refusal(), (422, 42201));
    let unknown = json!({ "tagsToAdd": [tags("column", "shop.Order.card", &["X"])] });
    assert_eq!(node.post(path, &unknown).await.refusal(), (422, 42201));
    let early =
        json!({ "newVersion": 7, "tagsToAdd": [tags("sr_field", "shop.Order.card", &["X"])] });
    assert_eq!(node.post(path, &early).await.refusal(), (422, 42201));
    assert_eq!(
        node.post("/subjects/b/versions/latest/tags", &json!({}))
            .await
            .refusal(),
        (404, 40401)
    );
    assert_eq!(
        node.post("/subjects/a/versions/7/tags", &json!({}))
            .await
            .refusal(),
        (404, 40402)
    );
    assert_eq!(
        node.post("/subjects/a/versions/0/tags", &json!({}))
            .await
            .refusal(),
        (422, 42202)
    );
    node.put("/mode/a", &json!({ "mode": "READONLY" }))
        .await
        .ok();
    let add = json!({ "tagsToAdd": [tags("sr_field", "shop.Order.card", &["X"])] });
    assert_eq!(node.post(path, &add).await.refusal(), (422, 42205));
    assert_eq!(node.get("/subjects/a/versions").await.ok(), json!([1]));
});

on_both!(rules_are_changed_with_the_tags, |node| {
    let rule = |name: &str, expr: &str| {
        json!({
            "name": name, "kind": "CONDITION", "mode": "READ", "type": "CEL", "expr": expr, "disabled": false,
        })
    };
    let first =
        json!({ "schema": RECORD, "ruleSet": { "domainRules": [rule("a", "1"), rule("b", "1")] } });
    node.post("/subjects/s/versions", &first).await.ok();
    let path = "/subjects/s/versions/latest/tags";
    let merge = json!({
        "rulesToMerge": { "domainRules": [rule("b", "2"), rule("c", "2")] },
        "rulesToRemove": ["a"],
    });
    let second = node.post(path, &merge).await.ok();
    assert_eq!(
        second["ruleSet"]["domainRules"],
        json!([rule("b", "2"), rule("c", "2")])
    );
    let other = json!({ "ruleSet": { "domainRules": [rule("d", "3")] } });
    let third = node.post(path, &other).await.ok();
    assert_eq!(third["ruleSet"]["domainRules"], json!([rule("d", "3")]));
    let wrong = json!({ "ruleSet": { "domainRules": [{ "name": "d" }] } });
    assert_eq!(node.post(path, &wrong).await.refusal(), (422, 42210));
});

on_both!(a_registration_changes_tags_and_hands_them_on, |node| {
    let path = "/subjects/a/versions";
    let first = json!({ "schema": RECORD, "schemaTagsToAdd": [tags("sr_field", "shop.Order.card", &["PCI"])] });
    let registered = node.post(path, &first).await.ok();
    assert_eq!(registered["version"], 1);
    assert_eq!(
        found(&node, "/subjects/a/versions/1?findTags=*").await,
        json!([tags("sr_field", "shop.Order.card", &["PCI"])])
    );
    assert_eq!(node.post(path, &first).await.ok(), registered);
    let wider = RECORD.replace(
        r#"{"name":"card","type":"string"}"#,
        r#"{"name":"card","type":"string"},{"name":"note","type":"string","default":""}"#,
    );
    let plain = node.register("a", &wider).await.ok();
    assert_eq!(plain["version"], 2);
    assert_eq!(
        found(&node, "/subjects/a/versions/2?findTags=*").await,
        Value::Null
    );
    let tagged = json!({ "schema": wider, "schemaTagsToAdd": [tags("sr_field", "shop.Order.note", &["TEXT"])] });
    node.post(path, &tagged).await.ok();
    let narrower = RECORD;
    let handed = json!({ "schema": narrower, "propagateSchemaTags": true, "schemaTagsToAdd": [tags("sr_record", "shop.Place", &["GEO"])] });
    let fourth = node.post(path, &handed).await.ok();
    assert_eq!(fourth["version"], 4);
    // The note is gone, and its tag with it.
    assert_eq!(
        found(&node, "/subjects/a/versions/4?findTags=*").await,
        json!([tags("sr_record", "shop.Place", &["GEO"])])
    );
    let handed = json!({ "schema": wider, "propagateSchemaTags": true, "version": 5 });
    let fifth = node.post(path, &handed).await.ok();
    assert_eq!(
        found(&node, "/subjects/a/versions/5?findTags=*").await,
        json!([tags("sr_record", "shop.Place", &["GEO"])]),
        "{fifth}"
    );
});

on_both!(json_schemas_and_protobuf_have_tags_too, |node| {
    let schema = r#"{"type":"object","properties":{"card":{"type":"string"},"lines":{"type":"array","items":{"type":"object","properties":{"sku":{"type":"string"}}}},"any":{"oneOf":[{"type":"null"},{"type":"object","properties":{"x":{"type":"string"}}}]}}}"#;
    node.register_as("JSON", "j", schema).await.ok();
    let all = json!([
        tags("sr_record", "object", &["ORDER"]),
        tags("sr_field", "object.card", &["PCI"]),
        tags("sr_field", "object.lines.array.object.sku", &["SKU"]),
        tags("sr_field", "object.any.oneof.1.object.x", &["X"]),
    ]);
    let path = "/subjects/j/versions/1/tags";
    let second = node.post(path, &json!({ "tagsToAdd": all })).await.ok();
    assert_eq!(second["version"], 2);
    assert_eq!(found(&node, "/subjects/j/versions/2?findTags=*").await, all);

    let proto = "syntax = \"proto3\";\npackage shop;\n\nmessage Order {\n  string card = 1;\n  Place place = 2;\n  oneof way {\n    string air = 3;\n  }\n\n  message Place {\n    string city = 1;\n  }\n}\n";
    node.register_as("PROTOBUF", "p", proto).await.ok();
    let all = json!([
        tags("sr_field", "Order.card", &["PCI", "PII"]),
        tags("sr_field", "Order.air", &["WAY"]),
        tags("sr_record", "Order.Place", &["GEO"]),
    ]);
    let second = node
        .post("/subjects/p/versions/1/tags", &json!({ "tagsToAdd": all }))
        .await
        .ok();
    assert_eq!(second["version"], 2);
    let text = second["schema"].as_str().expect("text").to_owned();
    assert!(text.contains("import \"confluent/meta.proto\";"), "{text}");
    assert!(text.contains("(confluent.field_meta)"), "{text}");
    assert_eq!(found(&node, "/subjects/p/versions/2?findTags=*").await, all);
    let remove = json!({ "tagsToRemove": all });
    let third = node
        .post("/subjects/p/versions/latest/tags", &remove)
        .await
        .ok();
    assert!(
        !third["schema"]
            .as_str()
            .expect("text")
            .contains("confluent.field_meta")
    );
});

//! Metadata and rules: part of a schema's identity, inherited where a request says nothing of them.

use dovetail_tests::on_both;

use super::*;

fn owned(team: &str) -> Value {
    json!({ "properties": { "owner": team } })
}

on_both!(metadata_makes_another_schema_of_the_same_text, |node| {
    let with = |team: &str| json!({ "schema": STRING, "metadata": owned(team) });
    let path = "/subjects/a/versions";
    let plain = node.register("a", STRING).await.ok();
    assert!(plain.get("metadata").is_none());
    let shop = node.post(path, &with("shop")).await.ok();
    assert_eq!((&shop["id"], &shop["version"]), (&json!(2), &json!(2)));
    assert_ne!(shop["guid"], plain["guid"]);
    assert_eq!(shop["metadata"], owned("shop"));
    let expected = [
        "id",
        "version",
        "guid",
        "schemaType",
        "metadata",
        "schema",
        "ts",
        "deleted",
    ];
    assert_eq!(keys(&shop), expected);
    let till = node.post(path, &with("till")).await.ok();
    assert_eq!(till["version"], 3);
    assert_eq!(node.post(path, &with("shop")).await.ok(), shop);
});

on_both!(
    metadata_that_says_nothing_is_metadata_all_the_same,
    |node| {
        let plain = node.register("a", STRING).await.ok();
        let body = json!({ "schema": STRING, "metadata": {}, "references": [] });
        let second = node.post("/subjects/a/versions", &body).await.ok();
        assert_eq!(second["version"], 2);
        assert_ne!(second["guid"], plain["guid"]);
        assert_eq!(second["metadata"], json!({}));
        assert!(second.get("references").is_none() && second.get("ruleSet").is_none());
        // Parts that are empty are as good as absent.
        let empty = json!({ "tags": {}, "properties": {}, "sensitive": [] });
        let body = json!({ "schema": STRING, "metadata": empty });
        assert_eq!(node.post("/subjects/a/versions", &body).await.ok(), second);
    }
);

on_both!(tags_and_sensitive_names_are_sets, |node| {
    let with = |tags: Value, sensitive: Value| {
        let metadata = json!({ "tags": { "a": tags }, "sensitive": sensitive });
        json!({ "schema": STRING, "metadata": metadata })
    };
    let path = "/subjects/a/versions";
    let one = with(json!(["Y", "X", "Y"]), json!(["q", "p", "q"]));
    let first = node.post(path, &one).await.ok();
    assert_eq!(first["metadata"]["tags"], json!({ "a": ["X", "Y"] }));
    assert_eq!(first["metadata"]["sensitive"], json!(["p", "q"]));
    let other = with(json!(["X", "Y"]), json!(["p", "q"]));
    assert_eq!(node.post(path, &other).await.ok(), first);
});

on_both!(every_part_of_metadata_comes_back, |node| {
    let metadata = json!({
        "tags": { "**.card": ["PCI", "PII"] },
        "properties": { "owner": "shop", "tier": "1" },
        "sensitive": ["owner"],
    });
    let body = json!({ "schema": STRING, "metadata": metadata });
    let registered = node.post("/subjects/a/versions", &body).await.ok();
    assert_eq!(registered["metadata"], metadata);
    let paths = [
        "/subjects/a/versions/1".to_owned(),
        "/schemas/ids/1".to_owned(),
        format!(
            "/schemas/guids/{}",
            registered["guid"].as_str().expect("text")
        ),
    ];
    for path in paths {
        assert_eq!(node.get(&path).await.ok()["metadata"], metadata, "{path}");
    }
});

on_both!(every_part_of_a_rule_set_comes_back, |node| {
    let rule = json!({
        "name": "masked", "doc": "hides the card", "kind": "TRANSFORM", "mode": "WRITEREAD",
        "type": "ENCRYPT", "tags": ["PCI"], "params": { "key": "k1" }, "expr": "true",
        "onSuccess": "NONE", "onFailure": "ERROR", "disabled": true,
    });
    let bare = json!({
        "name": "checked", "kind": "TRANSFORM", "mode": "UPDOWN", "type": "CEL", "disabled": false,
    });
    let rules = json!({
        "migrationRules": [bare], "domainRules": [rule], "encodingRules": [rule],
        "enableAt": "2027-01-01",
    });
    let body = json!({ "schema": STRING, "ruleSet": rules });
    let registered = node.post("/subjects/a/versions", &body).await.ok();
    assert_eq!(registered["ruleSet"], rules);
    let read = node.get("/subjects/a/versions/latest").await.ok();
    assert_eq!(read["ruleSet"], rules);
});

on_both!(a_new_version_inherits_what_it_does_not_say, |node| {
    let (a, b) = (r#""int""#, r#""long""#);
    let rules = json!({ "domainRules": [{
        "name": "r", "kind": "CONDITION", "mode": "READ", "type": "CEL", "disabled": false,
    }] });
    let first = json!({ "schema": a, "metadata": owned("shop"), "ruleSet": rules });
    node.post("/subjects/s/versions", &first).await.ok();
    let second = node.register("s", b).await.ok();
    assert_eq!(second["version"], 2);
    assert_eq!(second["metadata"], owned("shop"));
    assert_eq!(second["ruleSet"], rules);
    let own = json!({ "schema": b, "metadata": owned("till") });
    let third = node.post("/subjects/s/versions", &own).await.ok();
    assert_eq!(third["metadata"], owned("till"));
    assert_eq!(third["ruleSet"], rules);
});

on_both!(without_a_schema_the_latest_one_is_taken, |node| {
    node.register("inner", &record("Inner")).await.ok();
    let text = record_of("Outer", "Inner");
    let references = json!([reference("Inner", "inner", 1)]);
    let body = json!({ "schema": text, "references": references });
    node.post("/subjects/s/versions", &body).await.ok();
    for (version, body) in [
        (2, json!({ "metadata": owned("shop") })),
        (3, json!({ "schema": "", "metadata": owned("till") })),
    ] {
        let registered = node.post("/subjects/s/versions", &body).await.ok();
        assert_eq!(registered["version"], version);
        assert_eq!(registered["schema"], text);
        assert_eq!(registered["references"], references);
        assert_eq!(registered["metadata"], body["metadata"]);
    }
});

on_both!(a_plain_request_finds_a_schema_with_metadata, |node| {
    let body = json!({ "schema": STRING, "metadata": owned("shop") });
    let registered = node.post("/subjects/a/versions", &body).await.ok();
    assert_eq!(node.register("a", STRING).await.ok(), registered);
    let plain = json!({ "schema": STRING });
    let found = node.post("/subjects/a", &plain).await.ok();
    assert_eq!(found["id"], registered["id"]);
    let other = json!({ "schema": STRING, "metadata": owned("till") });
    let answer = node.post("/subjects/a", &other).await;
    assert_eq!(answer.refusal(), (404, 40403));
});

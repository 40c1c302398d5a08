//! `/api/v1/explain`: what a change means, as data.

use dovetail_tests::on_both;

use super::*;

async fn explain(node: &dovetail_tests::Node, body: Value) -> Value {
    node.post("/api/v1/explain", &body).await.ok()
}

on_both!(
    a_missing_default_is_explained_with_its_place_and_a_value_that_breaks,
    |node| {
        let previous = "{\"type\": \"record\", \"name\": \"Order\", \"fields\": []}";
        let new = "{\"type\": \"record\", \"name\": \"Order\", \"fields\": [\n  {\"name\": \"id\", \"type\": \"int\"}\n]}";
        let report = explain(
            &node,
            json!({ "new": { "schema": new }, "previous": { "schema": previous } }),
        )
        .await;
        assert_eq!(
            (&report["isCompatible"], &report["compatibility"]),
            (&json!(false), &json!("BACKWARD"))
        );
        let finding = &report["findings"][0];
        assert_eq!(finding["rule"], "READER_FIELD_MISSING_DEFAULT_VALUE");
        assert_eq!(
            (&finding["direction"], &finding["breaks"]),
            (&json!("BACKWARD"), &json!(true))
        );
        assert_eq!(
            finding["new"],
            json!({ "place": "/fields/0", "line": 2, "column": 3 })
        );
        assert!(
            finding["instead"]
                .as_str()
                .is_some_and(|text| text.contains("default")),
            "{finding}"
        );
        // An order without fields takes no byte, and cannot be read.
        assert_eq!(finding["witness"]["value"], json!({}));
        assert_eq!(finding["witness"]["hex"], "");
        assert!(finding["witness"]["fails"].is_string(), "{finding}");
    }
);

on_both!(
    registered_versions_are_explained_at_the_level_of_their_subject,
    |node| {
        node.register("numbers", INT).await.ok();
        node.register("numbers", LONG).await.ok();
        node.level("numbers", "FULL").await.ok();
        let report = explain(
            &node,
            json!({
                "new": { "subject": "numbers" },
                "previous": { "subject": "numbers", "version": 1 },
            }),
        )
        .await;
        assert_eq!(report["compatibility"], "FULL");
        let finding = &report["findings"][0];
        assert_eq!(
            (&finding["rule"], &finding["direction"]),
            (&json!("TYPE_MISMATCH"), &json!("FORWARD"))
        );
        assert!(finding["witness"]["fails"].is_string(), "{finding}");
        assert_eq!(report["findings"].as_array().map(Vec::len), Some(1));
    }
);

on_both!(
    protobuf_and_json_schema_have_places_and_witnesses_too,
    |node| {
        let file = |field: &str| {
            format!("syntax = \"proto3\";\nmessage Order {{\n  {field} id = 1;\n}}\n")
        };
        let report = explain(
        &node,
        json!({ "schemaType": "PROTOBUF", "new": { "schema": file("int32") }, "previous": { "schema": file("string") } }),
    )
    .await;
        let finding = &report["findings"][0];
        assert_eq!(finding["rule"], "FIELD_SCALAR_KIND_CHANGED");
        assert_eq!(finding["new"]["line"], 3, "{finding}");
        assert!(finding["witness"].is_object(), "{finding}");

        let schema = |length: u32| json!({ "type": "string", "maxLength": length }).to_string();
        let report = explain(
        &node,
        json!({ "schemaType": "JSON", "new": { "schema": schema(2) }, "previous": { "schema": schema(3) } }),
    )
    .await;
        let finding = &report["findings"][0];
        assert_eq!(finding["rule"], "MAX_LENGTH_DECREASED");
        assert_eq!(
            finding["witness"]["value"].as_str().map(str::len),
            Some(3),
            "{finding}"
        );
    }
);

on_both!(proofs_stand_beside_the_rules_of_json_schema, |node| {
    let optional = r#"{"type":"object","properties":{"a":{"type":"string"}}}"#;
    let proofs = async |new: &str, previous: &str| {
        let sides = json!({
            "schemaType": "JSON",
            "new": { "schema": new },
            "previous": { "schema": previous },
            "compatibility": "BACKWARD",
        });
        explain(&node, sides).await["proofs"].clone()
    };
    let same = proofs(optional, optional).await;
    assert_eq!(
        same,
        json!([{ "direction": "BACKWARD", "outcome": "PROVEN", "rules": "AGREE" }])
    );
    let required = r#"{"type":"object","required":["a"],"properties":{"a":{"type":"string"}}}"#;
    let refuted = proofs(required, optional).await;
    assert_eq!(
        (&refuted[0]["outcome"], &refuted[0]["rules"]),
        (&json!("REFUTED"), &json!("AGREE"))
    );
    assert!(refuted[0]["witness"]["fails"].is_string(), "{refuted}");
    // A name that is required and not declared is none of the rules' business.
    let undeclared = r#"{"type":"object","required":["b"],"properties":{"a":{"type":"string"}}}"#;
    assert_eq!(proofs(undeclared, optional).await[0]["rules"], "TOO_LAX");
    // An enum of one value is a constant, whatever it is written as.
    let strict = proofs(r#"{"const":1}"#, r#"{"enum":[1]}"#).await;
    assert_eq!(
        (&strict[0]["outcome"], &strict[0]["rules"]),
        (&json!("PROVEN"), &json!("TOO_STRICT"))
    );
});

on_both!(what_cannot_be_explained_is_refused_by_its_code, |node| {
    node.register("numbers", INT).await.ok();
    let text = json!({ "schema": INT });
    let post = async |body: Value| node.post("/api/v1/explain", &body).await.refusal();
    assert_eq!(post(json!({})).await, (422, 42201));
    let neither = json!({ "new": {}, "previous": text });
    let answer = node.post("/api/v1/explain", &neither).await;
    assert!(answer.text.contains("needs `schema`"), "{}", answer.text);
    let both = json!({ "new": { "schema": INT, "subject": "numbers" }, "previous": text });
    assert_eq!(post(both).await, (422, 42201));
    assert_eq!(
        post(json!({ "new": text, "previous": { "schema": "nothing" } })).await,
        (422, 42201)
    );
    let json_schema = json!({ "schemaType": "JSON", "new": { "schema": "{}" }, "previous": { "subject": "numbers" } });
    assert_eq!(post(json_schema).await, (422, 42201));
    assert_eq!(
        post(json!({ "new": text, "previous": text, "compatibility": "SIDEWAYS" })).await,
        (422, 42203)
    );
    assert_eq!(
        post(json!({ "new": text, "previous": { "subject": "nobody" } })).await,
        (404, 40401)
    );
    assert_eq!(
        post(json!({ "new": text, "previous": { "subject": "numbers", "version": 7 } })).await,
        (404, 40402)
    );
});

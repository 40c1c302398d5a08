//! References: what they may point at, what answers say of them, and who refers to a version.

use dovetail_tests::on_both;

use super::*;

on_both!(a_reference_is_stored_and_told, |node| {
    node.register("inner", &record("Inner")).await.ok();
    let text = record_of("Outer", "Inner");
    let body = json!({ "schema": text, "references": [reference("Inner", "inner", 1)] });
    let registered = node.post("/subjects/outer/versions", &body).await.ok();
    assert_eq!(registered["references"], body["references"]);
    assert_eq!(registered["schema"], text);
    for path in ["/subjects/outer/versions/1", "/schemas/ids/2"] {
        let read = node.get(path).await.ok();
        assert_eq!(read["references"], body["references"], "{path}");
    }
    let found = node.post("/subjects/outer", &body).await.ok();
    assert_eq!(found["references"], body["references"]);
});

on_both!(the_newest_version_is_made_concrete, |node| {
    let with_default = json!({
        "type": "record", "name": "Inner",
        "fields": [{ "name": "inner", "type": "string" }, { "name": "x", "type": "int", "default": 0 }],
    });
    node.register("inner", &record("Inner")).await.ok();
    node.register("inner", &with_default.to_string()).await.ok();
    let newest = json!({
        "schema": record_of("Outer", "Inner"), "references": [reference("Inner", "inner", -1)],
    });
    let registered = node.post("/subjects/outer/versions", &newest).await.ok();
    assert_eq!(
        registered["references"],
        json!([reference("Inner", "inner", 2)])
    );
    // It stands for the same schema as the concrete one.
    let again = node.post("/subjects/outer/versions", &newest).await.ok();
    assert_eq!(again, registered);
});

on_both!(formats_refer_each_in_its_own_way, |node| {
    let inner = r#"syntax = "proto3"; package shop; message Inner { string id = 1; }"#;
    node.register_as("PROTOBUF", "inner.proto", inner)
        .await
        .ok();
    let outer = "syntax = \"proto3\"; package shop; import \"inner.proto\"; message Outer { Inner inner = 1; }";
    let body = json!({
        "schemaType": "PROTOBUF", "schema": outer,
        "references": [reference("inner.proto", "inner.proto", 1)],
    });
    node.post("/subjects/outer.proto/versions", &body)
        .await
        .ok();

    let inner = r#"{"type":"object"}"#;
    node.register_as("JSON", "inner.json", inner).await.ok();
    let outer = r#"{"properties":{"inner":{"$ref":"inner.json"}}}"#;
    let body = json!({
        "schemaType": "JSON", "schema": outer,
        "references": [reference("inner.json", "inner.json", 1)],
    });
    node.post("/subjects/outer.json/versions", &body).await.ok();
});

on_both!(a_reference_to_nothing_is_an_invalid_schema, |node| {
    node.register("inner", &record("Inner")).await.ok();
    node.register("gone", &record("Inner")).await.ok();
    node.delete("/subjects/gone").await.ok();
    for (subject, version) in [
        ("missing", 1),
        ("inner", 2),
        ("inner", 0),
        ("inner", -2),
        ("gone", 1),
        ("gone", -1),
        (":.ctx:inner", 1),
    ] {
        let body = json!({
            "schema": record_of("Outer", "Inner"),
            "references": [reference("Inner", subject, version)],
        });
        let message = format!(
            "Invalid schema: no schema reference found for subject \"{subject}\" and version {version}"
        );
        for path in [
            "/subjects/outer/versions",
            "/compatibility/subjects/outer/versions",
        ] {
            refused(&node.post(path, &body).await, 422, 42201, &message);
        }
    }
});

on_both!(references_need_a_name_each, |node| {
    node.register("inner", &record("Inner")).await.ok();
    let of = |references: Value| json!({ "schema": STRING, "references": references });
    let path = "/subjects/outer/versions";
    let nameless = node
        .post(path, &of(json!([reference("", "inner", 1)])))
        .await;
    let message = "Invalid schema: a reference to subject 'inner' has no name";
    refused(&nameless, 422, 42201, message);
    let twice = json!([
        reference("Inner", "inner", 1),
        reference("Inner", "inner", 1)
    ]);
    let message = "Invalid schema: two references have the name 'Inner'";
    refused(&node.post(path, &of(twice)).await, 422, 42201, message);
});

on_both!(
    an_unqualified_reference_lives_in_the_referrers_context,
    |node| {
        node.register(":.ctx:inner", &record("Inner")).await.ok();
        let body = |subject: &str| {
            json!({
                "schema": record_of("Outer", "Inner"),
                "references": [reference("Inner", subject, 1)],
            })
        };
        let answer = node.post("/subjects/outer/versions", &body("inner")).await;
        assert_eq!(answer.refusal(), (422, 42201));
        node.post("/subjects/:.ctx:outer/versions", &body("inner"))
            .await
            .ok();
        node.post("/subjects/outer/versions", &body(":.ctx:inner"))
            .await
            .ok();
        let referrers = node
            .get("/subjects/:.ctx:inner/versions/1/referencedby")
            .await
            .ok();
        assert!(!referrers.as_array().expect("ids").is_empty());
    }
);

on_both!(referrers_are_listed_by_id, |node| {
    let path = "/subjects/inner/versions/1/referencedby";
    assert_eq!(node.get(path).await.refusal(), (404, 40401));
    node.register("inner", &record("Inner")).await.ok();
    assert_eq!(node.get(path).await.ok(), json!([]));
    for name in ["One", "Two"] {
        let body = json!({
            "schema": record_of(name, "Inner"), "references": [reference("Inner", "inner", 1)],
        });
        node.post(&format!("/subjects/{name}/versions"), &body)
            .await
            .ok();
    }
    assert_eq!(node.get(path).await.ok(), json!([2, 3]));
    let latest = "/subjects/inner/versions/latest/referencedby";
    assert_eq!(node.get(latest).await.ok(), json!([2, 3]));
    for (part, expected) in [
        ("limit=1", json!([2])),
        ("offset=1", json!([3])),
        ("offset=1&limit=9", json!([3])),
        ("offset=2", json!([])),
        ("limit=0", json!([2, 3])),
    ] {
        assert_eq!(
            node.get(&format!("{path}?{part}")).await.ok(),
            expected,
            "{part}"
        );
    }
    for wrong in ["offset=-1", "limit=x", "deleted=maybe"] {
        let answer = node.get(&format!("{path}?{wrong}")).await;
        assert_eq!(answer.refusal(), (400, 400), "{wrong}");
    }
    node.delete("/subjects/One").await.ok();
    assert_eq!(node.get(path).await.ok(), json!([3]));
    let all = node.get(&format!("{path}?deleted=true")).await.ok();
    assert_eq!(all, json!([2, 3]));
    // The version itself may be soft-deleted.
    node.delete("/subjects/Two").await.ok();
    node.delete("/subjects/inner/versions/1").await.ok();
    assert_eq!(node.get(path).await.ok(), json!([]));
    let missing = node.get("/subjects/inner/versions/2/referencedby").await;
    assert_eq!(missing.refusal(), (404, 40402));
    node.delete("/subjects/One?permanent=true").await.ok();
    let rest = node.get(&format!("{path}?deleted=true")).await.ok();
    assert_eq!(rest, json!([3]));
});

on_both!(
    what_is_sent_with_everything_written_out_is_what_is_registered,
    |node| {
        node.register("inner", &record("Inner")).await.ok();
        let body = json!({ "schema": record_of("Outer", "Inner"), "references": [reference("Inner", "inner", 1)] });
        let registered = node.post("/subjects/a/versions", &body).await.ok();
        let whole = node
            .get("/subjects/a/versions/1?format=resolved")
            .await
            .ok()["schema"]
            .as_str()
            .expect("text")
            .to_owned();
        assert_ne!(registered["schema"], whole.as_str());
        assert_eq!(node.register("a", &whole).await.ok(), registered);
        let found = node
            .post("/subjects/a", &json!({ "schema": whole }))
            .await
            .ok();
        assert_eq!(found["id"], registered["id"]);
        // Elsewhere it is a schema of its own.
        assert_ne!(
            node.register("b", &whole).await.ok()["id"],
            registered["id"]
        );
        node.delete("/subjects/a/versions/1").await.ok();
        let hidden = node.post("/subjects/a", &json!({ "schema": whole })).await;
        assert_eq!(hidden.refusal(), (404, 40401));
        let found = node
            .post("/subjects/a?deleted=true", &json!({ "schema": whole }))
            .await
            .ok();
        assert_eq!(found["id"], registered["id"]);
    }
);

//! `/subjects`: the list, looking a schema up, deleting a subject.

use dovetail_tests::{avro_record, on_both};

use super::*;

on_both!(subjects_are_sorted_by_their_qualified_names, |node| {
    assert_eq!(node.get("/subjects").await.ok(), json!([]));
    for subject in ["b", "a-value", ":.ctx:z", "Z", "a"] {
        node.register(subject, STRING).await.ok();
    }
    let expected = json!([":.ctx:z", "Z", "a", "a-value", "b"]);
    assert_eq!(node.get("/subjects").await.ok(), expected);
});

on_both!(a_prefix_narrows_the_list, |node| {
    for subject in [
        "orders-key",
        "orders-value",
        "ship",
        ":.ctx:orders",
        ":.ctx:x",
    ] {
        node.register(subject, STRING).await.ok();
    }
    for (prefix, expected) in [
        ("", json!(["orders-key", "orders-value", "ship"])),
        ("orders", json!(["orders-key", "orders-value"])),
        ("none", json!([])),
        (":.ctx:", json!([":.ctx:orders", ":.ctx:x"])),
        (":.ctx:o", json!([":.ctx:orders"])),
        (":.other:", json!([])),
        (":.ctx", json!([":.ctx:orders", ":.ctx:x"])),
        (":.", json!(["orders-key", "orders-value", "ship"])),
        (
            ":*:",
            json!([
                ":.ctx:orders",
                ":.ctx:x",
                "orders-key",
                "orders-value",
                "ship"
            ]),
        ),
        (
            ":*:orders",
            json!([":.ctx:orders", "orders-key", "orders-value"]),
        ),
    ] {
        let path = format!("/subjects?subjectPrefix={prefix}");
        assert_eq!(node.get(&path).await.ok(), expected, "{prefix}");
    }
});

on_both!(deleted_subjects_are_shown_on_request, |node| {
    for subject in ["live", "half", "gone"] {
        node.register(subject, INT).await.ok();
        node.register(subject, LONG).await.ok();
    }
    node.delete("/subjects/half/versions/1").await.ok();
    node.delete("/subjects/gone").await.ok();
    node.level("settings-only", "NONE").await.ok();
    for (query, expected) in [
        ("", json!(["half", "live"])),
        ("?deleted=true", json!(["gone", "half", "live"])),
        ("?deletedOnly=true", json!(["gone"])),
        ("?deleted=true&deletedOnly=true", json!(["gone"])),
    ] {
        let path = format!("/subjects{query}");
        assert_eq!(node.get(&path).await.ok(), expected, "{query}");
    }
});

on_both!(a_lookup_finds_the_version_with_the_schema, |node| {
    node.register("a", INT).await.ok();
    let second = node.register("a", LONG).await.ok();
    let found = node
        .post("/subjects/a", &json!({ "schema": r#"{"type":"long"}"# }))
        .await
        .ok();
    let expected = [
        "subject",
        "id",
        "version",
        "guid",
        "schemaType",
        "schema",
        "ts",
        "deleted",
    ];
    assert_eq!(keys(&found), expected);
    assert_eq!(found["subject"], "a");
    for key in ["id", "version", "guid", "schema", "ts"] {
        assert_eq!(found[key], second[key], "{key}");
    }
    // Looking up registers nothing.
    let absent = node.post("/subjects/a", &json!({ "schema": STRING })).await;
    refused(&absent, 404, 40403, "Schema not found");
    assert_eq!(node.get("/subjects/a/versions").await.ok(), json!([1, 2]));
});

on_both!(
    a_lookup_tells_a_missing_subject_from_a_missing_schema,
    |node| {
        let body = json!({ "schema": STRING });
        let absent = node.post("/subjects/a", &body).await;
        refused(&absent, 404, 40401, "Subject 'a' not found.");
        // What is no schema is told first.
        for no_schema in [
            json!({ "schema": "{" }),
            json!({}),
            json!({ "schema": STRING, "schemaType": "XML" }),
        ] {
            let answer = node.post("/subjects/a", &no_schema).await;
            assert_eq!(answer.refusal(), (422, 42201), "{no_schema}");
        }
        node.register("a", INT).await.ok();
        // Registered elsewhere is not registered here.
        node.register("b", STRING).await.ok();
        let other = node.post("/subjects/a", &body).await;
        assert_eq!(other.refusal(), (404, 40403));
        let invalid = node.post("/subjects/a", &json!({ "schema": "{" })).await;
        assert_eq!(invalid.refusal(), (422, 42201));
        let empty = node.post("/subjects/a", &json!({})).await;
        assert_eq!(empty.refusal(), (422, 42201));
    }
);

on_both!(a_lookup_sees_soft_deleted_versions_on_request, |node| {
    node.register("a", INT).await.ok();
    node.register("a", LONG).await.ok();
    node.delete("/subjects/a/versions/1").await.ok();
    let body = json!({ "schema": INT });
    assert_eq!(
        node.post("/subjects/a", &body).await.refusal(),
        (404, 40403)
    );
    let found = node.post("/subjects/a?deleted=true", &body).await.ok();
    assert_eq!(
        (&found["version"], &found["deleted"]),
        (&json!(1), &json!(true))
    );
    node.delete("/subjects/a").await.ok();
    assert_eq!(
        node.post("/subjects/a", &body).await.refusal(),
        (404, 40401)
    );
    let found = node.post("/subjects/a?deleted=true", &body).await.ok();
    assert_eq!(found["version"], 1);
});

on_both!(a_lookup_normalizes_on_request, |node| {
    let of = |attributes: &str| json!({ "schema": format!(r#"{{"type":"fixed","name":"F","size":1,{attributes}}}"#) });
    let (one, other) = (of(r#""p":1,"q":2"#), of(r#""q":2,"p":1"#));
    node.post("/subjects/a/versions?normalize=true", &one)
        .await
        .ok();
    let missing = node.post("/subjects/a", &other).await;
    assert_eq!(missing.refusal(), (404, 40403));
    node.post("/subjects/a?normalize=true", &other).await.ok();
    // The setting does as the flag does.
    node.put("/config", &json!({ "normalize": true }))
        .await
        .ok();
    node.post("/subjects/a", &other).await.ok();
});

on_both!(deleting_a_subject_answers_its_versions, |node| {
    node.level("a", "NONE").await.ok();
    for schema in [STRING, INT, LONG] {
        node.register("a", schema).await.ok();
    }
    node.delete("/subjects/a/versions/2").await.ok();
    assert_eq!(node.delete("/subjects/a").await.ok(), json!([1, 3]));
    assert_eq!(node.get("/subjects").await.ok(), json!([]));
    let permanently = node.delete("/subjects/a?permanent=true").await.ok();
    assert_eq!(permanently, json!([1, 2, 3]));
    assert_eq!(node.get("/subjects?deleted=true").await.ok(), json!([]));
});

on_both!(a_subject_is_deleted_step_by_step, |node| {
    let absent = node.delete("/subjects/a").await;
    refused(&absent, 404, 40401, "Subject 'a' not found.");
    node.register("a", STRING).await.ok();
    let early = node.delete("/subjects/a?permanent=true").await;
    let message = "Subject 'a' was not deleted first before being permanently deleted";
    refused(&early, 404, 40405, message);
    node.delete("/subjects/a").await.ok();
    let twice = node.delete("/subjects/a").await;
    let message = "Subject 'a' was soft deleted. Set permanent=true to delete permanently";
    refused(&twice, 404, 40404, message);
    node.delete("/subjects/a?permanent=true").await.ok();
    let gone = node.delete("/subjects/a?permanent=true").await;
    assert_eq!(gone.refusal(), (404, 40401));
});

on_both!(a_permanent_deletion_takes_the_settings_with_it, |node| {
    node.register("a", STRING).await.ok();
    node.level("a", "FULL").await.ok();
    let mode = json!({ "mode": "READWRITE" });
    node.put("/mode/a", &mode).await.ok();
    node.delete("/subjects/a").await.ok();
    assert_eq!(node.get("/config/a").await.status, 200);
    node.delete("/subjects/a?permanent=true").await.ok();
    assert_eq!(node.get("/config/a").await.refusal(), (404, 40408));
    assert_eq!(node.get("/mode/a").await.refusal(), (404, 40409));
});

on_both!(the_last_permanent_deletion_takes_the_settings_too, |node| {
    node.level("a", "NONE").await.ok();
    for schema in [STRING, INT] {
        node.register("a", schema).await.ok();
    }
    node.put("/mode/a", &json!({ "mode": "READWRITE" }))
        .await
        .ok();
    for version in [1, 2] {
        assert_eq!(node.get("/config/a").await.status, 200, "{version}");
        for query in ["", "?permanent=true"] {
            let path = format!("/subjects/a/versions/{version}{query}");
            node.delete(&path).await.ok();
        }
    }
    assert_eq!(node.get("/config/a").await.refusal(), (404, 40408));
    assert_eq!(node.get("/mode/a").await.refusal(), (404, 40409));
});

on_both!(references_inside_a_subject_do_not_hold_it, |node| {
    node.level("a", "NONE").await.ok();
    node.register("a", &record("Inner")).await.ok();
    let body = json!({
        "schema": record_of("Outer", "Inner"), "references": [reference("Inner", "a", 1)],
    });
    node.post("/subjects/a/versions", &body).await.ok();
    assert_eq!(node.delete("/subjects/a").await.ok(), json!([1, 2]));
    let permanently = node.delete("/subjects/a?permanent=true").await.ok();
    assert_eq!(permanently, json!([1, 2]));
});

on_both!(a_reference_from_elsewhere_holds_a_subject, |node| {
    node.register("inner", &record("Inner")).await.ok();
    let body = json!({
        "schema": record_of("Outer", "Inner"), "references": [reference("Inner", "inner", 1)],
    });
    node.post("/subjects/outer/versions", &body).await.ok();
    let message = "One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=inner,version=1}.";
    refused(&node.delete("/subjects/inner").await, 422, 42206, message);
    // References come before the missing soft deletion, as the mode comes before references.
    let early = node.delete("/subjects/inner?permanent=true").await;
    refused(&early, 422, 42206, message);
    node.put("/mode/inner", &json!({ "mode": "READONLY" }))
        .await
        .ok();
    let locked = node.delete("/subjects/inner").await;
    refused(&locked, 422, 42205, "Subject inner is in read-only mode");
    node.delete("/mode/inner").await.ok();
    node.delete("/subjects/outer").await.ok();
    node.delete("/subjects/inner").await.ok();
    let held = node.delete("/subjects/inner?permanent=true").await;
    refused(&held, 422, 42206, message);
});

on_both!(a_soft_deleted_subject_is_told_before_the_mode, |node| {
    node.register("a", &avro_record(&["x"])).await.ok();
    node.delete("/subjects/a").await.ok();
    node.put("/mode/a", &json!({ "mode": "READONLY" }))
        .await
        .ok();
    assert_eq!(node.delete("/subjects/a").await.refusal(), (404, 40404));
    let permanent = node.delete("/subjects/a?permanent=true").await;
    assert_eq!(permanent.refusal(), (422, 42205));
    assert_eq!(node.delete("/subjects/b").await.refusal(), (404, 40401));
});

on_both!(a_refused_deletion_deletes_nothing, |node| {
    node.level("inner", "NONE").await.ok();
    node.register("inner", &record("Inner")).await.ok();
    node.register("inner", STRING).await.ok();
    let body = json!({
        "schema": record_of("Outer", "Inner"), "references": [reference("Inner", "inner", 1)],
    });
    node.post("/subjects/outer/versions", &body).await.ok();
    assert_eq!(node.delete("/subjects/inner").await.refusal(), (422, 42206));
    assert_eq!(
        node.get("/subjects/inner/versions").await.ok(),
        json!([1, 2])
    );
});

//! Reading: one version, its text, and lists of versions.

use dovetail_tests::on_both;

use super::*;

on_both!(a_version_has_these_keys, |node| {
    let registered = node.register("a", STRING).await.ok();
    let mut expected = json!({ "subject": "a" });
    for (key, value) in registered.as_object().expect("an object") {
        expected[key] = value.clone();
    }
    let read = node.get("/subjects/a/versions/1").await.ok();
    assert_eq!(read, expected);
    let order = [
        "subject",
        "id",
        "version",
        "guid",
        "schemaType",
        "schema",
        "ts",
        "deleted",
    ];
    assert_eq!(keys(&read), order);
});

on_both!(the_latest_version_has_several_names, |node| {
    node.register("a", INT).await.ok();
    node.register("a", LONG).await.ok();
    for name in ["latest", "LATEST", "Latest", "-1", "2", "%20latest%20"] {
        let path = format!("/subjects/a/versions/{name}");
        assert_eq!(node.get(&path).await.ok()["version"], 2, "{name}");
    }
});

on_both!(what_is_not_there_is_told_apart, |node| {
    let answer = node.get("/subjects/a/versions/1").await;
    refused(&answer, 404, 40401, "Subject 'a' not found.");
    let answer = node.get("/subjects/:.ctx:a/versions").await;
    refused(&answer, 404, 40401, "Subject ':.ctx:a' not found.");
    node.register("a", STRING).await.ok();
    for path in ["2", "2147483647"] {
        let answer = node.get(&format!("/subjects/a/versions/{path}")).await;
        refused(&answer, 404, 40402, &format!("Version {path} not found."));
        let answer = node
            .get(&format!("/subjects/a/versions/{path}/schema"))
            .await;
        assert_eq!(answer.refusal(), (404, 40402));
    }
});

on_both!(what_is_no_version_is_refused, |node| {
    node.register("a", STRING).await.ok();
    for version in [
        "0",
        "-2",
        "2147483648",
        "1e3",
        "+1",
        "first",
        "99999999999999999999",
    ] {
        for tail in ["", "/schema", "/referencedby"] {
            let path = format!("/subjects/a/versions/{version}{tail}");
            let message = format!(
                "The specified version '{version}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\""
            );
            refused(&node.get(&path).await, 422, 42202, &message);
        }
    }
});

on_both!(what_is_no_version_is_told_before_the_subject, |node| {
    let body = json!({ "schema": STRING });
    for version in ["0", "first"] {
        let path = format!("/subjects/nobody/versions/{version}");
        for tail in ["", "/schema", "/referencedby"] {
            let answer = node.get(&format!("{path}{tail}")).await;
            assert_eq!(answer.refusal(), (422, 42202), "{path}{tail}");
        }
        assert_eq!(node.delete(&path).await.refusal(), (422, 42202));
        let answer = node.post(&format!("{path}/tags"), &json!({})).await;
        assert_eq!(answer.refusal(), (422, 42202));
        let answer = node.post(&format!("/compatibility{path}"), &body).await;
        assert_eq!(answer.refusal(), (422, 42202));
    }
    for version in ["1", "latest", "-1"] {
        let path = format!("/subjects/nobody/versions/{version}");
        for tail in ["", "/schema", "/referencedby"] {
            let answer = node.get(&format!("{path}{tail}")).await;
            refused(&answer, 404, 40401, "Subject 'nobody' not found.");
        }
        refused(
            &node.delete(&path).await,
            404,
            40401,
            "Subject 'nobody' not found.",
        );
    }
});

on_both!(versions_are_listed_in_order, |node| {
    node.level("a", "NONE").await.ok();
    for schema in [STRING, INT, LONG] {
        node.register("a", schema).await.ok();
    }
    node.delete("/subjects/a/versions/2").await.ok();
    for (query, expected) in [
        ("", json!([1, 3])),
        ("?deleted=false", json!([1, 3])),
        ("?deleted=TRUE", json!([1, 2, 3])),
        ("?deletedOnly=true", json!([2])),
        ("?deleted=true&deletedOnly=true", json!([2])),
    ] {
        let path = format!("/subjects/a/versions{query}");
        assert_eq!(node.get(&path).await.ok(), expected, "{query}");
    }
});

on_both!(a_subject_without_anything_to_show_is_not_there, |node| {
    node.register("a", STRING).await.ok();
    let answer = node.get("/subjects/a/versions?deletedOnly=true").await;
    assert_eq!(answer.ok(), json!([]));
    node.delete("/subjects/a").await.ok();
    let answer = node.get("/subjects/a/versions").await;
    refused(&answer, 404, 40401, "Subject 'a' not found.");
    let all = node.get("/subjects/a/versions?deleted=true").await.ok();
    assert_eq!(all, json!([1]));
    // A subject with nothing but settings is not there either.
    node.level("settings-only", "NONE").await.ok();
    let answer = node
        .get("/subjects/settings-only/versions?deleted=true")
        .await;
    assert_eq!(answer.refusal(), (404, 40401));
});

on_both!(soft_deleted_versions_are_shown_on_request, |node| {
    node.register("a", INT).await.ok();
    node.register("a", LONG).await.ok();
    node.delete("/subjects/a/versions/2").await.ok();
    let hidden = node.get("/subjects/a/versions/2").await;
    assert_eq!(hidden.refusal(), (404, 40402));
    let shown = node.get("/subjects/a/versions/2?deleted=true").await.ok();
    assert_eq!(shown["deleted"], true);
    let text = node.get("/subjects/a/versions/2/schema?deleted=true").await;
    assert_eq!(text.text, LONG);
    // The latest version is a live one, whatever else is shown.
    let latest = node
        .get("/subjects/a/versions/latest?deleted=true")
        .await
        .ok();
    assert_eq!(latest["version"], 1);
    node.delete("/subjects/a/versions/1").await.ok();
    let none = node.get("/subjects/a/versions/latest?deleted=true").await;
    refused(&none, 404, 40402, "Version -1 not found.");
    let gone = node.get("/subjects/a/versions/latest").await;
    assert_eq!(gone.refusal(), (404, 40401));
});

on_both!(the_text_is_not_quoted, |node| {
    let schema = r#"{"type":"record","name":"R","fields":[]}"#;
    node.register("a", schema).await.ok();
    for path in [
        "/subjects/a/versions/latest/schema",
        "/schemas/ids/1/schema",
    ] {
        let answer = node.get(path).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.text, schema);
        let content_type = answer.header("content-type");
        assert_eq!(content_type, "application/vnd.schemaregistry.v1+json");
    }
});

//! `/compatibility`: both forms of the check, and how much they say.

use dovetail_tests::{Node, avro_record, on_both};

use super::*;

const SUBJECT: &str = "/compatibility/subjects/a/versions";

async fn check(node: &Node, path: &str, schema: &str) -> Value {
    node.post(path, &json!({ "schema": schema })).await.ok()
}

on_both!(without_verbose_there_are_no_messages, |node| {
    node.register("a", INT).await.ok();
    for path in [
        SUBJECT.to_owned(),
        format!("{SUBJECT}/1"),
        format!("{SUBJECT}/latest"),
    ] {
        let yes = check(&node, &path, LONG).await;
        assert_eq!(yes, json!({ "is_compatible": true }));
        let no = check(&node, &path, STRING).await;
        assert_eq!(no, json!({ "is_compatible": false }));
        let verbose = format!("{path}?verbose=true");
        let yes = check(&node, &verbose, LONG).await;
        assert_eq!(yes, json!({ "is_compatible": true, "messages": [] }));
        let no = check(&node, &verbose, STRING).await;
        assert_eq!(no["is_compatible"], false);
        let messages = no["messages"].as_array().expect("messages");
        assert_eq!(messages.len(), 4, "{messages:?}");
        let first = messages[0].as_str().expect("text");
        assert!(
            first.starts_with("{errorType:'TYPE_MISMATCH', description:'"),
            "{first}"
        );
        assert_eq!(messages[1], "{oldSchemaVersion: 1}");
        assert_eq!(messages[2], r#"{oldSchema: '"int"'}"#);
        assert_eq!(
            messages[3],
            "{validateFields: 'false', compatibility: 'BACKWARD'}"
        );
    }
});

on_both!(every_incompatibility_of_a_version_is_told, |node| {
    node.register("a", &avro_record(&["x"])).await.ok();
    let path = format!("{SUBJECT}?verbose=true");
    let no = check(&node, &path, &avro_record(&["x", "y", "z"])).await;
    let messages = no["messages"].as_array().expect("messages");
    let missing = messages
        .iter()
        .filter(|message| {
            let text = message.as_str().expect("text");
            text.contains("READER_FIELD_MISSING_DEFAULT_VALUE")
        })
        .count();
    assert_eq!(missing, 2, "{messages:?}");
});

on_both!(
    a_missing_subject_is_compatible_with_anything_but_a_number,
    |node| {
        for path in [
            SUBJECT.to_owned(),
            format!("{SUBJECT}/latest"),
            format!("{SUBJECT}/-1"),
        ] {
            let yes = check(&node, &path, STRING).await;
            assert_eq!(yes, json!({ "is_compatible": true }), "{path}");
        }
        let body = json!({ "schema": STRING });
        let answer = node.post(&format!("{SUBJECT}/1"), &body).await;
        refused(&answer, 404, 40402, "Version 1 not found.");
        node.register("a", INT).await.ok();
        let answer = node.post(&format!("{SUBJECT}/2"), &body).await;
        refused(&answer, 404, 40402, "Version 2 not found.");
        // A soft-deleted version is not there.
        node.delete("/subjects/a").await.ok();
        let answer = node.post(&format!("{SUBJECT}/1"), &body).await;
        assert_eq!(answer.refusal(), (404, 40402));
        let yes = check(&node, &format!("{SUBJECT}/latest"), STRING).await;
        assert_eq!(yes["is_compatible"], true);
    }
);

on_both!(what_is_no_version_is_refused, |node| {
    node.register("a", INT).await.ok();
    for version in ["0", "-2", "2147483648", "first"] {
        let path = format!("{SUBJECT}/{version}");
        let answer = node.post(&path, &json!({ "schema": STRING })).await;
        assert_eq!(answer.refusal(), (422, 42202), "{version}");
    }
});

on_both!(
    an_invalid_schema_is_a_verdict_for_those_who_want_to_know_all,
    |node| {
        node.register("a", INT).await.ok();
        for path in [SUBJECT.to_owned(), format!("{SUBJECT}/1")] {
            for schema in ["{", ""] {
                let body = json!({ "schema": schema });
                let answer = node.post(&path, &body).await;
                assert_eq!(answer.refusal(), (422, 42201), "{schema}");
                let verdict = node.post(&format!("{path}?verbose=true"), &body).await.ok();
                assert_eq!(verdict["is_compatible"], false);
                assert_eq!(verdict["messages"], json!([answer.json()["message"]]));
            }
        }
    }
);

on_both!(the_first_form_asks_as_a_registration_would, |node| {
    node.level("a", "NONE").await.ok();
    node.register("a", &avro_record(&["x"])).await.ok();
    node.register("a", &avro_record(&["x", "y"])).await.ok();
    let third = avro_record(&["y"]);
    for (level, expected) in [
        ("NONE", true),
        ("BACKWARD", true),
        ("BACKWARD_TRANSITIVE", false),
        ("FORWARD", false),
        ("FORWARD_TRANSITIVE", false),
        ("FULL", false),
        ("FULL_TRANSITIVE", false),
    ] {
        node.level("a", level).await.ok();
        let verdict = check(&node, SUBJECT, &third).await;
        assert_eq!(verdict["is_compatible"], expected, "{level}");
        let registered = json!({ "schema": third });
        let answer = node.post("/subjects/a/versions", &registered).await;
        assert_eq!(answer.status == 200, expected, "{level}");
        if expected {
            for query in ["", "?permanent=true"] {
                let path = format!("/subjects/a/versions/{}{query}", answer.version());
                node.delete(&path).await.ok();
            }
        }
    }
});

on_both!(the_second_form_asks_of_one_version_only, |node| {
    node.level("a", "NONE").await.ok();
    node.register("a", &avro_record(&["x"])).await.ok();
    node.register("a", &avro_record(&["x", "y"])).await.ok();
    node.level("a", "BACKWARD_TRANSITIVE").await.ok();
    let third = avro_record(&["y"]);
    for (version, expected) in [("1", false), ("2", true), ("latest", true)] {
        let verdict = check(&node, &format!("{SUBJECT}/{version}"), &third).await;
        assert_eq!(verdict["is_compatible"], expected, "{version}");
    }
});

on_both!(
    a_check_against_all_tells_of_the_newest_version_that_breaks,
    |node| {
        node.level("a", "NONE").await.ok();
        for schema in [INT, STRING, INT] {
            let body = json!({ "schema": schema, "metadata": { "properties": { "n": schema } } });
            node.post("/subjects/a/versions", &body).await.ok();
        }
        node.level("a", "BACKWARD_TRANSITIVE").await.ok();
        let verdict = check(&node, &format!("{SUBJECT}?verbose=true"), INT).await;
        let messages = verdict["messages"].as_array().expect("messages");
        assert!(
            messages.contains(&json!("{oldSchemaVersion: 2}")),
            "{messages:?}"
        );
        let level = "{validateFields: 'false', compatibility: 'BACKWARD_TRANSITIVE'}";
        assert_eq!(messages.last(), Some(&json!(level)));
    }
);

on_both!(a_check_changes_nothing, |node| {
    node.register("a", INT).await.ok();
    check(&node, SUBJECT, LONG).await;
    check(&node, "/compatibility/subjects/new/versions", LONG).await;
    assert_eq!(node.get("/subjects?deleted=true").await.ok(), json!(["a"]));
    assert_eq!(node.get("/subjects/a/versions").await.ok(), json!([1]));
    // Modes are for writes.
    node.put("/mode", &json!({ "mode": "READONLY" })).await.ok();
    let verdict = check(&node, SUBJECT, LONG).await;
    assert_eq!(verdict["is_compatible"], true);
});

on_both!(each_format_is_checked, |node| {
    let cases = [
        (
            "PROTOBUF",
            "p",
            r#"syntax = "proto3"; message A { string id = 1; }"#,
            r#"syntax = "proto3"; message A { string id = 1; string more = 2; }"#,
            r#"syntax = "proto3"; message B { string id = 1; }"#,
            "MESSAGE_REMOVED",
        ),
        (
            "JSON",
            "j",
            r#"{"type":"integer"}"#,
            r#"{"type":"number"}"#,
            r#"{"type":"string"}"#,
            "TYPE_CHANGED",
        ),
    ];
    for (schema_type, subject, first, good, bad, rule) in cases {
        node.register_as(schema_type, subject, first).await.ok();
        let path = format!("/compatibility/subjects/{subject}/versions/latest?verbose=true");
        let of = |schema: &str| json!({ "schema": schema, "schemaType": schema_type });
        let yes = node.post(&path, &of(good)).await.ok();
        assert_eq!(yes, json!({ "is_compatible": true, "messages": [] }));
        let no = node.post(&path, &of(bad)).await;
        assert_eq!(no.ok()["is_compatible"], false);
        assert!(no.text.contains(rule), "{}", no.text);
    }
    // Another format is one message.
    let body = json!({ "schema": STRING });
    let path = "/compatibility/subjects/j/versions/latest?verbose=true";
    let no = node.post(path, &body).await.ok();
    assert_eq!(no["is_compatible"], false);
    let messages = no["messages"].as_array().expect("messages");
    assert_eq!(messages.len(), 4, "{messages:?}");
});

on_both!(both_directions_are_told_the_forward_ones_first, |node| {
    node.level("a", "FULL").await.ok();
    node.register("a", &avro_record(&["x"])).await.ok();
    let no = check(
        &node,
        &format!("{SUBJECT}?verbose=true"),
        &avro_record(&["y"]),
    )
    .await;
    let messages = no["messages"].as_array().expect("messages");
    assert_eq!(messages.len(), 5, "{messages:?}");
    for (message, field) in messages.iter().zip(["x", "y"]) {
        let message = message.as_str().expect("text");
        assert!(
            message.contains("READER_FIELD_MISSING_DEFAULT_VALUE"),
            "{message}"
        );
        assert!(
            message.ends_with(&format!("additionalInfo:'{field}'}}")),
            "{message}"
        );
    }
    assert_eq!(messages[2], "{oldSchemaVersion: 1}");
});

on_both!(a_long_earlier_schema_is_cut, |node| {
    let long = json!({ "type": "enum", "name": "E", "symbols": ["A"], "doc": "é".repeat(6000) });
    node.register("a", &long.to_string()).await.ok();
    let no = check(&node, &format!("{SUBJECT}?verbose=true"), STRING).await;
    let shown = no["messages"][2].as_str().expect("text");
    assert!(shown.starts_with("{oldSchema: '{"), "{shown}");
    assert!(shown.ends_with("é... (truncated)'}"), "{shown}");
    assert!(shown.len() < 10 * 1024 + 50, "{}", shown.len());
});

on_both!(flags_of_a_check_are_true_or_false, |node| {
    node.register("a", INT).await.ok();
    let body = json!({ "schema": r#"{"type":"long"}"# });
    for path in [SUBJECT.to_owned(), format!("{SUBJECT}/1")] {
        let yes = node.post(&format!("{path}?normalize=true"), &body).await;
        assert_eq!(yes.ok(), json!({ "is_compatible": true }));
        for flag in ["normalize", "verbose"] {
            let answer = node.post(&format!("{path}?{flag}=1"), &body).await;
            assert_eq!(answer.refusal(), (400, 400), "{path} {flag}");
        }
    }
});

//! `/config`: scopes, merging, and what holds where nothing is set.

use dovetail_tests::on_both;

use super::*;

const LEVELS: [&str; 7] = [
    "NONE",
    "BACKWARD",
    "BACKWARD_TRANSITIVE",
    "FORWARD",
    "FORWARD_TRANSITIVE",
    "FULL",
    "FULL_TRANSITIVE",
];

on_both!(reading_and_writing_have_keys_of_their_own, |node| {
    let read = node.get("/config").await.ok();
    assert_eq!(read, json!({ "compatibilityLevel": "BACKWARD" }));
    for level in LEVELS {
        let body = json!({ "compatibility": level });
        assert_eq!(node.put("/config", &body).await.ok(), body);
        let read = node.get("/config").await.ok();
        assert_eq!(read, json!({ "compatibilityLevel": level }));
        assert_eq!(node.put("/config/a", &body).await.ok(), body);
        let read = node.get("/config/a").await.ok();
        assert_eq!(read, json!({ "compatibilityLevel": level }));
    }
});

on_both!(levels_are_read_in_any_case, |node| {
    let body = json!({ "compatibility": "full_Transitive" });
    let answer = node.put("/config/a", &body).await.ok();
    assert_eq!(answer, json!({ "compatibility": "FULL_TRANSITIVE" }));
});

on_both!(an_unknown_level_is_refused, |node| {
    let message = "Invalid compatibility level. Valid values are none, backward, backward_transitive, forward, forward_transitive, full, full_transitive";
    for level in [
        json!("BACKWARDS"),
        json!(""),
        json!(1),
        json!(["FULL"]),
        json!(true),
    ] {
        let body = json!({ "compatibility": level });
        for path in ["/config", "/config/a"] {
            refused(&node.put(path, &body).await, 422, 42203, message);
        }
    }
    assert_eq!(node.get("/config/a").await.refusal(), (404, 40408));
});

on_both!(a_subject_without_settings_says_so, |node| {
    node.register("a", STRING).await.ok();
    let message = "Subject 'a' does not have subject-level compatibility configured";
    refused(&node.get("/config/a").await, 404, 40408, message);
    let message = "Subject ':.ctx:a' does not have subject-level compatibility configured";
    refused(&node.get("/config/:.ctx:a").await, 404, 40408, message);
    node.level("a", "FULL").await.ok();
    let effective = node.get("/config/b?defaultToGlobal=true").await.ok();
    assert_eq!(effective, json!({ "compatibilityLevel": "BACKWARD" }));
    node.put("/config", &json!({ "compatibility": "FORWARD" }))
        .await
        .ok();
    let effective = node.get("/config/b?defaultToGlobal=true").await.ok();
    assert_eq!(effective, json!({ "compatibilityLevel": "FORWARD" }));
    let own = node.get("/config/a?defaultToGlobal=true").await.ok();
    assert_eq!(own, json!({ "compatibilityLevel": "FULL" }));
});

on_both!(
    an_update_keeps_what_it_does_not_say_and_clears_what_is_null,
    |node| {
        let path = "/config/a";
        let all =
            json!({ "compatibility": "FULL", "compatibilityPolicy": "LENIENT", "normalize": true });
        assert_eq!(node.put(path, &all).await.ok(), all);
        assert_eq!(node.put(path, &json!({})).await.ok(), all);
        let fewer = node
            .put(path, &json!({ "compatibilityPolicy": null }))
            .await
            .ok();
        assert_eq!(fewer, json!({ "compatibility": "FULL", "normalize": true }));
        let changed = node.put(path, &json!({ "normalize": false })).await.ok();
        assert_eq!(
            changed,
            json!({ "compatibility": "FULL", "normalize": false })
        );
        let without = node.put(path, &json!({ "compatibility": null })).await.ok();
        assert_eq!(without, json!({ "normalize": false }));
        // Reading says the same, with its own key for the level.
        assert_eq!(node.get(path).await.ok(), json!({ "normalize": false }));
        let effective = node.get("/config/a?defaultToGlobal=true").await.ok();
        assert_eq!(effective["compatibilityLevel"], "BACKWARD");
    }
);

on_both!(an_unknown_policy_clears, |node| {
    for (given, expected) in [
        (
            json!("lenient"),
            json!({ "compatibilityPolicy": "LENIENT" }),
        ),
        (json!("STRICT"), json!({ "compatibilityPolicy": "STRICT" })),
        (json!("SOMETHING"), json!({})),
    ] {
        let body = json!({ "compatibilityPolicy": given });
        assert_eq!(node.put("/config/a", &body).await.ok(), expected, "{given}");
    }
});

on_both!(a_policy_makes_json_schema_lenient, |node| {
    let (before, after) = (
        r#"{"type":"object"}"#,
        r#"{"type":"object","properties":{"x":{"type":"string"}}}"#,
    );
    node.register_as("JSON", "a", before).await.ok();
    let strict = node.register_as("JSON", "a", after).await;
    assert_eq!(strict.refusal(), (409, 40901));
    node.put("/config/a", &json!({ "compatibilityPolicy": "LENIENT" }))
        .await
        .ok();
    assert_eq!(node.register_as("JSON", "a", after).await.version(), 2);
});

on_both!(removing_answers_what_was_there, |node| {
    let missing = node.delete("/config/a").await;
    refused(&missing, 404, 40401, "Subject 'a' not found.");
    node.level("a", "FULL").await.ok();
    let removed = node.delete("/config/a").await.ok();
    assert_eq!(removed, json!({ "compatibilityLevel": "FULL" }));
    assert_eq!(node.get("/config/a").await.refusal(), (404, 40408));
    let default = node.delete("/config").await.ok();
    assert_eq!(default, json!({ "compatibilityLevel": "BACKWARD" }));
    node.put("/config", &json!({ "compatibility": "NONE" }))
        .await
        .ok();
    let removed = node.delete("/config").await.ok();
    assert_eq!(removed, json!({ "compatibilityLevel": "NONE" }));
    let read = node.get("/config").await.ok();
    assert_eq!(read, json!({ "compatibilityLevel": "BACKWARD" }));
});

on_both!(the_nearest_scope_decides, |node| {
    let set = async |scope: &str, level: &str| {
        let path = format!("/config/{scope}");
        node.put(&path, &json!({ "compatibility": level }))
            .await
            .ok();
    };
    let effective = async |scope: &str| {
        let path = format!("/config/{scope}?defaultToGlobal=true");
        let config = node.get(&path).await.ok();
        config["compatibilityLevel"]
            .as_str()
            .expect("text")
            .to_owned()
    };
    set(":.__GLOBAL:", "FULL").await;
    assert_eq!(effective("a").await, "FULL");
    assert_eq!(effective(":.ctx:a").await, "FULL");
    set(":.ctx:", "FORWARD").await;
    assert_eq!(effective("a").await, "FULL");
    assert_eq!(effective(":.ctx:").await, "FORWARD");
    assert_eq!(effective(":.ctx:a").await, "FORWARD");
    set(":.:", "NONE").await;
    assert_eq!(effective("a").await, "NONE");
    assert_eq!(node.get("/config").await.ok()["compatibilityLevel"], "NONE");
    assert_eq!(effective(":.other:a").await, "FULL");
    set(":.ctx:a", "BACKWARD").await;
    assert_eq!(effective(":.ctx:a").await, "BACKWARD");
    assert_eq!(effective(":.ctx:b").await, "FORWARD");
});

on_both!(
    the_level_of_a_scope_is_what_registrations_are_held_to,
    |node| {
        node.register(":.ctx:a", INT).await.ok();
        let refused = node.register(":.ctx:a", STRING).await;
        assert_eq!(refused.refusal(), (409, 40901));
        let none = json!({ "compatibility": "NONE" });
        node.put("/config/:.ctx:", &none).await.ok();
        node.register(":.ctx:a", STRING).await.ok();
    }
);

on_both!(read_only_scopes_keep_their_settings, |node| {
    node.level("a", "FULL").await.ok();
    node.put("/mode", &json!({ "mode": "READONLY" })).await.ok();
    let body = json!({ "compatibility": "NONE" });
    for path in ["/config", "/config/a"] {
        assert_eq!(
            node.put(path, &body).await.refusal(),
            (422, 42205),
            "{path}"
        );
        assert_eq!(node.delete(path).await.refusal(), (422, 42205), "{path}");
    }
    let read = node.get("/config/a").await.ok();
    assert_eq!(read, json!({ "compatibilityLevel": "FULL" }));
});

//! `/config`: scopes, merging, and what holds where nothing is set.

use dovetail_tests::{avro_record, on_both};

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

on_both!(the_settings_of_a_context_are_its_own, |node| {
    let full = json!({ "compatibility": "FULL" });
    for scope in [":.ctx:", ":.__GLOBAL:"] {
        let path = format!("/config/{scope}");
        let message =
            format!("Subject '{scope}' does not have subject-level compatibility configured");
        refused(&node.get(&path).await, 404, 40408, &message);
        let message = format!("Subject '{scope}' not found.");
        refused(&node.delete(&path).await, 404, 40401, &message);
        let effective = node.get(&format!("{path}?defaultToGlobal=true")).await.ok();
        assert_eq!(effective, json!({ "compatibilityLevel": "BACKWARD" }));
        assert_eq!(node.put(&path, &full).await.ok(), full);
        let read = json!({ "compatibilityLevel": "FULL" });
        assert_eq!(node.get(&path).await.ok(), read);
        // The colon at the end of a whole context may be left out.
        assert_eq!(node.get(path.trim_end_matches(':')).await.ok(), read);
        assert_eq!(node.delete(&path).await.ok(), read);
        assert_eq!(node.get(&path).await.refusal(), (404, 40408));
    }
    // The default context is the whole of what has no context: it always answers.
    for path in [
        "/config",
        "/config/:.:",
        "/config/%3A.%3A",
        "/config/:.",
        "/contexts/:.:/config",
    ] {
        assert_eq!(node.put(path, &full).await.ok(), full, "{path}");
        let read = node.get("/config").await.ok();
        assert_eq!(read, json!({ "compatibilityLevel": "FULL" }), "{path}");
        assert_eq!(node.delete(path).await.ok(), read, "{path}");
        let read = node.get(path).await.ok();
        assert_eq!(read, json!({ "compatibilityLevel": "BACKWARD" }), "{path}");
        assert_eq!(node.delete(path).await.ok(), read, "{path}");
    }
    // No name is a scope but not a subject, and some names are neither.
    for name in ["__GLOBAL", "__EMPTY", ":.ctx:__EMPTY", "a%00b"] {
        let answer = node.put(&format!("/config/{name}"), &full).await;
        assert_eq!(answer.refusal(), (422, 42208), "{name}");
    }
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

/// A value for every setting, as they are written.
fn everything() -> Value {
    let rule = json!({
        "name": "checked", "kind": "CONDITION", "mode": "WRITE", "type": "CEL", "expr": "true", "disabled": false,
    });
    json!({
        "compatibility": "FULL", "compatibilityPolicy": "LENIENT", "compatibilityGroup": "major",
        "alias": "other", "aliasForDeks": "keys", "normalize": true, "validateFields": true,
        "validateNewSchemas": false, "validateRules": true,
        "defaultMetadata": { "properties": { "owner": "nobody" } },
        "overrideMetadata": { "tags": { "**.card": ["PCI"] }, "sensitive": ["owner"] },
        "defaultRuleSet": { "domainRules": [rule] },
        "overrideRuleSet": { "encodingRules": [rule], "enableAt": "2027-01-01" },
    })
}

on_both!(every_setting_is_kept_and_cleared_by_itself, |node| {
    let all = everything();
    let path = "/config/a";
    assert_eq!(node.put(path, &all).await.ok(), all);
    let mut read = all.clone();
    let level = read
        .as_object_mut()
        .expect("an object")
        .remove("compatibility");
    read["compatibilityLevel"] = level.expect("it was there");
    assert_eq!(node.get(path).await.ok(), read);
    let effective = node.get("/config/a?defaultToGlobal=true").await.ok();
    assert_eq!(effective, read);
    let mut rest = all.clone();
    for key in all.as_object().expect("an object").keys() {
        let update = json!({ key.as_str(): null });
        rest.as_object_mut().expect("an object").remove(key);
        assert_eq!(node.put(path, &update).await.ok(), rest, "{key}");
    }
    assert_eq!(node.get(path).await.ok(), json!({}));
});

on_both!(every_setting_but_the_aliases_is_inherited, |node| {
    let all = everything();
    for (scope, subject) in [
        ("/config", "a"),
        ("/config/:.ctx:", ":.ctx:a"),
        ("/config/:.__GLOBAL:", ":.other:a"),
    ] {
        node.put(scope, &all).await.ok();
        let path = format!("/config/{subject}?defaultToGlobal=true");
        let mut expected = all.clone();
        let fields = expected.as_object_mut().expect("an object");
        fields.remove("alias");
        fields.remove("aliasForDeks");
        let level = fields.remove("compatibility").expect("it was there");
        fields.insert("compatibilityLevel".to_owned(), level);
        assert_eq!(node.get(&path).await.ok(), expected, "{scope}");
        // A subject that says one thing keeps the rest.
        let own = json!({ "normalize": false });
        node.put(&format!("/config/{subject}"), &own).await.ok();
        expected["normalize"] = json!(false);
        assert_eq!(node.get(&path).await.ok(), expected, "{scope}");
    }
});

on_both!(wrong_settings_are_refused_and_change_nothing, |node| {
    let rule = |name: &str, mode: &str| json!({ "name": name, "type": "CEL", "mode": mode });
    let long = "x".repeat(257);
    for (update, code) in [
        (
            json!({ "defaultRuleSet": { "domainRules": [rule("", "READ")] } }),
            42210,
        ),
        (
            json!({ "overrideRuleSet": { "domainRules": [rule("1st", "READ")] } }),
            42210,
        ),
        (
            json!({ "defaultRuleSet": { "domainRules": [rule("a b", "READ")] } }),
            42210,
        ),
        (
            json!({ "defaultRuleSet": { "domainRules": [rule(&long, "READ")] } }),
            42210,
        ),
        (
            json!({ "defaultRuleSet": { "domainRules": [rule("a", "UPGRADE")] } }),
            42210,
        ),
        (
            json!({ "defaultRuleSet": { "migrationRules": [rule("a", "READ")] } }),
            42210,
        ),
        (
            json!({ "defaultRuleSet": { "encodingRules": [{ "name": "a" }] } }),
            42210,
        ),
        (
            json!({ "defaultRuleSet": { "encodingRules": [{ "name": "a", "type": "T", "kind": "X" }] } }),
            42210,
        ),
        (
            json!({ "defaultRuleSet": { "domainRules": [rule("a", "READ"), rule("a", "WRITE")] } }),
            42210,
        ),
        (json!({ "alias": "a\nb" }), 42208),
        (json!({ "alias": "__GLOBAL" }), 42208),
        (json!({ "alias": 5 }), 42203),
        (json!({ "normalize": "yes" }), 42203),
    ] {
        for path in ["/config", "/config/a"] {
            let answer = node.put(path, &update).await;
            assert_eq!(answer.refusal(), (422, code), "{update} {}", answer.text);
        }
    }
    assert_eq!(node.get("/config/a").await.refusal(), (404, 40408));
});

on_both!(registered_rule_sets_must_be_right, |node| {
    let body = |rule: Value| json!({ "schema": STRING, "ruleSet": { "domainRules": [rule] } });
    let path = "/subjects/a/versions";
    let answer = node.post(path, &body(json!({ "name": "a" }))).await;
    let message = "Invalid rule set: domainRules[0]: rule 'a' has no type";
    refused(&answer, 422, 42210, message);
    // The rules come before the schema.
    let neither = json!({ "schema": "{", "ruleSet": { "domainRules": [{ "name": "a" }] } });
    assert_eq!(node.post(path, &neither).await.refusal(), (422, 42210));
    node.put("/config/a", &json!({ "validateRules": false }))
        .await
        .ok();
    let registered = node.post(path, &body(json!({ "name": "a" }))).await.ok();
    // What a rule does not say has a meaning.
    let meant = json!({ "name": "a", "kind": "TRANSFORM", "mode": "WRITEREAD", "disabled": false });
    assert_eq!(registered["ruleSet"]["domainRules"], json!([meant]));
    assert_eq!(node.post(path, &body(meant)).await.ok(), registered);
});

on_both!(
    settings_add_metadata_and_rules_around_what_a_schema_says,
    |node| {
        let rule = |name: &str, expr: &str| {
            json!({
                "name": name, "kind": "CONDITION", "mode": "READ", "type": "CEL", "expr": expr, "disabled": false,
            })
        };
        let settings = json!({
            "defaultMetadata": { "properties": { "owner": "nobody", "tier": "3" }, "tags": { "a": ["X"] } },
            "overrideMetadata": { "properties": { "region": "eu" } },
            "defaultRuleSet": { "domainRules": [rule("one", "default"), rule("two", "default")] },
            "overrideRuleSet": { "domainRules": [rule("three", "over")] },
        });
        node.put("/config/:.ctx:", &settings).await.ok();
        let path = "/subjects/:.ctx:a/versions";
        let plain = node.post(path, &json!({ "schema": STRING })).await.ok();
        assert_eq!(
            plain["metadata"],
            json!({ "properties": { "owner": "nobody", "tier": "3", "region": "eu" }, "tags": { "a": ["X"] } })
        );
        let names = |answer: &Value| -> Vec<(String, String)> {
            let rules = answer["ruleSet"]["domainRules"].as_array().expect("rules");
            let text = |value: &Value| value.as_str().expect("text").to_owned();
            rules
                .iter()
                .map(|rule| (text(&rule["name"]), text(&rule["expr"])))
                .collect()
        };
        let pair = |name: &str, expr: &str| (name.to_owned(), expr.to_owned());
        assert_eq!(
            names(&plain),
            [
                pair("one", "default"),
                pair("two", "default"),
                pair("three", "over")
            ]
        );
        // Once more changes nothing, and looking it up finds it.
        assert_eq!(
            node.post(path, &json!({ "schema": STRING })).await.ok(),
            plain
        );
        let found = node
            .post("/subjects/:.ctx:a", &json!({ "schema": STRING }))
            .await
            .ok();
        assert_eq!(found["id"], plain["id"]);
        let own = json!({
            "schema": STRING,
            "metadata": { "properties": { "owner": "shop", "region": "us" } },
            "ruleSet": { "domainRules": [rule("two", "own"), rule("three", "own")] },
        });
        let second = node.post(path, &own).await.ok();
        assert_eq!(second["version"], 2);
        assert_eq!(
            second["metadata"],
            json!({ "properties": { "owner": "shop", "tier": "3", "region": "eu" }, "tags": { "a": ["X"] } })
        );
        assert_eq!(
            names(&second),
            [
                pair("one", "default"),
                pair("two", "own"),
                pair("three", "over")
            ]
        );
        assert_eq!(node.post(path, &own).await.ok(), second);
        // New settings make a new version of what is there.
        node.put(
            "/config/:.ctx:",
            &json!({ "overrideMetadata": { "properties": { "region": "us" } } }),
        )
        .await
        .ok();
        let third = node.post(path, &own).await.ok();
        assert_eq!(third["version"], 3);
        assert_eq!(third["metadata"]["properties"]["region"], "us");
        // An import brings what it brings.
        node.put("/mode/:.ctx:?force=true", &json!({ "mode": "IMPORT" }))
            .await
            .ok();
        let imported = node
            .post(path, &json!({ "schema": INT, "id": 50 }))
            .await
            .ok();
        assert!(imported.get("metadata").is_none());
    }
);

on_both!(a_group_compares_only_with_its_own, |node| {
    let group = json!({ "compatibilityGroup": "major", "compatibility": "BACKWARD" });
    node.put("/config/a", &group).await.ok();
    let of = |schema: &str, major: &str| {
        json!({
            "schema": schema, "metadata": { "properties": { "major": major } },
        })
    };
    let path = "/subjects/a/versions";
    let (one, two) = (avro_record(&["x"]), avro_record(&["x", "y"]));
    node.post(path, &of(&one, "1")).await.ok();
    assert_eq!(
        node.post(path, &of(&two, "1")).await.refusal(),
        (409, 40901)
    );
    node.post(path, &of(&two, "2")).await.ok();
    // The newest of the group counts, not the newest of all.
    assert_eq!(
        node.post(path, &of(&avro_record(&["x", "z?"]), "1"))
            .await
            .version(),
        3
    );
    assert_eq!(
        node.post(path, &of(&avro_record(&["x", "y", "w"]), "2"))
            .await
            .refusal(),
        (409, 40901)
    );
    // None is a group too.
    let without = json!({ "schema": STRING, "metadata": {} });
    assert_eq!(node.post(path, &without).await.version(), 4);
    let check = "/compatibility/subjects/a/versions";
    let verdict = node
        .post(check, &of(&avro_record(&["x", "y", "w"]), "2"))
        .await
        .ok();
    assert_eq!(verdict["is_compatible"], false);
    let verdict = node.post(check, &of(&avro_record(&["q"]), "3")).await.ok();
    assert_eq!(verdict["is_compatible"], true);
    // What a check is not told it does not know.
    let verdict = node.post(check, &json!({ "schema": STRING })).await.ok();
    assert_eq!(verdict["is_compatible"], true);
});

on_both!(
    new_schemas_are_looked_at_closely_unless_told_otherwise,
    |node| {
        let wrong =
            r#"{"type":"record","name":"R","fields":[{"name":"f","type":"int","default":"x"}]}"#;
        let odd = r#"{"type":"record","name":"1st","fields":[]}"#;
        for text in [wrong, odd] {
            assert_eq!(node.register("a", text).await.refusal(), (422, 42201));
        }
        let loose = json!({ "validateNewSchemas": false, "compatibility": "NONE" });
        node.put("/config/:.ctx:", &loose).await.ok();
        for text in [wrong, odd] {
            let registered = node.register(":.ctx:a", text).await.ok();
            assert_eq!(registered["schema"], text);
        }
        // What is there is found and checked against, though new ones are looked at again.
        let strict = json!({ "validateNewSchemas": true });
        node.put("/config/:.ctx:", &strict).await.ok();
        for (text, version) in [(wrong, 1), (odd, 2)] {
            let found = node
                .post("/subjects/:.ctx:a", &json!({ "schema": text }))
                .await
                .ok();
            assert_eq!(found["version"], version);
        }
        let level = json!({ "compatibility": "BACKWARD" });
        node.put("/config/:.ctx:", &level).await.ok();
        assert_eq!(
            node.register(":.ctx:a", STRING).await.refusal(),
            (409, 40901)
        );
        assert_eq!(node.register(":.ctx:b", odd).await.refusal(), (422, 42201));
    }
);

on_both!(what_a_setting_does_not_know_is_passed_over, |node| {
    let update = json!({ "compatibility": "FULL", "compatibilityLevel": "NONE", "new": [1] });
    let answer = node.put("/config/a", &update).await.ok();
    assert_eq!(answer, json!({ "compatibility": "FULL" }));
    let update = json!({ "mode": "READONLY", "new": { "x": 1 } });
    let answer = node.put("/mode/a", &update).await.ok();
    assert_eq!(answer, json!({ "mode": "READONLY" }));
});

on_both!(reserved_fields_stay_free, |node| {
    let settings = json!({ "validateFields": true, "compatibility": "NONE" });
    node.put("/config/a", &settings).await.ok();
    let reserving = |schema: &str, names: &str| {
        json!({
            "schema": schema, "metadata": { "properties": { "confluent:reserved": names } },
        })
    };
    let path = "/subjects/a/versions";
    node.post(path, &reserving(&avro_record(&["x"]), "old, older"))
        .await
        .ok();
    let used = node
        .post(path, &json!({ "schema": avro_record(&["x", "old"]) }))
        .await;
    assert_eq!(used.refusal(), (409, 40901));
    for part in [
        "FIELD_CONFLICTS_WITH_RESERVED_FIELD",
        "'old'",
        "{validateFields: 'true', compatibility: 'NONE'}",
    ] {
        assert!(used.text.contains(part), "{part}: {}", used.text);
    }
    let removed = node
        .post(path, &reserving(&avro_record(&["x", "y"]), "old"))
        .await;
    assert_eq!(removed.refusal(), (409, 40901));
    assert!(
        removed.text.contains("RESERVED_FIELD_REMOVED"),
        "{}",
        removed.text
    );
    let check = node
        .post(
            "/compatibility/subjects/a/versions?verbose=true",
            &reserving(&avro_record(&["older"]), "older, old"),
        )
        .await
        .ok();
    assert_eq!(check["is_compatible"], false);
    node.put("/config/a", &json!({ "validateFields": false }))
        .await
        .ok();
    node.post(path, &json!({ "schema": avro_record(&["x", "old"]) }))
        .await
        .ok();
});

on_both!(
    stricter_fields_refuse_properties_that_look_like_tools,
    |node| {
        let schema = r#"{"type":"object","properties":{"$$x":{"type":"string"}}}"#;
        node.register_as("JSON", "free", schema).await.ok();
        node.put("/config/a", &json!({ "validateFields": true }))
            .await
            .ok();
        let answer = node.register_as("JSON", "a", schema).await;
        assert_eq!(answer.refusal(), (422, 42201), "{}", answer.text);
    }
);

on_both!(what_is_an_object_is_written_as_one, |node| {
    for body in [
        json!({ "schema": STRING, "metadata": [] }),
        json!({ "schema": STRING, "metadata": [{}, {}, []] }),
        json!({ "schema": STRING, "ruleSet": [] }),
        json!({ "schema": STRING, "ruleSet": { "domainRules": [["a"]] } }),
        json!({ "schema": STRING, "references": [["a", "b", 1]] }),
        json!({ "schema": STRING, "references": {} }),
    ] {
        let answer = node.post("/subjects/a/versions", &body).await;
        assert_eq!(answer.refusal(), (422, 42201), "{body}");
    }
    for update in [
        json!({ "defaultMetadata": [] }),
        json!({ "overrideRuleSet": [[]] }),
    ] {
        let answer = node.put("/config/a", &update).await;
        assert_eq!(answer.refusal(), (422, 42203), "{update}");
    }
    let nothing =
        json!({ "schema": STRING, "metadata": null, "ruleSet": null, "references": null });
    node.post("/subjects/a/versions", &nothing).await.ok();
});

//! `/mode`: scopes, and what each mode allows.

use dovetail_tests::{Node, on_both};

use super::*;

async fn set(node: &Node, scope: &str, mode: &str) {
    let body = json!({ "mode": mode });
    assert_eq!(node.put(&path_of(scope), &body).await.ok(), body);
}

fn path_of(scope: &str) -> String {
    if scope.is_empty() {
        "/mode".to_owned()
    } else {
        format!("/mode/{scope}")
    }
}

fn mode(name: &str) -> Value {
    json!({ "mode": name })
}

on_both!(a_mode_is_set_read_and_removed, |node| {
    assert_eq!(node.get("/mode").await.ok(), mode("READWRITE"));
    assert_eq!(node.delete("/mode").await.ok(), mode("READWRITE"));
    set(&node, "", "READONLY").await;
    assert_eq!(node.get("/mode").await.ok(), mode("READONLY"));
    assert_eq!(node.delete("/mode").await.ok(), mode("READONLY"));
    assert_eq!(node.get("/mode").await.ok(), mode("READWRITE"));

    let message = "Subject 'a' does not have subject-level mode configured";
    refused(&node.get("/mode/a").await, 404, 40409, message);
    refused(
        &node.delete("/mode/a").await,
        404,
        40401,
        "Subject 'a' not found.",
    );
    let effective = node.get("/mode/a?defaultToGlobal=true").await.ok();
    assert_eq!(effective, mode("READWRITE"));
    set(&node, "a", "READONLY").await;
    assert_eq!(node.get("/mode/a").await.ok(), mode("READONLY"));
    assert_eq!(node.get("/mode").await.ok(), mode("READWRITE"));
    assert_eq!(node.delete("/mode/a").await.ok(), mode("READONLY"));
    assert_eq!(node.get("/mode/a").await.refusal(), (404, 40409));
});

on_both!(the_mode_of_a_context_is_its_own, |node| {
    for scope in [":.ctx:", ":.__GLOBAL:"] {
        let path = path_of(scope);
        let message = format!("Subject '{scope}' does not have subject-level mode configured");
        refused(&node.get(&path).await, 404, 40409, &message);
        let message = format!("Subject '{scope}' not found.");
        refused(&node.delete(&path).await, 404, 40401, &message);
        let effective = node.get(&format!("{path}?defaultToGlobal=true")).await.ok();
        assert_eq!(effective, mode("READWRITE"));
        set(&node, scope, "READONLY").await;
        assert_eq!(node.get(&path).await.ok(), mode("READONLY"));
        assert_eq!(
            node.get(path.trim_end_matches(':')).await.ok(),
            mode("READONLY")
        );
        assert_eq!(node.delete(&path).await.ok(), mode("READONLY"));
    }
    // The default context is the whole of what has no context: it always answers.
    for path in [
        "/mode",
        "/mode/",
        "/mode/:.:",
        "/mode/:.",
        "/contexts/:.:/mode",
    ] {
        assert_eq!(
            node.put(path, &mode("READONLY")).await.ok(),
            mode("READONLY"),
            "{path}"
        );
        assert_eq!(node.get("/mode").await.ok(), mode("READONLY"), "{path}");
        assert_eq!(node.delete(path).await.ok(), mode("READONLY"), "{path}");
        assert_eq!(node.get(path).await.ok(), mode("READWRITE"), "{path}");
    }
});

on_both!(modes_are_read_in_any_case, |node| {
    let answer = node.put("/mode/a", &mode("ReadOnly_Override")).await.ok();
    assert_eq!(answer, mode("READONLY_OVERRIDE"));
});

on_both!(an_unknown_mode_is_refused, |node| {
    let message =
        "Invalid mode. Valid values are READWRITE, READONLY, READONLY_OVERRIDE, IMPORT, FORWARD";
    for wrong in [
        json!("READ"),
        json!(""),
        json!(null),
        json!(1),
        json!(["IMPORT"]),
    ] {
        for path in ["/mode", "/mode/a"] {
            let answer = node.put(path, &json!({ "mode": wrong })).await;
            refused(&answer, 422, 42204, message);
        }
    }
    refused(&node.put("/mode", &json!({})).await, 422, 42204, message);
});

on_both!(forwarding_is_for_the_level_above_all_contexts, |node| {
    for path in ["/mode", "/mode/a", "/mode/:.ctx:"] {
        let answer = node.put(path, &mode("FORWARD")).await;
        assert_eq!(answer.refusal(), (422, 42204), "{path}");
    }
    set(&node, ":.__GLOBAL:", "FORWARD").await;
    let effective = node.get("/mode/a?defaultToGlobal=true").await.ok();
    assert_eq!(effective, mode("FORWARD"));
});

on_both!(the_nearest_scope_decides, |node| {
    let effective = async |scope: &str| {
        let path = format!("/mode/{scope}?defaultToGlobal=true");
        node.get(&path).await.ok()["mode"]
            .as_str()
            .expect("text")
            .to_owned()
    };
    set(&node, ":.__GLOBAL:", "READONLY").await;
    assert_eq!(effective("a").await, "READONLY");
    assert_eq!(effective(":.ctx:a").await, "READONLY");
    set(&node, ":.ctx:", "READWRITE").await;
    assert_eq!(effective(":.ctx:a").await, "READWRITE");
    assert_eq!(effective("a").await, "READONLY");
    set(&node, "a", "READWRITE").await;
    assert_eq!(effective("a").await, "READWRITE");
    node.register(":.ctx:a", STRING).await.ok();
    node.register("a", STRING).await.ok();
    assert_eq!(node.register("b", STRING).await.refusal(), (422, 42205));
});

on_both!(
    read_only_takes_what_is_registered_and_nothing_else,
    |node| {
        let known = node.register("a", STRING).await.ok();
        for name in ["READONLY", "READONLY_OVERRIDE"] {
            set(&node, "", name).await;
            assert_eq!(node.register("a", STRING).await.ok(), known);
            let new = node.register("a", INT).await;
            refused(&new, 422, 42205, "Subject a is in read-only mode");
            // Known elsewhere is new here.
            assert_eq!(node.register("b", STRING).await.refusal(), (422, 42205));
            assert_eq!(node.delete("/subjects/a").await.refusal(), (422, 42205));
            let version = node.delete("/subjects/a/versions/1").await;
            assert_eq!(version.refusal(), (422, 42205));
            let with_id = json!({ "schema": INT, "id": 9 });
            let answer = node.post("/subjects/a/versions", &with_id).await;
            assert_eq!(answer.refusal(), (422, 42205));
            let found = node.post("/subjects/a", &json!({ "schema": STRING })).await;
            assert_eq!(found.ok()["id"], known["id"]);
            assert_eq!(node.get("/subjects/a/versions").await.ok(), json!([1]));
        }
        // The mode itself can always be changed.
        set(&node, "", "READWRITE").await;
        node.register("b", STRING).await.ok();
    }
);

on_both!(the_mode_comes_before_compatibility, |node| {
    node.register("a", INT).await.ok();
    set(&node, "a", "READONLY").await;
    assert_eq!(node.register("a", STRING).await.refusal(), (422, 42205));
});

on_both!(import_mode_wants_an_empty_scope, |node| {
    node.register("a", STRING).await.ok();
    node.register(":.ctx:a", STRING).await.ok();
    let message = "Cannot import since found existing subjects; delete them first, or set the mode with force=true";
    for path in ["/mode", "/mode/a", "/mode/:.ctx:"] {
        refused(&node.put(path, &mode("IMPORT")).await, 422, 42205, message);
    }
    node.put("/mode/b", &mode("IMPORT")).await.ok();
    node.put("/mode/:.empty:", &mode("IMPORT")).await.ok();
    // What is left of deleted subjects goes.
    node.delete("/subjects/a").await.ok();
    node.put("/mode", &mode("IMPORT")).await.ok();
    assert_eq!(
        node.get("/subjects?deleted=true&subjectPrefix=").await.ok(),
        json!([])
    );
    // With force, nothing is asked.
    let forced = node
        .put("/mode/:.ctx:?force=true", &mode("IMPORT"))
        .await
        .ok();
    assert_eq!(forced, mode("IMPORT"));
    let kept = node.get("/subjects?subjectPrefix=:.ctx:").await.ok();
    assert_eq!(kept, json!([":.ctx:a"]));
});

on_both!(import_mode_does_not_remove_what_is_referred_to, |node| {
    node.register("inner", &record("Inner")).await.ok();
    let body = json!({
        "schema": record_of("Outer", "Inner"), "references": [reference("Inner", "inner", 1)],
    });
    node.post("/subjects/outer/versions", &body).await.ok();
    node.delete("/subjects/outer").await.ok();
    node.delete("/subjects/inner").await.ok();
    let answer = node.put("/mode/inner", &mode("IMPORT")).await;
    assert_eq!(answer.refusal(), (422, 42206));
});

on_both!(import_mode_takes_ids_and_versions_as_they_come, |node| {
    set(&node, "", "IMPORT").await;
    let of = |schema: &str, id: i64, version: i64| json!({ "schema": schema, "id": id, "version": version });
    let path = "/subjects/a/versions";
    let first = node.post(path, &of(INT, 40, 3)).await.ok();
    assert_eq!((&first["id"], &first["version"]), (&json!(40), &json!(3)));
    // Out of order, and incompatible: nothing is checked.
    let second = node.post(path, &of(STRING, 7, 1)).await.ok();
    assert_eq!((&second["id"], &second["version"]), (&json!(7), &json!(1)));
    let next = node
        .post(path, &json!({ "schema": LONG, "id": 41 }))
        .await
        .ok();
    assert_eq!(next["version"], 4);
    // Repeating is harmless.
    assert_eq!(node.post(path, &of(INT, 40, 3)).await.ok(), first);
    assert_eq!(node.get(path).await.ok(), json!([1, 3, 4]));
    // Afterwards, ids go on above the highest.
    set(&node, "", "READWRITE").await;
    assert_eq!(node.register("b", r#""bytes""#).await.id(), 42);
});

on_both!(import_mode_wants_an_id_that_is_free, |node| {
    set(&node, "", "IMPORT").await;
    let answer = node.register("a", STRING).await;
    let message = "Subject a is in import mode: a schema must bring its id";
    refused(&answer, 422, 42205, message);
    let of = |schema: &str, id: i64| json!({ "schema": schema, "id": id });
    let path = "/subjects/a/versions";
    node.post(path, &of(STRING, 5)).await.ok();
    let taken = node.post(path, &of(INT, 5)).await;
    let message = "Overwrite new schema with id 5 is not permitted.";
    refused(&taken, 422, 42205, message);
    for id in [0, -1, 2_147_483_648] {
        let answer = node.post(path, &of(INT, id)).await;
        let message = format!("Schema id {id} is not between 1 and 2^31-1");
        refused(&answer, 422, 42205, &message);
    }
    // One text may have several ids, which is what moving registries together makes of them.
    let other = node.post("/subjects/b/versions", &of(STRING, 6)).await.ok();
    assert_eq!(other["id"], 6);
    let same_place = json!({ "schema": INT, "id": 9, "version": 1 });
    let answer = node.post(path, &same_place).await;
    assert_eq!(answer.refusal(), (422, 42205));
});

on_both!(an_import_is_taken_as_it_is, |node| {
    node.put("/config", &json!({ "normalize": true }))
        .await
        .ok();
    set(&node, "", "IMPORT").await;
    let wordy = r#"{"type":"record","name":"1st","fields":[{"name":"f","type":"int","default":"x"}],"q":2,"p":1}"#;
    let body = json!({ "schema": wordy, "id": 5 });
    for path in [
        "/subjects/a/versions",
        "/subjects/b/versions?normalize=true",
    ] {
        assert_eq!(node.post(path, &body).await.ok()["schema"], wordy, "{path}");
    }
    set(&node, "", "READWRITE").await;
    let body = json!({ "schema": wordy });
    assert_eq!(
        node.post("/subjects/c/versions", &body).await.refusal(),
        (422, 42201)
    );
});

on_both!(forwarding_takes_what_importing_takes, |node| {
    node.register("a", INT).await.ok();
    set(&node, ":.__GLOBAL:", "FORWARD").await;
    assert_eq!(node.register("a", INT).await.id(), 1);
    assert_eq!(node.register("a", STRING).await.refusal(), (422, 42205));
    let body = json!({ "schema": STRING, "id": 9 });
    let brought = node.post("/subjects/a/versions", &body).await.ok();
    assert_eq!(
        (&brought["id"], &brought["version"]),
        (&json!(9), &json!(2))
    );
    // A nearer scope decides.
    set(&node, ":.ctx:", "READWRITE").await;
    node.register(":.ctx:a", STRING).await.ok();
});

on_both!(the_id_a_schema_has_may_be_named_in_every_mode, |node| {
    node.register("other", INT).await.ok();
    let known = node.register("a", STRING).await.ok();
    let of = |id: u32| json!({ "schema": STRING, "id": id });
    for name in ["READWRITE", "READONLY", "READONLY_OVERRIDE", "IMPORT"] {
        node.put("/mode/a?force=true", &mode(name)).await.ok();
        assert_eq!(
            node.post("/subjects/a/versions", &of(2)).await.ok(),
            known,
            "{name}"
        );
        let taken = node.post("/subjects/a/versions", &of(1)).await;
        assert_eq!(taken.refusal(), (422, 42205), "{name}");
    }
});

on_both!(a_read_only_context_keeps_its_settings, |node| {
    set(&node, ":.ctx:", "READONLY").await;
    let body = json!({ "compatibility": "NONE" });
    for scope in [":.ctx:", ":.ctx:a"] {
        let path = format!("/config/{scope}");
        let message = format!("Subject {scope} is in read-only mode");
        refused(&node.put(&path, &body).await, 422, 42205, &message);
        refused(&node.delete(&path).await, 422, 42205, &message);
    }
    node.put("/config/a", &body).await.ok();
    // Where nothing is set, a mode of a subject inside may open it.
    set(&node, ":.ctx:a", "READWRITE").await;
    node.put("/config/:.ctx:a", &body).await.ok();
});

on_both!(import_mode_takes_deletions_and_settings, |node| {
    set(&node, "", "IMPORT").await;
    let body = json!({ "schema": STRING, "id": 5 });
    node.post("/subjects/a/versions", &body).await.ok();
    node.level("a", "NONE").await.ok();
    node.delete("/subjects/a").await.ok();
    node.delete("/subjects/a?permanent=true").await.ok();
});

on_both!(the_modes_of_a_whole_context_are_removed, |node| {
    for scope in [":.ctx:", ":.ctx:a", ":.ctx:b", "a"] {
        set(&node, scope, "READONLY").await;
    }
    let removed = node.delete("/mode/:.ctx:?recursive=true").await.ok();
    assert_eq!(removed, mode("READONLY"));
    for scope in [":.ctx:a", ":.ctx:b"] {
        assert_eq!(node.get(&path_of(scope)).await.refusal(), (404, 40409));
    }
    assert_eq!(node.get("/mode/a").await.ok(), mode("READONLY"));
    assert_eq!(
        node.delete("/mode/:.ctx:?recursive=true").await.ok(),
        json!({})
    );
    assert_eq!(
        node.delete("/mode/nobody?recursive=true").await.ok(),
        json!({})
    );
    assert_eq!(node.delete("/mode?recursive=true").await.ok(), json!({}));
    assert_eq!(node.get("/mode/a").await.refusal(), (404, 40409));
    assert_eq!(
        node.delete("/mode/a?recursive=maybe").await.refusal(),
        (400, 400)
    );
});

on_both!(import_for_everything_wants_everything_empty, |node| {
    node.register(":.ctx:a", STRING).await.ok();
    let answer = node.put("/mode/:.__GLOBAL:", &mode("IMPORT")).await;
    assert_eq!(answer.refusal(), (422, 42205));
    node.delete("/subjects/:.ctx:a").await.ok();
    node.put("/mode/:.__GLOBAL:", &mode("IMPORT")).await.ok();
    assert_eq!(node.get("/subjects?deleted=true").await.ok(), json!([]));
});

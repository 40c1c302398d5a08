//! `/contexts`, and subjects that live in one.

use dovetail_tests::{contract::Contract, on_both};

use super::*;

on_both!(the_default_context_is_always_there, |node| {
    assert_eq!(node.get("/contexts").await.ok(), json!(["."]));
    node.register(":.z:a", STRING).await.ok();
    node.register(":.a:a", STRING).await.ok();
    node.register("a", STRING).await.ok();
    let contexts = node.get("/contexts").await.ok();
    assert_eq!(contexts, json!([".", ".a", ".z"]));
    // The level above all contexts is none of them.
    let none = json!({ "compatibility": "NONE" });
    node.put("/config/:.__GLOBAL:", &none).await.ok();
    assert_eq!(node.get("/contexts").await.ok(), contexts);
    for query in ["", "?permanent=true"] {
        node.delete(&format!("/subjects/:.a:a{query}")).await.ok();
    }
    assert_eq!(node.get("/contexts").await.ok(), contexts);
});

on_both!(ids_are_counted_in_each_context, |node| {
    assert_eq!(node.register("a", STRING).await.id(), 1);
    assert_eq!(node.register("a2", INT).await.id(), 2);
    assert_eq!(node.register(":.ctx:a", LONG).await.id(), 1);
    assert_eq!(node.register(":.ctx:b", STRING).await.id(), 2);
    assert_eq!(node.get("/schemas/ids/1").await.ok()["schema"], STRING);
    let other = node.get("/schemas/ids/1?subject=:.ctx:").await.ok();
    assert_eq!(other["schema"], LONG);
});

on_both!(
    a_qualified_subject_is_one_segment_however_it_is_encoded,
    |node| {
        node.register(":.ctx:orders", STRING).await.ok();
        for subject in [":.ctx:orders", "%3A.ctx%3Aorders", ":%2Ectx:orders"] {
            let path = format!("/subjects/{subject}/versions/latest");
            let found = node.get(&path).await.ok();
            assert_eq!(found["subject"], ":.ctx:orders", "{subject}");
        }
        assert_eq!(node.get("/subjects/orders/versions/9").await.status, 404);
        let body = json!({ "schema": STRING });
        let found = node.post("/subjects/:.ctx:orders", &body).await.ok();
        assert_eq!(found["subject"], ":.ctx:orders");
        let subjects = node
            .get("/schemas/ids/1/subjects?subject=:.ctx:")
            .await
            .ok();
        assert_eq!(subjects, json!([":.ctx:orders"]));
        let versions = node
            .get("/schemas/ids/1/versions?subject=:.ctx:")
            .await
            .ok();
        assert_eq!(
            versions,
            json!([{ "subject": ":.ctx:orders", "version": 1 }])
        );
    }
);

on_both!(the_default_context_may_be_spelled_out, |node| {
    node.register(":.:orders", STRING).await.ok();
    assert_eq!(node.get("/subjects").await.ok(), json!(["orders"]));
    let found = node.get("/subjects/orders/versions/1").await.ok();
    assert_eq!(found["subject"], "orders");
    let found = node.get("/subjects/:.:orders/versions/1").await.ok();
    assert_eq!(found["subject"], "orders");
});

on_both!(contexts_do_not_share_subjects, |node| {
    node.register("a", INT).await.ok();
    node.register(":.ctx:a", STRING).await.ok();
    node.delete("/subjects/:.ctx:a").await.ok();
    assert_eq!(node.get("/subjects/a/versions").await.ok(), json!([1]));
    let gone = node.get("/subjects/:.ctx:a/versions").await;
    refused(&gone, 404, 40401, "Subject ':.ctx:a' not found.");
});

on_both!(a_context_may_stand_before_the_path, |node| {
    let body = json!({ "schema": STRING });
    for (context, version) in [("c", 1), (".c", 1), (":.c:", 1), ("%3A.c%3A", 1)] {
        let path = format!("/contexts/{context}/subjects/a/versions");
        assert_eq!(
            node.post(&path, &body).await.version(),
            version,
            "{context}"
        );
    }
    node.register("other", INT).await.ok();
    assert_eq!(
        node.get("/contexts/c/subjects").await.ok(),
        json!([":.c:a"])
    );
    assert_eq!(
        node.get("/contexts/c/subjects?subjectPrefix=b").await.ok(),
        json!([])
    );
    assert_eq!(
        node.get("/contexts/:.:/subjects").await.ok(),
        json!(["other"])
    );
    assert_eq!(
        node.get("/contexts/c/subjects/a/versions").await.ok(),
        json!([1])
    );
    assert_eq!(
        node.get("/contexts/c/subjects/:.:other/versions")
            .await
            .ok(),
        json!([1])
    );
    assert_eq!(
        node.get("/contexts/c/subjects/a/versions/latest")
            .await
            .ok()["subject"],
        ":.c:a"
    );
    assert_eq!(
        node.post("/contexts/c/subjects/a", &body).await.ok()["subject"],
        ":.c:a"
    );
    assert_eq!(
        node.get("/contexts/c/schemas/ids/1").await.ok()["schema"],
        STRING
    );
    assert_eq!(
        node.get("/contexts/c/schemas/ids/1/subjects").await.ok(),
        json!([":.c:a"])
    );
    assert_eq!(
        node.get("/contexts/c/schemas/ids/1?subject=a").await.ok()["subject"],
        ":.c:a"
    );
    assert_eq!(
        node.get("/contexts/c/schemas").await.ok()[0]["subject"],
        ":.c:a"
    );
    assert_eq!(
        node.get("/contexts/c/schemas/types")
            .await
            .ok()
            .as_array()
            .map(Vec::len),
        Some(3)
    );
    let verdict = node
        .post(
            "/contexts/c/compatibility/subjects/a/versions",
            &json!({ "schema": INT }),
        )
        .await
        .ok();
    assert_eq!(verdict["is_compatible"], false);
    let none = json!({ "compatibility": "NONE" });
    node.put("/contexts/c/config", &none).await.ok();
    assert_eq!(
        node.get("/config/:.c:").await.ok()["compatibilityLevel"],
        "NONE"
    );
    assert_eq!(
        node.get("/config").await.ok()["compatibilityLevel"],
        "BACKWARD"
    );
    node.put("/contexts/c/config/a", &json!({ "compatibility": "FULL" }))
        .await
        .ok();
    assert_eq!(
        node.get("/config/:.c:a").await.ok()["compatibilityLevel"],
        "FULL"
    );
    node.put("/contexts/c/mode/a", &json!({ "mode": "READONLY" }))
        .await
        .ok();
    assert_eq!(node.get("/mode/:.c:a").await.ok()["mode"], "READONLY");
    assert_eq!(node.get("/contexts/c/mode").await.refusal(), (404, 40409));
    let held = node.get("/contexts/c/mode?defaultToGlobal=true").await.ok();
    assert_eq!(held["mode"], "READWRITE");
    node.delete("/contexts/c/mode/a").await.ok();
    assert_eq!(node.delete("/contexts/c/subjects/a").await.ok(), json!([1]));
});

/// Where the path of an operation leads when the context `c` stands before it.
fn in_c(path: &str) -> String {
    match path {
        "/subjects" | "/schemas" => format!("{path}?subjectPrefix=:.c:"),
        "/config" | "/mode" => format!("{path}/:.c:"),
        _ if path.starts_with("/schemas/ids/") => format!("{path}?subject=:.c:"),
        _ => path
            .replace("/a", "/:.c:a")
            .replace("/:.c:associations", "/associations"),
    }
}

on_both!(every_route_is_reached_in_its_context, |node| {
    node.register("a", INT).await.ok();
    node.register(":.c:a", STRING).await.ok();
    node.put("/config/:.c:", &json!({ "compatibility": "FULL" }))
        .await
        .ok();
    node.put("/config/:.c:a", &json!({ "compatibility": "NONE" }))
        .await
        .ok();
    for scope in [":.c:", ":.c:a"] {
        let mode = json!({ "mode": "READWRITE" });
        node.put(&format!("/mode/{scope}"), &mode).await.ok();
    }
    let body = json!({ "resourceName": "t", "resourceNamespace": "n", "resourceId": "7",
        "associations": [{ "subject": ":.c:a", "lifecycle": "WEAK" }] });
    node.post("/associations", &body).await.ok();
    let guid = node.get("/subjects/:.c:a/versions/1").await.ok()["guid"].clone();
    let mut count = 0;
    for operation in Contract::committed().operations() {
        let path = operation
            .path
            .replace("{subject}", "a")
            .replace("{version}", "1")
            .replace("{id}", "1")
            .replace("{guid}", guid.as_str().expect("text"))
            .replace("{resource}/{name}", "n/t")
            .replace("{resource}", "7");
        let first = path.split('/').nth(1).unwrap_or_default();
        let is_in_context =
            ["subjects", "schemas", "config", "mode", "associations"].contains(&first);
        if operation.method != "GET" || !is_in_context {
            continue;
        }
        count += 1;
        let expected = node.get(&in_c(&path)).await;
        assert_eq!(expected.status, 200, "{path} {}", expected.text);
        let answer = node.get(&format!("/contexts/c{path}")).await;
        assert_eq!(
            (answer.status, &answer.text),
            (200, &expected.text),
            "{path}"
        );
    }
    assert!(count >= 18, "{count}");
    let body = json!({ "schema": INT });
    for tail in ["", "/1", "/latest"] {
        node.put("/contexts/c/config/a", &json!({ "compatibility": "FULL" }))
            .await
            .ok();
        let path = format!("/contexts/c/compatibility/subjects/a/versions{tail}");
        assert_eq!(
            node.post(&path, &body).await.ok()["is_compatible"],
            false,
            "{path}"
        );
    }
    let owner = json!({ "metadata": { "properties": { "owner": "shop" } } });
    let second = node
        .post("/contexts/c/subjects/a/versions/latest/tags", &owner)
        .await
        .ok();
    assert_eq!(second["version"], 2);
    assert_eq!(
        node.delete("/contexts/c/subjects/a/versions/1").await.ok(),
        1
    );
    assert_eq!(node.get("/subjects/:.c:a/versions").await.ok(), json!([2]));
    assert_eq!(node.get("/subjects/a/versions").await.ok(), json!([1]));
});

on_both!(what_is_no_context_is_refused, |node| {
    for path in [
        "/contexts/a:b/subjects",
        "/contexts/:.a/subjects",
        "/contexts/:a:/subjects",
        "/contexts/a%3Ab/config",
    ] {
        assert_eq!(node.get(path).await.refusal(), (400, 400), "{path}");
    }
    assert_eq!(node.get("/contexts/a/nowhere").await.refusal(), (404, 404));
    assert_eq!(node.get("/contexts/a/contexts").await.refusal(), (404, 404));
    assert_eq!(
        node.get("/contexts/a/health/live").await.refusal(),
        (404, 404)
    );
    assert_eq!(
        node.get("/contexts/a%0Ab/mode/x").await.refusal(),
        (422, 42208)
    );
    assert_eq!(
        node.get("/contexts/a/subjects/%zz/versions")
            .await
            .refusal(),
        (400, 400)
    );
    assert_eq!(
        node.put("/contexts/a/subjects", &json!({})).await.refusal(),
        (405, 405)
    );
});

on_both!(contexts_are_listed_by_prefix, |node| {
    for subject in [":.team-a:x", ":.team-b:x", ":.other:x"] {
        node.register(subject, STRING).await.ok();
    }
    let list = async |query: &str| node.get(&format!("/contexts{query}")).await.ok();
    assert_eq!(
        list("?contextPrefix=.team").await,
        json!([".team-a", ".team-b"])
    );
    assert_eq!(
        list("?contextPrefix=.").await,
        json!([".", ".other", ".team-a", ".team-b"])
    );
    assert_eq!(list("?contextPrefix=x").await, json!([]));
});

on_both!(an_empty_context_is_deleted, |node| {
    node.register(":.c:a", STRING).await.ok();
    node.put("/config/:.c:", &json!({ "compatibility": "NONE" }))
        .await
        .ok();
    node.put("/config/:.c:later", &json!({ "compatibility": "FULL" }))
        .await
        .ok();
    node.put("/mode/:.c:", &json!({ "mode": "READONLY" }))
        .await
        .ok();
    node.put("/mode/:.c:", &json!({ "mode": "READWRITE" }))
        .await
        .ok();
    let message = "Context '.c' is not empty. Delete its subjects permanently first";
    refused(&node.delete("/contexts/c").await, 422, 42211, message);
    node.delete("/subjects/:.c:a").await.ok();
    refused(&node.delete("/contexts/.c").await, 422, 42211, message);
    node.delete("/subjects/:.c:a?permanent=true").await.ok();
    let gone = node.delete("/contexts/:.c:").await;
    assert_eq!((gone.status, gone.text.as_str()), (204, ""));
    assert_eq!(node.get("/contexts").await.ok(), json!(["."]));
    assert_eq!(node.get("/config/:.c:").await.refusal(), (404, 40408));
    assert_eq!(node.get("/config/:.c:later").await.refusal(), (404, 40408));
    // What is not there is as good as deleted.
    assert_eq!(node.delete("/contexts/c").await.status, 204);
    for context in [":.:", "__GLOBAL", ".__GLOBAL"] {
        let answer = node.delete(&format!("/contexts/{context}")).await;
        assert_eq!(answer.refusal(), (422, 42205), "{context}");
    }
    assert_eq!(node.delete("/contexts/a:b").await.refusal(), (400, 400));
    // Ids keep their meanings.
    assert_eq!(node.register(":.c:b", INT).await.id(), 2);
    assert_eq!(node.register(":.c:a", STRING).await.id(), 1);
    assert_eq!(node.get("/contexts").await.ok(), json!([".", ".c"]));
});

on_both!(a_name_without_a_context_is_looked_for_in_all, |node| {
    node.register(":.one:a", STRING).await.ok();
    node.register(":.two:a", INT).await.ok();
    let found = node.get("/subjects/a/versions/latest").await.ok();
    assert_eq!(found["subject"], ":.one:a");
    assert_eq!(node.get("/subjects/a/versions/1/schema").await.text, STRING);
    let found = node
        .post("/subjects/a", &json!({ "schema": INT }))
        .await
        .ok();
    assert_eq!(found["subject"], ":.two:a");
    let missing = node.post("/subjects/a", &json!({ "schema": LONG })).await;
    refused(&missing, 404, 40401, "Subject 'a' not found.");
    assert_eq!(
        node.get("/subjects/a/versions/2").await.refusal(),
        (404, 40401)
    );
    // Lists and whatever changes something mean the default context.
    assert_eq!(
        node.get("/subjects/a/versions").await.refusal(),
        (404, 40401)
    );
    assert_eq!(node.delete("/subjects/a").await.refusal(), (404, 40401));
    // What is in the default context comes first; what is not is still looked for.
    node.register("a", LONG).await.ok();
    assert_eq!(
        node.get("/subjects/a/versions/1").await.ok()["schema"],
        LONG
    );
    assert_eq!(
        node.get("/subjects/a/versions/2").await.refusal(),
        (404, 40402)
    );
    let found = node
        .post("/subjects/a", &json!({ "schema": STRING }))
        .await
        .ok();
    assert_eq!(found["subject"], ":.one:a");
    // A name with a context means that one.
    assert_eq!(
        node.get("/subjects/:.three:a/versions/1").await.refusal(),
        (404, 40401)
    );
});

on_both!(an_id_is_looked_for_under_a_name_in_all_contexts, |node| {
    node.register("z", STRING).await.ok();
    node.register(":.one:a", INT).await.ok();
    // The subject of that name first, wherever it is; then anybody in the default context.
    assert_eq!(
        node.get("/schemas/ids/1?subject=z").await.ok()["schema"],
        STRING
    );
    assert_eq!(
        node.get("/schemas/ids/1?subject=a").await.ok()["schema"],
        INT
    );
    assert_eq!(
        node.get("/schemas/ids/1?subject=nobody").await.ok()["schema"],
        STRING
    );
    assert_eq!(
        node.get("/schemas/ids/1?subject=:.one:").await.ok()["schema"],
        INT
    );
    assert_eq!(
        node.get("/schemas/ids/1?subject=:.one:nobody")
            .await
            .refusal(),
        (404, 40403)
    );
    assert_eq!(
        node.get("/schemas/ids/1/subjects?subject=a").await.ok(),
        json!([":.one:a"])
    );
});

on_both!(a_path_in_a_context_leads_to_its_associations, |node| {
    node.register(":.c:a", STRING).await.ok();
    node.register("a", INT).await.ok();
    let body = json!({ "resourceName": "t", "resourceNamespace": "n", "resourceId": "7",
        "associations": [{ "subject": "a", "lifecycle": "WEAK" }] });
    let made = node.post("/contexts/c/associations", &body).await.ok();
    assert_eq!(made["associations"][0]["subject"], ":.c:a");
    let of_subject = node.get("/contexts/.c/associations/subjects/a").await.ok();
    assert_eq!(of_subject[0]["resourceId"], "7");
    assert_eq!(
        node.get("/associations/subjects/:.c:a").await.ok(),
        of_subject
    );
    let elsewhere = node.get("/associations/subjects/a").await.ok();
    assert_eq!(elsewhere, json!([]));
    let upserted = json!({ "resourceName": "t", "resourceNamespace": "n",
        "associations": [{ "subject": "a", "lifecycle": "STRONG" }] });
    let path = "/contexts/:.c:/associations/resources/7";
    node.put(path, &upserted).await.ok();
    let listed = node.get("/contexts/c/schemas?lifecycle=STRONG").await.ok();
    assert_eq!(listed[0]["subject"], ":.c:a");
    let batch = json!({ "requests": [{ "resourceId": "7" }] });
    let got = node.post("/contexts/c/associations:batchGet", &batch).await;
    assert_eq!(got.status, 207, "{}", got.text);
    assert_eq!(node.delete(path).await.status, 204);
    assert_eq!(node.get("/associations/resources/7").await.ok(), json!([]));
});

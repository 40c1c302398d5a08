//! `/api/v1/export` and `/api/v1/import`: what comes out goes in again, and answers the same.

use std::collections::BTreeSet;

use dovetail_tests::{Database, Node, avro_record, on_both};

use super::*;

/// Everything a registry can hold, in two contexts.
pub(crate) async fn fill(node: &Node) {
    node.register("money", &record("Money")).await.ok();
    let with_reference = json!({
        "schema": record_of("Order", "Money"),
        "references": [reference("Money", "money", 1)],
        "metadata": { "properties": { "owner": "O'Hara \"$1\"" }, "tags": { "a": ["PII"] } },
        "ruleSet": { "domainRules": [{ "name": "r", "kind": "CONDITION", "mode": "WRITE", "type": "CEL", "expr": "true" }] },
    });
    node.post("/subjects/orders/versions", &with_reference)
        .await
        .ok();
    node.register("evolving", &avro_record(&["a"])).await.ok();
    node.register("evolving", &avro_record(&["a", "b?"]))
        .await
        .ok();
    node.register("evolving", &avro_record(&["a", "b?", "c?"]))
        .await
        .ok();
    node.delete("/subjects/evolving/versions/1").await.ok();
    // The highest version goes for good: its number and its id stay taken.
    node.delete("/subjects/evolving/versions/3").await.ok();
    node.delete("/subjects/evolving/versions/3?permanent=true")
        .await
        .ok();
    node.register("same-as-money", &record("Money")).await.ok();
    node.register("gone", &record("Gone")).await.ok();
    node.delete("/subjects/gone").await.ok();
    node.delete("/subjects/gone?permanent=true").await.ok();
    let proto = "syntax = \"proto3\";\nmessage M { string s = 1; }\n";
    node.register_as("PROTOBUF", "proto", proto).await.ok();
    node.register_as(
        "JSON",
        "json%2Fwith%20slash",
        r#"{"type":"object","title":"é 𝄞"}"#,
    )
    .await
    .ok();
    node.register(":.team:orders", &record("Elsewhere"))
        .await
        .ok();
    let crossing = json!({
        "schema": record_of("Crossing", "Money"),
        "references": [{ "name": "Money", "subject": ":.:money", "version": 1 }],
    });
    node.post("/subjects/:.team:crossing/versions", &crossing)
        .await
        .ok();
    node.put("/config", &json!({ "compatibility": "FULL" }))
        .await
        .ok();
    node.level("evolving", "NONE").await.ok();
    node.put("/config/:.team:", &json!({ "normalize": true }))
        .await
        .ok();
    node.put(
        "/config/:.__GLOBAL:",
        &json!({ "compatibilityPolicy": "LENIENT" }),
    )
    .await
    .ok();
    node.put("/config/:.empty:", &json!({ "compatibility": "NONE" }))
        .await
        .ok();
    node.delete("/config/:.empty:").await.ok();
    // The context goes, and the meaning of its id stays.
    node.register(":.left:a", &record("Left")).await.ok();
    node.delete("/subjects/:.left:a").await.ok();
    node.delete("/subjects/:.left:a?permanent=true").await.ok();
    assert_eq!(node.delete("/contexts/left").await.status, 204);
    let association = json!({ "resourceName": "t", "resourceNamespace": "n", "resourceId": "7",
        "associations": [{ "subject": "orders", "associationType": "key", "lifecycle": "STRONG" },
            { "subject": "money", "lifecycle": "WEAK" }] });
    node.post("/associations", &association).await.ok();
    node.put("/mode/money", &json!({ "mode": "READONLY" }))
        .await
        .ok();
    node.put("/mode/:.team:", &json!({ "mode": "READONLY" }))
        .await
        .ok();
}

/// Every answer to every reading question about what there is.
pub(crate) async fn answers(node: &Node) -> Vec<(String, u16, Value)> {
    let mut paths: BTreeSet<String> = [
        "/subjects?subjectPrefix=:*:",
        "/subjects?subjectPrefix=:*:&deleted=true",
        "/subjects?subjectPrefix=:*:&deletedOnly=true",
        "/contexts",
        "/config",
        "/mode",
        "/config/:.__GLOBAL:",
        "/config/:.team:",
        "/config/:.empty:",
        "/mode/:.team:",
        "/schemas/ids/1?fetchMaxId=true",
        "/associations/resources/7",
    ]
    .map(str::to_owned)
    .into();
    let subjects = node
        .get("/subjects?subjectPrefix=:*:&deleted=true")
        .await
        .ok();
    let quoted = |text: &Value| {
        text.as_str()
            .expect("a name")
            .replace('/', "%2F")
            .replace(' ', "%20")
    };
    for subject in subjects
        .as_array()
        .expect("names")
        .iter()
        .map(quoted)
        .chain(["gone".to_owned()])
    {
        for path in ["config", "mode"] {
            paths.insert(format!("/{path}/{subject}"));
            paths.insert(format!("/{path}/{subject}?defaultToGlobal=true"));
        }
        paths.insert(format!("/subjects/{subject}/versions"));
        paths.insert(format!("/subjects/{subject}/versions?deleted=true"));
        for version in 1..5 {
            let version = format!("/subjects/{subject}/versions/{version}");
            paths.insert(version.clone());
            paths.insert(format!("{version}?deleted=true"));
            paths.insert(format!("{version}/referencedby?deleted=true"));
        }
    }
    for id in 1..12 {
        for context in ["", "?subject=:.team:"] {
            for part in ["", "/versions", "/subjects"] {
                paths.insert(format!("/schemas/ids/{id}{part}{context}"));
            }
        }
    }
    let mut answers = Vec::new();
    for path in paths {
        let answer = node.get(&path).await;
        answers.push((path, answer.status, answer.json()));
    }
    answers
}

async fn export(node: &Node) -> String {
    let answer = node.get("/api/v1/export").await;
    assert_eq!(answer.status, 200);
    answer.text
}

async fn import(node: &Node, lines: &str) -> Answer {
    node.send("POST", "/api/v1/import", Some(lines.to_owned()))
        .await
}

/// An export without its head, which says how many changes a registry has seen.
fn without_head(export: &str) -> Vec<&str> {
    export.lines().skip(1).collect()
}

async fn moves(from: Database, to: Database) {
    let (from, to) = (Node::start(&from).await, Node::start(&to).await);
    fill(&from).await;
    let exported = export(&from).await;
    let path = "/api/v1/import?dry_run=true";
    let planned = to.send("POST", path, Some(exported.clone())).await.ok();
    assert_eq!(to.get("/subjects?subjectPrefix=:*:").await.ok(), json!([]));
    let imported = import(&to, &exported).await.ok();
    assert_eq!(imported["changes"], planned["changes"]);
    assert_eq!(planned["dryRun"], true);
    assert_eq!(imported["lines"], exported.lines().count());
    assert_eq!(without_head(&export(&to).await), without_head(&exported));
    assert_eq!(answers(&to).await, answers(&from).await);
    // Repeating it changes nothing, and what comes next gets the same numbers on both.
    let again = import(&to, &exported).await.ok();
    assert_eq!(again["changes"], 0);
    for node in [&from, &to] {
        node.level("gone", "NONE").await.ok();
    }
    for (subject, schema) in [
        ("evolving", avro_record(&["z"])),
        ("gone", record("Gone")),
        ("fresh", record("Fresh")),
    ] {
        let (left, right) = (
            from.register(subject, &schema).await,
            to.register(subject, &schema).await,
        );
        assert_eq!(
            (left.id(), left.version()),
            (right.id(), right.version()),
            "{subject}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sqlite_to_postgres_answers_the_same() {
    moves(Database::sqlite(), Database::postgres().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn postgres_to_sqlite_answers_the_same() {
    moves(Database::postgres().await, Database::sqlite()).await;
}

on_both!(an_import_survives_a_restart_of_its_registry, |node| {
    fill(&node).await;
    let exported = export(&node).await;
    let database = Database::sqlite();
    let to = Node::start(&database).await;
    import(&to, &exported).await.ok();
    let before = answers(&to).await;
    to.kill().await;
    let again = Node::start(&database).await;
    assert_eq!(answers(&again).await, before);
});

on_both!(a_part_that_is_there_is_completed, |node| {
    let database = Database::sqlite();
    let from = Node::start(&database).await;
    fill(&from).await;
    let exported = export(&from).await;
    let lines: Vec<&str> = exported.lines().collect();
    // As if an import had been cut short after any number of lines.
    for kept in [1, 4, lines.len() / 2] {
        let end = format!("{{\"end\":{{\"lines\":{kept}}}}}");
        let part: Vec<&str> = lines[..kept]
            .iter()
            .copied()
            .chain([end.as_str()])
            .collect();
        import(&node, &part.join("\n")).await.ok();
    }
    import(&node, &exported).await.ok();
    assert_eq!(without_head(&export(&node).await), without_head(&exported));
});

on_both!(conflicts_are_named_and_change_nothing, |node| {
    let database = Database::sqlite();
    let from = Node::start(&database).await;
    from.register("a", STRING).await.ok();
    from.register("b", INT).await.ok();
    let exported = export(&from).await;
    node.register("c", LONG).await.ok();
    let answer = import(&node, &exported).await;
    assert_eq!(answer.refusal(), (409, 409), "{}", answer.text);
    let message = answer.json()["message"].as_str().expect("text").to_owned();
    assert!(message.contains("line 3"), "{message}");
    assert!(
        message.contains("the id 1 of context . stands for another schema here"),
        "{message}"
    );
    assert_eq!(node.get("/subjects").await.ok(), json!(["c"]));
    assert_eq!(node.get("/contexts").await.ok(), json!(["."]));
});

on_both!(
    what_differs_in_versions_settings_and_modes_conflicts,
    |node| {
        let database = Database::sqlite();
        let from = Node::start(&database).await;
        from.register("a", STRING).await.ok();
        from.level("a", "FULL").await.ok();
        from.put("/mode/a", &json!({ "mode": "READONLY" }))
            .await
            .ok();
        let exported = export(&from).await;
        import(&node, &exported).await.ok();
        let message = async |lines: &str| {
            let answer = import(&node, lines).await;
            assert_eq!(answer.refusal(), (409, 409), "{}", answer.text);
            answer.json()["message"].as_str().expect("text").to_owned()
        };
        let changed = |from: &str, to: &str| {
            let changed = exported.replace(from, to);
            assert_ne!(changed, exported, "{from}");
            changed
        };
        let deleted = message(&changed("\"deleted\":false", "\"deleted\":true")).await;
        assert!(
            deleted.contains("version 1 is not deleted here"),
            "{deleted}"
        );
        let level = message(&changed("\"FULL\"", "\"NONE\"")).await;
        assert!(level.contains("a has other settings here"), "{level}");
        let mode = message(&changed("READONLY", "IMPORT")).await;
        assert!(
            mode.contains("a has the mode READONLY here, and not IMPORT"),
            "{mode}"
        );
        let version = message(&changed("\"version\":1", "\"version\":2")).await;
        assert!(version.contains("read-only mode"), "{version}");
    }
);

on_both!(lines_that_are_none_of_an_export_are_refused, |node| {
    let head = r#"{"export":{"format":"dovetail/1","sequence":0}}"#;
    let schema =
        |schema: &str| format!("{head}\n{{\"schema\":{schema}}}\n{{\"end\":{{\"lines\":2}}}}");
    let guid = "5b1e1a5c-0b4e-8d0a-9f6b-3f7b3a0d9b11";
    let cases = [
        ("", "", 400),
        ("\n\n", "cut off", 422),
        ("[]", "line 1", 422),
        ("{}", "line 1", 422),
        (head, "cut off", 422),
        (r#"{"context":"."}"#, "begins with a line \"export\"", 422),
        (
            r#"{"export":{"format":"other/1","sequence":0}}"#,
            "the format is not \"dovetail/1\"",
            422,
        ),
        (&format!("{head}\n{head}"), "a second export", 422),
        (
            &format!("{head}\n{{\"end\":{{\"lines\":7}}}}"),
            "1 lines before it, and not 7",
            422,
        ),
        (
            &format!("{head}\n{{\"end\":{{\"lines\":1}}}}\n{{\"context\":\".\"}}"),
            "after the end",
            422,
        ),
        (
            &format!("{head}\n{{\"context\":\"a\"}}\n{{\"end\":{{\"lines\":2}}}}"),
            "not a context",
            422,
        ),
        (&format!("{head}\n{{\"unknown\":{{}}}}"), "line 2", 422),
        (
            &schema(&format!(
                r#"{{"context":".","id":1,"guid":"{guid}","schemaType":"AVRO","schema":"\"int\"","versions":[{{"subject":"a","version":1,"ts":1}}]}}"#
            )),
            "is not what its GUID",
            422,
        ),
        (
            &schema(&format!(
                r#"{{"context":".","id":0,"guid":"{guid}","schemaType":"AVRO"}}"#
            )),
            "line 2",
            422,
        ),
        (
            &schema(&format!(
                r#"{{"context":".","id":1,"guid":"{guid}","schemaType":"AVRO","schema":"\"int\""}}"#
            )),
            "a text and versions, or neither",
            422,
        ),
    ];
    for (lines, part, status) in cases {
        let answer = import(&node, lines).await;
        assert_eq!(
            answer.refusal(),
            (status, status.into()),
            "{lines}: {}",
            answer.text
        );
        assert!(
            answer.text.replace("\\\"", "\"").contains(part),
            "{lines}: {}",
            answer.text
        );
    }
    assert_eq!(node.get("/contexts").await.ok(), json!(["."]));
});

on_both!(
    a_text_that_cannot_be_parsed_is_refused_before_anything_is_written,
    |node| {
        let text = "{\"type\":\"record\"}";
        let guid = dovetail_compat::identity(text, &[], None, None);
        let line = json!({ "schema": { "context": ".", "id": 1, "guid": guid.to_string(), "schemaType": "AVRO",
        "schema": text, "versions": [{ "subject": "a", "version": 1, "ts": 1 }] } });
        let head = r#"{"export":{"format":"dovetail/1","sequence":0}}"#;
        let lines = format!("{head}\n{{\"context\":\".x\"}}\n{line}\n{{\"end\":{{\"lines\":3}}}}");
        let answer = import(&node, &lines).await;
        assert_eq!(answer.refusal(), (422, 422));
        assert!(answer.text.contains("line 3"), "{}", answer.text);
        assert_eq!(node.get("/contexts").await.ok(), json!(["."]));
    }
);

on_both!(an_export_holds_still_while_others_write, |node| {
    for number in 0..100 {
        node.register(&format!("s{number}"), &record(&format!("R{number}")))
            .await
            .ok();
    }
    let writer = {
        let node = node.clone();
        tokio::spawn(async move {
            for number in 0..50 {
                node.delete(&format!("/subjects/s{number}")).await.ok();
                node.delete(&format!("/subjects/s{number}?permanent=true"))
                    .await
                    .ok();
                node.register(&format!("t{number}"), &record(&format!("T{number}")))
                    .await
                    .ok();
            }
        })
    };
    let mut exports = Vec::new();
    while !writer.is_finished() {
        exports.push(export(&node).await);
    }
    writer.await.expect("the writer writes");
    // Each of them can be taken.
    let last = exports.len().saturating_sub(3);
    for exported in &exports[last..] {
        let database = Database::sqlite();
        let to = Node::start(&database).await;
        import(&to, exported).await.ok();
    }
});

on_both!(a_deleted_context_leaves_its_ids_and_nothing_else, |node| {
    fill(&node).await;
    let database = Database::sqlite();
    let to = Node::start(&database).await;
    import(&to, &export(&node).await).await.ok();
    let contexts = json!([".", ".empty", ".team"]);
    assert_eq!(node.get("/contexts").await.ok(), contexts);
    assert_eq!(to.get("/contexts").await.ok(), contexts);
    to.kill().await;
    let to = Node::start(&database).await;
    assert_eq!(to.get("/contexts").await.ok(), contexts);
    for node in [&node, &to] {
        let id = node.register(":.left:b", STRING).await.ok()["id"].clone();
        assert_eq!(id, 2, "1 was the one that went");
        let id = node.register(":.left:a", &record("Left")).await.ok()["id"].clone();
        assert_eq!(id, 1, "and is it again");
    }
});

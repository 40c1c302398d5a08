//! `/api/v1/batch`: many schemas at once, all or nothing.

use dovetail_tests::{Database, Node, avro_record, on_both};

use super::*;

async fn batch(node: &Node, schemas: Value) -> Answer {
    node.post("/api/v1/batch", &json!({ "schemas": schemas }))
        .await
}

async fn dry_run(node: &Node, schemas: Value) -> Value {
    let path = "/api/v1/batch?dry_run=true";
    let answer = node.post(path, &json!({ "schemas": schemas })).await.ok();
    assert_eq!(answer["dryRun"], true);
    answer["schemas"].clone()
}

/// One field of each answer.
fn each(answers: &Value, field: &str) -> Vec<Value> {
    let answers = answers.as_array().expect("a list");
    answers.iter().map(|answer| answer[field].clone()).collect()
}

fn item(subject: &str, schema: &str) -> Value {
    json!({ "subject": subject, "schema": schema })
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "references are written where they are used"
)]
fn referring(subject: &str, schema: &str, references: Value) -> Value {
    json!({ "subject": subject, "schema": schema, "references": references })
}

on_both!(
    a_batch_registers_all_and_repeating_it_changes_nothing,
    |node| {
        let schemas = json!([item("a", STRING), item("b", INT), item(":.ctx:a", INT)]);
        let first = batch(&node, schemas.clone()).await.ok();
        assert_eq!(each(&first["schemas"], "outcome"), ["new", "new", "new"]);
        assert_eq!(each(&first["schemas"], "id"), [1, 2, 1]);
        assert_eq!(each(&first["schemas"], "version"), [1, 1, 1]);
        let again = batch(&node, schemas).await.ok();
        let unchanged = ["unchanged", "unchanged", "unchanged"];
        assert_eq!(each(&again["schemas"], "outcome"), unchanged);
        assert_eq!(each(&again["schemas"], "id"), [1, 2, 1]);
        assert_eq!(
            each(&again["schemas"], "guid"),
            each(&first["schemas"], "guid")
        );
        assert_eq!(node.get("/subjects/a/versions").await.ok(), json!([1]));
        let stored = node.get("/subjects/b/versions/1").await.ok();
        assert_eq!(stored["guid"], first["schemas"][1]["guid"]);
    }
);

on_both!(one_that_fails_keeps_all_of_them_out, |node| {
    node.register("orders", &avro_record(&["id"])).await.ok();
    let schemas = json!([
        item("fine", STRING),
        item("orders", &avro_record(&["id", "customer"])),
        item("broken", "{"),
        referring(
            "late",
            &record_of("Late", "Early"),
            json!([{ "name": "Early", "item": 2 }])
        ),
    ]);
    let answer = batch(&node, schemas).await;
    assert_eq!(answer.refusal(), (409, 40901), "{}", answer.text);
    let message = answer.json()["message"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    assert!(
        message.starts_with("nothing was registered, because 3 of 4"),
        "{message}"
    );
    for named in [
        "schemas[1] (subject \"orders\"): 40901 ",
        "READER_FIELD_MISSING_DEFAULT_VALUE",
        "schemas[2] (subject \"broken\"): 42201 ",
        "schemas[3] (subject \"late\"): 42201 schemas[2], which it needs,",
    ] {
        assert!(message.contains(named), "{named} is not in {message}");
    }
    assert_eq!(node.get("/subjects").await.ok(), json!(["orders"]));
    assert_eq!(node.get("/schemas/ids/2").await.refusal(), (404, 40403));
});

on_both!(
    a_dry_run_says_what_would_happen_and_writes_nothing,
    |node| {
        node.register("orders", &avro_record(&["id"])).await.ok();
        node.register("known", STRING).await.ok();
        let schemas = json!([
            item("fresh", STRING),
            item("known", STRING),
            item("orders", &avro_record(&["id", "note?"])),
            item("orders", &avro_record(&["id", "customer"])),
            item("orders", &avro_record(&["id"])),
            item("", STRING),
        ]);
        let answers = dry_run(&node, schemas.clone()).await;
        let outcomes = [
            "new",
            "unchanged",
            "compatible",
            "incompatible",
            "blocked",
            "refused",
        ];
        assert_eq!(each(&answers, "outcome"), outcomes);
        assert_eq!(
            each(&answers, "version")[..3],
            [json!(1), json!(1), json!(2)]
        );
        // The id of a text that is known already is known too.
        assert_eq!(each(&answers, "id")[..3], [json!(2), json!(2), json!(3)]);
        let codes = [40901, 42201, 42208].map(|code| json!(code));
        assert_eq!(each(&answers, "errorCode")[3..], codes);
        let messages = answers[3]["messages"].to_string();
        assert!(
            messages.contains("READER_FIELD_MISSING_DEFAULT_VALUE"),
            "{messages}"
        );
        assert!(
            messages.contains("{oldSchemaVersion: 2}"),
            "the batch's own version counts: {messages}"
        );
        assert_eq!(node.get("/subjects").await.ok(), json!(["known", "orders"]));
        assert_eq!(node.get("/subjects/orders/versions").await.ok(), json!([1]));
        assert_eq!(dry_run(&node, schemas).await, answers);
    }
);

on_both!(references_reach_what_the_batch_brings, |node| {
    node.register("money", &record("Money")).await.ok();
    let newer = json!({ "type": "record", "name": "Money", "fields": [
        { "name": "inner", "type": "string" }, { "name": "more", "type": "int", "default": 0 }] });
    // Against the order, over subjects, versions and items, and two of them deep.
    let schemas = json!([
        referring(
            "orders",
            &record_of("Order", "Line"),
            json!([
                { "name": "Line", "subject": "lines", "version": "latest" },
                { "name": "Money", "subject": "money" },
            ])
        ),
        referring(
            "lines",
            &record_of("Line", "Money"),
            json!([{ "name": "Money", "item": 3 }])
        ),
        referring(
            "old",
            &record_of("Old", "Money"),
            json!([
            { "name": "Money", "subject": "money", "version": 1 }])
        ),
        item("money", &newer.to_string()),
        referring(
            "new",
            &record_of("New", "Money"),
            json!([
            { "name": "Money", "subject": "money", "version": 2 }])
        ),
    ]);
    let planned = dry_run(&node, schemas.clone()).await;
    let answers = batch(&node, schemas.clone()).await.ok();
    assert_eq!(planned, answers["schemas"]);
    assert_eq!(each(&planned, "version"), [1, 1, 1, 2, 1]);
    let references = async |subject: &str| {
        node.get(&format!("/subjects/{subject}/versions/1"))
            .await
            .ok()["references"]
            .clone()
    };
    let money = |version| reference("Money", "money", version);
    assert_eq!(
        references("orders").await,
        json!([reference("Line", "lines", 1), money(2)])
    );
    assert_eq!(references("lines").await, json!([money(2)]));
    assert_eq!(references("old").await, json!([money(1)]));
    assert_eq!(references("new").await, json!([money(2)]));
    let again = batch(&node, schemas).await.ok();
    assert!(
        each(&again["schemas"], "outcome")
            .iter()
            .all(|outcome| outcome == "unchanged")
    );
    // What is registered from here on is parsed with the texts that are stored.
    let body = json!({ "schema": record_of("Last", "Order"),
        "references": [reference("Order", "orders", 1)] });
    node.post("/subjects/last/versions", &body).await.ok();
});

on_both!(a_plan_that_came_to_nothing_leaves_nothing_behind, |node| {
    let of = |inner: &str| {
        json!([
            item("part", &record_of("Part", inner)),
            referring(
                "whole",
                &record_of("Whole", "Part"),
                json!([{ "name": "Part", "item": 0 }])
            ),
        ])
    };
    dry_run(&node, of("int")).await;
    batch(&node, of("string")).await.ok();
    // Were the planned part remembered by its id, this would be checked against it.
    let next = json!([
        item("part", &record_of("Part", "bytes")),
        referring(
            "whole",
            &record_of("Whole", "Part"),
            json!([{ "name": "Part", "item": 0 }])
        ),
    ]);
    let answers = dry_run(&node, next).await;
    assert_eq!(each(&answers, "outcome"), ["compatible", "compatible"]);
});

on_both!(circles_and_missing_targets_are_named, |node| {
    let to = |subject: &str| json!([{ "name": "X", "subject": subject }]);
    let schemas = json!([
        referring("a", &record_of("A", "X"), to("b")),
        referring("b", &record_of("B", "X"), to("c")),
        referring("c", &record_of("C", "X"), to("b")),
        referring(
            "d",
            &record_of("D", "X"),
            json!([{ "name": "X", "item": 9 }])
        ),
        referring(
            "e",
            &record_of("E", "X"),
            json!([{ "name": "X", "item": 4 }])
        ),
        referring("f", &record_of("F", "X"), json!([{ "name": "X" }])),
        referring("g", &record_of("G", "X"), to("nobody")),
    ]);
    let answers = dry_run(&node, schemas).await;
    let messages = each(&answers, "message");
    for (place, part) in [
        (0, "schemas[1], which it needs"),
        (1, "in a circle: schemas["),
        (2, "in a circle: schemas["),
        (3, "names schemas[9], which is not there"),
        (4, "in a circle: schemas[4] -> schemas[4]"),
        (5, "must name a subject"),
        (6, "no schema reference found for subject \"nobody\""),
    ] {
        let message = messages[place].as_str().unwrap_or_default();
        assert!(message.contains(part), "schemas[{place}]: {message}");
    }
});

on_both!(
    modes_levels_and_expectations_hold_as_for_a_registration,
    |node| {
        node.register("locked", STRING).await.ok();
        node.put("/mode/locked", &json!({ "mode": "READONLY" }))
            .await
            .ok();
        node.register("free", STRING).await.ok();
        node.level("free", "NONE").await.ok();
        let answers = dry_run(
            &node,
            json!([
                item("locked", STRING),
                item("locked", INT),
                item("free", INT),
                { "subject": "expected", "schema": INT, "version": 1 },
                { "subject": "unexpected", "schema": INT, "version": 2 },
                { "subject": "with-id", "schema": INT, "id": 7 },
                { "subject": "proto", "schemaType": "PROTOBUF", "schema": "syntax = \"proto3\";" },
                { "subject": "what", "schemaType": "XML", "schema": "<a/>" },
            ]),
        )
        .await;
        let outcomes = [
            "unchanged",
            "refused",
            "compatible",
            "new",
            "refused",
            "refused",
            "new",
            "refused",
        ];
        assert_eq!(each(&answers, "outcome"), outcomes);
        let codes: Vec<u64> = each(&answers, "errorCode")
            .iter()
            .filter_map(Value::as_u64)
            .collect();
        assert_eq!(codes, [42205, 42201, 42205, 42201]);
    }
);

on_both!(metadata_is_inherited_and_changed_in_a_batch, |node| {
    let metadata = json!({ "properties": { "owner": "one" } });
    let with = |schema: &str, metadata: &Value| json!({ "subject": "a", "schema": schema, "metadata": metadata });
    let schemas = json!([
        with(INT, &metadata),
        item("a", LONG),
        with(LONG, &json!({ "properties": { "owner": "two" } })),
    ]);
    let answers = batch(&node, schemas).await.ok();
    assert_eq!(each(&answers["schemas"], "version"), [1, 2, 3]);
    let second = node.get("/subjects/a/versions/2").await.ok();
    assert_eq!(second["metadata"], metadata);
});

on_both!(bodies_of_the_wrong_shape_are_refused, |node| {
    let post = async |body: &str| {
        let sent = node
            .send("POST", "/api/v1/batch", Some(body.to_owned()))
            .await;
        sent.refusal()
    };
    assert_eq!(post("").await, (400, 400));
    assert_eq!(post("{").await, (400, 400));
    assert_eq!(post("[]").await, (422, 42201));
    assert_eq!(post("{}").await, (422, 42201));
    assert_eq!(
        post(r#"{"schemas":[{"schema":"\"int\""}]}"#).await,
        (422, 42201)
    );
    assert_eq!(
        post(r#"{"schemas":[{"subject":"a","shema":"x"}]}"#).await,
        (422, 42201)
    );
    let version = r#"{"schemas":[{"subject":"a","references":[{"name":"b","subject":"b","version":"newest"}]}]}"#;
    assert_eq!(post(version).await, (422, 42201));
    let many = json!({ "schemas": vec![item("a", INT); 1001] });
    assert_eq!(post(&many.to_string()).await, (422, 42201));
    assert_eq!(
        node.post("/api/v1/batch?dry_run=perhaps", &json!({}))
            .await
            .refusal(),
        (400, 400)
    );
    let empty = node
        .post("/api/v1/batch", &json!({ "schemas": [] }))
        .await
        .ok();
    assert_eq!(empty, json!({ "dryRun": false, "schemas": [] }));
});

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_may_be_larger_than_other_bodies() {
    let database = Database::sqlite();
    let node = Node::start(&database).await;
    let padded = |number: usize| {
        let doc = "x".repeat(400_000);
        json!({ "type": "record", "name": format!("R{number}"), "doc": doc, "fields": [] })
            .to_string()
    };
    let schemas: Vec<Value> = (0..10)
        .map(|n| item(&format!("s{n}"), &padded(n)))
        .collect();
    batch(&node, json!(schemas)).await.ok();
    let schemas: Vec<Value> = (0..50)
        .map(|n| item(&format!("s{n}"), &padded(n)))
        .collect();
    assert_eq!(batch(&node, json!(schemas)).await.refusal(), (413, 413));
}

on_both!(batches_and_registrations_race_to_unbroken_chains, |node| {
    let client = |n: usize| {
        let node = node.clone();
        async move {
            for round in 0..6 {
                let name = |part: &str| format!("{part}{n}_{round}");
                let schemas = json!([
                    item("shared-part", &record(&name("Part"))),
                    referring(
                        "shared-whole",
                        &record_of(&name("Whole"), &name("Part")),
                        json!([{ "name": name("Part"), "item": 0 }])
                    ),
                ]);
                node.post("/api/v1/batch", &json!({ "schemas": schemas }))
                    .await
                    .ok();
                node.register(&format!("own{n}"), &record(&name("Own")))
                    .await
                    .ok();
            }
        }
    };
    node.put("/config", &json!({ "compatibility": "NONE" }))
        .await
        .ok();
    let tasks: Vec<_> = (0..4).map(|n| tokio::spawn(client(n))).collect();
    for task in tasks {
        task.await.expect("no task fails");
    }
    let unbroken: Vec<usize> = (1..=24).collect();
    for subject in ["shared-part", "shared-whole"] {
        assert_eq!(
            node.get(&format!("/subjects/{subject}/versions"))
                .await
                .ok(),
            json!(unbroken)
        );
    }
    for version in unbroken {
        let whole = node
            .get(&format!("/subjects/shared-whole/versions/{version}"))
            .await
            .ok();
        let part = &whole["references"][0];
        let part = node
            .get(&format!(
                "/subjects/shared-part/versions/{}",
                part["version"]
            ))
            .await
            .ok();
        let name = whole["references"][0]["name"]
            .as_str()
            .expect("a name")
            .to_owned();
        assert!(
            part["schema"]
                .as_str()
                .expect("text")
                .contains(&format!("\"{name}\"")),
            "{whole} {part}"
        );
    }
});

on_both!(a_batch_follows_aliases, |node| {
    let alias = json!({ "alias": "orders" });
    node.put("/config/bestellungen", &alias).await.ok();
    let schemas = json!([
        item("bestellungen", STRING),
        referring(
            "receipts",
            &record_of("Receipt", "Order"),
            json!([{ "name": "Order", "item": 2 }])
        ),
        item("bestellungen-record", &record("Order")),
    ]);
    let record_alias = json!({ "alias": ":.shop:record" });
    node.put("/config/bestellungen-record", &record_alias)
        .await
        .ok();
    let outcomes = dry_run(&node, schemas.clone()).await;
    assert_eq!(each(&outcomes, "outcome"), ["new", "new", "new"]);
    batch(&node, schemas.clone()).await.ok();
    let subjects = node.get("/subjects?subjectPrefix=:*:").await.ok();
    assert_eq!(subjects, json!([":.shop:record", "orders", "receipts"]));
    let receipt = node.get("/subjects/receipts/versions/1").await.ok();
    assert_eq!(receipt["references"][0]["subject"], ":.shop:record");
    let again = batch(&node, schemas).await.ok();
    let unchanged = ["unchanged", "unchanged", "unchanged"];
    assert_eq!(each(&again["schemas"], "outcome"), unchanged);
});

//! `/associations`: resources that own or share subjects.

use dovetail_tests::{Node, avro_record, on_both};

use super::*;

/// A body for the resource `id`, which is named `t` and the id, in the namespace `ns`.
#[expect(clippy::needless_pass_by_value, reason = "bodies are written in place")]
fn request(id: &str, associations: Value) -> Value {
    json!({ "resourceName": format!("t{id}"), "resourceNamespace": "ns", "resourceId": id,
        "associations": associations })
}

async fn create(node: &Node, id: &str, associations: Value) -> Answer {
    node.post("/associations", &request(id, associations)).await
}

async fn upsert(node: &Node, id: &str, associations: Value) -> Answer {
    let path = format!("/associations/resources/{id}");
    node.put(&path, &request(id, associations)).await
}

fn weak(subject: &str) -> Value {
    json!([{ "subject": subject, "lifecycle": "WEAK" }])
}

fn strong(subject: &str) -> Value {
    json!([{ "subject": subject, "lifecycle": "STRONG" }])
}

fn frozen(association_type: &str, schema: &str) -> Value {
    json!([{ "associationType": association_type, "schema": { "schema": schema } }])
}

on_both!(an_association_is_made_listed_changed_and_removed, |node| {
    node.register("a", STRING).await.ok();
    node.register("b", INT).await.ok();
    let both = json!([
        { "subject": "a", "associationType": "key", "lifecycle": "WEAK" },
        { "subject": "b", "associationType": "value", "lifecycle": "STRONG" },
    ]);
    let dry = json!({ "resourceName": "t1", "resourceNamespace": "ns", "associations": both });
    let dry = node.post("/associations?dryRun=true", &dry).await.ok();
    assert_eq!(
        dry,
        json!({ "resourceName": "t1", "resourceNamespace": "ns", "resourceType": "topic" })
    );
    assert_eq!(node.get("/associations/resources/1").await.ok(), json!([]));
    let made = create(&node, "1", both.clone()).await.ok();
    let info = |subject: &str, kind: &str, lifecycle: &str| json!({ "subject": subject, "associationType": kind, "lifecycle": lifecycle, "frozen": false });
    assert_eq!(
        made["associations"],
        json!([info("a", "key", "WEAK"), info("b", "value", "STRONG")])
    );
    // What is there already, just as it is asked for, is left alone.
    let listed = node.get("/associations/resources/1").await.ok();
    create(&node, "1", both).await.ok();
    assert_eq!(node.get("/associations/resources/1").await.ok(), listed);
    for path in [
        "/associations/resources/-/t1",
        "/associations/resources/ns/t1",
    ] {
        assert_eq!(node.get(path).await.ok(), listed);
    }
    assert_eq!(
        node.get("/associations/resources/other/t1").await.ok(),
        json!([])
    );
    assert_eq!(
        node.get("/associations/subjects/a").await.ok(),
        json!([listed[0]])
    );
    let page = node
        .get("/associations/resources/1?offset=1&limit=1")
        .await
        .ok();
    assert_eq!(page, json!([listed[1]]));
    for path in [
        "/associations/resources/1",
        "/associations/subjects/a",
        "/associations/resources/ns/t1",
    ] {
        for wrong in [
            "offset=-1",
            "limit=x",
            "lifecycle=NONE",
            "associationType=both",
        ] {
            let answer = node.get(&format!("{path}?{wrong}")).await;
            let expected = if wrong.contains("=x") || wrong.contains("-1") {
                400
            } else {
                42212
            };
            assert_eq!(answer.code(), expected, "{path} {wrong}");
        }
    }
    for (query, found) in [
        ("associationType=key", json!([listed[0]])),
        ("associationType=key&associationType=value", listed.clone()),
        ("lifecycle=STRONG", json!([listed[1]])),
        ("resourceType=cluster", json!([])),
    ] {
        let path = format!("/associations/resources/1?{query}");
        assert_eq!(node.get(&path).await.ok(), found, "{query}");
    }
    let change = json!([{ "subject": "a", "associationType": "key", "lifecycle": "STRONG" }]);
    let changed = upsert(&node, "1", change).await.ok();
    assert_eq!(changed["associations"], json!([info("a", "key", "STRONG")]));
    let after = node.get("/associations/subjects/a").await.ok();
    assert_eq!(
        (&after[0]["createTs"], &after[0]["guid"]),
        (&listed[0]["createTs"], &listed[0]["guid"])
    );
    let path = "/associations/resources/1?associationType=key";
    assert_eq!(
        node.delete(&format!("{path}&dryRun=true")).await.status,
        204
    );
    assert_eq!(node.delete(path).await.status, 204);
    refused(
        &node.delete(path).await,
        404,
        40410,
        "Association for '1' not found.",
    );
    assert_eq!(node.get("/associations/subjects/a").await.ok(), json!([]));
    assert_eq!(node.get("/subjects").await.ok(), json!(["a", "b"]));
    assert_eq!(
        node.delete("/associations/resources/1?cascadeLifecycle=true")
            .await
            .status,
        204
    );
    assert_eq!(node.get("/subjects?deleted=true").await.ok(), json!(["a"]));
});

on_both!(a_schema_makes_a_frozen_association, |node| {
    let made = create(&node, "1", frozen("value", STRING)).await.ok();
    let made = &made["associations"][0];
    assert_eq!(
        (&made["subject"], &made["lifecycle"], &made["frozen"]),
        (&json!(":.ns:t1-value"), &json!("STRONG"), &json!(true))
    );
    assert_eq!(
        (&made["schema"]["schema"], &made["schema"]["version"]),
        (&json!(STRING), &json!(1))
    );
    assert_eq!(
        node.get("/subjects/:.ns:t1-value/versions").await.ok(),
        json!([1])
    );
    upsert(&node, "1", frozen("key", INT)).await.ok();
    let frozen_code = (409, 40908);
    for change in [
        json!([{ "lifecycle": "WEAK", "subject": ":.ns:t1-value" }]),
        json!([{ "frozen": false }]),
        frozen("value", LONG),
    ] {
        assert_eq!(upsert(&node, "1", change).await.refusal(), frozen_code);
    }
    assert_eq!(
        node.delete("/associations/resources/1").await.refusal(),
        frozen_code
    );
    // Nobody else may depend on it.
    let body = json!({ "schema": record_of("R", "string"),
        "references": [reference("x", ":.ns:t1-value", 1)] });
    let referring = node.post("/subjects/r/versions", &body).await;
    assert_eq!(referring.refusal(), (422, 42201), "{}", referring.text);
    node.register("c", STRING).await.ok();
    let other = json!([{ "subject": "c", "lifecycle": "STRONG" }]);
    node.delete("/associations/resources/1?associationType=key&cascadeLifecycle=true")
        .await;
    let mixed = upsert(
        &node,
        "1",
        json!([{ "subject": "c", "associationType": "key", "lifecycle": "STRONG" }]),
    )
    .await;
    assert_eq!(mixed.refusal(), (422, 42212), "{}", mixed.text);
    assert_eq!(
        node.delete("/associations/resources/1?cascadeLifecycle=true")
            .await
            .status,
        204
    );
    assert_eq!(
        node.get("/subjects/:.ns:t1-value/versions?deleted=true")
            .await
            .refusal(),
        (404, 40401)
    );
    upsert(&node, "1", other).await.ok();
});

on_both!(what_does_not_go_together_is_refused_by_name, |node| {
    node.register("a", STRING).await.ok();
    node.register(":.ns:t1-value", STRING).await.ok();
    let schema = json!({ "schema": INT });
    let item = |fields: Value| json!([fields]);
    for (associations, property) in [
        (json!([]), "associations"),
        (
            item(json!({ "subject": "a", "associationType": "header" })),
            "associationType",
        ),
        (
            item(json!({ "subject": "a", "lifecycle": "FOREVER" })),
            "lifecycle",
        ),
        (item(json!({ "subject": "a\u{1}" })), "subject"),
        (
            item(json!({ "subject": "a", "lifecycle": "WEAK", "frozen": true })),
            "frozen",
        ),
        (
            item(json!({ "subject": "a", "lifecycle": "WEAK", "schema": schema })),
            "lifecycle",
        ),
        (
            item(json!({ "subject": "a", "frozen": false, "schema": schema })),
            "frozen",
        ),
        (item(json!({ "subject": "a", "schema": schema })), "subject"),
        (
            item(json!({ "subject": ":.ns:t1-value", "lifecycle": "STRONG", "frozen": true })),
            "schema",
        ),
        (
            item(json!({ "subject": ":.ns:t1-value", "schema": schema })),
            "subject",
        ),
        (item(json!({ "lifecycle": "WEAK" })), "subject"),
        (
            item(json!({ "subject": ":.ns:t1-value", "lifecycle": "WEAK" })),
            "subject",
        ),
        (
            json!([{ "subject": "a" }, { "subject": "a" }]),
            "associations",
        ),
    ] {
        let answer = create(&node, "1", associations.clone()).await;
        assert_eq!(
            answer.refusal(),
            (422, 42212),
            "{associations}: {}",
            answer.text
        );
        let message = answer.json()["message"].as_str().expect("text").to_owned();
        assert!(
            message.starts_with(&format!("Invalid association: '{property}' ")),
            "{associations}: {message}"
        );
    }
    for (field, value) in [
        ("resourceName", json!("")),
        ("resourceNamespace", json!(null)),
        ("resourceId", json!(" ")),
        ("resourceType", json!("cluster")),
    ] {
        let mut request = request("1", weak("a"));
        request[field] = value;
        let answer = node.post("/associations", &request).await;
        assert_eq!(answer.refusal(), (422, 42212), "{field}");
    }
    let mut elsewhere = request("1", weak("a"));
    elsewhere["resourceId"] = json!("2");
    assert_eq!(
        node.put("/associations/resources/1", &elsewhere)
            .await
            .refusal(),
        (422, 42212)
    );
    assert_eq!(
        node.get("/associations/subjects/a?lifecycle=x")
            .await
            .refusal(),
        (422, 42212)
    );
    assert_eq!(
        node.get("/associations/subjects/a?limit=x").await.refusal(),
        (400, 400)
    );
    assert_eq!(node.get("/associations/resources/1").await.ok(), json!([]));
});

on_both!(subjects_are_shared_or_owned, |node| {
    node.register("shared", STRING).await.ok();
    node.register("owned", STRING).await.ok();
    create(&node, "1", weak("shared")).await.ok();
    create(&node, "2", weak("shared")).await.ok();
    create(&node, "3", strong("owned")).await.ok();
    let refusal =
        async |id: &str, associations: Value| create(&node, id, associations).await.refusal();
    assert_eq!(refusal("4", strong("shared")).await, (409, 40904));
    assert_eq!(refusal("4", weak("owned")).await, (409, 40905));
    assert_eq!(refusal("4", strong("owned")).await, (409, 40905));
    assert_eq!(refusal("1", strong("shared")).await, (409, 40903));
    assert_eq!(refusal("4", weak("nobody")).await, (409, 40907));
    assert_eq!(
        upsert(&node, "1", strong("shared")).await.refusal(),
        (409, 40904)
    );
    assert_eq!(
        upsert(&node, "1", weak("owned")).await.refusal(),
        (422, 42212)
    );
    upsert(&node, "3", weak("owned")).await.ok();
    create(&node, "4", weak("owned")).await.ok();
    let listed = node.get("/associations/subjects/owned").await.ok();
    assert_eq!(listed.as_array().map(Vec::len), Some(2));
});

on_both!(a_subject_is_not_deleted_from_under_its_resource, |node| {
    node.register("a", &avro_record(&["x"])).await.ok();
    node.register("a", &avro_record(&["x", "y?"])).await.ok();
    create(&node, "1", weak("a")).await.ok();
    assert_eq!(node.delete("/subjects/a").await.refusal(), (409, 40904));
    assert_eq!(node.delete("/subjects/a/versions/1").await.ok(), json!(1));
    assert_eq!(
        node.delete("/subjects/a/versions/1?permanent=true")
            .await
            .ok(),
        json!(1)
    );
    assert_eq!(
        node.delete("/subjects/a/versions/2").await.refusal(),
        (409, 40907)
    );
    assert_eq!(node.delete("/associations/resources/1").await.status, 204);
    assert_eq!(node.delete("/subjects/a").await.ok(), json!([2]));
});

on_both!(one_request_happens_whole_or_not_at_all, |node| {
    node.register("a", STRING).await.ok();
    let associations = json!([
        { "associationType": "key", "schema": { "schema": INT } },
        { "associationType": "value", "schema": { "schema": "{" } },
    ]);
    assert_eq!(
        create(&node, "1", associations).await.refusal(),
        (422, 42201)
    );
    assert_eq!(
        node.get("/subjects?subjectPrefix=:*:").await.ok(),
        json!(["a"])
    );
    assert_eq!(node.get("/associations/resources/1").await.ok(), json!([]));
});

on_both!(a_batch_answers_each_request_by_itself, |node| {
    node.register("k", STRING).await.ok();
    node.register("v", INT).await.ok();
    let k = json!({ "opType": "CREATE", "subject": "k", "associationType": "key", "lifecycle": "WEAK" });
    let requests = json!({ "requests": [
        request("1", json!([
            { "opType": "CREATE", "subject": "v", "lifecycle": "STRONG" },
            k,
            { "opType": "UPSERT", "subject": "k", "associationType": "key", "lifecycle": "STRONG" },
            { "opType": "DELETE", "associationType": "key" },
        ])),
        request("2", json!([{ "opType": "CREATE", "subject": "nobody" }])),
        request("3", json!([{ "opType": "DELETE" }])),
        request("4", json!([{ "opType": "REPLACE" }])),
        request("5", json!([k])),
    ] });
    let dry = node
        .post("/associations:batchMutate?dryRun=true", &requests)
        .await;
    assert_eq!(dry.status, 207);
    assert_eq!(node.get("/associations/resources/1").await.ok(), json!([]));
    let answer = node.post("/associations:batchMutate", &requests).await;
    assert_eq!(answer.status, 207);
    let results = answer.json()["results"].clone();
    let left = &results[0]["result"]["associations"];
    assert_eq!(
        (left[0]["subject"].as_str(), left.as_array().map(Vec::len)),
        (Some("v"), Some(1))
    );
    let codes: Vec<_> = (1..4)
        .map(|place| results[place]["error"]["error_code"].clone())
        .collect();
    assert_eq!(codes, [40907, 40410, 42212]);
    assert_eq!(results[4]["result"]["associations"][0]["subject"], "k");

    let questions = json!({ "requests": [
        { "resourceId": "1" },
        { "resourceId": "nobody" },
        { "resourceName": "t5", "resourceNamespace": "-" },
        { "resourceId": "1", "associationTypes": ["key"] },
        {},
    ] });
    let answer = node
        .post("/associations:batchGet?includeSchemas=true", &questions)
        .await;
    assert_eq!(answer.status, 207);
    let results = answer.json()["results"].clone();
    let first = &results[0]["result"];
    assert_eq!(first["associations"][0]["schema"]["schema"], INT);
    assert_eq!(first["resourceName"], "t1");
    assert_eq!(results[1]["result"], json!({ "resourceId": "nobody" }));
    assert_eq!(results[2]["result"]["resourceId"], "5");
    assert!(results[3]["result"].get("associations").is_none());
    assert_eq!(results[4]["error"]["error_code"], 42212);
    for path in ["/associations:batchGet", "/associations:batchMutate"] {
        assert_eq!(node.post(path, &json!({})).await.refusal(), (422, 42212));
        let many = json!({ "requests": vec![json!({}); 1001] });
        assert_eq!(node.post(path, &many).await.refusal(), (422, 42212));
    }
    let plain = node.post("/associations:batchGet", &questions).await;
    for colon in ["%3A", "%3a"] {
        for prefix in ["", "/contexts/:.:", "/contexts/%3A.%3A"] {
            let path = format!("{prefix}/associations{colon}batchGet");
            let encoded = node.post(&path, &questions).await;
            assert_eq!(
                (encoded.status, &encoded.text),
                (207, &plain.text),
                "{path}"
            );
        }
        let path = format!("/associations{colon}batchMutate");
        assert_eq!(node.post(&path, &json!({})).await.refusal(), (422, 42212));
        let path = format!("/associations{colon}batchForget");
        assert_eq!(node.post(&path, &json!({})).await.refusal(), (404, 404));
    }
});

on_both!(
    a_schema_that_is_there_already_leaves_the_newest_alone,
    |node| {
        node.level("a", "NONE").await.ok();
        node.register("a", STRING).await.ok();
        let newest = node.register("a", INT).await.ok();
        create(&node, "1", strong("a")).await.ok();
        let again = json!([{ "subject": "a", "schema": { "schema": STRING } }]);
        let answer = upsert(&node, "1", again).await.ok();
        let brought = &answer["associations"][0]["schema"];
        assert_eq!(
            (&brought["version"], &brought["schema"]),
            (&json!(1), &json!(STRING))
        );
        for path in ["/subjects/a/versions/latest", "/schemas/ids/2"] {
            let read = node.get(path).await.ok();
            assert_eq!(
                (&read["schema"], &read["guid"]),
                (&json!(INT), &newest["guid"]),
                "{path}"
            );
        }
    }
);

on_both!(
    a_schema_goes_to_the_subject_of_the_association_that_is_there,
    |node| {
        node.register("a", INT).await.ok();
        create(&node, "1", strong("a")).await.ok();
        // The subject need not be named again.
        let more = json!([{ "schema": { "schema": LONG } }]);
        let answer = upsert(&node, "1", more).await.ok();
        assert_eq!(answer["associations"][0]["subject"], "a");
        assert_eq!(answer["associations"][0]["schema"]["schema"], LONG);
        assert_eq!(node.get("/subjects").await.ok(), json!(["a"]));
        assert_eq!(node.get("/subjects/a/versions").await.ok(), json!([1, 2]));
        // It is held to what is there.
        let broken = json!([{ "schema": { "schema": STRING } }]);
        assert_eq!(upsert(&node, "1", broken).await.refusal(), (409, 40901));
    }
);

on_both!(
    names_without_a_context_live_in_the_one_of_the_request,
    |node| {
        node.register(":.team:a", STRING).await.ok();
        for context in ["team", ".team", ":.team:"] {
            let path = format!("/associations?context={context}");
            node.post(&path, &request("1", weak("a"))).await.ok();
        }
        let listed = node.get("/associations/subjects/:.team:a").await.ok();
        assert_eq!(listed[0]["subject"], ":.team:a");
        assert_eq!(node.get("/associations/subjects/a").await.ok(), json!([]));
    }
);

on_both!(racing_owners_of_one_subject_leave_one, |node| {
    node.register("a", STRING).await.ok();
    let tasks: Vec<_> = (0..8)
        .map(|id: i32| {
            let node = node.clone();
            let request = request(&id.to_string(), strong("a"));
            tokio::spawn(async move { node.post("/associations", &request).await.status })
        })
        .collect();
    let mut made = 0;
    for task in tasks {
        made += i32::from(task.await.expect("no task fails") == 200);
    }
    assert_eq!(made, 1);
    let listed = node.get("/associations/subjects/a").await.ok();
    assert_eq!(listed.as_array().map(Vec::len), Some(1));
});

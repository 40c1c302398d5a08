//! Lists: `/schemas` with its filters, and the parts of every list.

use dovetail_tests::{Node, on_both};

use super::*;

/// Subject, version and whether it is deleted, of each schema that is listed.
async fn listed(node: &Node, query: &str) -> Vec<String> {
    let body = node.get(&format!("/schemas{query}")).await.ok();
    let name = |one: &Value| {
        let deleted = if one["deleted"] == true {
            " deleted"
        } else {
            ""
        };
        format!(
            "{} {}{deleted}",
            one["subject"].as_str().expect("text"),
            one["version"]
        )
    };
    let schemas = body.as_array().expect("an array");
    schemas.iter().map(name).collect()
}

async fn some(node: &Node) {
    node.put("/config", &json!({ "compatibility": "NONE" }))
        .await
        .ok();
    node.put("/config/:.ctx:", &json!({ "compatibility": "NONE" }))
        .await
        .ok();
    for (subject, schema) in [
        ("b", STRING),
        ("b", INT),
        ("a", STRING),
        ("ab", LONG),
        ("ab", INT),
        (":.ctx:a", STRING),
    ] {
        node.register(subject, schema).await.ok();
    }
    node.delete("/subjects/ab/versions/2").await.ok();
    node.delete("/subjects/b/versions/1").await.ok();
}

on_both!(schemas_are_listed_by_subject_and_version, |node| {
    assert_eq!(node.get("/schemas").await.ok(), json!([]));
    some(&node).await;
    assert_eq!(listed(&node, "").await, ["a 1", "ab 1", "b 2"]);
    assert_eq!(
        listed(&node, "?deleted=true").await,
        ["a 1", "ab 1", "ab 2 deleted", "b 1 deleted", "b 2"]
    );
    assert_eq!(
        listed(&node, "?deletedOnly=true").await,
        ["ab 2 deleted", "b 1 deleted"]
    );
    assert_eq!(
        listed(&node, "?latestOnly=true&deleted=true").await,
        ["a 1", "ab 2 deleted", "b 2"]
    );
    assert_eq!(listed(&node, "?subjectPrefix=a").await, ["a 1", "ab 1"]);
    assert_eq!(listed(&node, "?subjectPrefix=:.ctx:").await, [":.ctx:a 1"]);
    assert_eq!(
        listed(&node, "?subjectPrefix=:*:").await,
        [":.ctx:a 1", "a 1", "ab 1", "b 2"]
    );
    assert_eq!(
        listed(&node, "?subjectPrefix=:*:a").await,
        [":.ctx:a 1", "a 1", "ab 1"]
    );
    let body = node.get("/schemas?subjectPrefix=ab").await.ok();
    let version = node.get("/subjects/ab/versions/1").await.ok();
    assert_eq!(body, json!([version]));
});

on_both!(schemas_are_listed_by_the_type_of_their_rules, |node| {
    let with = |kind: &str, group: &str| {
        let mode = if group == "migrationRules" {
            "UPGRADE"
        } else {
            "READ"
        };
        json!({ "schema": STRING, "ruleSet": { group: [{ "name": "r", "type": kind, "mode": mode }] } })
    };
    for (subject, kind, group) in [
        ("a", "CEL", "domainRules"),
        ("b", "CEL", "migrationRules"),
        ("c", "ENCRYPT", "encodingRules"),
    ] {
        let path = format!("/subjects/{subject}/versions");
        node.post(&path, &with(kind, group)).await.ok();
    }
    node.register("d", STRING).await.ok();
    assert_eq!(listed(&node, "?ruleType=CEL").await, ["a 1", "b 1"]);
    assert_eq!(listed(&node, "?ruleType=CEL&offset=1").await, ["b 1"]);
    assert_eq!(listed(&node, "?ruleType=ENCRYPT").await, ["c 1"]);
    assert_eq!(listed(&node, "?ruleType=OTHER").await, [""; 0]);
});

on_both!(aliases_are_listed_where_they_lead, |node| {
    node.register("meant", STRING).await.ok();
    node.put("/config/x-one", &json!({ "alias": "meant" }))
        .await
        .ok();
    node.put("/config/x-two", &json!({ "alias": "meant" }))
        .await
        .ok();
    assert_eq!(listed(&node, "?subjectPrefix=x").await, [""; 0]);
    let body = node.get("/schemas?subjectPrefix=x&aliases=true").await.ok();
    assert_eq!(body[0]["subject"], "meant");
    assert_eq!(body[0]["aliases"], json!(["x-one", "x-two"]));
    let plain = node.get("/schemas?aliases=false").await.ok();
    assert!(plain[0].get("aliases").is_none());
});

on_both!(a_part_of_a_list_is_shown, |node| {
    some(&node).await;
    for (query, expected) in [
        ("?limit=2", vec!["a 1", "ab 1"]),
        ("?offset=1&limit=1", vec!["ab 1"]),
        ("?offset=2", vec!["b 2"]),
        ("?offset=3", vec![]),
        ("?offset=99999999999999999999999", vec![]),
        ("?limit=0", vec!["a 1", "ab 1", "b 2"]),
        ("?limit=-5", vec!["a 1", "ab 1", "b 2"]),
        ("?limit=1001", vec!["a 1", "ab 1", "b 2"]),
        ("?limit=99999999999999999999999", vec!["a 1", "ab 1", "b 2"]),
        ("?limit=&offset=", vec!["a 1", "ab 1", "b 2"]),
    ] {
        assert_eq!(listed(&node, query).await, expected, "{query}");
    }
    let lists = [
        ("/subjects", json!([":.ctx:a", "a", "ab", "b"])),
        ("/subjects/b/versions?deleted=true", json!([1, 2])),
        ("/contexts", json!([".", ".ctx"])),
        ("/schemas/ids/1/subjects?deleted=true", json!(["a", "b"])),
        (
            "/schemas/ids/1/versions?deleted=true",
            json!([{ "subject": "a", "version": 1 }, { "subject": "b", "version": 1 }]),
        ),
    ];
    for (path, all) in lists {
        let all = all.as_array().expect("an array").clone();
        let also = if path.contains('?') { '&' } else { '?' };
        for (offset, limit) in [(0, 1), (1, 1), (1, 9), (0, -1), (9, 1)] {
            let path = format!("{path}{also}offset={offset}&limit={limit}");
            let count = usize::try_from(limit).unwrap_or(usize::MAX);
            let expected: Vec<_> = all.iter().skip(offset).take(count).cloned().collect();
            assert_eq!(node.get(&path).await.ok(), json!(expected), "{path}");
        }
        for wrong in [
            "offset=-1",
            "offset=x",
            "limit=1.5",
            "limit=ten",
            "offset=+1",
            "limit=-",
        ] {
            let answer = node.get(&format!("{path}{also}{wrong}")).await;
            assert_eq!(answer.refusal(), (400, 400), "{path} {wrong}");
        }
    }
});

on_both!(a_long_list_comes_in_pieces_and_whole, |node| {
    node.put("/config", &json!({ "compatibility": "NONE" }))
        .await
        .ok();
    let long = "x".repeat(120_000);
    for number in 0..20 {
        let schema =
            json!({ "type": "record", "name": format!("R{number}"), "doc": long, "fields": [] });
        node.register("a", &schema.to_string()).await.ok();
    }
    let body = node.get("/schemas").await.ok();
    let versions: Vec<u64> = body
        .as_array()
        .expect("an array")
        .iter()
        .map(|one| one["version"].as_u64().expect("a number"))
        .collect();
    assert_eq!(versions, (1..=20).collect::<Vec<_>>());
});

on_both!(
    deleted_versions_have_a_minus_sign_where_that_is_asked_for,
    |node| {
        some(&node).await;
        let path = "/subjects/b/versions?deletedAsNegative=true";
        assert_eq!(node.get(path).await.ok(), json!([-1, 2]));
        let path = "/subjects/b/versions?deletedAsNegative=true&deletedOnly=true";
        assert_eq!(node.get(path).await.ok(), json!([-1, 2]));
        assert_eq!(
            node.get("/subjects/a/versions?deletedOnly=true").await.ok(),
            json!([])
        );
        node.delete("/subjects/a").await.ok();
        assert_eq!(
            node.get("/subjects/a/versions").await.refusal(),
            (404, 40401)
        );
        let path = "/subjects/a/versions?deletedAsNegative=true";
        assert_eq!(node.get(path).await.ok(), json!([-1]));
        let path = "/subjects/nobody/versions?deletedAsNegative=true";
        assert_eq!(node.get(path).await.refusal(), (404, 40401));
    }
);

on_both!(the_newest_version_with_some_metadata_is_found, |node| {
    node.level("a", "NONE").await.ok();
    let with = |schema: &str, properties: Value| json!({ "schema": schema, "metadata": { "properties": properties } });
    let path = "/subjects/a/versions";
    for (schema, properties) in [
        (STRING, json!({ "stage": "dev", "owner": "shop" })),
        (INT, json!({ "stage": "prod", "owner": "shop" })),
        (LONG, json!({ "stage": "dev", "owner": "till" })),
    ] {
        node.post(path, &with(schema, properties)).await.ok();
    }
    let found = async |query: &str| {
        let answer = node.get(&format!("/subjects/a/metadata{query}")).await;
        answer.ok()["version"].as_u64().expect("a number")
    };
    assert_eq!(found("?key=stage&value=dev").await, 3);
    assert_eq!(found("?key=stage&value=dev&key=owner&value=shop").await, 1);
    assert_eq!(found("?key=owner&key=stage&value=shop&value=prod").await, 2);
    assert_eq!(found("").await, 3);
    let missing = node.get("/subjects/a/metadata?key=stage&value=test").await;
    refused(&missing, 404, 40403, "Schema not found");
    let uneven = node.get("/subjects/a/metadata?key=stage").await;
    assert_eq!(uneven.refusal(), (400, 400));
    let nobody = node.get("/subjects/nobody/metadata").await;
    assert_eq!(nobody.refusal(), (404, 40401));
    node.delete("/subjects/a/versions/3").await.ok();
    assert_eq!(found("?key=stage&value=dev").await, 1);
    assert_eq!(found("?key=stage&value=dev&deleted=true").await, 3);
});

on_both!(the_server_says_what_it_is, |node| {
    let id = node.get("/v1/metadata/id").await.ok();
    assert_eq!(id["id"], "");
    assert_eq!(id["scope"]["path"], json!([]));
    assert_eq!(
        id["scope"]["clusters"]["schema-registry-cluster"],
        "dovetail"
    );
    let version = node.get("/v1/metadata/version").await.ok();
    assert_eq!(version["version"], env!("CARGO_PKG_VERSION"));
    let deployment = node.get("/v1/metadata/deployment").await.ok();
    assert_eq!(deployment, json!({ "attributes": [] }));
});

on_both!(schemas_are_listed_by_what_owns_their_subjects, |node| {
    for subject in ["free", "keyed", "owned"] {
        node.register(subject, STRING).await.ok();
    }
    let associations = json!([
        { "subject": "keyed", "associationType": "key", "lifecycle": "WEAK" },
        { "subject": "owned", "associationType": "value", "lifecycle": "STRONG" },
    ]);
    let body = json!({ "resourceName": "t", "resourceNamespace": "n", "resourceId": "7", "associations": associations });
    node.post("/associations", &body).await.ok();
    for (query, expected) in [
        ("", &["free 1", "keyed 1", "owned 1"][..]),
        ("?resourceType=topic", &["keyed 1", "owned 1"]),
        ("?resourceType=cluster", &[]),
        (
            "?resourceType=cluster&lifecycle=NONE",
            &["free 1", "keyed 1", "owned 1"],
        ),
        ("?associationType=key", &["keyed 1"]),
        (
            "?associationType=key&associationType=value",
            &["keyed 1", "owned 1"],
        ),
        ("?lifecycle=STRONG", &["owned 1"]),
        ("?lifecycle=NONE", &["free 1"]),
        ("?lifecycle=NONE&lifecycle=WEAK", &["free 1", "keyed 1"]),
        (
            "?lifecycle=NONE&associationType=key",
            &["free 1", "owned 1"],
        ),
        ("?lifecycle=STRONG&associationType=key", &[]),
        ("?lifecycle=STRONG&subjectPrefix=k", &[]),
    ] {
        assert_eq!(listed(&node, query).await, expected, "{query}");
    }
    let shown = node.get("/schemas?lifecycle=STRONG").await.ok();
    let of_subject = node.get("/associations/subjects/owned").await.ok();
    assert_eq!(shown[0]["associations"], of_subject);
    assert_eq!(
        node.get("/schemas").await.ok()[2].get("associations"),
        None,
        "nobody asked"
    );
    for query in ["associationType=both", "lifecycle=strong", "lifecycle="] {
        let answer = node.get(&format!("/schemas?{query}")).await;
        assert_eq!(answer.refusal(), (422, 42212), "{query}");
    }
});

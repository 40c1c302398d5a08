//! `/schemas`: by id, by GUID, and the list of formats.

use dovetail_tests::on_both;

use super::*;

on_both!(a_schema_by_its_id_has_these_keys, |node| {
    let registered = node.register("a", STRING).await.ok();
    let found = node.get("/schemas/ids/1").await.ok();
    let expected = [
        "subject",
        "version",
        "guid",
        "schemaType",
        "schema",
        "ts",
        "deleted",
    ];
    assert_eq!(keys(&found), expected);
    assert_eq!(found["subject"], "a");
    for key in ["version", "guid", "schemaType", "schema", "ts", "deleted"] {
        assert_eq!(found[key], registered[key], "{key}");
    }
    let bare = ["guid", "schemaType", "schema"];
    let guid = registered["guid"].as_str().expect("text");
    let by_guid = node.get(&format!("/schemas/guids/{guid}")).await.ok();
    assert_eq!(keys(&by_guid), bare);
    for key in bare {
        assert_eq!(by_guid[key], registered[key], "{key}");
    }
});

on_both!(the_highest_id_is_told_on_request, |node| {
    node.register("a", STRING).await.ok();
    node.register("b", INT).await.ok();
    let found = node.get("/schemas/ids/1?fetchMaxId=true").await.ok();
    assert_eq!(found["maxId"], 2);
    assert_eq!(found["schema"], STRING);
    node.register(":.other:z", LONG).await.ok();
    // It is that of the context where the id was found.
    let found = node
        .get("/schemas/ids/1?fetchMaxId=true&subject=z")
        .await
        .ok();
    assert_eq!(
        (&found["schema"], &found["maxId"]),
        (&json!(LONG), &json!(1))
    );
    let without = node.get("/schemas/ids/1?fetchMaxId=false").await.ok();
    assert!(without.get("maxId").is_none());
    // Ids are counted in each context.
    node.register(":.ctx:a", STRING).await.ok();
    let found = node
        .get("/schemas/ids/1?fetchMaxId=true&subject=:.ctx:a")
        .await
        .ok();
    assert_eq!(found["maxId"], 1);
    // The highest ever given out.
    for query in ["", "?permanent=true"] {
        node.delete(&format!("/subjects/b{query}")).await.ok();
    }
    let found = node.get("/schemas/ids/1?fetchMaxId=true").await.ok();
    assert_eq!(found["maxId"], 2);
});

on_both!(an_id_that_nothing_carries_is_not_found, |node| {
    node.register("a", STRING).await.ok();
    for id in [
        "2",
        "0",
        "-1",
        "2147483647",
        "2147483648",
        "99999999999999999999",
    ] {
        for tail in ["", "/schema", "/subjects", "/versions"] {
            let answer = node.get(&format!("/schemas/ids/{id}{tail}")).await;
            refused(&answer, 404, 40403, &format!("Schema {id} not found"));
        }
    }
});

on_both!(what_is_no_number_is_no_route, |node| {
    node.register("a", STRING).await.ok();
    for id in [
        "01", "+1", "1e3", "1.0", "abc", "%20", "-", "--1", "0x1", "1%2F", "%D9%A1",
    ] {
        for tail in ["", "/schema", "/subjects", "/versions"] {
            let answer = node.get(&format!("/schemas/ids/{id}{tail}")).await;
            assert_eq!(answer.refusal(), (404, 404), "{id}{tail}");
        }
    }
});

on_both!(subjects_and_versions_of_an_id, |node| {
    node.register("b", STRING).await.ok();
    node.register("a", STRING).await.ok();
    node.register("c", INT).await.ok();
    let subjects = node.get("/schemas/ids/1/subjects").await.ok();
    assert_eq!(subjects, json!(["a", "b"]));
    let at = |subject: &str, version: u32| json!({ "subject": subject, "version": version });
    let versions = node.get("/schemas/ids/1/versions").await.ok();
    assert_eq!(versions, json!([at("a", 1), at("b", 1)]));
    node.delete("/subjects/a").await.ok();
    for (tail, live, all) in [
        ("subjects", json!(["b"]), json!(["a", "b"])),
        (
            "versions",
            json!([at("b", 1)]),
            json!([at("a", 1), at("b", 1)]),
        ),
    ] {
        let path = format!("/schemas/ids/1/{tail}");
        assert_eq!(node.get(&path).await.ok(), live);
        assert_eq!(node.get(&format!("{path}?deleted=true")).await.ok(), all);
    }
    node.delete("/subjects/b").await.ok();
    assert_eq!(node.get("/schemas/ids/1/subjects").await.ok(), json!([]));
    assert_eq!(node.get("/schemas/ids/1/versions").await.ok(), json!([]));
    let only = node
        .get("/schemas/ids/1/subjects?subject=a&deleted=true")
        .await
        .ok();
    assert_eq!(only, json!(["a"]));
});

on_both!(a_live_version_stands_for_an_id_where_there_is_one, |node| {
    node.register("a", STRING).await.ok();
    node.register("b", STRING).await.ok();
    node.delete("/subjects/a").await.ok();
    let found = node.get("/schemas/ids/1").await.ok();
    assert_eq!(
        (&found["subject"], &found["deleted"]),
        (&json!("b"), &json!(false))
    );
    node.delete("/subjects/b").await.ok();
    let found = node.get("/schemas/ids/1").await.ok();
    assert_eq!(found["deleted"], true);
});

on_both!(the_subject_says_where_an_id_is_looked_for, |node| {
    node.register("a", STRING).await.ok();
    node.register("b", STRING).await.ok();
    node.register(":.ctx:c", INT).await.ok();
    for (query, expected) in [
        ("", "a"),
        ("?subject=", "a"),
        ("?subject=b", "b"),
        ("?subject=nobody", "a"),
        ("?subject=:.:", "a"),
        ("?subject=:.ctx:", ":.ctx:c"),
        ("?subject=:.ctx:c", ":.ctx:c"),
        ("?subject=%3A.ctx%3Ac", ":.ctx:c"),
    ] {
        let found = node.get(&format!("/schemas/ids/1{query}")).await.ok();
        assert_eq!(found["subject"], expected, "{query}");
        let text = node.get(&format!("/schemas/ids/1/schema{query}")).await;
        assert_eq!(text.text, found["schema"].as_str().expect("text"));
    }
    // A subject of another context must hold the id itself.
    for query in ["?subject=:.ctx:nobody", "?subject=:.other:"] {
        let answer = node.get(&format!("/schemas/ids/1{query}")).await;
        refused(&answer, 404, 40403, "Schema 1 not found");
    }
    let answer = node.get("/schemas/ids/1?subject=a%00b").await;
    assert_eq!(answer.refusal(), (422, 42208));
});

on_both!(a_guid_has_an_id_in_each_context, |node| {
    node.register("a", INT).await.ok();
    let guid = node.register("a2", STRING).await.ok()["guid"].clone();
    let other = node.register(":.ctx:a", STRING).await.ok();
    assert_eq!(other["guid"], guid);
    let guid = guid.as_str().expect("text");
    let ids = node.get(&format!("/schemas/guids/{guid}/ids")).await.ok();
    let expected = json!([{ "context": ".", "id": 2 }, { "context": ".ctx", "id": 1 }]);
    assert_eq!(ids, expected);
    // Upper case names the same one.
    let upper = node
        .get(&format!("/schemas/guids/{}", guid.to_uppercase()))
        .await
        .ok();
    assert_eq!(upper["guid"], guid);
});

on_both!(a_guid_is_found_under_the_id_that_is_still_carried, |node| {
    node.put("/mode", &json!({ "mode": "IMPORT" })).await.ok();
    let mut guid = String::new();
    for (subject, id) in [("b", 6), ("a", 5), ("c", 7)] {
        let body = json!({ "schema": STRING, "id": id });
        let path = format!("/subjects/{subject}/versions");
        let imported = node.post(&path, &body).await.ok();
        imported["guid"]
            .as_str()
            .expect("text")
            .clone_into(&mut guid);
    }
    let path = format!("/schemas/guids/{guid}");
    for (id, subject) in [(5, "a"), (6, "b"), (7, "c")] {
        let ids = node.get(&format!("{path}/ids")).await.ok();
        assert_eq!(ids, json!([{ "context": ".", "id": id }]));
        assert_eq!(node.get(&path).await.ok()["schema"], STRING);
        for query in ["", "?permanent=true"] {
            node.delete(&format!("/subjects/{subject}{query}"))
                .await
                .ok();
        }
    }
    assert_eq!(node.get(&path).await.refusal(), (404, 40403));
    assert_eq!(node.get(&format!("{path}/ids")).await.ok(), json!([]));
});

on_both!(an_unknown_guid_has_no_ids_and_no_schema, |node| {
    node.register("a", STRING).await.ok();
    for guid in ["00000000-0000-0000-0000-000000000000", "1", "nonsense"] {
        let answer = node.get(&format!("/schemas/guids/{guid}")).await;
        refused(&answer, 404, 40403, &format!("Schema {guid} not found"));
        let ids = node.get(&format!("/schemas/guids/{guid}/ids")).await.ok();
        assert_eq!(ids, json!([]));
    }
});

on_both!(there_are_three_formats, |node| {
    let types = node.get("/schemas/types").await.ok();
    assert_eq!(types, json!(["JSON", "PROTOBUF", "AVRO"]));
});

on_both!(a_plain_request_gets_what_any_other_gets, |node| {
    let id = node.register("a", STRING).await.id();
    node.register("b", STRING).await.ok();
    // A query takes the request through the router; without one it may be answered before.
    let both = async |status: u16| -> Value {
        let path = format!("/schemas/ids/{id}");
        let (first, plain) = (node.get(&path).await, node.get(&path).await);
        let routed = node.get(&format!("{path}?normal=way")).await;
        assert_eq!(
            (first.status, plain.status, routed.status),
            (status, status, status)
        );
        assert_eq!((first.json(), plain.json()), (routed.json(), routed.json()));
        assert_eq!(
            plain.headers.get("content-type"),
            routed.headers.get("content-type")
        );
        routed.json()
    };
    assert_eq!(both(200).await["subject"], "a");
    node.delete("/subjects/a").await.ok();
    assert_eq!(both(200).await["subject"], "b");
    node.delete("/subjects/b").await.ok();
    assert_eq!(both(200).await["deleted"], true);
    node.delete("/subjects/a?permanent=true").await.ok();
    node.delete("/subjects/b?permanent=true").await.ok();
    both(404).await;
});

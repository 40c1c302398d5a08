//! Registering: ids, versions, repetition, and what is refused.

use dovetail_tests::{avro_record, on_both};

use super::*;

on_both!(a_registration_answers_the_whole_version, |node| {
    let answer = node
        .register("orders-value", r#" { "type" : "string" } "#)
        .await
        .ok();
    let expected = [
        "id",
        "version",
        "guid",
        "schemaType",
        "schema",
        "ts",
        "deleted",
    ];
    assert_eq!(keys(&answer), expected);
    assert_eq!(answer["id"], 1);
    assert_eq!(answer["version"], 1);
    assert_eq!(answer["schemaType"], "AVRO");
    assert_eq!(answer["schema"], STRING);
    assert_eq!(answer["deleted"], false);
    let guid = dovetail_compat::identity(STRING, &[], None, None);
    assert_eq!(answer["guid"], guid.to_string());
});

on_both!(registering_again_changes_nothing, |node| {
    let first = node.register("a", STRING).await.ok();
    node.register("a", &avro_record(&["x"])).await;
    node.level("a", "NONE").await.ok();
    let second = node.register("a", &avro_record(&["x"])).await.ok();
    assert_eq!(node.register("a", STRING).await.ok(), first);
    assert_eq!(node.register("a", r#"{"type":"string"}"#).await.ok(), first);
    assert_eq!(node.register("a", &avro_record(&["x"])).await.ok(), second);
    assert_eq!(node.get("/subjects/a/versions").await.ok(), json!([1, 2]));
});

on_both!(a_schema_keeps_its_id_under_every_subject, |node| {
    assert_eq!(node.register("a", STRING).await.id(), 1);
    assert_eq!(node.register("b", INT).await.id(), 2);
    let again = node.register("b", LONG).await;
    assert_eq!((again.id(), again.version()), (3, 2));
    let shared = node.register("c", STRING).await;
    assert_eq!((shared.id(), shared.version()), (1, 1));
    assert_eq!(node.register("d", r#""boolean""#).await.id(), 4);
});

on_both!(ids_are_not_given_out_again, |node| {
    assert_eq!(node.register("a", STRING).await.id(), 1);
    for query in ["", "?permanent=true"] {
        node.delete(&format!("/subjects/a{query}")).await.ok();
    }
    assert_eq!(node.register("a", INT).await.id(), 2);
    assert_eq!(node.register("b", STRING).await.id(), 1);
});

on_both!(version_numbers_are_not_given_out_again, |node| {
    node.level("a", "NONE").await.ok();
    node.register("a", STRING).await.ok();
    node.register("a", INT).await.ok();
    for query in ["", "?permanent=true"] {
        node.delete(&format!("/subjects/a/versions/2{query}"))
            .await
            .ok();
    }
    assert_eq!(node.register("a", LONG).await.version(), 3);
    assert_eq!(node.get("/subjects/a/versions").await.ok(), json!([1, 3]));
});

on_both!(a_permanently_deleted_subject_starts_anew, |node| {
    node.register("a", STRING).await.ok();
    node.level("a", "NONE").await.ok();
    node.register("a", INT).await.ok();
    for query in ["", "?permanent=true"] {
        node.delete(&format!("/subjects/a{query}")).await.ok();
    }
    let answer = node.register("a", INT).await;
    assert_eq!((answer.id(), answer.version()), (2, 1));
});

on_both!(a_soft_deleted_schema_comes_back_as_a_new_version, |node| {
    let first = node.register("a", STRING).await.ok();
    node.delete("/subjects/a/versions/1").await.ok();
    let second = node.register("a", STRING).await.ok();
    assert_eq!(second["id"], first["id"]);
    assert_eq!(second["guid"], first["guid"]);
    assert_eq!(second["version"], 2);
    // The old row made room.
    let all = node.get("/subjects/a/versions?deleted=true").await.ok();
    assert_eq!(all, json!([2]));
    let old = node.get("/subjects/a/versions/1?deleted=true").await;
    assert_eq!(old.refusal(), (404, 40402));
});

on_both!(a_soft_deleted_version_that_is_referred_to_stays, |node| {
    node.register("inner", &record("Inner")).await.ok();
    let body = json!({
        "schema": record_of("Outer", "Inner"),
        "references": [reference("Inner", "inner", 1)],
    });
    node.post("/subjects/outer/versions", &body).await.ok();
    // Only what no live version refers to can be deleted softly; the soft-deleted referrer holds the row still.
    node.delete("/subjects/outer").await.ok();
    node.delete("/subjects/inner").await.ok();
    let again = node.register("inner", &record("Inner")).await;
    assert_eq!((again.id(), again.version()), (1, 2));
    let all = node.get("/subjects/inner/versions?deleted=true").await.ok();
    assert_eq!(all, json!([1, 2]));
});

on_both!(an_incompatible_schema_is_refused_with_its_reasons, |node| {
    node.register("a", &avro_record(&["x"])).await.ok();
    let answer = node.register("a", &avro_record(&["x", "y"])).await;
    assert_eq!(answer.refusal(), (409, 40901));
    let message = answer.json()["message"].as_str().expect("text").to_owned();
    for part in [
        r#"Schema being registered is incompatible with an earlier schema for subject "a", details: [{"#,
        "READER_FIELD_MISSING_DEFAULT_VALUE",
        "{oldSchemaVersion: 1}",
        "{oldSchema: '",
        "{validateFields: 'false', compatibility: 'BACKWARD'}]",
    ] {
        assert!(message.contains(part), "{part} is missing: {message}");
    }
    assert_eq!(node.get("/subjects/a/versions").await.ok(), json!([1]));
    // The refused schema took no id.
    assert_eq!(node.register("b", STRING).await.id(), 2);
});

on_both!(
    a_level_without_transitivity_looks_at_the_newest_live_version,
    |node| {
        node.level("a", "NONE").await.ok();
        let (first, second) = (avro_record(&["x"]), avro_record(&["x", "y"]));
        node.register("a", &first).await.ok();
        node.register("a", &second).await.ok();
        node.level("a", "BACKWARD").await.ok();
        let third = avro_record(&["y", "z?"]);
        // Fine for a reader of version 2, not for one of version 1, which has no y.
        node.level("a", "BACKWARD_TRANSITIVE").await.ok();
        assert_eq!(node.register("a", &third).await.refusal(), (409, 40901));
        node.level("a", "BACKWARD").await.ok();
        assert_eq!(node.register("a", &third).await.version(), 3);
        // Soft-deleted versions do not count.
        node.delete("/subjects/a/versions/1").await.ok();
        node.level("a", "BACKWARD_TRANSITIVE").await.ok();
        let fourth = avro_record(&["y", "w?"]);
        assert_eq!(node.register("a", &fourth).await.version(), 4);
    }
);

on_both!(a_request_without_a_schema_has_nothing_to_register, |node| {
    for body in [
        json!({}),
        json!({ "schema": "" }),
        json!({ "schema": null }),
        json!({ "schema": " \n" }),
    ] {
        let answer = node.post("/subjects/a/versions", &body).await;
        refused(&answer, 422, 42201, "Invalid schema: the schema is empty");
    }
    assert_eq!(node.get("/subjects").await.ok(), json!([]));
});

on_both!(an_unknown_format_is_refused, |node| {
    for schema_type in ["AVROO", "avro", ""] {
        let answer = node.register_as(schema_type, "a", STRING).await;
        let message = format!("Invalid schema: Invalid schema type {schema_type}");
        refused(&answer, 422, 42201, &message);
    }
});

on_both!(a_version_asked_for_must_be_the_next_one, |node| {
    let with = |schema: &str, version: i64| json!({ "schema": schema, "version": version });
    let path = "/subjects/a/versions";
    node.level("a", "NONE").await.ok();
    let early = node.post(path, &with(STRING, 2)).await;
    let message = "Invalid schema: version 2 is not the expected version 1";
    refused(&early, 422, 42201, message);
    let first = node.post(path, &with(STRING, 1)).await.ok();
    assert_eq!(first["version"], 1);
    assert_eq!(
        first["metadata"],
        json!({ "properties": { "confluent:version": "1" } })
    );
    // Repeating it changes nothing, with or without the number.
    assert_eq!(node.post(path, &with(STRING, 1)).await.ok(), first);
    assert_eq!(node.post(path, &with(STRING, 0)).await.ok(), first);
    assert_eq!(node.post(path, &with(STRING, -1)).await.ok(), first);
    let found = node
        .post("/subjects/a", &json!({ "schema": STRING }))
        .await
        .ok();
    assert_eq!(found["version"], 1);
    assert_eq!(
        node.post(path, &with(STRING, 3)).await.refusal(),
        (422, 42201)
    );
    for (schema, asked, expected) in [(INT, 0, 2), (LONG, -1, 3), (LONG, -1, 3)] {
        assert_eq!(
            node.post(path, &with(schema, asked)).await.version(),
            expected
        );
    }
});

on_both!(a_schema_may_be_asked_back_as_a_newer_version, |node| {
    let path = "/subjects/a/versions";
    node.level("a", "NONE").await.ok();
    let first = node.register("a", STRING).await.ok();
    node.register("a", INT).await.ok();
    // Without a version it is the one that is there.
    assert_eq!(node.register("a", STRING).await.ok(), first);
    let back = json!({ "schema": STRING, "version": 3 });
    let third = node.post(path, &back).await.ok();
    assert_eq!(third["version"], 3);
    assert_ne!(third["id"], first["id"]);
    assert_eq!(node.post(path, &back).await.ok(), third);
    // What follows notes its own version, since the one before it does.
    let fourth = node.register("a", LONG).await.ok();
    assert_eq!(
        fourth["metadata"],
        json!({ "properties": { "confluent:version": "4" } })
    );
    assert_eq!(node.register("a", LONG).await.ok(), fourth);
    let latest = json!({ "schema": INT, "version": -1 });
    assert_eq!(node.post(path, &latest).await.version(), 5);
});

on_both!(an_id_is_for_import_mode, |node| {
    let with = |schema: &str, id: i64| json!({ "schema": schema, "id": id });
    let path = "/subjects/a/versions";
    let answer = node.post(path, &with(STRING, 7)).await;
    refused(&answer, 422, 42205, "Subject a is not in import mode");
    node.register("a", STRING).await.ok();
    // The id it has anyway may be named.
    assert_eq!(node.post(path, &with(STRING, 1)).await.id(), 1);
    assert_eq!(
        node.post(path, &with(STRING, 2)).await.refusal(),
        (422, 42205)
    );
});

on_both!(unknown_keys_and_nulls_are_passed_over, |node| {
    let body = json!({
        "schema": STRING, "schemaType": null, "references": null, "metadata": null, "ruleSet": null,
        "id": null, "version": null, "propagateSchemaTags": true, "somethingNew": [1],
    });
    assert_eq!(node.post("/subjects/a/versions", &body).await.id(), 1);
});

on_both!(normalizing_makes_two_spellings_one, |node| {
    let of = |attributes: &str| json!({ "schema": format!(r#"{{"type":"fixed","name":"F","size":1,{attributes}}}"#) });
    let (one, other) = (of(r#""p":1,"q":2"#), of(r#""q":2,"p":1"#));
    let path = "/subjects/a/versions?normalize=true";
    let first = node.post(path, &one).await;
    assert_eq!(node.post(path, &other).await.id(), first.id());
    // The setting does as the flag does.
    node.put("/config/b", &json!({ "normalize": true }))
        .await
        .ok();
    let plain = "/subjects/b/versions";
    assert_eq!(node.post(plain, &one).await.id(), first.id());
    assert_eq!(node.post(plain, &other).await.id(), first.id());
    // Without either they are two.
    let plain = "/subjects/c/versions";
    assert_eq!(node.post(plain, &one).await.id(), first.id());
    assert_ne!(node.post(plain, &other).await.id(), first.id());
});

on_both!(any_name_is_a_subject_and_comes_back_as_it_is, |node| {
    let names = [
        ("a%2Fb", "a/b"),
        ("with%20space", "with space"),
        ("%E2%82%AC", "€"),
        ("topic:value", "topic:value"),
        ("*", "*"),
        ("a%252Fb", "a%2Fb"),
    ];
    for (in_path, name) in names {
        node.register(in_path, STRING).await.ok();
        let body = node
            .get(&format!("/subjects/{in_path}/versions/latest"))
            .await
            .ok();
        assert_eq!(body["subject"], name);
    }
    let mut expected: Vec<&str> = names.iter().map(|(_, name)| *name).collect();
    expected.sort_unstable();
    assert_eq!(node.get("/subjects").await.ok(), json!(expected));
});

on_both!(names_that_are_no_subject_are_refused, |node| {
    let long = "x".repeat(1025);
    for name in [
        "__GLOBAL",
        "__EMPTY",
        "%00",
        "a%0Ab",
        "%7F",
        ":.ctx",
        ":.__GLOBAL:a",
        &long,
    ] {
        let answer = node.register(name, STRING).await;
        assert_eq!(answer.refusal(), (422, 42208), "{name}");
        let message = answer.json()["message"].as_str().expect("text").to_owned();
        assert!(message.starts_with("The specified subject '"), "{message}");
        assert!(message.len() < 300, "{message}");
    }
    node.register(&"x".repeat(1024), STRING).await.ok();
});

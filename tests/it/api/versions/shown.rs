//! How a text is shown: `format` and `referenceFormat`.

use dovetail_tests::{Node, on_both};

use super::*;

async fn text(node: &Node, path: &str) -> String {
    node.get(path).await.ok()["schema"]
        .as_str()
        .expect("text")
        .to_owned()
}

on_both!(
    avro_writes_out_its_references_where_that_is_asked_for,
    |node| {
        node.register("inner", &record("Inner")).await.ok();
        let body = json!({ "schema": record_of("Outer", "Inner"), "references": [reference("Inner", "inner", 1)] });
        let registered = node
            .post("/subjects/a/versions?format=resolved", &body)
            .await
            .ok();
        let resolved = r#"{"type":"record","name":"Outer","fields":[{"name":"inner","type":{"type":"record","name":"Inner","fields":[{"name":"inner","type":"string"}]}}]}"#;
        assert_eq!(registered["schema"], resolved);
        let plain = record_of("Outer", "Inner");
        assert_eq!(text(&node, "/subjects/a/versions/1").await, plain);
        for path in [
            "/subjects/a/versions/1",
            "/schemas/ids/2",
            "/subjects/a/metadata",
        ] {
            assert_eq!(
                text(&node, &format!("{path}?format=resolved")).await,
                resolved,
                "{path}"
            );
            // What is no format of Avro is the canonical text.
            for format in ["serialized", "ignore_extensions", "RESOLVED", ""] {
                assert_eq!(
                    text(&node, &format!("{path}?format={format}")).await,
                    plain,
                    "{path} {format}"
                );
            }
        }
        let guid = registered["guid"].as_str().expect("text");
        assert_eq!(
            text(&node, &format!("/schemas/guids/{guid}?format=resolved")).await,
            resolved
        );
        for path in ["/subjects/a/versions/1/schema", "/schemas/ids/2/schema"] {
            assert_eq!(
                node.get(&format!("{path}?format=resolved")).await.text,
                resolved
            );
            assert_eq!(node.get(path).await.text, plain);
        }
        let found = node.post("/subjects/a?format=resolved", &body).await.ok();
        assert_eq!(found["schema"], resolved);
        let twice = node
            .get("/schemas/ids/2?format=resolved&format=resolved")
            .await;
        assert_eq!(twice.refusal(), (400, 400));
    }
);

on_both!(
    protobuf_is_shown_as_a_descriptor_or_without_extensions,
    |node| {
        let proto = "syntax = \"proto3\";\n\nimport \"google/protobuf/descriptor.proto\";\n\nmessage Order {\n  string id = 1 [\n    (note) = \"x\",\n    deprecated = true\n  ];\n}\n\nextend google.protobuf.FieldOptions {\n  optional string note = 50001;\n}\n";
        let registered = node.register_as("PROTOBUF", "a", proto).await.ok();
        let canonical = registered["schema"].as_str().expect("text").to_owned();
        assert!(
            canonical.contains("extend google.protobuf.FieldOptions"),
            "{canonical}"
        );
        let serialized = text(&node, "/subjects/a/versions/1?format=serialized").await;
        // A descriptor is read back as a schema.
        let again = node.register_as("PROTOBUF", "b", &serialized).await.ok();
        let again = again["schema"].as_str().expect("text").to_owned();
        assert!(again.contains("message Order"), "{again}");
        let plain = text(&node, "/subjects/a/versions/1?format=ignore_extensions").await;
        assert!(
            !plain.contains("extend") && !plain.contains("note") && plain.contains("deprecated"),
            "{plain}"
        );
        assert_eq!(
            text(&node, "/subjects/a/versions/1?format=resolved").await,
            canonical
        );
    }
);

on_both!(
    references_name_their_context_where_that_is_asked_for,
    |node| {
        for prefix in ["", ":.ctx:"] {
            node.register(&format!("{prefix}inner"), &record("Inner"))
                .await
                .ok();
            let body = json!({ "schema": record_of("Outer", "Inner"), "references": [reference("Inner", "inner", 1)] });
            node.post(&format!("/subjects/{prefix}a/versions"), &body)
                .await
                .ok();
        }
        let references = async |path: &str| node.get(path).await.ok()["references"].clone();
        let bare = json!([reference("Inner", "inner", 1)]);
        let qualified = json!([reference("Inner", ":.ctx:inner", 1)]);
        assert_eq!(
            references("/subjects/a/versions/1?referenceFormat=qualified").await,
            bare
        );
        assert_eq!(references("/subjects/:.ctx:a/versions/1").await, bare);
        assert_eq!(
            references("/subjects/:.ctx:a/versions/1?referenceFormat=qualified").await,
            qualified
        );
        assert_eq!(
            references("/schemas/ids/2?subject=:.ctx:&referenceFormat=QUALIFIED").await,
            qualified
        );
        assert_eq!(
            references("/schemas/ids/2?subject=:.ctx:&referenceFormat=other").await,
            bare
        );
    }
);

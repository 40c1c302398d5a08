use dovetail_tests::{Client, Database, Node};

use super::{CUSTOMER, ID, NOTE, Project, pair, record};

const ONE: &str = "[[subject]]\nname = \"orders-value\"\nfile = \"order.avsc\"\n";

async fn node() -> Node {
    Node::start(&Database::sqlite()).await
}

/// A project with one schema, whose first version is registered.
async fn one_schema(client: &Client, now: &str) -> Project {
    client
        .register("orders-value", &record("Order", &[ID]))
        .await
        .ok();
    let project = Project::with_registry(client.base());
    project.write("dovetail.toml", ONE);
    project.write("order.avsc", now);
    project
}

#[tokio::test(flavor = "multi_thread")]
async fn new_unchanged_compatible_and_breaking_are_told_apart() {
    let node = node().await;
    for subject in ["same", "wider", "broken"] {
        node.register(subject, &record("Order", &[ID])).await.ok();
    }
    let project = Project::with_registry(node.base());
    let manifest: Vec<String> = ["first", "same", "wider", "broken"]
        .map(|subject| format!("[[subject]]\nname = \"{subject}\"\nfile = \"{subject}.avsc\"\n"))
        .into();
    project.write("dovetail.toml", &manifest.concat());
    project.write("first.avsc", &record("Order", &[ID]));
    project.write("same.avsc", &record("Order", &[ID]));
    project.write("wider.avsc", &record("Order", &[ID, NOTE]));
    project.write("broken.avsc", &record("Order", &[ID, CUSTOMER]));
    let run = project.run(&["check", "--format", "json"]).ends(100);
    assert_eq!(
        run.statuses(),
        [
            pair("first", "new"),
            pair("same", "unchanged"),
            pair("wider", "compatible"),
            pair("broken", "breaking")
        ]
    );
    // Nothing was written.
    assert_eq!(
        node.get("/subjects").await.ok(),
        serde_json::json!(["broken", "same", "wider"])
    );
    assert_eq!(
        node.get("/subjects/wider/versions").await.ok(),
        serde_json::json!([1])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn all_findings_are_shown_at_once_at_their_lines() {
    let node = node().await;
    let broken = record("Order", &[r#"{"name": "id", "type": "long"}"#, CUSTOMER]);
    let project = one_schema(&node, &broken).await;
    let run = project.run(&["check", "--format", "json"]).ends(100);
    let found = &run.json()["schemas"][0]["findings"];
    let found: Vec<(String, u64)> = found
        .as_array()
        .expect("findings")
        .iter()
        .map(|one| {
            let rule = one["rule"].as_str().expect("a rule").to_owned();
            (rule, one["new"]["line"].as_u64().expect("a line"))
        })
        .collect();
    assert_eq!(
        found,
        [
            ("TYPE_MISMATCH".to_owned(), 4),
            ("READER_FIELD_MISSING_DEFAULT_VALUE".to_owned(), 5)
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_level_counts_with_every_version_it_names() {
    let node = node().await;
    node.level("orders-value", "NONE").await.ok();
    let project = one_schema(&node, &record("Order", &[CUSTOMER, NOTE])).await;
    node.register("orders-value", &record("Order", &[CUSTOMER]))
        .await
        .ok();
    project.run(&["check"]).ends(0);
    // The first version has no customer.
    project.run(&["check", "--level", "BACKWARD"]).ends(0);
    let run = project
        .run(&[
            "check",
            "--level",
            "BACKWARD_TRANSITIVE",
            "--format",
            "json",
        ])
        .ends(100);
    let finding = &run.json()["schemas"][0]["findings"][0];
    assert_eq!(
        finding["against"],
        serde_json::json!(["orders-value version 1"])
    );
    project
        .run(&["check", "--level", "backward", "--against", "registry:1"])
        .ends(100);
    project
        .run(&["check", "--against", "registry:9"])
        .ends(101)
        .says("no version 9");
    node.level("orders-value", "BACKWARD_TRANSITIVE").await.ok();
    project
        .run(&["check"])
        .ends(100)
        .says("BACKWARD_TRANSITIVE (the registry)");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_manifest_may_ask_for_more_than_the_registry() {
    let node = node().await;
    let project = one_schema(&node, &record("Order", &[ID, NOTE])).await;
    project.write("order.avsc", &record("Order", &[NOTE]));
    project.run(&["check"]).ends(0);
    project.write("dovetail.toml", &format!("{ONE}compatibility = \"FULL\"\n"));
    project
        .run(&["check"])
        .ends(100)
        .says("BACKWARD (the registry) and FULL (the manifest)")
        .says("whoever still reads with the previous schema");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_difference_from_several_versions_is_one_finding() {
    let node = node().await;
    node.level("orders-value", "BACKWARD_TRANSITIVE").await.ok();
    let project = one_schema(&node, &record("Order", &[ID, NOTE, CUSTOMER])).await;
    node.register("orders-value", &record("Order", &[ID, NOTE]))
        .await
        .ok();
    let run = project.run(&["check", "--format", "json"]).ends(100);
    let found = &run.json()["schemas"][0]["findings"];
    assert_eq!(found.as_array().map(Vec::len), Some(1), "{found}");
    let against = ["orders-value version 2", "orders-value version 1"];
    assert_eq!(found[0]["against"], serde_json::json!(against));
}

/// Money is not registered, and order refers to it.
#[tokio::test(flavor = "multi_thread")]
async fn schemas_that_need_each_other_are_checked_before_any_is_registered() {
    let node = node().await;
    let project = Project::with_registry(node.base());
    project.write(
        "dovetail.toml",
        "[[subject]]\nname = \"orders-value\"\nfile = \"order.avsc\"\n[[subject]]\nname = \"money\"\nfile = \"money.avsc\"\n",
    );
    project.write(
        "money.avsc",
        &record("Money", &[r#"{"name": "units", "type": "long"}"#]),
    );
    let total = r#"{"name": "total", "type": "Money"}"#;
    project.write("order.avsc", &record("Order", &[ID, total]));
    let run = project.run(&["check", "--format", "json"]).ends(0);
    assert_eq!(
        run.statuses(),
        [pair("money", "new"), pair("orders-value", "new")]
    );
    project.run(&["register"]).ends(0);
    project.run(&["check", "--format", "json"]).ends(0);

    // A change of money alone breaks whoever reads orders, too.
    let currency = r#"{"name": "currency", "type": "string"}"#;
    project.write("money.avsc", &record("Money", &[currency]));
    let run = project.run(&["check", "--format", "json"]).ends(100);
    assert_eq!(
        run.statuses(),
        [pair("money", "breaking"), pair("orders-value", "breaking")]
    );
    let with_default = r#"{"name": "currency", "type": "string", "default": "EUR"}"#;
    project.write("money.avsc", &record("Money", &[with_default]));
    let run = project.run(&["check", "--format", "json"]).ends(0);
    assert_eq!(
        run.statuses(),
        [
            pair("money", "compatible"),
            pair("orders-value", "compatible")
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn imports_and_refs_are_found_in_every_format() {
    let node = node().await;
    let project = Project::with_registry(node.base());
    project.write(
        "dovetail.toml",
        "[[subject]]\nname = \"order-proto\"\nfile = \"proto/shop/order.proto\"\n\
         [[subject]]\nname = \"shop/money.proto\"\nfile = \"proto/shop/money.proto\"\n\
         [[subject]]\nname = \"order-json\"\nfile = \"json/order.json\"\n\
         [[subject]]\nname = \"money-json\"\nfile = \"json/parts/money.json\"\n",
    );
    project.write(
        "proto/shop/money.proto",
        "syntax = \"proto3\";\npackage shop;\nmessage Money { int64 units = 1; }\n",
    );
    project.write(
        "proto/shop/order.proto",
        "syntax = \"proto3\";\npackage shop;\nimport \"shop/money.proto\";\nmessage Order { Money total = 1; }\n",
    );
    project.write(
        "json/parts/money.json",
        r#"{"type": "object", "properties": {"units": {"type": "integer"}}}"#,
    );
    project.write(
        "json/order.json",
        r#"{"type": "object", "properties": {"total": {"$ref": "parts/money.json"}}}"#,
    );
    project.run(&["check"]).ends(0).says("4 new");
    project.run(&["register"]).ends(0).says("4 registered");
    let order = node.get("/subjects/order-json/versions/1").await.ok();
    let expected =
        serde_json::json!([{"name": "parts/money.json", "subject": "money-json", "version": 1}]);
    assert_eq!(order["references"], expected);
    project.run(&["register"]).ends(0).says("4 unchanged");
    project
        .run(&["check", "proto/shop/order.proto"])
        .ends(0)
        .says("2 unchanged");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_own_is_found_in_the_registry() {
    let node = node().await;
    node.register(
        "money",
        &record("Money", &[r#"{"name": "units", "type": "long"}"#]),
    )
    .await
    .ok();
    let project = Project::with_registry(node.base());
    project.write(
        "order.avsc",
        &record("Order", &[r#"{"name": "total", "type": "Money"}"#]),
    );
    project.write("dovetail.toml", ONE);
    project
        .run(&["check"])
        .ends(2)
        .says("UNRESOLVED_REFERENCE")
        .says("order.avsc refers to \"shop.Money\"")
        .says("add a [[subject]]");
    project.write(
        "dovetail.toml",
        &format!("{ONE}[[subject]]\nname = \"money\"\nversion = 1\n"),
    );
    project.run(&["register"]).ends(0);
    let order = node.get("/subjects/orders-value/versions/1").await.ok();
    let expected = serde_json::json!([{"name": "shop.Money", "subject": "money", "version": 1}]);
    assert_eq!(order["references"], expected);
    // From now on the reference is known from the version that has it.
    project.write("dovetail.toml", ONE);
    project.run(&["check"]).ends(0).says("1 unchanged");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mode_that_takes_no_versions_is_a_finding() {
    let node = node().await;
    let project = one_schema(&node, &record("Order", &[ID, NOTE])).await;
    let mode = serde_json::json!({"mode": "READONLY"});
    node.put("/mode/orders-value", &mode).await.ok();
    project.run(&["check"]).ends(100).says("SUBJECT_READ_ONLY");
    project.write("order.avsc", &record("Order", &[ID]));
    project.run(&["check"]).ends(0).says("unchanged");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_earlier_version_is_found_again() {
    let node = node().await;
    let project = one_schema(&node, &record("Order", &[ID])).await;
    node.register("orders-value", &record("Order", &[ID, NOTE]))
        .await
        .ok();
    project.run(&["check"]).ends(0).says("version 1, id 1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_that_is_none_is_shown_where_it_is_wrong() {
    let node = node().await;
    let project = one_schema(
        &node,
        "{\n  \"type\": \"record\",\n  \"name\" \"Order\"\n}\n",
    )
    .await;
    project
        .run(&["check"])
        .ends(2)
        .says("INVALID_SCHEMA")
        .says("order.avsc:3:");
    project.write(
        "order.proto",
        "syntax = \"proto3\";\nmessage Order {\n  strin id = 1;\n}\n",
    );
    project
        .run(&["check", "order.proto", "--subject", "other"])
        .ends(2)
        .says("order.proto:3:");
}

#[tokio::test(flavor = "multi_thread")]
async fn subjects_of_other_contexts_are_checked_there() {
    let node = node().await;
    node.register(":.staging:orders-value", &record("Order", &[ID]))
        .await
        .ok();
    let project = Project::with_registry(node.base());
    project.write("order.avsc", &record("Order", &[ID, CUSTOMER]));
    project
        .run(&["check", "order.avsc", "--subject", "orders-value"])
        .ends(0)
        .says("new");
    project
        .run(&["check", "order.avsc", "--subject", ":.staging:orders-value"])
        .ends(100);
}

#[test]
fn a_registry_that_does_not_answer_is_no_verdict() {
    let project = Project::with_registry("http://127.0.0.1:9");
    project.write("dovetail.toml", ONE);
    project.write("order.avsc", &record("Order", &[ID]));
    project
        .run(&["check"])
        .ends(101)
        .says("no answer from the registry");
    project.run(&["register"]).ends(101);
    project
        .run(&["diff", "orders-value@1", "order.avsc"])
        .ends(101);
}

#[tokio::test(flavor = "multi_thread")]
async fn something_that_is_no_registry_is_no_verdict() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut buffer = [0; 4096];
            let _ = socket.read(&mut buffer).await;
            let page =
                "HTTP/1.1 200 OK\r\ncontent-length: 12\r\nconnection: close\r\n\r\n<html>hello\n";
            let _ = socket.write_all(page.as_bytes()).await;
        }
    });
    let project = Project::with_registry(&format!("http://{address}"));
    project.write("order.avsc", &record("Order", &[ID]));
    project
        .run(&["check", "order.avsc", "--subject", "a"])
        .ends(101);
}

#[test]
fn bad_usage_names_the_fix() {
    let project = Project::new();
    project.run(&["check"]).ends(2).says("dovetail init");
    project.write("order.avsc", &record("Order", &[ID]));
    project
        .run(&["check", "order.avsc"])
        .ends(2)
        .says("--registry URL")
        .says("git:");
    let project = project.set("DOVETAIL_REGISTRY", "http://127.0.0.1:9");
    project
        .run(&["check", "order.avsc"])
        .ends(2)
        .says("--subject");
    project
        .run(&["check", "none.avsc", "--subject", "a"])
        .ends(2)
        .says("there is no file none.avsc");
    project
        .run(&["check", "order.avsc", "--level", "SOME"])
        .ends(2)
        .says("backward_transitive");
    project
        .run(&["check", "--format", "xml"])
        .ends(2)
        .says("sarif");
    project.write(
        "dovetail.toml",
        "[[subject]]\nname = \"a\"\nfil = \"order.avsc\"\n",
    );
    project
        .run(&["check"])
        .ends(2)
        .says("dovetail.toml")
        .says("fil");
    project.write("order.txt", "\"int\"");
    project.write("dovetail.toml", "");
    project
        .run(&["check", "order.txt", "--subject", "a"])
        .ends(2)
        .says("--type");
    project.run(&["check", "--against", "git:"]).ends(2);
}

/// Two files that need each other can never be registered.
#[test]
fn a_circle_is_named() {
    let project = Project::with_registry("http://127.0.0.1:9");
    project.write("a.avsc", &record("A", &[r#"{"name": "b", "type": "B"}"#]));
    project.write("b.avsc", &record("B", &[r#"{"name": "a", "type": "A"}"#]));
    project.write("dovetail.toml", "[[subject]]\nname = \"a\"\nfile = \"a.avsc\"\n[[subject]]\nname = \"b\"\nfile = \"b.avsc\"\n");
    project
        .run(&["check"])
        .ends(2)
        .says("a.avsc -> b.avsc -> a.avsc");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_comes_from_the_environment_or_a_file() {
    let (sender, mut seen) = tokio::sync::mpsc::unbounded_channel();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut buffer = [0; 4096];
            let length = socket.read(&mut buffer).await.unwrap_or(0);
            let _ = sender.send(String::from_utf8_lossy(&buffer[..length]).to_lowercase());
            let body = r#"{"error_code": 40101, "message": "who are you"}"#;
            let head = "HTTP/1.1 401 Unauthorized\r\ncontent-type: application/json\r\nconnection: close\r\n";
            let answer = format!("{head}content-length: {}\r\n\r\n{body}", body.len());
            let _ = socket.write_all(answer.as_bytes()).await;
        }
    });
    let url = format!("http://{address}");
    let project = Project::with_registry(&url).set("DOVETAIL_TOKEN", "s3cret");
    project
        .run(&["subjects"])
        .ends(101)
        .says("DOVETAIL_TOKEN")
        .never_says("s3cret");
    assert!(
        seen.recv()
            .await
            .is_some_and(|request| request.contains("bearer s3cret"))
    );
    let project = Project::with_registry(&url).set("DOVETAIL_TOKEN_FILE", "token");
    project.write("token", "fr0mfile\n");
    project.run(&["subjects"]).ends(101);
    loop {
        let request = seen.recv().await.expect("a request");
        if request.contains("bearer fr0mfile") {
            break;
        }
    }
}

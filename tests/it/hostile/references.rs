//! Rows 44 and 45: references.

use super::*;

fn record(name: &str, fields: &[String]) -> String {
    let fields: Vec<Value> = fields
        .iter()
        .map(|of| json!({ "name": of, "type": of }))
        .collect();
    json!({ "type": "record", "name": name, "fields": fields }).to_string()
}

fn body(schema: &str, references: &[Value]) -> String {
    json!({ "schema": schema, "references": references }).to_string()
}

fn to(name: &str, subject: &str, version: i64) -> Value {
    json!({ "name": name, "subject": subject, "version": version })
}

#[tokio::test(flavor = "multi_thread")]
async fn i44_references_to_what_is_not_there() {
    let node = start().await;
    node.register("there", &record("There", &[])).await.ok();
    let many = |count: i64| -> Vec<Value> {
        (0..count)
            .map(|n| to(&format!("N{n}"), "there", 1))
            .collect()
    };
    let cases: [(&str, Vec<Value>); 9] = [
        ("itself", vec![to("A", "a", 1)]),
        ("a missing subject", vec![to("There", "missing", 1)]),
        ("a missing version", vec![to("There", "there", 2)]),
        ("version 0", vec![to("There", "there", 0)]),
        ("version -2", vec![to("There", "there", -2)]),
        (
            "one name twice",
            vec![to("There", "there", 1), to("There", "there", 1)],
        ),
        ("no name", vec![to("", "there", 1)]),
        ("no subject", vec![to("There", "", 1)]),
        ("1,001", many(1001)),
    ];
    for (what, references) in cases {
        let body = body("\"int\"", &references);
        for path in [REGISTER, "/compatibility/subjects/a/versions"] {
            refused(
                &send(&node, "POST", path, body.clone()).await,
                422,
                42201,
                what,
            );
        }
    }
    let newest = body(
        &record("A", &["There".to_owned()]),
        &[to("There", "there", -1)],
    );
    assert_eq!(send(&node, "POST", REGISTER, newest).await.status, 200);
    let thousand = send(
        &node,
        "POST",
        "/subjects/b/versions",
        body("\"int\"", &many(1000)),
    )
    .await;
    assert!([200, 422].contains(&thousand.status), "{}", thousand.text);
    is_healthy(&node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i45_a_chain_of_references() {
    let node = start().await;
    let link = async |depth: usize| {
        let below = depth.checked_sub(1).map(|below| format!("L{below}"));
        let references: Vec<Value> = below.iter().map(|below| to(below, below, 1)).collect();
        let fields: Vec<String> = below.iter().cloned().collect();
        let schema = record(&format!("L{depth}"), &fields);
        let path = format!("/subjects/L{depth}/versions");
        send(&node, "POST", &path, body(&schema, &references)).await
    };
    let mut deepest = 0;
    loop {
        let answer = link(deepest).await;
        if answer.status != 200 {
            refused(&answer, 422, 42201, &deepest.to_string());
            assert!(answer.text.contains("deep"), "{}", answer.text);
            break;
        }
        deepest += 1;
        assert!(deepest <= 101, "there is no limit");
    }
    assert_eq!(
        deepest, 101,
        "a chain of 100 references below a schema is allowed"
    );
    is_healthy(&node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i45_a_diamond_of_references() {
    let node = start().await;
    let register = async |name: &str, below: &[String]| {
        let references: Vec<Value> = below.iter().map(|below| to(below, below, 1)).collect();
        let path = format!("/subjects/{name}/versions");
        let body = body(&record(name, below), &references);
        let answer = send(&node, "POST", &path, body).await;
        assert_eq!(answer.status, 200, "{name}: {}", answer.text);
    };
    let mut below: Vec<String> = Vec::new();
    for layer in 0..30 {
        let pair = [format!("L{layer}"), format!("R{layer}")];
        for name in &pair {
            register(name, &below).await;
        }
        below = pair.to_vec();
    }
    register("Top", &below).await;
    is_healthy(&node).await;
}

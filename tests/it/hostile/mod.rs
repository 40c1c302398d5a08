//! The hostile request list, section I of the hardening guide, against the whole server: the real binary, its own limits,
//! real parsing. Each test is named after its row (`i06_…` is row 6). After whatever was sent, the node still answers.
//!
//! `edges` holds the same rows against the outermost layers alone, byte by byte; here it is the whole that counts.

use std::{future::Future, time::Duration};

use dovetail_tests::{Answer, Database, Node, contract::Contract};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};

use crate::edges::client::Client as RawClient;

mod avro;
mod bodies;
mod http;
mod json_schema;
mod numbers;
mod paths;
mod protobuf;
mod references;
mod states;

const V1: &str = "application/vnd.schemaregistry.v1+json";
const REGISTER: &str = "/subjects/a/versions";

/// How long any answer may take. What is bounded takes far less, on the slowest machine.
const PATIENCE: Duration = Duration::from_mins(1);

async fn start() -> Node {
    Node::start(&Database::sqlite()).await
}

async fn within<F: Future>(future: F) -> F::Output {
    let outcome = tokio::time::timeout(PATIENCE, future).await;
    outcome.expect("an answer comes in time")
}

/// Asserts that an answer is a refusal as all of them have to look.
#[track_caller]
fn refused(answer: &Answer, status: u16, code: u64, what: &str) {
    let shown: String = answer.text.chars().take(400).collect();
    assert_eq!(answer.status, status, "{what}: {shown}");
    assert_eq!(answer.header("content-type"), V1, "{what}");
    let body = answer.json();
    assert_eq!(body["error_code"], code, "{what}: {shown}");
    let message = body["message"].as_str().expect("a message");
    assert!(
        !message.is_empty() && message.len() < 2000,
        "{what}: {shown}"
    );
    assert_eq!(
        body.as_object().map(serde_json::Map::len),
        Some(2),
        "{what}"
    );
}

/// A good request is answered well: registered, and read back by its id.
async fn is_healthy(node: &Node) {
    let registered = within(node.register("healthy", r#""string""#)).await;
    let id = registered.id();
    let read = within(node.get(&format!("/schemas/ids/{id}"))).await.ok();
    assert_eq!(read["schema"], r#""string""#);
    let ready = within(node.get("/health/ready")).await;
    assert_eq!(ready.status, 200, "{}", ready.text);
}

/// Sends a body as it is.
async fn send(node: &Node, method: &str, path: &str, body: impl Into<Vec<u8>>) -> Answer {
    let headers = [("content-type", V1)];
    let body = body.into();
    within(node.exchange(method, path, &headers, Some(&body))).await
}

/// Registers a text of a format.
async fn register(node: &Node, schema_type: &str, text: &str) -> Answer {
    let body = json!({ "schemaType": schema_type, "schema": text }).to_string();
    send(node, "POST", REGISTER, body).await
}

/// Every text is refused as an invalid schema, and the node is none the worse for it.
async fn are_invalid(schema_type: &str, texts: &[(&str, String)]) {
    let node = start().await;
    for (what, text) in texts {
        let answer = register(&node, schema_type, text).await;
        refused(&answer, 422, 42201, what);
        // Refused for what it is, not because somebody lost patience with it.
        assert!(
            !answer.text.contains("took more than"),
            "{what}: {}",
            answer.text
        );
    }
    is_healthy(&node).await;
}

/// Every text is registered, and the node is none the worse for it.
async fn are_taken(schema_type: &str, texts: &[(&str, String)]) {
    let node = start().await;
    for (what, text) in texts {
        let answer = register(&node, schema_type, text).await;
        assert_eq!(answer.status, 200, "{what}: {}", answer.text);
        forget(&node).await;
    }
    is_healthy(&node).await;
}

/// Every text is registered, or refused for what it is; both within bounds.
async fn are_settled(schema_type: &str, texts: &[(&str, String)]) {
    let node = start().await;
    for (what, text) in texts {
        let answer = register(&node, schema_type, text).await;
        assert!(
            !answer.text.contains("took more than"),
            "{what}: {}",
            answer.text
        );
        if answer.status == 200 {
            // What is taken can be checked against itself, and read back.
            let body = json!({ "schemaType": schema_type, "schema": text }).to_string();
            let path = "/compatibility/subjects/a/versions/latest";
            let verdict = send(&node, "POST", path, body).await;
            assert_eq!(verdict.ok(), json!({ "is_compatible": true }), "{what}");
            assert_eq!(node.get("/subjects/a/versions/latest").await.status, 200);
            forget(&node).await;
        } else {
            refused(&answer, 422, 42201, what);
        }
    }
    is_healthy(&node).await;
}

async fn forget(node: &Node) {
    for path in ["/subjects/a", "/subjects/a?permanent=true"] {
        node.delete(path).await.ok();
    }
}

/// Sends a request whose target nobody rewrites, and holds the answer against the contract.
async fn raw(node: &Node, method: &str, target: &str, headers: &str, body: &[u8]) -> Answer {
    let length = if body.is_empty() {
        String::new()
    } else {
        format!("Content-Length: {}\r\n", body.len())
    };
    let head = format!("{method} {target} HTTP/1.1\r\nHost: registry\r\n{length}{headers}\r\n");
    let answer = raw_bytes(node, [head.as_bytes(), body].concat()).await;
    if let Err(reason) = Contract::committed().check(method, target, &answer) {
        panic!(
            "{method} {target} broke the contract: {reason}\n{}",
            answer.text
        );
    }
    answer
}

/// Sends bytes, and returns the first answer.
async fn raw_bytes(node: &Node, bytes: Vec<u8>) -> Answer {
    let mut client = RawClient::connect(node.address()).await;
    client.try_write(bytes).await;
    let reply = client.reply().await;
    let mut headers = HeaderMap::new();
    for (name, value) in &reply.headers {
        let name = HeaderName::from_bytes(name.as_bytes()).expect("a header");
        headers.append(name, HeaderValue::from_str(value).expect("a value"));
    }
    Answer {
        status: reply.status,
        headers,
        text: String::from_utf8(reply.body).expect("UTF-8"),
    }
}

/// The routes that take bodies, with the code of a body of the wrong shape.
const BODIES: [(&str, &str, u64); 9] = [
    ("POST", "/", 422),
    ("POST", "/subjects/healthy", 42201),
    ("POST", "/subjects/a/versions", 42201),
    ("POST", "/compatibility/subjects/a/versions", 42201),
    ("POST", "/compatibility/subjects/a/versions/latest", 42201),
    ("PUT", "/config", 42203),
    ("PUT", "/config/a", 42203),
    ("PUT", "/mode", 42204),
    ("PUT", "/mode/a", 42204),
];

/// Every route that takes a body answers it alike, but for the code of the wrong shape.
async fn on_every_body(bodies: &[&[u8]], status: u16, code: Option<u64>) {
    let node = start().await;
    is_healthy(&node).await;
    for (method, path, shape_code) in BODIES {
        for body in bodies {
            let answer = send(&node, method, path, *body).await;
            let start = &body[..body.len().min(40)];
            let what = format!("{method} {path} {}", start.escape_ascii());
            refused(&answer, status, code.unwrap_or(shape_code), &what);
        }
    }
    is_healthy(&node).await;
}

/// `open` so many times, then `close` as often.
fn nested(open: &str, middle: &str, close: &str, depth: usize) -> String {
    format!("{}{middle}{}", open.repeat(depth), close.repeat(depth))
}

fn joined(count: usize, separator: &str, item: impl Fn(usize) -> String) -> String {
    (0..count).map(item).collect::<Vec<_>>().join(separator)
}

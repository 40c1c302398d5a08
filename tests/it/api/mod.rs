//! The protocol, resource by resource. Mirrors `server/src/api`; every answer is also held against `openapi.yaml`.

use dovetail_tests::Answer;
use serde_json::{Value, json};

mod aliases;
mod associations;
mod batch;
mod compatibility;
mod config;
mod contexts;
mod every_route;
mod explain;
mod levels;
mod listing;
mod mode;
mod operations;
mod profile;
mod root;
mod schemas;
mod subjects;
pub(crate) mod transfer;
mod versions;

/// Two Avro schemas that have nothing to do with each other, and a third.
const STRING: &str = r#""string""#;
const INT: &str = r#""int""#;
const LONG: &str = r#""long""#;

/// The keys of an object, in the order in which they were sent.
#[track_caller]
fn keys(body: &Value) -> Vec<&str> {
    let fields = body.as_object().expect("an object");
    fields.keys().map(String::as_str).collect()
}

/// Asserts status, code and message of a refusal.
#[track_caller]
fn refused(answer: &Answer, status: u16, code: u64, message: &str) {
    assert_eq!(answer.refusal(), (status, code), "{}", answer.text);
    assert_eq!(answer.json()["message"], message);
}

/// An Avro record named after `name`, with a field of the type `inner`.
fn record_of(name: &str, inner: &str) -> String {
    let field = json!({ "name": "inner", "type": inner });
    json!({ "type": "record", "name": name, "fields": [field] }).to_string()
}

/// An Avro record without a namespace.
fn record(name: &str) -> String {
    record_of(name, "string")
}

/// A reference as requests and answers have it.
fn reference(name: &str, subject: &str, version: i64) -> Value {
    json!({ "name": name, "subject": subject, "version": version })
}

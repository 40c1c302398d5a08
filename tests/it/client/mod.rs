//! The Rust client against the real registry, and against registries that misbehave.

#![expect(
    clippy::unwrap_used,
    reason = "bodies of `on_both!` are no test functions to the lint"
)]

mod routes;
mod tls;
mod transfer;

use dovetail_client::{Client, Error, Register, RegisterRequest, Registered};
use dovetail_tests::Node;

/// A client for a node.
fn client(node: &Node) -> Client {
    let builder = Client::builder(node.base()).no_proxy();
    builder.build().expect("a node's URL is one")
}

/// An Avro schema as the client takes it.
fn avro(schema: &str) -> RegisterRequest {
    RegisterRequest {
        schema: Some(schema.to_owned()),
        ..RegisterRequest::default()
    }
}

/// Registers an Avro schema in the ordinary way.
async fn register(client: &Client, subject: &str, schema: &str) -> Result<Registered, Error> {
    let how = Register::default();
    client.register(subject, &avro(schema), &how).await
}

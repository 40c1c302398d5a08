//! Requests as bytes, written by hand so that the generator spends nothing on them.

use bytes::Bytes;

const MEDIA_TYPE: &str = "application/vnd.schemaregistry.v1+json";

pub(crate) fn get(path: &str) -> Bytes {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\naccept: {MEDIA_TYPE}\r\n\r\n").into()
}

pub(crate) fn post(path: &str, body: &str) -> Bytes {
    format!(
        "POST {path} HTTP/1.1\r\nhost: localhost\r\naccept: {MEDIA_TYPE}\r\ncontent-type: {MEDIA_TYPE}\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into()
}

/// The body of a registration or a lookup.
pub(crate) fn schema_body(schema: &str) -> String {
    serde_json::json!({ "schema": schema }).to_string()
}

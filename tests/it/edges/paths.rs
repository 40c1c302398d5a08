//! Paths and queries: decoded exactly once, or refused.

use dovetail_server::http::{MAX_URI_BYTES, decode};
use serde_json::Value;

use super::client::request;
use super::server::Server;

#[tokio::test]
async fn i46_and_i55_paths_that_are_not_quite_a_route_are_not_found() {
    let server = Server::start().await;
    let paths = [
        "/subjects//versions",
        "//subjects/a/versions",
        "/subjects/a/versions//",
        "/subjects/a//versions",
        "/Subjects/a/versions",
        "/%73ubjects/a/versions",
        "/subjects/a/versions;x=1",
        "/subjects/a/../a/versions",
        "/nowhere",
        "/",
    ];
    for path in paths {
        let message = server.send(request("GET", path, "")).await.refused_as(404);
        assert!(
            message.starts_with("HTTP 404 Not Found") && message.contains(path),
            "{message}"
        );
    }
}

#[tokio::test]
async fn i47_to_i51_subjects_are_decoded_exactly_once() {
    let server = Server::start().await;
    let cases = [
        ("a%2Fb", "a/b"),
        ("a%252Fb", "a%2Fb"),
        ("..", ".."),
        ("%2e%2E", ".."),
        ("%3A.ctx%3Aa", ":.ctx:a"),
        ("a+b", "a+b"),
        ("%E2%80%8F", "\u{200f}"),
        ("e%CC%81", "e\u{301}"),
        ("%C3%A9", "\u{e9}"),
        ("%00", "\0"),
    ];
    for (raw, decoded) in cases {
        let by_axum = format!("/subjects/{raw}/versions");
        let reply = server.send(request("GET", &by_axum, "")).await;
        let expected = Value::from(decoded).to_string();
        assert_eq!(reply.is_ok().text(), expected, "{raw}");
        let by_decode = format!("/segment/{raw}");
        let reply = server.send(request("GET", &by_decode, "")).await;
        assert_eq!(reply.is_ok().text(), expected, "{raw}");
    }
}

#[tokio::test]
async fn i50_bad_escapes_are_refused() {
    let server = Server::start().await;
    for raw in [
        "%", "%z", "%zz", "a%2", "%ff", "%C3", "%C3/%A9", "%-1", "%+1",
    ] {
        let path = format!("/subjects/{raw}/versions");
        server.send(request("GET", &path, "")).await.refused_as(400);
        assert_eq!(decode(raw).unwrap_err().code, 400, "{raw}");
    }
}

#[tokio::test]
async fn i52_long_targets_are_refused() {
    let server = Server::start().await;
    let of = |bytes: usize| format!("/{}", "x".repeat(bytes - 1));
    server
        .send(request("GET", &of(MAX_URI_BYTES), ""))
        .await
        .refused_as(404);
    for bytes in [MAX_URI_BYTES + 1, 20_000, 70 * 1024, 500 * 1024] {
        let mut client = server.connect().await;
        client.write(request("GET", &of(bytes), "")).await;
        client.reply().await.refused_as(414);
    }
}

#[tokio::test]
async fn i58_queries_are_well_formed_and_bounded() {
    let server = Server::start().await;
    server
        .send(request("GET", "/json?a=%41&b", ""))
        .await
        .is_ok();
    for query in ["a=%zz", "a=%", "a=%ff"] {
        let target = format!("/json?{query}");
        server
            .send(request("GET", &target, ""))
            .await
            .refused_as(400);
    }
    let keys = "k=1&".repeat(10_000);
    server
        .send(request("GET", &format!("/json?{keys}"), ""))
        .await
        .refused_as(414);
}

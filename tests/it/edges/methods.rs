//! Methods.

use super::client::request;
use super::server::Server;

#[tokio::test]
async fn i62_wrong_methods_are_told_the_right_ones() {
    let server = Server::start().await;
    for method in ["DELETE", "PUT", "PATCH", "OPTIONS", "FOO", "get"] {
        let reply = server.send(request(method, "/json", "")).await;
        reply.refused_as(405);
        assert_eq!(reply.header("allow"), Some("GET,HEAD"), "{method}");
    }
    let reply = server.send(request("GET", "/read", "")).await;
    reply.refused_as(405);
    assert_eq!(reply.header("allow"), Some("POST"));
    for (method, target) in [
        ("TRACE", "/json"),
        ("CONNECT", "registry:80"),
        ("CONNECT", "/json"),
    ] {
        let reply = server.send(request(method, target, "")).await;
        reply.refused_as(405);
        assert!(reply.header("allow").is_some(), "{method}");
    }
    server
        .send(request("FOO", "/nowhere", ""))
        .await
        .refused_as(404);
    server
        .send(request("OPTIONS", "*", ""))
        .await
        .refused_as(404);
}

#[tokio::test]
async fn head_is_get_without_the_body() {
    let server = Server::start().await;
    let mut client = server.connect().await;
    client.write(request("HEAD", "/json", "")).await;
    let reply = client.reply_to_head().await;
    assert_eq!(reply.is_ok().header("content-length"), Some("2"));
    client.write(request("HEAD", "/nowhere", "")).await;
    assert_eq!(client.reply_to_head().await.status, 404);
    client.write(request("GET", "/json", "")).await;
    assert_eq!(client.reply().await.is_ok().text(), "{}");
}

#[tokio::test]
async fn i70_headers_that_rewrite_requests_are_ignored() {
    let server = Server::start().await;
    let extra = "X-HTTP-Method-Override: DELETE\r\nX-Original-URL: /nowhere\r\nX-Rewrite-URL: /nowhere\r\nX-Forward: /nowhere\r\nX-Forwarded-Host: evil\r\n";
    server.send(request("GET", "/json", extra)).await.is_ok();
    let reply = server.send(request("GET", "/who", extra)).await;
    assert!(reply.text().ends_with(" at registry"));
}

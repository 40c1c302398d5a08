//! Rows 62 to 65, 67 and 70: HTTP itself, against the real accept loop with its own settings.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn i62_methods_nobody_has() {
    let node = start().await;
    for method in ["PATCH", "OPTIONS", "PROPFIND", "get", "Get", "XYZZY"] {
        let answer = raw(&node, method, "/subjects", "", b"").await;
        refused(&answer, 405, 405, method);
        assert_eq!(answer.header("allow"), "GET,HEAD", "{method}");
    }
    for (method, target) in [
        ("TRACE", "/subjects"),
        ("CONNECT", "/subjects"),
        ("CONNECT", "registry:80"),
        ("TRACE", "/nowhere"),
    ] {
        let answer = raw(&node, method, target, "", b"").await;
        refused(&answer, 405, 405, method);
        assert!(!answer.header("allow").is_empty());
    }
    is_healthy(&node).await;
}

/// One bad request, one refusal, and the connection ends.
async fn ends(node: &Node, bytes: &[u8], status: u16) {
    let mut client = RawClient::connect(node.address()).await;
    client.try_write(bytes).await;
    let reply = client.reply().await;
    reply.refused_as(status);
    assert_eq!(
        reply.header("connection"),
        Some("close"),
        "{}",
        bytes.escape_ascii()
    );
    client.is_closed().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i63_requests_that_can_be_read_in_two_ways() {
    let node = start().await;
    for headers in [
        "Host: a\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n",
        "Host: a\r\nContent-Length: 2\r\nContent-Length: 2\r\n",
        "Host: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n",
        "Host: a\r\nHost: b\r\n",
        "Host: a\r\nFolded: a\r\n b\r\n",
        "Host: a\r\nNul: a\0b\r\n",
        "",
    ] {
        let request = format!("POST {REGISTER} HTTP/1.1\r\n{headers}\r\n");
        ends(&node, request.as_bytes(), 400).await;
    }
    for line in [
        "GET http://registry/subjects HTTP/1.1",
        "GET /subjects HTTP/9.9",
        "GET /subjects",
        "GET /sub jects HTTP/1.1",
    ] {
        let request = format!("{line}\r\nHost: a\r\n\r\n");
        ends(&node, request.as_bytes(), 400).await;
    }
    let chunked =
        format!("POST {REGISTER} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n");
    let answer = raw_bytes(&node, chunked.into_bytes()).await;
    refused(&answer, 400, 400, "a bad chunk");
    assert_eq!(node.get("/subjects").await.ok(), json!([]));
    is_healthy(&node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i64_too_many_and_too_large_headers() {
    let node = start().await;
    let many = "A: b\r\n".repeat(150);
    let large = format!("A: {}\r\n", "x".repeat(64 * 1024));
    let cookies = format!("Cookie: {}\r\n", "a=b; ".repeat(10_000));
    let separate = "Cookie: a=b\r\n".repeat(10_000);
    for headers in [many, large, cookies, separate] {
        let answer = raw(&node, "GET", "/subjects", &headers, b"").await;
        refused(&answer, 431, 431, &headers[..20]);
    }
    is_healthy(&node).await;
}

/// A node that loses patience after a second.
async fn impatient() -> (Node, tempfile::TempDir) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("settings.toml");
    let settings =
        "header_timeout_seconds = 4\nbody_timeout_seconds = 4\nidle_timeout_seconds = 4\n";
    std::fs::write(&file, settings).expect("a file");
    let file = file.to_str().expect("a path");
    let node = Node::start_with(&Database::sqlite(), &["--config", file]).await;
    (node, folder)
}

#[tokio::test(flavor = "multi_thread")]
async fn i65_clients_that_take_their_time() {
    let (node, _folder) = impatient().await;
    let head = format!("POST {REGISTER} HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n");
    // A head that does not end, and a body that does not come.
    for bytes in [head.clone(), format!("{head}\r\n{{")] {
        let mut client = RawClient::connect(node.address()).await;
        client.write(bytes).await;
        client.reply().await.refused_as(408);
        client.finish_writing().await;
        client.is_closed().await;
    }
    // A body that breaks off, and a connection nobody uses.
    let mut client = RawClient::connect(node.address()).await;
    client.write(format!("{head}\r\n{{")).await;
    client.finish_writing().await;
    client.reply().await.refused_as(400);
    let mut idle = RawClient::connect(node.address()).await;
    idle.write("GET /subjects HTTP/1.1\r\nHost: a\r\n\r\n")
        .await;
    assert_eq!(idle.reply().await.status, 200);
    idle.is_closed().await;
    RawClient::connect(node.address()).await.is_closed().await;
    is_healthy(&node).await;
    assert_eq!(node.get("/subjects").await.ok(), json!(["healthy"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn i67_a_length_too_large_to_go_on() {
    let node = start().await;
    for length in [1024 * 1024 + 1, 10_000_000_000_u64] {
        let head = format!(
            "POST {REGISTER} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\nExpect: 100-continue\r\n\r\n"
        );
        let answer = raw_bytes(&node, head.into_bytes()).await;
        refused(&answer, 413, 413, &length.to_string());
    }
    is_healthy(&node).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn i70_headers_that_want_another_request() {
    let node = start().await;
    is_healthy(&node).await;
    let headers = "X-HTTP-Method-Override: DELETE\r\nX-Method-Override: DELETE\r\nX-Original-URL: /nowhere\r\n\
                   X-Rewrite-URL: /nowhere\r\nX-Forward: /nowhere\r\nX-Forwarded-Prefix: /nowhere\r\n";
    let answer = raw(&node, "GET", "/subjects/healthy/versions", headers, b"").await;
    assert_eq!(answer.ok(), json!([1]));
    is_healthy(&node).await;
}

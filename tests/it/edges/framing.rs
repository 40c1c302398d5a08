//! Framing: where a request ends, and heads that could be read in two ways.

use super::client::{chunked, post_to, request, within};
use super::server::Server;

/// Sends bytes, expects one refusal, and the end of the connection.
pub(super) async fn is_refused_for_good(server: &Server, bytes: &[u8], status: u16) {
    let mut client = server.connect().await;
    client.write(bytes).await;
    // What follows is never taken for a request.
    client.try_write(request("GET", "/json", "")).await;
    let reply = client.reply().await;
    reply.refused_as(status);
    assert_eq!(
        reply.header("connection"),
        Some("close"),
        "{:?}",
        bytes.escape_ascii()
    );
    client.is_closed().await;
}

#[tokio::test]
async fn i63_heads_that_can_be_read_in_two_ways_end_the_connection() {
    let server = Server::start().await;
    let headers = [
        "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n",
        "transfer-encoding: chunked\r\ncontent-length: 0\r\n",
        "Content-Length: 2\r\nContent-Length: 3\r\n",
        "Content-Length: 2\r\nContent-Length: 2\r\n",
        "Content-Length: 2, 3\r\n",
        "Content-Length: 2, 2\r\n",
        "Content-Length: +2\r\n",
        "Content-Length: -2\r\n",
        "Content-Length: 0x2\r\n",
        "Content-Length:\r\n",
        "Content-Length: 99999999999999999999\r\n",
        "Content-Length: 18446744073709551615\r\n",
        "Transfer-Encoding: gzip\r\n",
        "Transfer-Encoding: gzip, chunked\r\n",
        "Transfer-Encoding: chunked, chunked\r\n",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        "Transfer-Encoding: xchunked\r\n",
        "Transfer-Encoding:\r\n",
        "Content-Length : 2\r\n",
        "Folded: a\r\n b\r\n",
        " Leading: a\r\n",
        "Nul: a\0b\r\n",
        "Return: a\rb\r\n",
        "No-Colon\r\n",
        "Bad Name: a\r\n",
        ": empty\r\n",
    ];
    for header in headers {
        let bytes = request("POST", "/ignore-body", header);
        is_refused_for_good(&server, bytes.as_bytes(), 400).await;
    }
}

#[tokio::test]
async fn i63_first_lines_that_are_not_http_end_the_connection() {
    let server = Server::start().await;
    let lines: [&[u8]; 12] = [
        b"GET /json HTTP/9.9",
        b"GET /json HTTP/2.0",
        b"GET /json HTTP/1.1x",
        b"GET /json",
        b"GET",
        b"G\0ET /json HTTP/1.1",
        b"GET /\0 HTTP/1.1",
        b"GET /json extra HTTP/1.1",
        b"GET /json#fragment HTTP/1.1",
        b"GET json HTTP/1.1\r\nX: <>\"",
        b"GET /\xff HTTP/1.1",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ];
    for line in lines {
        let mut bytes = line.to_vec();
        bytes.extend_from_slice(b"\r\nHost: registry\r\n\r\n");
        is_refused_for_good(&server, &bytes, 400).await;
    }
}

#[tokio::test]
async fn i63_hosts_are_checked() {
    let server = Server::start().await;
    let of = |headers: &str| format!("GET /json HTTP/1.1\r\n{headers}\r\n");
    let refused = [
        "",
        "Host: a\r\nHost: b\r\n",
        "Host: a\r\nHost: a\r\n",
        "Host: a, b\r\n",
        "Host: a b\r\n",
        "Host: user@a\r\n",
        "Host: a/b\r\n",
        "Host: \u{e9}\r\n",
    ];
    for headers in refused {
        is_refused_for_good(&server, of(headers).as_bytes(), 400).await;
    }
    for headers in [
        "Host: a\r\n",
        "Host: [::1]:8081\r\n",
        "Host: a_b:80\r\n",
        "Host:\r\n",
    ] {
        server.send(of(headers)).await.is_ok();
    }
    server.send("GET /json HTTP/1.0\r\n\r\n").await.is_ok();
    server
        .send("POST /read HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")
        .await
        .refused_as(400);
}

#[tokio::test]
async fn i63_whole_urls_are_refused() {
    let server = Server::start().await;
    for target in ["http://registry/json", "http://evil/json", "registry:80"] {
        is_refused_for_good(&server, request("GET", target, "").as_bytes(), 400).await;
    }
}

#[tokio::test]
async fn i63_a_bad_chunk_is_refused_and_ends_the_connection() {
    let server = Server::start().await;
    let bodies = [
        "x\r\n",
        "\r\n",
        "-1\r\nab",
        "2\r\nabc\r\n0\r\n\r\n",
        "2\nab\r\n0\r\n\r\n",
        "2\r\nab\n0\r\n\r\n",
        "2 x\r\nab\r\n",
        "2;a\nb\r\nab\r\n",
        "ffffffffffffffff\r\nab",
        "0\r\nTrailer\0: a\r\n\r\n",
        "0\r\n\rGET",
    ];
    for body in bodies {
        let mut client = server.connect().await;
        client.write(chunked("/read", body)).await;
        client.try_write(request("GET", "/json", "")).await;
        client.reply().await.refused_as(400);
        client.is_closed().await;
    }
}

#[tokio::test]
async fn chunked_bodies_are_followed_to_their_end() {
    let server = Server::start().await;
    let bodies = [
        ("0\r\n\r\n", "0"),
        ("2\r\n{}\r\n0\r\n\r\n", "2"),
        ("2;name=value\r\n{}\r\n00\r\n\r\n", "2"),
        ("1 \t\r\n{\r\n01\r\n}\r\n0;x\r\n\r\n", "2"),
        ("A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n", "20"),
        ("2\r\n{}\r\n0\r\nTrailer: a\r\nOther: b\r\n\r\n", "2"),
        ("4\r\n\r\n\r\n\r\n0\r\n\r\n", "4"),
    ];
    let mut client = server.connect().await;
    for (body, length) in bodies {
        // All at once with the next request, then byte by byte.
        let both = format!("{}{}", chunked("/read", body), request("GET", "/json", ""));
        client.write(&both).await;
        assert_eq!(client.reply().await.is_ok().text(), length, "{body:?}");
        assert_eq!(client.reply().await.is_ok().text(), "{}", "{body:?}");
        for byte in both.as_bytes() {
            client.write([*byte]).await;
            tokio::task::yield_now().await;
        }
        assert_eq!(client.reply().await.is_ok().text(), length, "{body:?}");
        assert_eq!(client.reply().await.is_ok().text(), "{}", "{body:?}");
    }
}

#[tokio::test]
async fn i63_a_bad_head_is_found_behind_any_body() {
    let server = Server::start().await;
    let bad = request(
        "POST",
        "/ignore-body",
        "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
    );
    let firsts = [
        request("GET", "/json", "").into_bytes(),
        post_to("/read", "", "{}"),
        chunked("/read", "0\r\n\r\n").into_bytes(),
        chunked("/read", "2\r\n{}\r\n0\r\nA: b\r\n\r\n").into_bytes(),
    ];
    for first in firsts {
        let mut at_once = server.connect().await;
        at_once.write([&first, bad.as_bytes()].concat()).await;
        at_once.reply().await.is_ok();
        at_once.reply().await.refused_as(400);
        at_once.is_closed().await;

        let mut one_by_one = server.connect().await;
        one_by_one.write(&first).await;
        one_by_one.reply().await.is_ok();
        one_by_one.write(&bad).await;
        one_by_one.reply().await.refused_as(400);
        one_by_one.is_closed().await;
    }
}

#[tokio::test]
async fn pipelined_requests_are_answered_in_order_up_to_the_refused_one() {
    let server = Server::start().await;
    let mut client = server.connect().await;
    let mut bytes = request("GET", "/slow", "").into_bytes();
    bytes.extend(post_to("/read", "", "{ }"));
    bytes.extend(request("GET", "/subjects/third/versions", "").into_bytes());
    bytes.extend(b"\r\n");
    bytes.extend(
        request(
            "POST",
            "/read",
            "Content-Length: 1\r\nContent-Length: 2\r\n",
        )
        .into_bytes(),
    );
    bytes.extend(request("GET", "/json", "").into_bytes());
    client.write(&bytes).await;
    within(server.doors.entered.notified()).await;
    server.doors.open.notify_one();
    assert_eq!(client.reply().await.is_ok().text(), "{}");
    assert_eq!(client.reply().await.is_ok().text(), "3");
    assert_eq!(client.reply().await.is_ok().text(), "\"third\"");
    let message = client.reply().await.refused_as(400);
    assert_eq!(message, "more than one Content-Length");
    client.is_closed().await;
}

#[tokio::test]
async fn a_body_that_looks_like_a_request_is_a_body() {
    let server = Server::start().await;
    let inner = request(
        "POST",
        "/nowhere",
        "Content-Length: 1\r\nContent-Length: 2\r\n",
    );
    let mut client = server.connect().await;
    client.write(post_to("/read", "", &inner)).await;
    let reply = client.reply().await;
    assert_eq!(reply.is_ok().text(), inner.len().to_string());
    client.write(request("GET", "/json", "")).await;
    client.reply().await.is_ok();
}

#[tokio::test]
async fn a_body_nobody_reads_is_not_taken_for_a_request() {
    let server = Server::start().await;
    let inner = request("GET", "/json", "");
    let mut client = server.connect().await;
    client.write(post_to("/ignore-body", "", &inner)).await;
    client.reply().await.is_ok();
    // Whether the connection goes on is hyper's choice; if it does, the next request is the next one.
    if client
        .try_write(request("GET", "/nowhere", "Connection: close\r\n"))
        .await
    {
        while client.read_more().await {}
        if !client.received.is_empty() {
            client.reply().await.refused_as(404);
        }
        assert!(client.received.is_empty());
    }
}

#[tokio::test]
async fn an_upgrade_nobody_offers_is_ignored() {
    let server = Server::start().await;
    let mut client = server.connect().await;
    let upgrade =
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n";
    client.write(request("GET", "/json", upgrade)).await;
    client.reply().await.is_ok();
    client.write(request("GET", "/json", "")).await;
    client.reply().await.is_ok();
}

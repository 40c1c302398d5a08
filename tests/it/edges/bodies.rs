//! Bodies: how much, of which type, and what is in them.

use dovetail_server::http::{BodyLimits, Limits};

use super::client::{JSON, PATIENCE, PLAIN_VND, V1, chunked, post_to};
use super::server::{BIG_BYTES, Server};

#[tokio::test]
async fn i1_an_empty_body_is_refused() {
    let server = Server::start().await;
    let reply = server.send(post_to("/parse", "", "")).await;
    assert_eq!(reply.refused_as(400), "the body is empty");
}

#[tokio::test]
async fn i2_text_that_is_not_json_is_refused() {
    let server = Server::start().await;
    let malformed = [
        "{",
        "{\"schema\": \"x\"",
        "{\"schema\": \"x\"} {}",
        "nul",
        "[1,",
        "{'schema': 1}",
        // The wrong type comes before the fault, which still decides.
        "{\"schema\": 1,",
    ];
    for text in malformed {
        server
            .send(post_to("/parse", "", text))
            .await
            .refused_as(400);
    }
}

#[tokio::test]
async fn i3_json_of_the_wrong_shape_has_the_callers_code() {
    let server = Server::start().await;
    let shapes = [
        "null",
        "[]",
        "[\"a schema\"]",
        "\"x\"",
        "1",
        "true",
        "{\"schema\": 1}",
    ];
    for text in shapes {
        server
            .send(post_to("/parse", "", text))
            .await
            .refused(422, 42201);
    }
}

#[tokio::test]
async fn i3_messages_do_not_quote_whole_bodies() {
    let server = Server::start().await;
    let long = "x".repeat(100_000);
    let body = format!("{{\"schema\": [\"{long}\"]}}");
    let message = server
        .send(post_to("/parse", "", body))
        .await
        .refused(422, 42201);
    assert!(message.len() < 300, "{message}");
}

#[tokio::test]
async fn i6_a_repeated_key_is_refused() {
    let server = Server::start().await;
    let body = r#"{"schema": "a", "schema": "b"}"#;
    server
        .send(post_to("/parse", "", body))
        .await
        .refused_as(400);
}

#[tokio::test]
async fn i7_a_lone_surrogate_is_refused() {
    let server = Server::start().await;
    let body = r#"{"schema": "\ud800"}"#;
    server
        .send(post_to("/parse", "", body))
        .await
        .refused_as(400);
}

#[tokio::test]
async fn i9_a_body_that_is_not_utf8_is_refused() {
    let server = Server::start().await;
    let body = b"{\"schema\": \"\xff\"}";
    server
        .send(post_to("/read", "", body))
        .await
        .refused_as(400);
}

#[tokio::test]
async fn i10_a_byte_order_mark_is_refused() {
    let server = Server::start().await;
    let reply = server.send(post_to("/parse", "", "\u{feff}{}")).await;
    assert!(reply.refused_as(400).contains("byte-order mark"));
}

#[tokio::test]
async fn i11_a_body_of_the_limit_is_read_and_one_byte_more_is_not() {
    let server = Server::start().await;
    let limit = BodyLimits::default().max_bytes;
    let full = vec![b' '; limit];
    let reply = server.send(post_to("/read", "", &full)).await;
    assert_eq!(reply.is_ok().text(), limit.to_string());

    let mut over = full;
    over.push(b' ');
    let mut client = server.connect().await;
    client.write(post_to("/read", "", &over)).await;
    let reply = client.reply().await;
    reply.refused_as(413);
    assert_eq!(reply.header("connection"), Some("close"));
    client.is_closed().await;
}

#[tokio::test]
async fn i11_a_client_may_send_its_whole_body_before_it_reads_the_refusal() {
    let limits = Limits {
        linger: PATIENCE,
        ..Limits::default()
    };
    let server = Server::with(limits, BodyLimits::default()).await;
    let mut client = server.connect().await;
    // More than the kernel takes off a client's hands.
    client
        .write(post_to("/read", "", vec![b' '; BIG_BYTES]))
        .await;
    client.reply().await.refused_as(413);
}

/// Otherwise it would use the connection again, which is about to end.
#[tokio::test]
async fn a_client_whose_body_is_not_read_is_told_that_the_connection_ends() {
    let server = Server::start().await;
    let whole = post_to("/read", "Content-Type: image/png\r\n", "12345");
    let mut client = server.connect().await;
    client.write(&whole[..whole.len() - 1]).await;
    let reply = client.reply().await;
    reply.refused_as(415);
    assert_eq!(reply.header("connection"), Some("close"));
    client.is_closed().await;

    // All of it is there: nothing stands in the way of the next request.
    let mut client = server.connect().await;
    for _ in 0..2 {
        client.write(&whole).await;
        let reply = client.reply().await;
        reply.refused_as(415);
        assert_eq!(reply.header("connection"), None);
    }
}

#[tokio::test]
async fn i11_a_chunked_body_over_the_limit_is_refused() {
    let server = Server::start().await;
    let limit = BodyLimits::default().max_bytes;
    let chunk = format!("{:x}\r\n{}\r\n", limit, " ".repeat(limit));
    let body = format!("{chunk}1\r\n \r\n0\r\n\r\n");
    let mut client = server.connect().await;
    client.write(chunked("/read", &body)).await;
    client.reply().await.refused_as(413);
    client.is_closed().await;
}

#[tokio::test]
async fn i12_a_body_of_spaces_is_refused() {
    let server = Server::start().await;
    let spaces = vec![b' '; BodyLimits::default().max_bytes];
    server
        .send(post_to("/parse", "", spaces))
        .await
        .refused_as(400);
}

#[tokio::test]
async fn i13_encoded_bodies_are_refused() {
    let server = Server::start().await;
    for encoding in ["gzip", "deflate", "br", "identity, gzip"] {
        let header = format!("Content-Encoding: {encoding}\r\n");
        server
            .send(post_to("/read", &header, "{}"))
            .await
            .refused_as(415);
    }
    let identity = "Content-Encoding: Identity\r\n";
    server.send(post_to("/read", identity, "{}")).await.is_ok();
}

#[tokio::test]
async fn i15_to_i17_json_types_and_none_are_read_and_others_are_not() {
    let server = Server::start().await;
    server.send(post_to("/read", "", "{}")).await.is_ok();
    let octets = "application/octet-stream";
    let with_parameter = "Application/JSON; charset=utf-8";
    for accepted in [V1, PLAIN_VND, JSON, octets, with_parameter] {
        let header = format!("Content-Type: {accepted}\r\n");
        server.send(post_to("/read", &header, "{}")).await.is_ok();
    }
    for refused in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "jsonx",
        "\u{fc}",
    ] {
        let header = format!("Content-Type: {refused}\r\n");
        server
            .send(post_to("/read", &header, "{}"))
            .await
            .refused_as(415);
    }
}

#[tokio::test]
async fn a_body_in_tiny_pieces_is_joined() {
    let server = Server::start().await;
    let mut chunks: String = "{\"schema\":\"joined\"}"
        .chars()
        .flat_map(|byte| ['1', '\r', '\n', byte, '\r', '\n'])
        .collect();
    chunks.push_str("0\r\n\r\n");
    let reply = server.send(chunked("/parse", &chunks)).await;
    assert_eq!(reply.is_ok().text(), "\"joined\"");
}

//! `Accept`, and the media type of the answer.

use super::client::{JSON, PLAIN_VND, V1, request};
use super::server::Server;

#[tokio::test]
async fn the_accept_header_decides_the_media_type() {
    let server = Server::start().await;
    let cases = [
        ("", V1),
        ("*/*", V1),
        ("application/*", V1),
        (V1, V1),
        (PLAIN_VND, PLAIN_VND),
        (JSON, JSON),
        ("APPLICATION/JSON", JSON),
        ("application/json, text/plain, */*", V1),
        ("application/json, */*;q=0.1", JSON),
        (
            "application/json;q=0.5, application/vnd.schemaregistry+json;q=0.9",
            PLAIN_VND,
        ),
        (
            "application/json; q=0.9, application/vnd.schemaregistry.v1+json; q=0.8",
            JSON,
        ),
        (
            "application/vnd.schemaregistry.v1+json, application/vnd.schemaregistry+json, application/json",
            V1,
        ),
        ("application/vnd.schemaregistry.v1+json;q=0, */*", PLAIN_VND),
        (
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            V1,
        ),
        ("application/json;charset=utf-8;q=1.000", JSON),
        // A q that cannot be read is as good as none.
        ("application/json;q=high", JSON),
    ];
    for (accept, expected) in cases {
        let header = format!("Accept: {accept}\r\n");
        let reply = server.send(request("GET", "/json", &header)).await;
        assert_eq!(
            reply.is_ok().header("content-type"),
            Some(expected),
            "{accept}"
        );
    }
    let reply = server.send(request("GET", "/json", "")).await;
    assert_eq!(reply.header("content-type"), Some(V1));
    let twice = "Accept: text/html\r\nAccept: application/json\r\n";
    let reply = server.send(request("GET", "/json", twice)).await;
    assert_eq!(reply.header("content-type"), Some(JSON));
}

#[tokio::test]
async fn i18_a_type_we_do_not_write_is_not_acceptable() {
    let server = Server::start().await;
    for accept in ["image/png", "application/json;q=0", "*/*;q=0.000", "text/*"] {
        let header = format!("Accept: {accept}\r\n");
        server
            .send(request("GET", "/json", &header))
            .await
            .refused_as(406);
    }
}

#[tokio::test]
async fn types_that_a_route_sets_are_left_alone() {
    let server = Server::start().await;
    let reply = server
        .send(request("GET", "/plain", "Accept: application/json\r\n"))
        .await;
    let content_type = reply.header("content-type").unwrap();
    assert!(content_type.starts_with("text/plain"), "{content_type}");
}

#[tokio::test]
async fn refusals_of_a_handler_are_negotiated_too() {
    let server = Server::start().await;
    let reply = server
        .send(request(
            "GET",
            "/unavailable",
            "Accept: application/json\r\n",
        ))
        .await;
    assert_eq!(reply.status, 503);
    assert_eq!(reply.header("content-type"), Some(JSON));
    assert_eq!(reply.header("retry-after"), Some("2"));
}

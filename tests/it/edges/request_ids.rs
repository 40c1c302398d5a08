//! `X-Request-ID`.

use super::client::request;
use super::server::Server;

#[tokio::test]
async fn a_usable_request_id_is_echoed_and_seen_by_handlers() {
    let server = Server::start().await;
    let reply = server
        .send(request("GET", "/who", "X-Request-ID: trace 7/b\r\n"))
        .await;
    assert_eq!(reply.header("x-request-id"), Some("trace 7/b"));
    assert_eq!(reply.is_ok().text(), "trace 7/b at registry");
}

#[tokio::test]
async fn other_request_ids_are_replaced_by_a_uuid() {
    let server = Server::start().await;
    let too_long = "x".repeat(129);
    for given in ["", "caf\u{e9}", "a\tb", too_long.as_str()] {
        let header = format!("X-Request-ID: {given}\r\n");
        let reply = server.send(request("GET", "/json", &header)).await;
        let id = uuid::Uuid::parse_str(reply.header("x-request-id").unwrap()).unwrap();
        assert_eq!(id.get_version_num(), 4);
    }
}

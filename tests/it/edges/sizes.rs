//! Headers: how many, how large.

use dovetail_server::http::{MAX_HEADER_BYTES, MAX_HEADERS};

use super::client::request;
use super::framing::is_refused_for_good;
use super::server::Server;

#[tokio::test]
async fn i64_too_many_headers_are_refused() {
    let server = Server::start().await;
    let of = |count: usize| "A: b\r\n".repeat(count - 1); // Host is one more.
    server
        .send(request("GET", "/json", &of(MAX_HEADERS)))
        .await
        .is_ok();
    for count in [MAX_HEADERS + 1, 150, 10_000] {
        let bytes = request("GET", "/json", &of(count));
        is_refused_for_good(&server, bytes.as_bytes(), 431).await;
    }
}

#[tokio::test]
async fn i64_too_large_headers_are_refused() {
    let server = Server::start().await;
    for bytes in [MAX_HEADER_BYTES, 64 * 1024, 1024 * 1024] {
        for name in ["Cookie", "Authorization"] {
            let header = format!("{name}: {}\r\n", "x".repeat(bytes));
            let mut client = server.connect().await;
            client.write(request("GET", "/json", &header)).await;
            client.reply().await.refused_as(431);
        }
    }
    let fits = format!("A: {}\r\n", "x".repeat(MAX_HEADER_BYTES - 100));
    server.send(request("GET", "/json", &fits)).await.is_ok();
}

//! HTTP/2.

use dovetail_server::http::{BodyLimits, Limits, MAX_HEADERS};
use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use super::client::{Client, SHORT, within};
use super::server::Server;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
const DATA: u8 = 0;
const HEADERS: u8 = 1;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const CONTINUATION: u8 = 9;
const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;
/// `:status: 200` in the static table of HPACK.
const STATUS_200: u8 = 0x88;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut bytes = length[1..].to_vec();
    bytes.extend([kind, flags]);
    bytes.extend(stream.to_be_bytes());
    bytes.extend(payload);
    bytes
}

/// A header block with plain literals.
fn header_block(method: &str, path: &str, more: &[(&str, &str)]) -> Vec<u8> {
    let mut block = Vec::new();
    let pseudo = [
        (":method", method),
        (":scheme", "http"),
        (":path", path),
        (":authority", "registry"),
    ];
    for (name, value) in pseudo.iter().chain(more) {
        block.push(0);
        for text in [name, value] {
            // Lengths of up to 126 take one byte.
            block.push(
                u8::try_from(text.len())
                    .ok()
                    .filter(|length| *length < 127)
                    .unwrap(),
            );
            block.extend(text.as_bytes());
        }
    }
    block
}

struct H2 {
    client: Client,
}

impl H2 {
    async fn connect(server: &Server) -> Self {
        let mut client = server.connect().await;
        client.write(PREFACE).await;
        client.write(frame(SETTINGS, 0, 0, &[])).await;
        Self { client }
    }

    async fn get(&mut self, stream: u32, path: &str) {
        let block = header_block("GET", path, &[]);
        self.client
            .write(frame(HEADERS, END_HEADERS | END_STREAM, stream, &block))
            .await;
    }

    /// The next frame: kind, flags, stream, payload. `None` at the end of the connection.
    async fn next(&mut self) -> Option<(u8, u8, u32, Vec<u8>)> {
        loop {
            let bytes = &mut self.client.received;
            if bytes.len() >= 9 {
                let length = u32::from_be_bytes([0, bytes[0], bytes[1], bytes[2]]) as usize;
                if bytes.len() >= 9 + length {
                    let stream = u32::from_be_bytes([bytes[5], bytes[6], bytes[7], bytes[8]]);
                    let (kind, flags) = (bytes[3], bytes[4]);
                    let payload = bytes[9..9 + length].to_vec();
                    bytes.drain(..9 + length);
                    return Some((kind, flags, stream, payload));
                }
            }
            if !self.client.read_more().await {
                return None;
            }
        }
    }

    /// The payload of the next frame of this kind.
    async fn next_of(&mut self, wanted: u8) -> Option<Vec<u8>> {
        while let Some((kind, _, _, payload)) = self.next().await {
            if kind == wanted {
                return Some(payload);
            }
        }
        None
    }

    /// Waits until the server ends the connection, saying so or not.
    async fn is_ended(&mut self) {
        self.next_of(GOAWAY).await;
    }
}

#[tokio::test]
async fn http2_is_served_by_prior_knowledge() {
    let server = Server::start().await;
    let mut h2 = H2::connect(&server).await;
    for stream in [1, 3] {
        h2.get(stream, "/json").await;
        assert_eq!(h2.next_of(HEADERS).await.unwrap()[0], STATUS_200);
        assert_eq!(h2.next_of(DATA).await.unwrap(), b"{}");
    }
}

#[tokio::test]
async fn http2_refusals_have_the_same_body() {
    let server = Server::start().await;
    let mut h2 = H2::connect(&server).await;
    h2.get(1, "/subjects/%zz/versions").await;
    let body: Value = serde_json::from_slice(&h2.next_of(DATA).await.unwrap()).unwrap();
    assert_eq!(body["error_code"], 400);
    let two_hosts = header_block("GET", "/json", &[("host", "a"), ("host", "b")]);
    h2.client
        .write(frame(HEADERS, END_HEADERS | END_STREAM, 3, &two_hosts))
        .await;
    let body: Value = serde_json::from_slice(&h2.next_of(DATA).await.unwrap()).unwrap();
    assert_eq!(body["error_code"], 400);
}

#[tokio::test]
async fn http2_idle_connections_are_closed() {
    let limits = Limits {
        keep_alive_idle: SHORT,
        ..Limits::default()
    };
    let server = Server::with(limits, BodyLimits::default()).await;
    let mut h2 = H2::connect(&server).await;
    h2.get(1, "/json").await;
    assert!(h2.next_of(GOAWAY).await.is_some());
}

#[tokio::test]
async fn http2_shutdown_finishes_streams() {
    let mut server = Server::start().await;
    let mut h2 = H2::connect(&server).await;
    h2.get(1, "/slow").await;
    within(server.doors.entered.notified()).await;
    server.begin_shutdown();
    assert!(h2.next_of(GOAWAY).await.is_some());
    server.doors.open.notify_one();
    assert_eq!(h2.next_of(DATA).await.unwrap(), b"{}");
    drop(h2);
    within(server.running).await.unwrap();
}

#[tokio::test]
async fn i66_rapid_resets_end_the_connection() {
    let server = Server::start().await;
    let mut h2 = H2::connect(&server).await;
    let block = header_block("GET", "/slow", &[]);
    let mut bytes = Vec::new();
    for stream in (1..20_000).step_by(2) {
        bytes.extend(frame(HEADERS, END_HEADERS | END_STREAM, stream, &block));
        bytes.extend(frame(RST_STREAM, 0, stream, &[0, 0, 0, 8]));
    }
    h2.client.try_write(&bytes).await;
    h2.is_ended().await;
    assert!(server.is_healthy().await);
}

#[tokio::test]
async fn i66_ten_thousand_streams_are_mostly_refused() {
    let server = Server::start().await;
    let mut h2 = H2::connect(&server).await;
    let block = header_block("POST", "/read", &[]);
    let mut bytes = Vec::new();
    for stream in (1..20_000).step_by(2) {
        bytes.extend(frame(HEADERS, END_HEADERS, stream, &block));
    }
    h2.client.try_write(&bytes).await;
    let mut refused = 0;
    let limit = Limits::default().http2_max_local_resets;
    while let Some((kind, _, _, _)) = h2.next().await {
        refused += usize::from(kind == RST_STREAM);
        if kind == GOAWAY || refused > limit {
            break;
        }
    }
    assert!(server.is_healthy().await);
}

#[tokio::test]
async fn i66_endless_headers_end_the_connection() {
    let server = Server::start().await;
    let mut h2 = H2::connect(&server).await;
    let block = header_block("GET", "/json", &[]);
    h2.client.write(frame(HEADERS, END_STREAM, 1, &block)).await;
    let more = b"\0\x01a\x01b".repeat(1000);
    let mut sent = 0;
    while h2.client.try_write(frame(CONTINUATION, 0, 1, &more)).await {
        sent += 1;
        assert!(sent < 100_000, "the connection goes on for ever");
    }
    assert!(server.is_healthy().await);
}

#[tokio::test]
async fn i64_http2_headers_are_bounded_too() {
    let server = Server::start().await;
    let mut h2 = H2::connect(&server).await;
    let too_many = [("a", "b"); MAX_HEADERS + 1];
    let block = header_block("GET", "/json", &too_many);
    h2.client
        .write(frame(HEADERS, END_HEADERS | END_STREAM, 1, &block))
        .await;
    let body: Value = serde_json::from_slice(&h2.next_of(DATA).await.unwrap()).unwrap();
    assert_eq!(body["error_code"], 431);

    // Fewer, and yet more than the 16 KiB that h2 takes.
    let long = "x".repeat(126);
    let too_large = [("a", long.as_str()); 110];
    let block = header_block("GET", "/json", &too_large);
    h2.client
        .write(frame(HEADERS, END_HEADERS | END_STREAM, 3, &block))
        .await;
    assert_ne!(h2.next_of(HEADERS).await.unwrap()[0], STATUS_200);
    assert!(server.is_healthy().await);
}

#[tokio::test]
async fn i66_empty_data_frames_do_no_harm() {
    let server = Server::start().await;
    let mut h2 = H2::connect(&server).await;
    let block = header_block("POST", "/read", &[]);
    let mut bytes = frame(HEADERS, END_HEADERS, 1, &block);
    for _ in 0..20_000 {
        bytes.extend(frame(DATA, 0, 1, &[]));
    }
    bytes.extend(frame(DATA, END_STREAM, 1, b"{}"));
    if h2.client.try_write(&bytes).await {
        let head = h2.next_of(HEADERS).await;
        assert!(head.is_none_or(|block| block[0] == STATUS_200));
    }
    assert!(server.is_healthy().await);
}

#[tokio::test]
async fn i66_a_flood_of_pings_does_no_harm() {
    let server = Server::start().await;
    let mut h2 = H2::connect(&server).await;
    let pings = frame(PING, 0, 0, &[7; 8]).repeat(50_000);
    // Nobody reads the answers, so the server may stop reading the pings.
    let _ = timeout(SHORT, h2.client.stream.write_all(&pings)).await;
    assert!(server.is_healthy().await);
}

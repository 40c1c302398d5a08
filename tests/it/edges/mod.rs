//! The edges of the server from outside: raw bytes over real sockets, against a router of a few lines.
//!
//! Tests are named after their rows of the hostile request list (`i63_…` is row 63 of section I). Deadlines are set short where
//! they are meant to pass, and long where they are not; nothing is expected to happen by a certain moment, and every wait
//! ends in a failure after [`PATIENCE`].

#![expect(
    clippy::unwrap_used,
    reason = "a test fails where something is missing"
)]

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use axum::{Extension, Router};
use dovetail_server::http::{
    BodyLimits, Gated, HttpError, JsonText, Limits, MAX_HEADER_BYTES, MAX_HEADERS, MAX_URI_BYTES,
    NameRequests, NegotiateJson, RequestId, Strict, decode, fallback, method_not_allowed,
    parse_json, read_body, serve,
};
use serde::Deserialize;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, oneshot};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{sleep, timeout};

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(20);
/// A deadline that is meant to pass.
const SHORT: Duration = Duration::from_millis(200);

const V1: &str = "application/vnd.schemaregistry.v1+json";
const PLAIN_VND: &str = "application/vnd.schemaregistry+json";
const JSON: &str = "application/json";

// The server under test.

#[derive(Clone, Default)]
struct Doors {
    /// Told when `/slow` was entered.
    entered: Arc<Notify>,
    /// Lets `/slow` answer.
    open: Arc<Notify>,
}

struct Server {
    address: SocketAddr,
    doors: Doors,
    shutdown: Option<oneshot::Sender<()>>,
    running: JoinHandle<()>,
}

impl Server {
    async fn start() -> Self {
        Self::with(Limits::default(), BodyLimits::default()).await
    }

    async fn with(limits: Limits, body_limits: BodyLimits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let doors = Doors::default();
        let router = router(doors.clone(), body_limits);
        let (shutdown, told) = oneshot::channel();
        let running = tokio::spawn(serve(listener, router, limits, async {
            let _ = told.await;
        }));
        Self {
            address,
            doors,
            shutdown: Some(shutdown),
            running,
        }
    }

    async fn connect(&self) -> Client {
        let stream = within(TcpStream::connect(self.address)).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Client {
            stream,
            received: Vec::new(),
        }
    }

    /// One request on a connection of its own, whose one response is returned.
    async fn send(&self, request: impl AsRef<[u8]>) -> Reply {
        let mut client = self.connect().await;
        client.write(request).await;
        client.reply().await
    }

    async fn is_healthy(&self) -> bool {
        self.send(request("GET", "/json", "")).await.status == 200
    }

    fn begin_shutdown(&mut self) {
        self.shutdown.take().unwrap().send(()).unwrap();
    }
}

fn router(doors: Doors, body_limits: BodyLimits) -> Router {
    Router::new()
        .route("/json", get(|| async { json("{}") }))
        .route("/read", post(read))
        .route("/parse", post(parse))
        .route("/subjects/{subject}/versions", get(subject))
        .route("/segment/{*rest}", get(segment))
        .route("/plain", get(|| async { "text" }))
        .route("/ignore-body", post(|| async { json("{}") }))
        .route("/big", get(|| async { vec![b'x'; BIG_BYTES] }))
        .route("/panic", get(panics))
        .route("/slow", get(slow))
        .route("/unavailable", get(unavailable))
        .route("/who", get(who))
        .layer(Gated(NegotiateJson))
        .fallback(fallback)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(Extension(body_limits))
        .layer(Gated(Strict))
        .layer(Gated(NameRequests))
        .with_state(doors)
}

/// More than the kernel takes off a server's hands.
const BIG_BYTES: usize = 64 * 1024 * 1024;

fn json(text: impl Into<String>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, V1)], text.into())
}

async fn read(request: Request) -> Result<impl IntoResponse, HttpError> {
    let body = read_body(request).await?;
    Ok(json(body.len().to_string()))
}

#[derive(Deserialize)]
struct Registration {
    #[serde(default)]
    schema: String,
}

async fn parse(JsonText(text): JsonText) -> Result<impl IntoResponse, HttpError> {
    let registration: Registration = parse_json(&text).map_err(|error| error.into_http(42201))?;
    Ok(json(
        serde_json::to_string(&registration.schema).expect("text is JSON"),
    ))
}

async fn subject(Path(subject): Path<String>) -> impl IntoResponse {
    json(Value::from(subject).to_string())
}

async fn segment(request: Request) -> Result<impl IntoResponse, HttpError> {
    let raw = request.uri().path().trim_start_matches("/segment/");
    Ok(json(Value::from(decode(raw)?).to_string()))
}

async fn panics() -> &'static str {
    panic!("on purpose")
}

async fn slow(State(doors): State<Doors>) -> impl IntoResponse {
    doors.entered.notify_one();
    doors.open.notified().await;
    json("{}")
}

async fn unavailable() -> HttpError {
    HttpError::unavailable("later").retry_after(Duration::from_millis(1500))
}

async fn who(Extension(id): Extension<RequestId>, headers: HeaderMap) -> impl IntoResponse {
    let host = headers.get(header::HOST).unwrap().to_str().unwrap();
    (StatusCode::OK, format!("{} at {host}", id.as_str()))
}

// The client.

struct Client {
    stream: TcpStream,
    received: Vec<u8>,
}

#[derive(Debug)]
struct Reply {
    status: u16,
    /// Lower-case names.
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Reply {
    fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(given, _)| given == name)?;
        Some(value)
    }

    fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    /// Asserts that this is a refusal as every one of them has to look, and returns its message.
    #[track_caller]
    fn refused(&self, status: u16, code: u32) -> String {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.header("content-type"), Some(V1), "{self:?}");
        assert!(self.header("x-request-id").is_some(), "{self:?}");
        let body: Value = serde_json::from_slice(&self.body).unwrap();
        let body = body.as_object().unwrap();
        assert_eq!(body.len(), 2, "{body:?}");
        assert_eq!(body["error_code"], code, "{body:?}");
        body["message"].as_str().unwrap().to_owned()
    }

    #[track_caller]
    fn refused_as(&self, status: u16) -> String {
        self.refused(status, u32::from(status))
    }

    #[track_caller]
    fn is_ok(&self) -> &Self {
        assert_eq!(self.status, 200, "{self:?}");
        self
    }
}

impl Client {
    async fn write(&mut self, bytes: impl AsRef<[u8]>) {
        within(self.stream.write_all(bytes.as_ref())).await.unwrap();
    }

    /// Writes what the server may not be willing to take any more.
    async fn try_write(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        within(self.stream.write_all(bytes.as_ref())).await.is_ok()
    }

    /// Reads more; `false` at the end of the connection.
    async fn read_more(&mut self) -> bool {
        let mut buffer = vec![0; 64 * 1024];
        let bytes = within(self.stream.read(&mut buffer)).await.unwrap_or(0);
        self.received.extend_from_slice(&buffer[..bytes]);
        bytes > 0
    }

    async fn reply(&mut self) -> Reply {
        loop {
            if let Some((reply, bytes)) = parse_reply(&self.received, false) {
                self.received.drain(..bytes);
                return reply;
            }
            let more = self.read_more().await;
            assert!(more, "no response: {:?}", self.received.escape_ascii());
        }
    }

    async fn reply_to_head(&mut self) -> Reply {
        loop {
            if let Some((reply, bytes)) = parse_reply(&self.received, true) {
                self.received.drain(..bytes);
                return reply;
            }
            assert!(self.read_more().await, "no response");
        }
    }

    /// Waits until the server ends the connection, and asserts that it says nothing more.
    async fn is_closed(&mut self) {
        while self.read_more().await {}
        assert!(
            self.received.is_empty(),
            "{:?}",
            self.received.escape_ascii()
        );
    }

    async fn finish_writing(&mut self) {
        self.stream.shutdown().await.unwrap();
    }
}

fn parse_reply(bytes: &[u8], is_to_head: bool) -> Option<(Reply, usize)> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&bytes[..end]).unwrap();
    let mut lines = head.trim_end().lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap();
    let headers: Vec<(String, String)> = lines
        .map(|line| line.split_once(": ").unwrap())
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let length = headers
        .iter()
        .find(|(name, _)| name == "content-length")
        .filter(|_| !is_to_head)
        .map_or(0, |(_, value)| value.parse().unwrap());
    let body = bytes.get(end..end + length)?.to_vec();
    let reply = Reply {
        status: status.parse().unwrap(),
        headers,
        body,
    };
    Some((reply, end + length))
}

async fn within<F: Future>(future: F) -> F::Output {
    timeout(PATIENCE, future).await.expect("took too long")
}

/// A whole request; `extra` are header lines and their ends.
fn request(method: &str, target: &str, extra: &str) -> String {
    format!("{method} {target} HTTP/1.1\r\nHost: registry\r\n{extra}\r\n")
}

fn post_to(target: &str, extra: &str, body: impl AsRef<[u8]>) -> Vec<u8> {
    let body = body.as_ref();
    let length = format!("Content-Length: {}\r\n{extra}", body.len());
    let mut bytes = request("POST", target, &length).into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

fn chunked(target: &str, chunks: &str) -> String {
    let head = request("POST", target, "Transfer-Encoding: chunked\r\n");
    format!("{head}{chunks}")
}

// Bodies.

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

// Negotiation.

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

// Request ids.

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

// Paths.

#[tokio::test]
async fn i46_and_i55_paths_that_are_not_quite_a_route_are_not_found() {
    let server = Server::start().await;
    let paths = [
        "/subjects//versions",
        "//subjects/a/versions",
        "/subjects/a/versions/",
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

// Methods.

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

// Framing.

/// Sends bytes, expects one refusal, and the end of the connection.
async fn is_refused_for_good(server: &Server, bytes: &[u8], status: u16) {
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

/// Nearly requests: whatever a client sends, an answer with an error is ours, not an empty one of hyper's.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn mutated_requests_are_never_answered_with_an_empty_body() {
    const CASES: u64 = 3000;
    const AT_ONCE: usize = 64;
    let limits = Limits {
        header_read: SHORT,
        keep_alive_idle: SHORT,
        linger: SHORT,
        ..Limits::default()
    };
    let body_limits = BodyLimits {
        deadline: SHORT,
        ..BodyLimits::default()
    };
    let server = Arc::new(Server::with(limits, body_limits).await);
    let mut running = JoinSet::new();
    for seed in 1..=CASES {
        if running.len() == AT_ONCE {
            running.join_next().await.unwrap().unwrap();
        }
        let server = Arc::clone(&server);
        running.spawn(async move {
            let bytes = mutated(seed);
            let mut client = server.connect().await;
            client.try_write(&bytes).await;
            while client.read_more().await {}
            let mut rest = client.received.as_slice();
            while let Some((reply, length)) = parse_reply(rest, bytes.starts_with(b"HEAD ")) {
                let is_empty = reply.status >= 400 && reply.header("content-type").is_none();
                assert!(!is_empty, "{:?}: {reply:?}", bytes.escape_ascii());
                rest = &rest[length..];
            }
        });
    }
    while let Some(ended) = running.join_next().await {
        ended.unwrap();
    }
    assert!(server.is_healthy().await);
}

fn mutated(seed: u64) -> Vec<u8> {
    const SPECIAL: &[u8] = b"\r\n\0\t :;,#%\"<>/?\\^`{|}\x7f\x80\xc3\xff09azAZ";
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let close = "Connection: close\r\n";
    let mut bytes = match random.below(4) {
        0 => request("GET", "/json?a=b", close).into_bytes(),
        1 => post_to("/read", close, "{\"schema\":\"x\"}"),
        2 => chunked("/read", "2;a=b\r\n{}\r\n0\r\nA: b\r\n\r\n").into_bytes(),
        _ => request("FOO", "/%C3%A9/b", "Accept: a/b\r\nConnection: close\r\n").into_bytes(),
    };
    for _ in 0..=random.below(3) {
        let at = random.below(bytes.len());
        let byte = SPECIAL[random.below(SPECIAL.len())];
        match random.below(3) {
            0 => bytes[at] = byte,
            1 => bytes.insert(at, byte),
            _ => {
                bytes.remove(at);
            }
        }
    }
    bytes
}

/// xorshift: the same cases in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound as u64).unwrap()
    }
}

// Sizes.

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

// Time.

#[tokio::test]
async fn i65_dribbled_headers_are_answered_with_408() {
    let limits = Limits {
        header_read: SHORT,
        ..Limits::default()
    };
    let server = Server::with(limits, BodyLimits::default()).await;
    let mut client = server.connect().await;
    client.write("GET /json HTTP/1.1\r\nHost: r\r\n").await;
    let (mut read, mut write) = client.stream.split();
    let dribble = async {
        while write.write_all(b"A: b\r\n").await.is_ok() {
            sleep(SHORT / 10).await;
        }
    };
    let mut first = [0; 12];
    tokio::select! {
        outcome = within(read.read_exact(&mut first)) => { outcome.unwrap(); }
        () = dribble => {}
    }
    assert_eq!(&first, b"HTTP/1.1 408");
    client.received = first.to_vec();
    let reply = client.reply().await;
    reply.refused_as(408);
    assert_eq!(reply.header("connection"), Some("close"));
    client.is_closed().await;
}

#[tokio::test]
async fn i65_the_second_head_has_the_same_deadline() {
    let limits = Limits {
        header_read: SHORT,
        ..Limits::default()
    };
    let server = Server::with(limits, BodyLimits::default()).await;
    let mut client = server.connect().await;
    let both = format!("{}GET /js", request("GET", "/json", ""));
    client.write(both).await;
    client.reply().await.is_ok();
    client.reply().await.refused_as(408);
    client.is_closed().await;
}

#[tokio::test]
async fn i65_a_new_connection_that_says_nothing_is_closed() {
    let limits = Limits {
        header_read: SHORT,
        ..Limits::default()
    };
    let server = Server::with(limits, BodyLimits::default()).await;
    server.connect().await.is_closed().await;
    let mut half_preface = server.connect().await;
    half_preface.write("PRI * HTTP/2.0\r\n").await;
    half_preface.reply().await.refused_as(408);
}

#[tokio::test]
async fn i65_a_connection_between_requests_may_wait_longer_than_a_head() {
    let limits = Limits {
        header_read: SHORT,
        ..Limits::default()
    };
    let server = Server::with(limits, BodyLimits::default()).await;
    let mut client = server.connect().await;
    client.write(request("GET", "/json", "")).await;
    client.reply().await.is_ok();
    sleep(2 * SHORT).await;
    client.write(request("GET", "/json", "")).await;
    client.reply().await.is_ok();
}

#[tokio::test]
async fn i65_an_idle_connection_is_closed() {
    let limits = Limits {
        keep_alive_idle: SHORT,
        ..Limits::default()
    };
    let server = Server::with(limits, BodyLimits::default()).await;
    let mut client = server.connect().await;
    client.write(request("GET", "/json", "")).await;
    client.reply().await.is_ok();
    client.is_closed().await;
}

#[tokio::test]
async fn i65_a_connection_with_a_request_under_way_is_not_idle() {
    let limits = Limits {
        keep_alive_idle: SHORT / 4,
        drain: SHORT / 4,
        ..Limits::default()
    };
    let server = Server::with(limits, BodyLimits::default()).await;
    let mut client = server.connect().await;
    client.write(request("GET", "/slow", "")).await;
    within(server.doors.entered.notified()).await;
    sleep(2 * SHORT).await;
    server.doors.open.notify_one();
    client.reply().await.is_ok();
    client.is_closed().await;
}

#[tokio::test]
async fn i65_a_dribbled_body_is_answered_with_408() {
    let body_limits = BodyLimits {
        deadline: SHORT,
        ..BodyLimits::default()
    };
    let server = Server::with(Limits::default(), body_limits).await;
    let mut client = server.connect().await;
    let head = request("POST", "/read", "Content-Length: 100\r\n");
    client.write(format!("{head}{{")).await;
    let reply = client.reply().await;
    reply.refused_as(408);
    assert_eq!(reply.header("connection"), Some("close"));
    client.finish_writing().await;
    client.is_closed().await;
}

#[tokio::test]
async fn i65_a_body_cut_short_ends_at_once() {
    let server = Server::start().await;
    for head in ["Content-Length: 100\r\n", "Transfer-Encoding: chunked\r\n"] {
        let mut client = server.connect().await;
        client.write(request("POST", "/read", head)).await;
        client.write("5\r\n{}").await;
        client.finish_writing().await;
        client.reply().await.refused_as(400);
        client.is_closed().await;
    }
}

#[tokio::test]
async fn a_head_cut_short_ends_without_an_answer() {
    let server = Server::start().await;
    let mut client = server.connect().await;
    client.write("GET /json HTTP/1.1\r\nHos").await;
    client.finish_writing().await;
    client.is_closed().await;
}

#[tokio::test]
async fn i65_a_client_that_reads_nothing_is_dropped() {
    let limits = Limits {
        write_stall: SHORT,
        max_connections: 1,
        ..Limits::default()
    };
    let server = Server::with(limits, BodyLimits::default()).await;
    let mut client = server.connect().await;
    client.write(request("GET", "/big", "")).await;
    // There is one slot, so this is only answered once the first connection was dropped.
    assert!(server.is_healthy().await);
    while client.read_more().await {}
    assert!(client.received.len() < BIG_BYTES);
}

#[tokio::test]
async fn i67_a_too_large_length_is_refused_before_the_body_is_asked_for() {
    let server = Server::start().await;
    let mut client = server.connect().await;
    let over = BodyLimits::default().max_bytes + 1;
    let head = format!("Content-Length: {over}\r\nExpect: 100-continue\r\n");
    client.write(request("POST", "/read", &head)).await;
    client.reply().await.refused_as(413);
    client.finish_writing().await;
    client.is_closed().await;
}

#[tokio::test]
async fn an_expected_continue_is_sent_where_the_body_is_wanted() {
    let server = Server::start().await;
    let mut client = server.connect().await;
    let head = "Content-Length: 2\r\nExpect: 100-continue\r\n";
    client.write(request("POST", "/read", head)).await;
    assert_eq!(client.reply().await.status, 100);
    client.write("{}").await;
    assert_eq!(client.reply().await.is_ok().text(), "2");
}

// The server as a whole.

#[tokio::test]
async fn excess_connections_wait_for_a_slot() {
    let limits = Limits {
        max_connections: 2,
        ..Limits::default()
    };
    let server = Server::with(limits, BodyLimits::default()).await;
    let mut first = server.connect().await;
    let mut second = server.connect().await;
    for client in [&mut first, &mut second] {
        client.write(request("GET", "/json", "")).await;
        client.reply().await.is_ok();
    }
    let mut third = server.connect().await;
    third.write(request("GET", "/json", "")).await;
    let early = timeout(SHORT, third.read_more()).await;
    assert!(early.is_err(), "answered without a slot");
    drop(first);
    third.reply().await.is_ok();
    second.write(request("GET", "/json", "")).await;
    second.reply().await.is_ok();
}

#[tokio::test]
async fn a_panic_is_answered_with_500() {
    let server = Server::start().await;
    let mut client = server.connect().await;
    client.write(request("GET", "/panic", "")).await;
    let message = client.reply().await.refused_as(500);
    assert!(!message.contains("on purpose"));
    client.write(request("GET", "/json", "")).await;
    client.reply().await.is_ok();
}

#[tokio::test]
async fn shutdown_finishes_requests_and_closes_idle_connections() {
    let mut server = Server::start().await;
    let mut idle = server.connect().await;
    idle.write(request("GET", "/json", "")).await;
    idle.reply().await.is_ok();
    let mut busy = server.connect().await;
    busy.write(request("GET", "/slow", "")).await;
    within(server.doors.entered.notified()).await;

    server.begin_shutdown();
    idle.is_closed().await;
    within(async { while TcpStream::connect(server.address).await.is_ok() {} }).await;
    server.doors.open.notify_one();
    let reply = busy.reply().await;
    assert_eq!(reply.is_ok().header("connection"), Some("close"));
    busy.is_closed().await;
    within(server.running).await.unwrap();
}

#[tokio::test]
async fn shutdown_drops_what_does_not_finish_in_time() {
    let limits = Limits {
        drain: SHORT,
        ..Limits::default()
    };
    let mut server = Server::with(limits, BodyLimits::default()).await;
    let mut busy = server.connect().await;
    busy.write(request("GET", "/slow", "")).await;
    within(server.doors.entered.notified()).await;
    server.begin_shutdown();
    within(server.running).await.unwrap();
    busy.is_closed().await;
}

/// Runs the next test in a process of its own, in which few files can be open.
#[test]
fn accepting_survives_a_want_of_descriptors() {
    let limited =
        "ulimit -n 64 && exec \"$0\" --exact accepts_again_once_descriptors_are_free --ignored";
    let status = std::process::Command::new("sh")
        .arg("-c")
        .arg(limited)
        .arg(std::env::current_exe().unwrap())
        .status()
        .unwrap();
    assert!(status.success());
}

#[tokio::test]
#[ignore = "uses up all file descriptors of its process; started by the test above"]
async fn accepts_again_once_descriptors_are_free() {
    let limits = Limits {
        accept_pause: SHORT / 10,
        ..Limits::default()
    };
    let server = Server::with(limits, BodyLimits::default()).await;
    let mut files = Vec::new();
    while let Ok(file) = std::fs::File::open("/dev/null") {
        files.push(file);
    }
    files.pop();
    // Takes the last descriptor, so that the server has none for its end.
    let mut client = server.connect().await;
    client.write(request("GET", "/json", "")).await;
    assert!(timeout(SHORT, client.read_more()).await.is_err());
    drop(files);
    client.reply().await.is_ok();
}

// HTTP/2.

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

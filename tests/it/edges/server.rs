//! The server under test: the real accept loop and layers in front of a router of a few lines.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use axum::{
    Extension, Router,
    extract::{Path, Request, State},
    http::{HeaderMap, StatusCode, header},
    response::IntoResponse,
    routing::{get, post},
};
use dovetail_server::http::{
    BodyLimits, Gated, HttpError, JsonText, Limits, NameRequests, NegotiateJson, RequestId,
    Shortcut, Strict, decode, fallback, method_not_allowed, parse_json, read_body, serve,
};
use serde::Deserialize;
use serde_json::Value;
use tokio::{
    net::TcpListener,
    sync::{Notify, oneshot},
    task::JoinHandle,
};

use super::client::{Client, Reply, V1, request};

#[derive(Clone, Default)]
pub(crate) struct Doors {
    /// Told when `/slow` was entered.
    pub(crate) entered: Arc<Notify>,
    /// Lets `/slow` answer.
    pub(crate) open: Arc<Notify>,
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) doors: Doors,
    shutdown: Option<oneshot::Sender<()>>,
    pub(crate) running: JoinHandle<()>,
}

impl Server {
    pub(crate) async fn start() -> Self {
        Self::with(Limits::default(), BodyLimits::default()).await
    }

    pub(crate) async fn with(limits: Limits, body_limits: BodyLimits) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let doors = Doors::default();
        let router = router(doors.clone(), body_limits);
        let (shutdown, told) = oneshot::channel();
        let running = tokio::spawn(serve(listener, router, Shortcut::none(), limits, async {
            let _ = told.await;
        }));
        Self {
            address,
            doors,
            shutdown: Some(shutdown),
            running,
        }
    }

    pub(crate) async fn connect(&self) -> Client {
        Client::connect(self.address).await
    }

    /// One request on a connection of its own, whose one response is returned.
    pub(crate) async fn send(&self, request: impl AsRef<[u8]>) -> Reply {
        let mut client = self.connect().await;
        client.write(request).await;
        client.reply().await
    }

    pub(crate) async fn is_healthy(&self) -> bool {
        self.send(request("GET", "/json", "")).await.status == 200
    }

    pub(crate) fn begin_shutdown(&mut self) {
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
pub(crate) const BIG_BYTES: usize = 64 * 1024 * 1024;

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

//! One connection, from its first byte to its last.

use std::any::Any;
use std::convert::Infallible;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Request, Version};
use axum::response::{IntoResponse, Response};
use axum::routing::future::RouteFuture;
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use pin_project_lite::pin_project;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};
use tower::Service;

use super::contexts;
use super::error::HttpError;
use super::exchange::Exchange;
use super::limits::Limits;
use super::request_id::RequestId;
use super::shortcut::Shortcut;
use super::spelling;
use super::wire::Wire;

/// How far the server's shutdown has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    Serving,
    /// Requests under way are finished; idle connections end.
    Draining,
    /// Time is up: connections are dropped.
    Dropping,
}

/// What all connections of a server share.
#[derive(Debug, Clone)]
pub(crate) struct Connections {
    builder: Arc<Builder<TokioExecutor>>,
    router: Router,
    shortcut: Shortcut,
    limits: Arc<Limits>,
}

impl Connections {
    pub(crate) fn new(router: Router, shortcut: Shortcut, limits: Limits) -> Self {
        Self {
            builder: Arc::new(builder(&limits)),
            router,
            shortcut,
            limits: Arc::new(limits),
        }
    }

    /// Serves a connection until it ends or `phase` says so.
    pub(crate) async fn run(
        self,
        stream: TcpStream,
        peer: SocketAddr,
        mut phase: watch::Receiver<Phase>,
    ) {
        let exchange = Arc::new(Exchange::new());
        let wire = Wire::new(stream, Arc::clone(&exchange), &self.limits);
        let front = Front {
            router: self.router,
            shortcut: self.shortcut,
            exchange: Arc::clone(&exchange),
            peer,
        };
        let mut connection = pin!(self.builder.serve_connection(TokioIo::new(wire), front));
        let mut patience = self.limits.keep_alive_idle;
        let mut is_ending = false;
        let mut alarm = pin!(sleep(patience));
        loop {
            tokio::select! {
                ended = connection.as_mut() => {
                    if let Err(error) = ended {
                        tracing::debug!(%peer, error, "connection ended early");
                    }
                    return;
                }
                () = alarm.as_mut() => {
                    let left = exchange.patience_left(patience);
                    if left.is_zero() && is_ending {
                        tracing::debug!(%peer, "connection dropped, it did not end in time");
                        return;
                    }
                    if left.is_zero() {
                        is_ending = true;
                        connection.as_mut().graceful_shutdown();
                        patience += self.limits.drain;
                    }
                    alarm.as_mut().reset(Instant::now() + exchange.patience_left(patience));
                }
                now = next(&mut phase) => match now {
                    Phase::Serving => {}
                    Phase::Draining => connection.as_mut().graceful_shutdown(),
                    Phase::Dropping => return,
                }
            }
        }
    }
}

/// The next phase; a server that is gone has dropped its connections.
async fn next(phase: &mut watch::Receiver<Phase>) -> Phase {
    match phase.changed().await {
        Ok(()) => *phase.borrow_and_update(),
        Err(_) => Phase::Dropping,
    }
}

fn builder(limits: &Limits) -> Builder<TokioExecutor> {
    /// Enough for a head; larger bodies come in several reads.
    const HTTP1_BUFFER_BYTES: usize = 64 * 1024;
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        // `Wire` keeps the deadline of heads: hyper's counts the idle time before a head as well.
        .header_read_timeout(None)
        .max_buf_size(HTTP1_BUFFER_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.http2_max_streams)
        .max_header_list_size(limits.http2_header_list_bytes)
        .keep_alive_interval(limits.http2_ping_interval)
        .keep_alive_timeout(limits.http2_ping_timeout)
        .max_pending_accept_reset_streams(limits.http2_max_pending_resets)
        .max_local_error_reset_streams(limits.http2_max_local_resets);
    builder
}

/// What hyper hands requests to: in front of the router, for one connection.
#[derive(Debug)]
pub(crate) struct Front {
    router: Router,
    shortcut: Shortcut,
    exchange: Arc<Exchange>,
    peer: SocketAddr,
}

impl hyper::service::Service<Request<Incoming>> for Front {
    type Response = Response;
    type Error = Infallible;
    type Future = FrontFuture;

    fn call(&self, request: Request<Incoming>) -> FrontFuture {
        let call = Call {
            place: self.exchange.begin_call(),
            exchange: Arc::clone(&self.exchange),
            shares_connection: request.version() >= Version::HTTP_2,
        };
        if self.exchange.refusal_of(call.place).is_some() {
            return FrontFuture {
                response: None,
                ready: None,
                call,
            };
        }
        let ready = self.shortcut.answer(&request);
        if ready.is_some() {
            return FrontFuture {
                response: None,
                ready,
                call,
            };
        }
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(self.peer));
        spelling::rewrite(&mut request);
        contexts::rewrite(&mut request);
        FrontFuture {
            response: Some(self.router.clone().call(request)),
            ready: None,
            call,
        }
    }
}

/// A request under way, however it ends.
#[derive(Debug)]
struct Call {
    place: u64,
    exchange: Arc<Exchange>,
    /// HTTP/2: an unread body ends its stream only.
    shares_connection: bool,
}

impl Call {
    /// Tells the client where the connection ends with this response.
    fn finish(&self, mut response: Response) -> Response {
        if !self.shares_connection && self.exchange.is_incomplete(self.place) {
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(CONNECTION, close);
        }
        response
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        self.exchange.end_call();
    }
}

pin_project! {
    /// The router's response, or the refusal of what the router never got to see.
    pub(crate) struct FrontFuture {
        #[pin]
        response: Option<RouteFuture<Infallible>>,
        ready: Option<Response>,
        call: Call,
    }
}

impl Future for FrontFuture {
    type Output = Result<Response, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Some(ready) = this.ready.take() {
            return Poll::Ready(Ok(this.call.finish(ready)));
        }
        let Some(response) = this.response.as_pin_mut() else {
            let refusal = this.call.exchange.refusal_of(this.call.place).cloned();
            return Poll::Ready(Ok(answer(refusal.unwrap_or_else(HttpError::internal))));
        };
        match catch_unwind(AssertUnwindSafe(|| response.poll(cx))) {
            Ok(polled) => Poll::Ready(ready!(polled).map(|response| this.call.finish(response))),
            Err(panic) => {
                tracing::error!(panic = panic_text(&*panic), "a request panicked");
                Poll::Ready(Ok(this.call.finish(answer(HttpError::internal()))))
            }
        }
    }
}

/// An answer that no layer of the router will touch.
fn answer(error: HttpError) -> Response {
    let mut response = error.into_response();
    RequestId::random().stamp(&mut response);
    response
}

fn panic_text(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("(no text)")
}

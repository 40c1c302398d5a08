//! How the outer layers hang together: each looks at a request, may refuse it, and may touch up the response.
//!
//! `axum::middleware::from_fn` would do, but it allocates several times for every request it lets pass; a [`Gate`] allocates
//! nothing. To add one, implement [`Gate`] beside the others and name it where the router is put together.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use pin_project_lite::pin_project;
use tower::{Layer, Service};

use super::error::HttpError;

/// A rule that every request passes on its way in, and every response on its way out.
pub trait Gate: Clone + Send + Sync + 'static {
    /// What is remembered about the request until its response leaves.
    type Memo: Send + 'static;

    /// Lets the request in, or answers it here. Refused requests reach nothing further in.
    fn enter(&self, request: &mut Request) -> Result<Self::Memo, HttpError>;

    /// Touches up the response of a request that was let in.
    fn leave(memo: Self::Memo, response: &mut Response);
}

/// Puts a [`Gate`] around a router: `router.layer(Gated(Strict))`.
#[derive(Debug, Clone, Copy)]
pub struct Gated<G>(pub G);

impl<G: Gate, S> Layer<S> for Gated<G> {
    type Service = GatedService<G, S>;

    fn layer(&self, inner: S) -> Self::Service {
        GatedService {
            gate: self.0.clone(),
            inner,
        }
    }
}

/// A service behind a [`Gate`].
#[derive(Debug, Clone)]
pub struct GatedService<G, S> {
    gate: G,
    inner: S,
}

impl<G, S> Service<Request> for GatedService<G, S>
where
    G: Gate,
    S: Service<Request, Response = Response>,
{
    type Response = Response;
    type Error = S::Error;
    type Future = GatedFuture<S::Future, G>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        match self.gate.enter(&mut request) {
            Ok(memo) => GatedFuture {
                response: Some(self.inner.call(request)),
                memo: Some(memo),
                refusal: None,
            },
            Err(refusal) => GatedFuture {
                response: None,
                memo: None,
                refusal: Some(refusal),
            },
        }
    }
}

pin_project! {
    /// The response to come from behind a [`Gate`], or its refusal.
    #[must_use = "futures do nothing unless polled"]
    pub struct GatedFuture<F, G: Gate> {
        #[pin]
        response: Option<F>,
        memo: Option<G::Memo>,
        refusal: Option<HttpError>,
    }
}

impl<F, G, E> Future for GatedFuture<F, G>
where
    F: Future<Output = Result<Response, E>>,
    G: Gate,
{
    type Output = Result<Response, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let Some(response) = this.response.as_pin_mut() else {
            let refusal = this.refusal.take().unwrap_or_else(HttpError::internal);
            return Poll::Ready(Ok(refusal.into_response()));
        };
        let mut response = ready!(response.poll(cx))?;
        if let Some(memo) = this.memo.take() {
            G::leave(memo, &mut response);
        }
        Poll::Ready(Ok(response))
    }
}

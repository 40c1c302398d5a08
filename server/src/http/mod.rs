//! The edges of the server: what happens to a request before a handler sees it, and to a response after.
//!
//! In the order in which a request meets them:
//! - [`serve()`]: the accept loop, and how the server ends; `connection` is one connection, `wire` its bytes, `exchange` what the
//!   two share, [`Limits`] how much of anything there may be.
//! - [`NameRequests`], [`Strict`], [`NegotiateJson`]: the layers, each a [`Gate`] put on a router with [`Gated`], the first
//!   named outermost.
//! - `spelling`: the slash at the end of a path and the encoded colon in it, which change nothing.
//! - `contexts`: `/contexts/{context}` before a path, rewritten before anything looks at it.
//! - [`JsonText`], [`read_body`], [`parse_json`]: the body.
//! - [`decode()`], percent-encoding.
//! - [`fallback()`], [`method_not_allowed`]: where no route is.
//! - [`HttpError`]: what all of them refuse with.
//!
//! ```
//! use axum::{Router, routing::get};
//! use dovetail_server::http::{Gated, NameRequests, NegotiateJson, Strict, fallback, method_not_allowed};
//!
//! let api: Router = Router::new().route("/subjects", get(|| async { "[]" }));
//! let router = api
//!     .layer(Gated(NegotiateJson))
//!     .fallback(fallback)
//!     .method_not_allowed_fallback(method_not_allowed)
//!     .layer(Gated(Strict))
//!     .layer(Gated(NameRequests));
//! ```

mod accept;
mod body;
mod connection;
mod contexts;
mod error;
mod exchange;
mod fallback;
mod gate;
mod limits;
mod path;
mod request_id;
mod serve;
mod shortcut;
mod spelling;
mod strict;
mod wire;

pub use accept::{MediaType, NegotiateJson, negotiate};
pub use body::{BodyLimits, JsonError, JsonText, LargeJsonText, parse_json, read_body};
pub(crate) use contexts::name as context_name;
pub use error::HttpError;
pub use fallback::{fallback, method_not_allowed};
pub use gate::{Gate, Gated, GatedFuture, GatedService};
pub use limits::Limits;
pub use path::decode;
pub use request_id::{NameRequests, RequestId, X_REQUEST_ID};
pub use serve::serve;
pub use shortcut::Shortcut;
pub use strict::{MAX_HEADER_BYTES, MAX_HEADERS, MAX_URI_BYTES, Strict};

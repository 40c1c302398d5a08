//! The edges of the server from outside: raw bytes over real sockets, against a router of a few lines.
//!
//! Tests are named after their rows of the hostile request list (`i63_…` is row 63 of section I). Deadlines are set short where
//! they are meant to pass, and long where they are not; nothing is expected to happen by a certain moment, and every wait
//! ends in a failure after [`client::PATIENCE`]. `server` and `client` are what the tests stand on.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails where something is missing"
)]

mod bodies;
pub(crate) mod client;
mod framing;
mod http2;
mod methods;
mod mutated;
mod negotiation;
mod paths;
mod request_ids;
mod server;
mod sizes;
mod time;
mod whole;

//! The black-box suites: a spawned binary, real databases, real sockets.
//!
//! - `api`: the protocol, resource by resource, on both databases.
//! - `edges`: raw bytes against the accept loop and the outermost layers.
//! - `hostile`: the hostile request list against the whole server.
//! - `openapi`: the contract and the router agree.
//! - `stories`: whole journeys, the README's first screen among them.
//! - `tidy`: who may depend on whom.

mod api;
mod edges;
mod hostile;
mod openapi;
mod stories;
mod tidy;

//! The black-box suites: a spawned binary, real databases, real sockets.
//!
//! - `api`: the protocol, resource by resource, on both databases.
//! - `edges`: raw bytes against the accept loop and the outermost layers.
//! - `stories`: whole journeys, the README's first screen among them.

mod api;
mod edges;
mod stories;

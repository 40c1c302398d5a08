//! A registry inside a test, in one line: the real server on a port of its own, over a database that goes with it.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use dovetail_client::{Register, RegisterRequest};
//! use dovetail_testing::Registry;
//!
//! let registry = Registry::start().await?;
//! let schema = RegisterRequest { schema: Some(r#""string""#.into()), ..RegisterRequest::default() };
//! let client = registry.client();
//! client.register("greetings-value", &schema, &Register::default()).await?;
//! # Ok(()) }
//! ```
//!
//! It runs on a thread of its own, so that it goes on while a test blocks. To see what a consumer does without its registry,
//! [`Registry::stop`] it; to see it in front of one that misbehaves, put a [`Proxy`] between them.

#![warn(missing_docs)]

mod proxy;
mod registry;

pub use proxy::{Proxy, Trouble};
pub use registry::{Registry, StartError};

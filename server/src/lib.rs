//! The registry as a service.
//!
//! In reading order: [`settings`], [`run`] below, `app`, [`router`], `api` (HTTP only), [`registry`] (use cases), [`core`]
//! (the log and the view), [`storage`] (SQL), [`webhooks`] (who is told), and [`http`] (the edges). Data flows one way: `api`
//! calls `registry`, which decides on a view and submits to the committer, which writes through the storage traits.

mod api;
mod app;
pub mod core;
pub mod http;
mod metrics;
pub mod registry;
mod router;
mod run;
pub mod settings;
pub mod storage;
pub mod webhooks;

pub use app::App;
pub use router::{router, routes};
pub use run::{RunError, run, run_on};

//! What the suites stand on: a built binary, throwaway databases, running nodes, and a client that says little.
//!
//! A test takes a [`Database`], starts [`Node`]s on it and talks HTTP to them:
//!
//! ```no_run
//! # async fn example() {
//! use dovetail_tests::{Database, Node};
//! let node = Node::start(&Database::sqlite()).await;
//! let answer = node.register("orders-value", r#""string""#).await;
//! assert_eq!(answer.status, 200);
//! # }
//! ```
//!
//! Every answer that a [`Client`] receives is held against `openapi.yaml`; see [`contract`].
//!
//! [`on_both!`] writes a test once and runs it on SQLite and on PostgreSQL.

mod binary;
mod client;
pub mod contract;
mod database;
mod node;
mod page;
mod postgres;
mod receiver;

pub use binary::{binary, example};
pub use client::{Answer, Client, avro_record};
pub use database::Database;
pub use node::Node;
pub use page::blocks;
pub use postgres::Cluster;
pub use receiver::{Reaction, Received, Receiver};

/// Runs one test on both databases: `on_both!(name, |node| { … })`. The body gets a started [`Node`]. More arguments for
/// `serve` go in between: `on_both!(name, ["--log", "debug"], |node| { … })`.
#[macro_export]
macro_rules! on_both {
    ($name:ident, |$node:ident| $body:block) => {
        $crate::on_both!($name, [], |$node| $body);
    };
    ($name:ident, [$($argument:expr),*], |$node:ident| $body:block) => {
        mod $name {
            #[allow(unused_imports, reason = "a test may use nothing of its module")]
            use super::*;

            async fn body($node: $crate::Node) {
                $body
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn sqlite() {
                let database = $crate::Database::sqlite();
                body($crate::Node::start_with(&database, &[$($argument),*]).await).await;
            }

            #[tokio::test(flavor = "multi_thread")]
            async fn postgres() {
                let database = $crate::Database::postgres().await;
                body($crate::Node::start_with(&database, &[$($argument),*]).await).await;
            }
        }
    };
}

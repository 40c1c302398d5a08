//! The tables of the webhooks: statements, rows, and what both dialects do alike.
//!
//! As with the registry's own tables, functions over connections are macros that each dialect expands once
//! (`subscriptions`, `deliveries`, `engine`), and so is the implementation of the trait (`store`), which says where each
//! method's transaction begins and ends.

mod deliveries;
mod engine;
pub(super) mod rows;
pub(super) mod statements;
mod store;
mod subscriptions;

pub(super) use {
    deliveries::delivery_queries, engine::engine_queries, store::webhook_store,
    subscriptions::subscription_queries,
};

/// How much a transaction has to outlive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Durability {
    /// Somebody is told that it happened.
    Crash,
    /// The engine's own bookkeeping. A crash of the machine may take the last of it back, always together with everything
    /// later, and the engine does it again: the same events go out once more.
    Process,
}

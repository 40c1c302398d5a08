//! The black-box suites: a spawned binary, real databases, real sockets.
//!
//! - `api`: the protocol, resource by resource, on both databases.
//! - `client`: the Rust client against the real registry, and against registries that misbehave.
//! - `cli`: the command line, run as a user runs it.
//! - `crashes`: kill -9 under writers: nothing acknowledged is lost, nothing half done is seen.
//! - `edges`: raw bytes against the accept loop and the outermost layers.
//! - `foreign`: the clients people run, in their own languages, and a fuzzer that goes by the contract.
//! - `hostile`: the hostile request list against the whole server.
//! - `openapi`: the contract and the router agree.
//! - `outage`: a database that goes away, fills up, or is not there yet.
//! - `races`: many registrars, several nodes: one id, an unbroken chain, no stale read.
//! - `settings`: where settings come from, and what is said of wrong ones.
//! - `start`: starting together, starting twice, starting wrongly, and stopping.
//! - `storage`: the storage traits, on both databases.
//! - `stories`: whole journeys, the README's first screen among them.
//! - `tidy`: who may depend on whom.
//! - `transfer`: the commands that move registries, over real ones.
//! - `view`: the view in memory against one loaded from the tables, and against a model.
//! - `webhooks`: events, the feed, subscriptions, and deliveries under simulated and real faults.

mod api;
mod cli;
mod client;
mod crashes;
mod edges;
mod foreign;
mod hostile;
mod openapi;
mod outage;
mod races;
mod settings;
mod start;
mod storage;
mod stories;
mod tidy;
mod transfer;
mod view;
mod webhooks;

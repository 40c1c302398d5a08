//! An async client for schema registries: ours, and any other that speaks the same protocol.
//!
//! [`Client`] has a method for each route; [`blocking::Client`] has them for build scripts and small tools. Errors are one
//! type with questions to ask it, [`Error`].
//!
//! A call goes to the base URL that answered last, to the next one where that does not answer, and, where repeating is safe,
//! again after a pause. Nothing is remembered between calls; [`Schemas`], which [`Client::schemas`] gives, remembers.
//! [`wire`] has the envelopes of messages.

#![warn(missing_docs)]

mod api;
mod auth;
pub mod blocking;
mod bodies;
mod builder;
mod client;
pub mod codec;
mod deserializer;
mod error;
mod http;
mod schemas;
mod serializer;
#[cfg(feature = "webhooks")]
pub mod webhook;
pub mod wire;

pub use api::{
    Batch, Check, Deletion, EventPage, Export, ListAssociations, ListDeliveries, ListOfId,
    ListSchemas, ListSubjects, ListVersions, LookUp, ReadEvents, ReadSchema, ReadVersion, Register,
    RemoveAssociations, ServerId, ServerScope, ServerVersion, SetMode,
};
pub use auth::{Auth, Secret, TokenProvider};
pub use bodies::{
    ConfigChange, Explanation, Finding, Place, Proof, Registered, Schema, SchemaVersion, Witness,
};
pub use builder::ClientBuilder;
pub use client::Client;
pub use deserializer::{Decoded, Deserializer};
pub use dovetail_model as model;
pub use dovetail_model::bodies::RegisterRequest;
pub use error::{Error, Result};
pub use http::{Retry, TlsFault};
pub use schemas::{CacheSettings, KnownSchema, NamedSchema, ResolvedSchema, Schemas};
pub use serializer::{Encoded, Framing, Serializer, SerializerBuilder};

/// The guide, whose examples are tests.
#[cfg(doctest)]
#[doc = include_str!("../../docs/client.md")]
struct Guide;

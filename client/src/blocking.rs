//! The client without async, for build scripts and small tools.
//!
//! ```no_run
//! use dovetail_client::blocking::Client;
//!
//! # fn main() -> Result<(), dovetail_client::Error> {
//! let client = Client::new("http://127.0.0.1:8081")?;
//! let latest = client.latest("orders-value")?;
//! println!("{}", latest.schema);
//! # Ok(()) }
//! ```

mod transfer;

use std::{future::Future, sync::Arc, thread};

use dovetail_model::{
    Association, Mode, SchemaId, SchemaType, Version, VersionSpec,
    bodies::{
        AssociationBatchGet, AssociationBatchRequest, AssociationBatchResponse, AssociationRequest,
        AssociationResponse, BatchRequest, BatchResponse, CompatibilityResponse, Config,
        ExplainRequest, IdVersions, SubjectVersion, TagRequest,
    },
};
use tokio::runtime::{Builder, Handle, Runtime};
use uuid::Uuid;

use crate::{
    Batch, Check, ConfigChange, Deletion, Explanation, ListAssociations, ListOfId, ListSchemas,
    ListSubjects, ListVersions, LookUp, ReadSchema, ReadVersion, Register, RegisterRequest,
    Registered, RemoveAssociations, Schema, SchemaVersion, ServerId, ServerVersion, SetMode,
    error::{Error, Kind, Result},
};

pub use transfer::Export;

/// [`crate::Client`], whose methods wait. It may be used inside an async runtime too, where it holds up its thread.
#[derive(Debug, Clone)]
pub struct Client {
    client: crate::Client,
    runtime: Arc<Background>,
}

/// A runtime that may be dropped anywhere; an ordinary one may not be inside another.
#[derive(Debug)]
struct Background(Option<Runtime>);

impl Drop for Background {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Client {
    /// A client with the ordinary settings; see [`crate::Client::new`].
    pub fn new(urls: &str) -> Result<Self> {
        Self::from_async(crate::Client::new(urls)?)
    }

    /// Waits for what another client does, which [`crate::Client::builder`] may have set up.
    pub fn from_async(client: crate::Client) -> Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("dovetail-client")
            .enable_all()
            .build()
            .map_err(|error| {
                Error::because(Kind::Usage("no thread can be started".into()), error)
            })?;
        let runtime = Arc::new(Background(Some(runtime)));
        Ok(Self { client, runtime })
    }

    /// The client underneath.
    pub fn as_async(&self) -> &crate::Client {
        &self.client
    }

    /// As [`crate::Client::in_context`].
    #[must_use]
    pub fn in_context(&self, context: &str) -> Self {
        Self {
            client: self.client.in_context(context),
            runtime: Arc::clone(&self.runtime),
        }
    }

    /// Waits for a future, such as several requests of [`Self::as_async`] together.
    pub fn wait<F>(&self, future: F) -> F::Output
    where
        F: Future + Send,
        F::Output: Send,
    {
        let runtime = self
            .runtime
            .0
            .as_ref()
            .expect("it is taken only when dropped");
        if Handle::try_current().is_err() {
            return runtime.block_on(future);
        }
        // A thread of a runtime must not enter another one, so a thread of its own does.
        let waited = thread::scope(|scope| scope.spawn(|| runtime.block_on(future)).join());
        waited.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

/// Writes the methods that wait for those of the same name.
macro_rules! waiting {
    ($(fn $name:ident($($argument:ident: $type:ty),*) -> $answer:ty;)*) => {
        impl Client {
            $(
                #[doc = concat!("As [`crate::Client::", stringify!($name), "`].")]
                pub fn $name(&self $(, $argument: $type)*) -> Result<$answer> {
                    self.wait(self.client.$name($($argument),*))
                }
            )*
        }
    };
}

waiting! {
    fn subjects(list: &ListSubjects) -> Vec<String>;
    fn look_up(subject: &str, schema: &RegisterRequest, how: &LookUp) -> SchemaVersion;
    fn delete_subject(subject: &str, deletion: Deletion) -> Vec<Version>;
    fn version_with_metadata(subject: &str, properties: &[(&str, &str)]) -> SchemaVersion;

    fn versions(subject: &str, list: &ListVersions) -> Vec<Version>;
    fn versions_and_deleted(subject: &str) -> Vec<(Version, bool)>;
    fn register(subject: &str, schema: &RegisterRequest, how: &Register) -> Registered;
    fn version(subject: &str, version: VersionSpec, how: &ReadVersion) -> SchemaVersion;
    fn latest(subject: &str) -> SchemaVersion;
    fn version_text(subject: &str, version: VersionSpec, how: &ReadVersion) -> String;
    fn referenced_by(subject: &str, version: VersionSpec, deleted: bool) -> Vec<SchemaId>;
    fn change_tags(subject: &str, version: VersionSpec, change: &TagRequest) -> Registered;
    fn delete_version(subject: &str, version: VersionSpec, deletion: Deletion) -> Version;

    fn schema_by_id(id: SchemaId, how: &ReadSchema) -> Schema;
    fn schema_text_by_id(id: SchemaId, how: &ReadSchema) -> String;
    fn subjects_of_id(id: SchemaId, list: &ListOfId) -> Vec<String>;
    fn versions_of_id(id: SchemaId, list: &ListOfId) -> Vec<SubjectVersion>;
    fn schema_by_guid(guid: &Uuid) -> Schema;
    fn ids_of_guid(guid: &Uuid) -> Vec<IdVersions>;
    fn schema_types() -> Vec<SchemaType>;
    fn list_schemas(list: &ListSchemas) -> Vec<SchemaVersion>;
    fn every_schema(list: &ListSchemas) -> Vec<SchemaVersion>;

    fn check(subject: &str, schema: &RegisterRequest, how: &Check) -> CompatibilityResponse;
    fn check_version(
        subject: &str,
        version: VersionSpec,
        schema: &RegisterRequest,
        how: &Check
    ) -> CompatibilityResponse;
    fn batch(schemas: &BatchRequest, how: &Batch) -> BatchResponse;
    fn explain(change: &ExplainRequest) -> Explanation;

    fn config(scope: Option<&str>) -> Config;
    fn effective_config(scope: Option<&str>) -> Config;
    fn change_config(scope: Option<&str>, change: &ConfigChange) -> Config;
    fn delete_config(scope: Option<&str>) -> Config;
    fn mode(scope: Option<&str>) -> Mode;
    fn effective_mode(scope: Option<&str>) -> Mode;
    fn set_mode(scope: Option<&str>, mode: Mode, how: &SetMode) -> Mode;
    fn delete_mode(scope: Option<&str>, recursive: bool) -> Option<Mode>;

    fn contexts() -> Vec<String>;
    fn contexts_like(prefix: &str) -> Vec<String>;
    fn delete_context(context: &str) -> ();
    fn ping() -> ();
    fn server_version() -> ServerVersion;
    fn server_id() -> ServerId;
    fn deployment() -> Vec<String>;

    fn associations_of_subject(subject: &str, list: &ListAssociations) -> Vec<Association>;
    fn associations_of_resource(id: &str, list: &ListAssociations) -> Vec<Association>;
    fn associations_of_name(
        namespace: &str,
        name: &str,
        list: &ListAssociations
    ) -> Vec<Association>;
    fn associate(request: &AssociationRequest, dry_run: bool) -> AssociationResponse;
    fn put_associations(
        id: &str,
        request: &AssociationRequest,
        dry_run: bool
    ) -> AssociationResponse;
    fn dissociate(id: &str, how: &RemoveAssociations) -> ();
    fn get_associations(
        questions: &AssociationBatchGet,
        with_schemas: bool
    ) -> AssociationBatchResponse;
    fn change_associations(
        requests: &AssociationBatchRequest,
        dry_run: bool
    ) -> AssociationBatchResponse;
}

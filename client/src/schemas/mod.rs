//! Schemas that are remembered: asked for once, however many ask, and served while the registry is away.
//!
//! - What an id, a GUID or a version stands for never changes, so it is kept until it is crowded out.
//! - "The latest" changes, so it is kept for a while, and beyond that only while the registry does not answer.
//! - That something is not there, or that the registry is away, is kept for a moment: long enough that a flood of messages
//!   is no flood of requests, too short to hide a schema that was just registered.
//! - Those who ask for one thing together wait for one request. It goes on when they stop waiting.

mod cache;
mod key;
mod known;
#[cfg(feature = "lock")]
mod lock;
mod resolve;
mod settings;

use std::{sync::Arc, time::Duration};

use dovetail_model::{SchemaId, Version, VersionSpec, bodies::RegisterRequest};
use uuid::Uuid;

pub(crate) use self::cache::Cache;
use self::{cache::Freshness, key::Key};
pub use self::{
    known::{KnownSchema, NamedSchema, ResolvedSchema},
    settings::CacheSettings,
};
use crate::{
    api::{LookUp, ReadSchema, ReadVersion, Register},
    client::Client,
    error::Result,
    http::Retry,
    wire::SchemaKey,
};

/// A pause is at least half of this, so that nothing is asked for twice within a second.
const FIRST_PAUSE: Duration = Duration::from_secs(2);

/// The schemas of a [`Client`], remembered. Clones, and everything that came from one client, remember together.
///
/// ```no_run
/// # async fn example(client: dovetail_client::Client) -> Result<(), dovetail_client::Error> {
/// let schemas = client.schemas();
/// let latest = schemas.latest("orders-value").await?;
/// let again = schemas.latest("orders-value").await?; // asks nobody
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct Schemas {
    client: Client,
    cache: Arc<Cache>,
}

impl Client {
    /// This client's schemas, remembered.
    pub fn schemas(&self) -> Schemas {
        let retry = self.retry();
        let retry = Retry {
            first_pause: retry.first_pause.max(FIRST_PAUSE),
            longest_pause: retry.longest_pause.max(FIRST_PAUSE),
            ..retry.clone()
        };
        Schemas {
            client: self.with_retry(retry),
            cache: Arc::clone(self.memory()),
        }
    }
}

impl Schemas {
    /// The schema that an id or a GUID stands for.
    pub async fn by_key(&self, key: SchemaKey) -> Result<Arc<KnownSchema>> {
        match key {
            SchemaKey::Id(id) => self.by_id(id).await,
            SchemaKey::Guid(guid) => self.by_guid(guid).await,
        }
    }

    /// The schema that an id stands for.
    pub async fn by_id(&self, id: SchemaId) -> Result<Arc<KnownSchema>> {
        let client = self.client.clone();
        let fetch = async move {
            let found = client.schema_by_id(id, &ReadSchema::default()).await?;
            Ok(KnownSchema::by_id(Some(id), found))
        };
        let key = self.id_key(id);
        self.cache.get(key, Freshness::Forever, fetch).await
    }

    /// The schema that a GUID stands for.
    pub async fn by_guid(&self, guid: Uuid) -> Result<Arc<KnownSchema>> {
        let client = self.client.clone();
        let fetch = async move {
            let found = client.schema_by_guid(&guid).await?;
            let known = KnownSchema::by_id(None, found);
            Ok(KnownSchema {
                guid: Some(guid),
                ..known
            })
        };
        let key = Key::Guid(guid);
        self.cache.get(key, Freshness::Forever, fetch).await
    }

    /// The newest version of a subject, as of a while ago at most.
    pub async fn latest(&self, subject: &str) -> Result<Arc<KnownSchema>> {
        let subject = self.subject(subject)?;
        let (client, name) = (self.client.clone(), Arc::clone(&subject));
        let fetch = async move { Ok(client.latest(&name).await?.into()) };
        let key = Key::Latest(subject);
        self.cache.get(key, Freshness::ForAWhile, fetch).await
    }

    /// A version of a subject, even one that was soft-deleted since.
    pub async fn version(&self, subject: &str, version: Version) -> Result<Arc<KnownSchema>> {
        let subject = self.subject(subject)?;
        let (client, name) = (self.client.clone(), Arc::clone(&subject));
        let fetch = async move {
            let how = ReadVersion {
                deleted: true,
                ..ReadVersion::default()
            };
            let version = VersionSpec::Number(version);
            Ok(client.version(&name, version, &how).await?.into())
        };
        let key = Key::Version(subject, version);
        self.cache.get(key, Freshness::Forever, fetch).await
    }

    /// The version of a subject that holds this schema. It is not registered.
    pub async fn look_up(
        &self,
        subject: &str,
        schema: &RegisterRequest,
    ) -> Result<Arc<KnownSchema>> {
        let (subject, schema) = (self.subject(subject)?, Arc::new(schema.clone()));
        let (client, name) = (self.client.clone(), Arc::clone(&subject));
        let request = Arc::clone(&schema);
        let fetch = async move {
            let how = LookUp::default();
            Ok(client.look_up(&name, &request, &how).await?.into())
        };
        let key = Key::LookUp(subject, schema);
        self.cache.get(key, Freshness::Forever, fetch).await
    }

    /// The version of a subject that holds this schema, which is registered where there is none.
    pub async fn register(
        &self,
        subject: &str,
        schema: &RegisterRequest,
    ) -> Result<Arc<KnownSchema>> {
        let (subject, schema) = (self.subject(subject)?, Arc::new(schema.clone()));
        let (this, name) = (self.clone(), Arc::clone(&subject));
        let request = Arc::clone(&schema);
        let fetch = async move {
            let how = Register::default();
            let registered = this.client.register(&name, &request, &how).await?;
            let known = KnownSchema::registered(&name, &request, registered);
            // The latest may be another now, and what was not there may be.
            this.cache.forget(&Key::Latest(Arc::clone(&name)));
            this.cache.forget(&Key::LookUp(name, request));
            Ok(known)
        };
        let key = Key::Register(subject, schema);
        self.cache.get(key, Freshness::Forever, fetch).await
    }

    /// The schema of an id or a GUID, if it is here. Asks nobody and waits for nothing.
    pub fn at_hand(&self, key: SchemaKey) -> Option<Arc<KnownSchema>> {
        let key = match key {
            SchemaKey::Id(id) => self.id_key(id),
            SchemaKey::Guid(guid) => Key::Guid(guid),
        };
        self.cache.at_hand(&key)
    }

    /// Remembers a schema under everything that identifies it, so that the registry is not asked for it. This is how a
    /// consumer starts while its registry is away. What it refers to is preloaded the same way.
    pub fn preload(&self, schema: KnownSchema) -> Result<()> {
        let schema = Arc::new(schema);
        if let Some(id) = schema.id {
            self.cache.put(self.id_key(id), Arc::clone(&schema));
        }
        if let Some(guid) = schema.guid {
            self.cache.put(Key::Guid(guid), Arc::clone(&schema));
        }
        if let (Some(subject), Some(version)) = (&schema.subject, schema.version) {
            let key = Key::Version(self.subject(subject)?, version);
            self.cache.put(key, schema);
        }
        Ok(())
    }

    fn subject(&self, subject: &str) -> Result<Arc<str>> {
        Ok(self.client.subject(subject)?.into())
    }

    fn id_key(&self, id: SchemaId) -> Key {
        Key::Id(self.client.context_prefix().map(Into::into), id)
    }
}

//! Putting webhooks together: the keys, what may be called, and what calls.

use std::{path::PathBuf, sync::Arc};

use async_trait::async_trait;
use tokio::sync::watch;

use super::{
    Bells, Clock, Engine, EngineSettings, Random, SystemRandom, WebhookMetrics, WebhookStore,
    World,
    event::Source,
    maker::EventMaker,
    manage::{Parts, Webhooks},
    target::TargetPolicy,
    transport::{HttpTransport, SystemResolver},
    vault::{Vault, VaultError},
};
use crate::storage::{Storage, StorageError};

/// What an operator says about webhooks.
#[derive(Debug, Clone)]
pub struct WebhookOptions {
    /// Master keys, the one that seals first. Empty where they are in a file.
    pub master_keys: String,
    /// The file with the master keys; beside the database where nothing is said.
    pub master_key_file: Option<PathBuf>,
    pub policy: TargetPolicy,
    pub source: Source,
}

/// How the file with the master key ends that is made beside a database.
const KEY_FILE: &str = "webhook-key";

/// Why there are no webhooks, for those who ask for them.
const NO_KEY: &str = "webhooks are off: this registry has no master key to keep their secrets with; set \
                      DOVETAIL_WEBHOOK_MASTER_KEYS, or webhook_master_key_file, to the same key on every node \
                      (`openssl rand -base64 32` makes one)";

/// Puts webhooks together over a database. The text says why there are none. The bells are those of no engine yet.
pub fn open(
    storage: &Arc<dyn Storage>,
    options: &WebhookOptions,
    metrics: WebhookMetrics,
) -> Result<Parts, String> {
    let vault = Arc::new(vault(&**storage, options).map_err(|error| match error {
        VaultError::NoKey => NO_KEY.to_owned(),
        other => format!("webhooks are off: {other}"),
    })?);
    let random = Arc::new(SystemRandom);
    let resolver = Arc::new(SystemResolver::default());
    Ok(Parts {
        store: Arc::clone(storage).webhooks(),
        log: Arc::clone(storage),
        policy: options.policy.clone(),
        transport: Arc::new(HttpTransport::new(
            options.policy.clone(),
            Arc::clone(&vault),
            Arc::clone(&resolver) as _,
            metrics.clone(),
        )),
        resolver,
        events: Arc::new(EventMaker::new(
            options.source.clone(),
            Arc::clone(storage),
            Arc::clone(&random) as _,
        )),
        vault,
        random,
        bells: Bells::default(),
        metrics,
    })
}

/// The keys: those that were given, those of the given file, or those of the file beside the database.
fn vault(storage: &dyn Storage, options: &WebhookOptions) -> Result<Vault, VaultError> {
    if !options.master_keys.is_empty() {
        return Vault::of_keys(&options.master_keys);
    }
    if let Some(file) = &options.master_key_file {
        return Vault::of_existing_file(file);
    }
    let beside = storage.beside(KEY_FILE).ok_or(VaultError::NoKey)?;
    let mut random = [0; 32];
    SystemRandom.fill(&mut random);
    Vault::of_file(&beside, random)
}

/// The time of the database, which is the same on every node.
struct DatabaseClock(Arc<dyn WebhookStore>);

#[async_trait]
impl Clock for DatabaseClock {
    async fn now(&self) -> Result<i64, StorageError> {
        self.0.now().await
    }
}

/// Starts the engine over these parts, and the use cases, which wake it.
pub fn run(
    mut parts: Parts,
    settings: &EngineSettings,
    news: watch::Receiver<u64>,
) -> (Webhooks, Engine) {
    let world = World {
        store: Arc::clone(&parts.store),
        log: Arc::clone(&parts.log),
        clock: Arc::new(DatabaseClock(Arc::clone(&parts.store))),
        random: Arc::clone(&parts.random),
        transport: Arc::clone(&parts.transport),
        events: Arc::clone(&parts.events),
        metrics: parts.metrics.clone(),
    };
    let engine = Engine::start(&world, settings, news);
    parts.bells = engine.bells().clone();
    (Webhooks::new(parts), engine)
}

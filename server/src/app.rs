//! What a running server is made of.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::http::StatusCode;
use tokio::sync::watch;

use crate::{
    api::code,
    http::HttpError,
    metrics::Metrics,
    registry::{Registry, RegistryError},
    webhooks::{Engine, event::Source, manage::Webhooks},
};

/// The state that every handler shares. The registry arrives when its database is loaded.
#[derive(Debug, Default)]
pub struct App {
    registry: OnceLock<Registry>,
    metrics: Arc<Metrics>,
    source: Source,
    /// Or why there are none.
    webhooks: OnceLock<Result<Arc<Webhooks>, String>>,
    engine: Mutex<Option<Engine>>,
    stopping: watch::Sender<bool>,
}

impl App {
    /// An app that is yet to get its registry, reached at `source`.
    pub fn new(source: Source) -> Self {
        Self {
            source,
            ..Self::default()
        }
    }

    /// Where others reach the registry.
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The registry; 503 while its database is being waited for or loaded.
    pub fn registry(&self) -> Result<&Registry, HttpError> {
        self.registry.get().ok_or_else(|| {
            HttpError::new(
                StatusCode::SERVICE_UNAVAILABLE,
                50001,
                "the registry is waiting for its database; try again",
            )
            .retry_after(std::time::Duration::from_secs(1))
        })
    }

    /// Puts the loaded registry in place.
    pub fn install(&self, registry: Registry) {
        // There is one database, so nothing else was installed before.
        let _ = self.registry.set(registry);
    }

    /// The webhooks; 503 where there is no master key, and while the database is being loaded.
    pub fn webhooks(&self) -> Result<Arc<Webhooks>, HttpError> {
        let off = |reason: &String| {
            HttpError::new(
                StatusCode::SERVICE_UNAVAILABLE,
                code::WEBHOOKS_OFF,
                reason.clone(),
            )
        };
        self.registry()?;
        match self.webhooks.get() {
            Some(webhooks) => webhooks.as_ref().map(Arc::clone).map_err(off),
            None => Err(HttpError::unavailable(
                "webhooks are being started; try again",
            )),
        }
    }

    /// Puts the webhooks in place, or why there are none.
    pub fn install_webhooks(
        &self,
        webhooks: Result<Arc<Webhooks>, String>,
        engine: Option<Engine>,
    ) {
        // There is one database, so nothing else was installed before.
        let _ = self.webhooks.set(webhooks);
        *self.engine.lock().unwrap_or_else(PoisonError::into_inner) = engine;
    }

    /// The engine, to be stopped.
    pub fn take_engine(&self) -> Option<Engine> {
        let mut engine = self.engine.lock().unwrap_or_else(PoisonError::into_inner);
        engine.take()
    }

    /// From here on the server says that it is not ready.
    pub fn stop(&self) {
        self.stopping.send_replace(true);
    }

    /// Turns true when the server is about to stop, for whatever runs until then.
    pub fn stopping(&self) -> watch::Receiver<bool> {
        self.stopping.subscribe()
    }

    /// Whether requests should come here: the database answers, and the server is not about to stop.
    pub async fn ready(&self) -> Result<(), HttpError> {
        if *self.stopping.borrow() {
            return Err(HttpError::unavailable("the server is stopping"));
        }
        let ready = self.registry()?.ready().await;
        ready.map_err(|error| RegistryError::from(error).into())
    }

    /// The counters.
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    /// The counters in the text format of Prometheus.
    pub fn metrics_text(&self) -> Result<String, std::fmt::Error> {
        let view = self.registry.get().map(Registry::known_view);
        self.metrics.text(view.as_deref())
    }
}

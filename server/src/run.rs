//! Running the server: listen at once, load the database behind the open door, serve until told to stop.

use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    api::shortcut,
    app::App,
    http,
    registry::{Behaviour, Registry},
    router::router,
    settings::Settings,
    storage::{self, Storage, StorageError},
    webhooks::{self, EngineSettings, start::WebhookOptions},
};

/// How long to wait before the database is tried again: doubled from the first to the last.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LAST_PAUSE: Duration = Duration::from_secs(2);

/// Why the server did not run, or stopped.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The address cannot be listened on.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, std::io::Error),
    /// The database can never be used like this.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Serves until `shutdown` completes, then finishes what is under way.
///
/// The server listens before its database is there, answers 503 until then, and gives up only where waiting cannot help.
pub async fn run(settings: &Settings, shutdown: impl Future<Output = ()>) -> Result<(), RunError> {
    let listener = TcpListener::bind(settings.listen)
        .await
        .map_err(|error| RunError::Listen(settings.listen, error))?;
    run_on(listener, settings, shutdown).await
}

/// As [`run`], where the caller listens already.
pub async fn run_on(
    listener: TcpListener,
    settings: &Settings,
    shutdown: impl Future<Output = ()>,
) -> Result<(), RunError> {
    let address = listener.local_addr().unwrap_or(settings.listen);
    let app = Arc::new(App::new(settings.source(address)));
    tracing::info!(%address, "listening on http://{address}");

    let mut loading = tokio::spawn(load(
        Arc::clone(&app),
        settings.database_url.clone(),
        settings.behaviour(),
        (settings.webhooks(address), settings.engine()),
    ));
    let mut failure = None;
    let stop = async {
        failure = tokio::select! {
            () = shutdown => None,
            error = given_up(&mut loading) => Some(error),
        };
        app.stop();
    };
    http::serve(
        listener,
        router(Arc::clone(&app), settings.body_limits()),
        shortcut(Arc::clone(&app)),
        settings.limits(),
        stop,
    )
    .await;

    loading.abort();
    if let Some(error) = failure {
        return Err(error.into());
    }
    // Attempts under way end, and what was claimed is given back.
    if let Some(engine) = app.take_engine() {
        engine.stop().await;
    }
    if let Ok(registry) = app.registry() {
        registry.close().await;
    }
    tracing::info!("stopped");
    Ok(())
}

/// Completes where waiting for the database cannot help.
async fn given_up(loading: &mut JoinHandle<Result<(), StorageError>>) -> StorageError {
    match loading.await {
        Ok(Ok(())) => std::future::pending().await,
        Ok(Err(error)) => error,
        Err(_panic) => {
            StorageError::inconsistent("loading the database panicked; this is a defect")
        }
    }
}

/// Opens and loads the database, however long it takes to come.
async fn load(
    app: Arc<App>,
    database_url: String,
    behaviour: Behaviour,
    (webhooks, engine): (WebhookOptions, EngineSettings),
) -> Result<(), StorageError> {
    let mut pause = FIRST_PAUSE;
    loop {
        match start(&app, &database_url, &behaviour).await {
            Ok((registry, storage)) => {
                let sequence = registry.known_view().seq();
                // First the webhooks: once there is a registry, requests come in.
                start_webhooks(&app, &registry, &storage, &webhooks, &engine);
                app.install(registry);
                tracing::info!(sequence, "ready");
                return Ok(());
            }
            Err(error) if error.is_transient() => {
                tracing::warn!(%error, retry_ms = pause.as_millis(), "waiting for the database");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LAST_PAUSE);
            }
            Err(error) => return Err(error),
        }
    }
}

async fn start(
    app: &App,
    database_url: &str,
    behaviour: &Behaviour,
) -> Result<(Registry, Arc<dyn Storage>), StorageError> {
    let storage = storage::open(database_url).await?;
    let metrics = Arc::clone(app.metrics()) as _;
    let registry = Registry::start(Arc::clone(&storage), behaviour, metrics).await?;
    Ok((registry, storage))
}

/// Without a key there are no webhooks, and everything else goes on.
fn start_webhooks(
    app: &App,
    registry: &Registry,
    storage: &Arc<dyn Storage>,
    options: &WebhookOptions,
    settings: &EngineSettings,
) {
    let metrics = app.metrics().webhooks().clone();
    match webhooks::start::open(storage, options, metrics) {
        Ok(parts) => {
            let (webhooks, engine) = webhooks::start::run(parts, settings, registry.news());
            app.install_webhooks(Ok(Arc::new(webhooks)), Some(engine));
        }
        Err(reason) => {
            tracing::warn!("{reason}");
            app.install_webhooks(Err(reason), None);
        }
    }
}

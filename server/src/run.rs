//! Running the server: listen at once, load the database behind the open door, serve until told to stop.

use std::{future::Future, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{net::TcpListener, sync::Notify};

use crate::{
    app::App,
    http,
    registry::{Behaviour, Registry},
    router::router,
    settings::Settings,
    storage::{self, StorageError},
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
    let app = Arc::new(App::default());
    let listener = TcpListener::bind(settings.listen)
        .await
        .map_err(|error| RunError::Listen(settings.listen, error))?;
    let address = listener.local_addr().unwrap_or(settings.listen);
    tracing::info!(%address, "listening on http://{address}");

    let hopeless = Arc::new(Notify::new());
    let loading = tokio::spawn(load(
        Arc::clone(&app),
        settings.database_url.clone(),
        settings.behaviour(),
        Arc::clone(&hopeless),
    ));
    let stop = async {
        tokio::select! {
            () = shutdown => {}
            () = hopeless.notified() => {}
        }
        app.stop();
    };
    http::serve(
        listener,
        router(Arc::clone(&app), settings.body_limits()),
        settings.limits(),
        stop,
    )
    .await;

    if loading.is_finished() {
        if let Ok(Err(error)) = loading.await {
            return Err(error.into());
        }
    } else {
        loading.abort();
    }
    if let Ok(registry) = app.registry() {
        registry.close().await;
    }
    tracing::info!("stopped");
    Ok(())
}

/// Opens and loads the database, however long it takes to come.
async fn load(
    app: Arc<App>,
    database_url: String,
    behaviour: Behaviour,
    hopeless: Arc<Notify>,
) -> Result<(), StorageError> {
    let mut pause = FIRST_PAUSE;
    loop {
        match start(&app, &database_url, &behaviour).await {
            Ok(registry) => {
                let sequence = registry.known_view().seq();
                app.install(registry);
                tracing::info!(sequence, "ready");
                return Ok(());
            }
            Err(error) if error.is_transient() => {
                tracing::warn!(%error, retry_ms = pause.as_millis(), "waiting for the database");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(LAST_PAUSE);
            }
            Err(error) => {
                hopeless.notify_one();
                return Err(error);
            }
        }
    }
}

async fn start(
    app: &App,
    database_url: &str,
    behaviour: &Behaviour,
) -> Result<Registry, StorageError> {
    let storage = storage::open(database_url).await?;
    Registry::start(storage, behaviour, Arc::clone(app.metrics()) as _).await
}

//! The server on a thread of its own.

use std::{error::Error, fmt, net::TcpListener as StdListener, thread};

use dovetail_client::Client;
use dovetail_server::settings::Settings;
use tempfile::TempDir;
use tokio::{net::TcpListener, runtime::Builder, sync::oneshot};
use toml::Table;

/// Why a registry did not start.
#[derive(Debug)]
pub struct StartError(Box<dyn Error + Send + Sync>);

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the registry did not start")
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        let source = &*self.0;
        Some(source)
    }
}

/// A running registry with nothing in it. It stops when this is dropped, and its database goes.
#[derive(Debug)]
pub struct Registry {
    url: String,
    client: Client,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
    _folder: TempDir,
}

impl Registry {
    /// Starts a registry and waits until it takes requests.
    pub async fn start() -> Result<Self, StartError> {
        Self::start_with([]).await
    }

    /// Starts a registry with other settings than the ordinary ones, by their names in the server's configuration file.
    pub async fn start_with<const N: usize>(
        settings: [(&str, toml::Value); N],
    ) -> Result<Self, StartError> {
        let listed = settings.map(|(name, value)| (name.to_owned(), value));
        let registry = Self::spawn(Table::from_iter(listed)).map_err(StartError)?;
        registry
            .client
            .ping()
            .await
            .map_err(|error| StartError(error.into()))?;
        Ok(registry)
    }

    fn spawn(mut settings: Table) -> Result<Self, Box<dyn Error + Send + Sync>> {
        let folder = TempDir::with_prefix("dovetail-testing-")?;
        let file = folder.path().join("registry.db");
        let listener = StdListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let url = format!("http://{}", listener.local_addr()?);
        let database = format!("sqlite://{}", file.display());
        settings.insert("database_url".into(), database.into());
        let settings = Settings::resolve(settings, None, std::iter::empty())?;
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("registry")
            .enable_all()
            .build()?;
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = thread::spawn(move || {
            let served = runtime.block_on(async {
                let listener = TcpListener::from_std(listener)?;
                let stopped = async {
                    // Dropping the sender stops it as well.
                    let _ = stopped.await;
                };
                let served = dovetail_server::run_on(listener, &settings, stopped).await;
                served.map_err(Box::<dyn Error + Send + Sync>::from)
            });
            if let Err(error) = served {
                panic!("the registry ended: {error}");
            }
        });
        Ok(Self {
            // A server that is still opening its database answers 503, which the client waits out.
            client: Client::builder(&url).no_proxy().build()?,
            url,
            stop: Some(stop),
            thread: Some(thread),
            _folder: folder,
        })
    }

    /// Its base URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A client for it. [`Client::builder`] with [`Self::url`] sets up another.
    pub fn client(&self) -> Client {
        self.client.clone()
    }

    /// Stops it. What asks it from now on is refused the connection.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic in it was printed already, and a second one here could hide the test's own.
            let _ = thread.join();
        }
    }
}

impl Drop for Registry {
    fn drop(&mut self) {
        self.end();
    }
}

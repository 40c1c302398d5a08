//! A receiver of webhooks that runs a command when a schema changes:
//!
//! ```sh
//! DOVETAIL_WEBHOOK_SECRET=whsec_… dovetail-receiver --listen 127.0.0.1:9000 --spool spool -- dovetail pull
//! ```
//!
//! What a receiver owes its sender and itself is here in three steps. It verifies before it makes anything of a body. It
//! stores the event and answers at once, so the sender never waits for the work. It knows what it has seen by `webhook-id`,
//! which is the same on every attempt, so what comes twice is done once.
//!
//! The spool is a folder: `ID.json` is an event that came, `ID.done` one whose command has run. What a crash left undone is
//! done at the next start.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{ExitCode, Stdio},
    sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, StatusCode},
    routing::post,
};
use clap::Parser;
use dovetail_client::webhook::{ID_HEADER, Verifier};
use tokio::{process::Command, sync::Notify};

/// Events are smaller than this.
const MAX_BODY_BYTES: usize = 64 * 1024;

/// How long a command that failed is left alone.
const AGAIN: Duration = Duration::from_secs(10);

/// Receives webhooks, and runs a command when a schema changes.
#[derive(Debug, Parser)]
struct Arguments {
    /// Where to listen
    #[arg(long, default_value = "127.0.0.1:9000")]
    listen: SocketAddr,

    /// The folder that events are kept in
    #[arg(long, default_value = "spool")]
    spool: PathBuf,

    /// What verifies events: the secret whsec_…, or the public key whpk_…
    #[arg(long, env = "DOVETAIL_WEBHOOK_SECRET", hide_env_values = true)]
    secret: String,

    /// What is run when something changed
    #[arg(last = true, required = true)]
    command: Vec<String>,
}

struct Receiver {
    verifier: Verifier,
    spool: PathBuf,
    news: Notify,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Arguments::parse()).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> io::Result<()> {
    let verifier = Verifier::new(&arguments.secret).map_err(io::Error::other)?;
    fs::create_dir_all(&arguments.spool)?;
    let receiver = Arc::new(Receiver {
        verifier,
        spool: arguments.spool,
        news: Notify::new(),
    });
    tokio::spawn(work(Arc::clone(&receiver), arguments.command));
    let listener = tokio::net::TcpListener::bind(arguments.listen).await?;
    say(&format!("listening on http://{}/", listener.local_addr()?));
    let app = Router::new()
        .route("/", post(receive))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(receiver);
    axum::serve(listener, app).await
}

/// Takes an event: verified, stored, answered.
async fn receive(
    State(receiver): State<Arc<Receiver>>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    if let Err(error) = receiver.verifier.verify(&headers, &body) {
        say(&format!("refused: {error}"));
        return StatusCode::UNAUTHORIZED;
    }
    let id = headers.get(ID_HEADER).and_then(|id| id.to_str().ok());
    let Some(id) = id.filter(|id| is_name(id)) else {
        return StatusCode::BAD_REQUEST;
    };
    match store(&receiver.spool, id, &body) {
        Ok(true) => receiver.news.notify_one(),
        Ok(false) => {}
        // Not 2xx: it will be sent again.
        Err(error) => {
            say(&format!("{id} cannot be stored: {error}"));
            return StatusCode::INTERNAL_SERVER_ERROR;
        }
    }
    StatusCode::NO_CONTENT
}

/// Ids become names of files.
fn is_name(id: &str) -> bool {
    let is_fine = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    (1..=64).contains(&id.len()) && id.bytes().all(is_fine)
}

/// Keeps an event until its command has run. `false` where it came before.
fn store(spool: &Path, id: &str, body: &[u8]) -> io::Result<bool> {
    let waiting = spool.join(format!("{id}.json"));
    if waiting.exists() || spool.join(format!("{id}.done")).exists() {
        return Ok(false);
    }
    // Whole or not at all: what is half written has another name.
    let part = spool.join(format!("{id}.part"));
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .open(&part)?;
    file.write_all(body)?;
    file.sync_all()?;
    fs::rename(part, waiting)?;
    File::open(spool)?.sync_all()?;
    Ok(true)
}

/// Runs the command whenever events wait, once for all of them.
async fn work(receiver: Arc<Receiver>, command: Vec<String>) {
    loop {
        match work_once(&receiver.spool, &command).await {
            Ok(()) => receiver.news.notified().await,
            Err(error) => {
                say(&format!("{}: {error}", command[0]));
                tokio::time::sleep(AGAIN).await;
            }
        }
    }
}

async fn work_once(spool: &Path, command: &[String]) -> io::Result<()> {
    let waiting = waiting(spool)?;
    if waiting.is_empty() {
        return Ok(());
    }
    let status = Command::new(&command[0])
        .args(&command[1..])
        .stdin(Stdio::null())
        .status()
        .await?;
    if !status.success() {
        return Err(io::Error::other(format!("ended with {status}")));
    }
    for event in waiting {
        fs::rename(&event, event.with_extension("done"))?;
    }
    Ok(())
}

fn waiting(spool: &Path) -> io::Result<Vec<PathBuf>> {
    let mut waiting = Vec::new();
    for entry in fs::read_dir(spool)? {
        let path = entry?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            waiting.push(path);
        }
    }
    Ok(waiting)
}

/// Tells whoever reads standard error. Where it is gone, nobody does.
fn say(text: &str) {
    let _ = writeln!(io::stderr(), "{text}");
}

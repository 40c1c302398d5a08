//! Something between a client and its registry that can be told to misbehave.

use std::{
    io,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

/// How a [`Proxy`] misbehaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// It does not: requests reach the registry, and its answers come back.
    None,
    /// Requests are taken and the connection is closed.
    Closes,
    /// Requests are taken and never answered.
    Hangs,
    /// The answer of the registry breaks off in the middle of its body.
    BreaksOff,
    /// The answer of the registry comes, after a while.
    Slow(Duration),
    /// This answer comes, and the registry sees nothing.
    Answers {
        /// The status.
        status: u16,
        /// Further headers, each with its line end.
        headers: &'static str,
        /// The body.
        body: &'static str,
    },
}

/// A proxy on a port of its own that counts requests. Connections carry one request each.
#[derive(Debug)]
pub struct Proxy {
    url: String,
    shared: Arc<Shared>,
    accepting: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    registry: String,
    trouble: Mutex<Trouble>,
    seen: AtomicUsize,
    lines: Mutex<Vec<String>>,
}

impl Proxy {
    /// A proxy in front of the registry at a URL, without trouble at first.
    pub async fn before(url: &str) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let shared = Arc::new(Shared {
            registry: url.trim_start_matches("http://").to_owned(),
            trouble: Mutex::new(Trouble::None),
            seen: AtomicUsize::new(0),
            lines: Mutex::default(),
        });
        Ok(Self {
            url: format!("http://{}", listener.local_addr()?),
            accepting: tokio::spawn(accept(listener, Arc::clone(&shared))),
            shared,
        })
    }

    /// Its base URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Misbehaves in this way from the next request on.
    pub fn trouble(&self, trouble: Trouble) {
        *lock(&self.shared.trouble) = trouble;
    }

    /// How many requests came, whatever became of them.
    pub fn requests(&self) -> usize {
        self.shared.seen.load(Ordering::SeqCst)
    }

    /// The first lines of the requests that came.
    pub fn request_lines(&self) -> Vec<String> {
        lock(&self.shared.lines).clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((client, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            // A client that goes away is no concern of the proxy.
            let _ = shared.serve(client).await;
        });
    }
}

impl Shared {
    async fn serve(&self, mut client: TcpStream) -> io::Result<()> {
        let request = read_request(&mut client).await?;
        if request.is_empty() {
            return Ok(());
        }
        self.seen.fetch_add(1, Ordering::SeqCst);
        let line = request
            .split(|byte| *byte == b'\r')
            .next()
            .unwrap_or_default();
        lock(&self.lines).push(String::from_utf8_lossy(line).into_owned());
        let trouble = lock(&self.trouble).clone();
        match trouble {
            Trouble::None => client.write_all(&self.ask(&request).await?).await,
            Trouble::Closes => Ok(()),
            Trouble::Hangs => {
                // Until the client gives up.
                client.read_u8().await.map(drop)
            }
            Trouble::BreaksOff => {
                let answer = self.ask(&request).await?;
                client.write_all(&answer[..answer.len() - 2]).await
            }
            Trouble::Slow(pause) => {
                let answer = self.ask(&request).await?;
                tokio::time::sleep(pause).await;
                client.write_all(&answer).await
            }
            Trouble::Answers {
                status,
                headers,
                body,
            } => {
                let length = body.len();
                let answer = format!(
                    "HTTP/1.1 {status} As Told\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
                );
                client.write_all(answer.as_bytes()).await
            }
        }
    }

    /// Asks the registry, which is told to close the connection and so end its answer.
    async fn ask(&self, request: &[u8]) -> io::Result<Vec<u8>> {
        let mut registry = TcpStream::connect(&self.registry).await?;
        let line = request
            .iter()
            .position(|byte| *byte == b'\n')
            .map_or(0, |at| at + 1);
        registry.write_all(&request[..line]).await?;
        registry.write_all(b"connection: close\r\n").await?;
        registry.write_all(&request[line..]).await?;
        let mut answer = Vec::new();
        registry.read_to_end(&mut answer).await?;
        Ok(answer)
    }
}

/// Reads a request with its body, whose length must be said.
async fn read_request(client: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut request = Vec::new();
    loop {
        if let Some(end) = request.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&request[..end]).to_ascii_lowercase();
            let length = head
                .lines()
                .find_map(|line| line.strip_prefix("content-length:"));
            let length: usize = length
                .and_then(|text| text.trim().parse().ok())
                .unwrap_or(0);
            if request.len() >= end + 4 + length {
                return Ok(request);
            }
        }
        if client.read_buf(&mut request).await? == 0 {
            return Ok(Vec::new());
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

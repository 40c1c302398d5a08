//! A receiver of webhooks on a real socket, which does to each request what a test tells it to, byte for byte.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
    time::{sleep, timeout},
};

/// What a receiver does with a request.
#[derive(Debug, Clone)]
pub enum Reaction {
    /// Sends this, then closes.
    Send(Vec<u8>),
    /// Sends this again and again, with a pause, for ever.
    Repeat {
        first: Vec<u8>,
        then: Vec<u8>,
        pause: Duration,
    },
    /// Reads the request and says nothing.
    Silence,
    /// Closes before it has read anything.
    Hangup,
    /// Waits, then sends this.
    After(Duration, Vec<u8>),
}

/// A request as it came.
#[derive(Debug, Clone)]
pub struct Received {
    /// The first line.
    pub line: String,
    /// Names in lower case, in the order in which they came.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// A listening receiver. It ends when it goes out of scope.
#[derive(Debug)]
pub struct Receiver {
    address: SocketAddr,
    shared: Arc<Shared>,
    task: JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    received: watch::Sender<Vec<Received>>,
    connections: watch::Sender<usize>,
    /// The next reactions; the last one stays.
    reactions: Mutex<Vec<Reaction>>,
}

impl Received {
    /// A header; empty where it is not there.
    pub fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(one, _)| one == name);
        found.map_or("", |(_, value)| value)
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).expect("events are JSON")
    }
}

impl Reaction {
    /// An answer with a status and nothing else.
    pub fn status(status: u16) -> Self {
        Self::answer(status, "", "")
    }

    /// An answer with more headers, each ending in a line break, and a body.
    pub fn answer(status: u16, headers: &str, body: &str) -> Self {
        let length = body.len();
        let text =
            format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\n{headers}\r\n{body}");
        Self::Send(text.into_bytes())
    }
}

impl Receiver {
    /// Starts a receiver that reacts like this, one reaction after the other; the last one stays.
    pub async fn start(reactions: &[Reaction]) -> Self {
        Self::at("127.0.0.1:0", reactions).await
    }

    /// As [`Receiver::start`], at an address.
    pub async fn at(address: &str, reactions: &[Reaction]) -> Self {
        let listener = TcpListener::bind(address).await.expect("a free port");
        let address = listener
            .local_addr()
            .expect("a bound socket has an address");
        let shared = Arc::new(Shared {
            received: watch::Sender::new(Vec::new()),
            connections: watch::Sender::new(0),
            reactions: Mutex::new(reactions.to_vec()),
        });
        let task = tokio::spawn({
            let shared = Arc::clone(&shared);
            async move {
                while let Ok((socket, _)) = listener.accept().await {
                    shared.connections.send_modify(|count| *count += 1);
                    tokio::spawn(react(socket, Arc::clone(&shared)));
                }
            }
        });
        Self {
            address,
            shared,
            task,
        }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// A URL that leads here.
    pub fn url(&self) -> String {
        format!("http://{}/hooks?from=dovetail", self.address)
    }

    /// What came so far.
    pub fn received(&self) -> Vec<Received> {
        self.shared.received.borrow().clone()
    }

    /// How many connections were made so far, whether or not anything came over them.
    pub fn connections(&self) -> usize {
        *self.shared.connections.borrow()
    }

    /// Waits until so many requests came, and returns them.
    pub async fn wait_for(&self, count: usize) -> Vec<Received> {
        let mut received = self.shared.received.subscribe();
        let enough = received.wait_for(|received| received.len() >= count);
        let enough = timeout(Duration::from_mins(1), enough).await;
        enough
            .expect("enough requests come")
            .expect("the receiver is there")
            .clone()
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn react(mut socket: TcpStream, shared: Arc<Shared>) {
    let reaction = {
        let mut reactions = shared
            .reactions
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if reactions.len() > 1 {
            reactions.remove(0)
        } else {
            reactions[0].clone()
        }
    };
    if matches!(reaction, Reaction::Hangup) {
        return;
    }
    let Some(received) = read(&mut socket).await else {
        return;
    };
    shared.received.send_modify(|all| all.push(received));
    // The other side may have given up; then there is nobody to tell.
    let _ = answer(&mut socket, reaction).await;
}

async fn answer(socket: &mut TcpStream, reaction: Reaction) -> std::io::Result<()> {
    match reaction {
        Reaction::Send(bytes) => socket.write_all(&bytes).await?,
        Reaction::After(pause, bytes) => {
            sleep(pause).await;
            socket.write_all(&bytes).await?;
        }
        Reaction::Repeat { first, then, pause } => {
            socket.write_all(&first).await?;
            loop {
                socket.write_all(&then).await?;
                sleep(pause).await;
            }
        }
        Reaction::Silence => {
            let mut rest = Vec::new();
            socket.read_to_end(&mut rest).await?;
        }
        Reaction::Hangup => {}
    }
    socket.shutdown().await
}

/// Reads one request with its body; `None` where it breaks off.
async fn read(socket: &mut TcpStream) -> Option<Received> {
    let mut bytes = Vec::new();
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            break end;
        }
        (socket.read_buf(&mut bytes).await.ok()? > 0).then_some(())?;
    };
    let head = String::from_utf8(bytes[..end].to_vec()).expect("heads are ASCII");
    let mut lines = head.split("\r\n");
    let line = lines.next()?.to_owned();
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length: usize = length.map_or(0, |(_, value)| value.parse().expect("a number"));
    let mut body = bytes[end + 4..].to_vec();
    while body.len() < length {
        (socket.read_buf(&mut body).await.ok()? > 0).then_some(())?;
    }
    Some(Received {
        line,
        headers,
        body,
    })
}

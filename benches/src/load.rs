//! The load generator: keep-alive connections on one thread, each with one request under way.
//!
//! It shares two cores with the server, so it does as little as it can: requests are bytes made beforehand, and of a
//! response only the status and the length are read.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::{Bytes, BytesMut};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

use crate::process;

/// How many connections there are.
pub(crate) const CONNECTIONS: usize = 64;

/// What a round of load came to.
#[derive(Debug)]
pub(crate) struct Round {
    pub(crate) requests: usize,
    pub(crate) took: Duration,
    /// How long each request took, sorted.
    latencies: Vec<Duration>,
}

impl Round {
    pub(crate) fn per_second(&self) -> f64 {
        count(self.requests) / self.took.as_secs_f64()
    }

    /// The latency that so many of a hundred requests stayed within.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        self.latencies[(self.latencies.len() - 1) * percent / 100]
    }

    /// Several rounds as one.
    pub(crate) fn merged(rounds: Vec<Self>) -> Self {
        let mut whole = Self {
            requests: 0,
            took: Duration::ZERO,
            latencies: Vec::new(),
        };
        for round in rounds {
            whole.requests += round.requests;
            whole.took += round.took;
            whole.latencies.extend(round.latencies);
        }
        whole.latencies.sort_unstable();
        whole
    }
}

#[expect(clippy::cast_precision_loss, reason = "nothing here counts to 2^52")]
pub(crate) fn count(number: usize) -> f64 {
    number as f64
}

/// Sends what `request` makes, on all connections, for so long. Every answer must be 200.
pub(crate) fn run(
    address: SocketAddr,
    lasting: Duration,
    request: impl Fn() -> Bytes + Send + Sync + 'static,
) -> Round {
    let generating = std::thread::spawn(move || {
        process::pin_this_thread();
        tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime can be made")
            .block_on(generate(address, lasting, Arc::new(request)))
    });
    generating
        .join()
        .expect("every request is answered with 200")
}

async fn generate(
    address: SocketAddr,
    lasting: Duration,
    request: Arc<impl Fn() -> Bytes + Send + Sync + 'static>,
) -> Round {
    let mut connections = Vec::with_capacity(CONNECTIONS);
    for _ in 0..CONNECTIONS {
        connections.push(Connection::open(address).await);
    }
    let began = Instant::now();
    let mut sending = JoinSet::new();
    for connection in connections {
        sending.spawn(keep_asking(
            connection,
            began + lasting,
            Arc::clone(&request),
        ));
    }
    let mut latencies = sending.join_all().await.concat();
    latencies.sort_unstable();
    Round {
        requests: latencies.len(),
        took: began.elapsed(),
        latencies,
    }
}

async fn keep_asking(
    mut connection: Connection,
    until: Instant,
    request: Arc<impl Fn() -> Bytes>,
) -> Vec<Duration> {
    let mut latencies = Vec::new();
    let mut now = Instant::now();
    while now < until {
        let request = request();
        let status = connection.exchange(&request).await;
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&request));
        let before = std::mem::replace(&mut now, Instant::now());
        latencies.push(now - before);
    }
    latencies
}

/// Sends one request, and returns the status and the body of the answer.
pub(crate) fn ask(address: SocketAddr, request: &Bytes) -> (u16, Bytes) {
    let asking = async {
        let mut connection = Connection::open(address).await;
        let status = connection.exchange(request).await;
        (status, connection.body())
    };
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be made")
        .block_on(asking)
}

/// Sends every request once, in order of no importance, and returns the bodies of the answers in the order of the requests.
pub(crate) fn ask_all(address: SocketAddr, requests: &[Bytes]) -> Vec<Bytes> {
    let requests: Arc<[Bytes]> = requests.into();
    let asking = async {
        let mut sending = JoinSet::new();
        for first in 0..CONNECTIONS {
            let requests = Arc::clone(&requests);
            sending.spawn(async move {
                let mut connection = Connection::open(address).await;
                let mut answers = Vec::new();
                for (number, request) in
                    requests.iter().enumerate().skip(first).step_by(CONNECTIONS)
                {
                    let status = connection.exchange(request).await;
                    assert_eq!(status, 200, "{}", String::from_utf8_lossy(request));
                    answers.push((number, connection.body()));
                }
                answers
            });
        }
        let mut answers = sending.join_all().await.concat();
        answers.sort_unstable_by_key(|(number, _)| *number);
        answers.into_iter().map(|(_, body)| body).collect()
    };
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime can be made")
        .block_on(asking)
}

/// One connection, with one request after the other.
pub(crate) struct Asker {
    runtime: tokio::runtime::Runtime,
    connection: Connection,
}

impl Asker {
    pub(crate) fn open(address: SocketAddr) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .expect("a runtime can be made");
        let connection = runtime.block_on(Connection::open(address));
        Self {
            runtime,
            connection,
        }
    }

    /// The status of the answer.
    pub(crate) fn ask(&mut self, request: &Bytes) -> u16 {
        self.runtime.block_on(self.connection.exchange(request))
    }
}

struct Connection {
    stream: TcpStream,
    /// What was received of the answer.
    received: BytesMut,
    /// Where its body starts.
    body_starts: usize,
}

impl Connection {
    async fn open(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address)
            .await
            .expect("the server listens");
        stream.set_nodelay(true).expect("a TCP stream");
        Self {
            stream,
            received: BytesMut::with_capacity(16 * 1024),
            body_starts: 0,
        }
    }

    /// Sends a request and reads the whole answer; returns its status.
    async fn exchange(&mut self, request: &[u8]) -> u16 {
        self.received.clear();
        self.stream
            .write_all(request)
            .await
            .expect("the server takes requests");
        loop {
            self.receive().await;
            if let Some(head) = Head::of(&self.received) {
                while self.received.len() < head.bytes + head.content_length {
                    self.receive().await;
                }
                self.body_starts = head.bytes;
                return head.status;
            }
        }
    }

    async fn receive(&mut self) {
        let read = self.stream.read_buf(&mut self.received).await;
        let bytes = read.expect("the server answers");
        assert_ne!(bytes, 0, "the server ended the connection");
    }

    /// The body of the last answer.
    fn body(&self) -> Bytes {
        Bytes::copy_from_slice(&self.received[self.body_starts..])
    }
}

/// What is read of an answer's head.
struct Head {
    status: u16,
    /// The length of the head itself.
    bytes: usize,
    content_length: usize,
}

impl Head {
    /// The head, once all of it is there.
    fn of(received: &[u8]) -> Option<Self> {
        let mut lines = received.split_inclusive(|byte| *byte == b'\n');
        let first = lines.next().filter(|line| line.ends_with(b"\r\n"))?;
        let mut head = Self {
            status: decimal(first.get(9..12)?),
            bytes: first.len(),
            content_length: 0,
        };
        for line in lines {
            if !line.ends_with(b"\n") {
                return None;
            }
            head.bytes += line.len();
            if line == b"\r\n" {
                return Some(head);
            }
            if let Some((name, value)) = line.split_at_checked(LENGTH.len())
                && name.eq_ignore_ascii_case(LENGTH)
            {
                head.content_length = usize::from(decimal(value.trim_ascii()));
            }
        }
        None
    }
}

const LENGTH: &[u8] = b"content-length:";

/// Reads a number that the server wrote.
fn decimal(digits: &[u8]) -> u16 {
    std::str::from_utf8(digits)
        .ok()
        .and_then(|digits| digits.parse().ok())
        .expect("the server writes small numbers")
}

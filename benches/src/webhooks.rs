//! Webhooks: how soon a receiver hears of a change, whoever else is told, and what that costs whoever registers.
//!
//! Two registries stand beside each other, one of them with what is to be measured, and take turns change by change, so that
//! what else the machine does falls on both.

use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    sync::mpsc::{self, Receiver, Sender},
    thread,
    time::{Duration, Instant},
};

use bytes::Bytes;
use dovetail_tests::Database;
use serde_json::json;

use crate::{
    Extent,
    load::{self, Asker},
    registry::Registry,
    requests::{post, schema_body},
    table::Row,
};

/// How long a delivery may take before something is wrong.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long the slow receiver takes: most of what an attempt may.
const SLOW: Duration = Duration::from_secs(14);

/// What the receivers on this machine need, and places for a crowd of hosts that all stand on it.
const ARGUMENTS: [&str; 2] = ["--webhook-allow-network", "127.0.0.0/8"];
const ENVIRONMENT: [(&str, &str); 2] = [
    (
        "DOVETAIL_WEBHOOK_MASTER_KEYS",
        "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    ),
    ("DOVETAIL_WEBHOOK_ATTEMPTS_PER_HOST", "64"),
];

/// A registry whose webhooks lead to a receiver that is fine.
struct Watched {
    registry: Registry,
    asker: Asker,
    /// When the first byte of each request came.
    arrivals: Receiver<Instant>,
    url: String,
    webhooks: usize,
    made: usize,
}

/// How long after a registration was sent it was answered, and the first byte of the first event and of the last one came.
#[derive(Debug, Clone, Copy)]
struct Told {
    answered: Duration,
    first: Duration,
    last: Duration,
}

impl Watched {
    fn start(binary: &Path, database: &Database) -> Self {
        let registry = Registry::start_with(binary, database, false, &ARGUMENTS, &ENVIRONMENT);
        let (sender, arrivals) = mpsc::channel();
        Self {
            asker: Asker::open(registry.address),
            registry,
            arrivals,
            url: receiver(move |socket| answer(socket, &sender)),
            webhooks: 0,
            made: 0,
        }
    }

    fn subscribe(&self, url: &str) {
        let body = json!({ "url": url }).to_string();
        let (status, answer) = load::ask(self.registry.address, &post("/api/v1/webhooks", &body));
        assert_eq!(status, 201, "{}", String::from_utf8_lossy(&answer));
    }

    /// Webhooks that lead to the receiver that is fine.
    fn watch(&mut self, webhooks: usize) {
        for number in 0..webhooks {
            self.subscribe(&format!("{}?{number}", self.url));
        }
        self.webhooks += webhooks;
    }

    /// Registers a schema and waits until every webhook was told.
    fn change(&mut self) -> Told {
        let request = registration(self.made);
        self.made += 1;
        let sent = Instant::now();
        assert_eq!(self.asker.ask(&request), 200);
        let answered = sent.elapsed();
        let arrived = (0..self.webhooks).map(|_| {
            let arrival = self.arrivals.recv_timeout(PATIENCE);
            arrival.expect("every webhook is told").duration_since(sent)
        });
        let arrived: Vec<Duration> = arrived.collect();
        Told {
            answered,
            first: arrived.iter().min().copied().unwrap_or_default(),
            last: arrived.iter().max().copied().unwrap_or_default(),
        }
    }
}

/// One webhook that is fine, alone and beside three that are not.
pub(crate) fn awkward(
    binary: &Path,
    alone: &Database,
    beside: &Database,
    extent: &Extent,
) -> Vec<Row> {
    let kind = kind(alone);
    let mut alone = Watched::start(binary, alone);
    let mut beside = Watched::start(binary, beside);
    alone.watch(1);
    beside.watch(1);
    beside.subscribe(&dead());
    beside.subscribe(&receiver(slow));
    beside.subscribe(&receiver(endless));
    let (mut ours, mut others) = (Vec::new(), Vec::new());
    for _ in 0..extent.events {
        ours.push(alone.change().first);
        others.push(beside.change().first);
    }
    let (ours, others) = (Spread::of(ours), Spread::of(others));
    let within = Row {
        what: format!("registration sent to first byte at the receiver, {kind}"),
        ours: ours.text(),
        ceiling: String::new(),
        ratio: String::new(),
        target: "p99 100 ms".to_owned(),
    };
    let held = Row {
        what: format!("the same beside one dead, one slow and one endless receiver, {kind}"),
        ours: others.text(),
        ceiling: format!("{} alone", ours.text()),
        ratio: format!(
            "p50 {:.2}, p99 {:.2}",
            others.p50 / ours.p50,
            others.p99 / ours.p99
        ),
        target: "p99 1.2".to_owned(),
    };
    vec![within, held]
}

/// A registration that nobody is told of, and one that a crowd is.
pub(crate) fn crowded(
    binary: &Path,
    nobody: &Database,
    crowd: &Database,
    extent: &Extent,
) -> Vec<Row> {
    let kind = kind(nobody);
    let mut nobody = Watched::start(binary, nobody);
    let mut crowd = Watched::start(binary, crowd);
    crowd.watch(extent.crowd);
    let (mut ours, mut theirs, mut last) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..(extent.events / 5).max(1) {
        ours.push(nobody.change().answered);
        let told = crowd.change();
        theirs.push(told.answered);
        last.push(told.last);
    }
    let (ours, theirs, last) = (Spread::of(ours), Spread::of(theirs), Spread::of(last));
    let webhooks = extent.crowd;
    let answered = Row {
        what: format!("a registration that {webhooks} webhooks match, answered, {kind}"),
        ours: theirs.text(),
        ceiling: format!("{} with none", ours.text()),
        ratio: format!(
            "p50 {:.2}, p99 {:.2}",
            theirs.p50 / ours.p50,
            theirs.p99 / ours.p99
        ),
        target: "p50 1.1".to_owned(),
    };
    let told = Row {
        what: format!("until the last of {webhooks} webhooks is told, {kind}"),
        ours: last.text(),
        ceiling: String::new(),
        ratio: String::new(),
        target: String::new(),
    };
    vec![answered, told]
}

/// The middle and the tail of some durations, in milliseconds.
struct Spread {
    p50: f64,
    p99: f64,
}

impl Spread {
    fn of(mut durations: Vec<Duration>) -> Self {
        durations.sort_unstable();
        let at =
            |percent: usize| durations[(durations.len() - 1) * percent / 100].as_secs_f64() * 1e3;
        Self {
            p50: at(50),
            p99: at(99),
        }
    }

    fn text(&self) -> String {
        format!("p50 {:.1} ms, p99 {:.1} ms", self.p50, self.p99)
    }
}

fn kind(database: &Database) -> &'static str {
    if database.file().is_some() {
        "SQLite"
    } else {
        "PostgreSQL"
    }
}

/// A receiver that does this with each connection, and its URL. It listens as long as this program runs.
fn receiver(react: impl Fn(TcpStream) + Send + Sync + Clone + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener
        .local_addr()
        .expect("a bound socket has an address");
    thread::spawn(move || {
        for socket in listener.incoming().map_while(Result::ok) {
            let react = react.clone();
            thread::spawn(move || react(socket));
        }
    });
    format!("http://{address}/")
}

/// Says when the first byte came, and answers as soon as the request is whole.
fn answer(mut socket: TcpStream, arrivals: &Sender<Instant>) {
    let mut request = vec![0; 64 * 1024];
    let mut length = match socket.read(&mut request) {
        Ok(length) if length > 0 => length,
        _ => return,
    };
    let arrival = Instant::now();
    while !is_whole(&request[..length]) {
        match socket.read(&mut request[length..]) {
            Ok(more) if more > 0 => length += more,
            _ => return,
        }
    }
    if socket.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").is_ok() {
        // Nobody counts any more once the measurement is over.
        let _ = arrivals.send(arrival);
    }
}

/// Whether all of a request is there.
fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request).to_ascii_lowercase();
    let Some((head, body)) = text.split_once("\r\n\r\n") else {
        return false;
    };
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    length.is_some_and(|length: usize| body.len() >= length)
}

/// Answers when an attempt is nearly over.
fn slow(mut socket: TcpStream) {
    thread::sleep(SLOW);
    let _ = socket.write_all(b"HTTP/1.1 204 No Content\r\n\r\n");
}

/// Never comes to the end of its answer.
fn endless(mut socket: TcpStream) {
    let mut sent = socket.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\n");
    while sent.is_ok() {
        thread::sleep(Duration::from_millis(100));
        sent = socket.write_all(b"x");
    }
}

/// A URL where nobody listens any more.
fn dead() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener
        .local_addr()
        .expect("a bound socket has an address");
    format!("http://{address}/")
}

fn registration(number: usize) -> Bytes {
    let schema = json!({ "type": "fixed", "name": "F", "size": number + 1 });
    post(
        &format!("/subjects/told-{number}-value/versions"),
        &schema_body(&schema.to_string()),
    )
}

//! Nodes that are killed at random while schemas change: every committed change arrives, in order, under one id.
//!
//! `DOVETAIL_STORM_CHANGES` says how many changes are made.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{Router, body::Bytes, extract::Path, http::StatusCode, routing::post};
use dovetail_tests::{Client, Database, Node};
use serde_json::{Value, json};

/// One request that a receiver answered with 200.
#[derive(Debug, Clone)]
struct Arrival {
    id: String,
    event_type: String,
    sequence: u64,
    subject: String,
}

/// A receiver of several subscriptions, told apart by their paths.
struct Hall {
    url: String,
    arrivals: Arc<Mutex<BTreeMap<String, Vec<Arrival>>>>,
}

impl Hall {
    /// Starts one that answers every so many requests with 500, whatever they are.
    async fn start(fails_every: u64) -> Self {
        let arrivals = Arc::new(Mutex::new(BTreeMap::<String, Vec<Arrival>>::new()));
        let count = Arc::new(AtomicU64::new(0));
        let (shared, counter) = (Arc::clone(&arrivals), Arc::clone(&count));
        let receive = move |Path(name): Path<String>, body: Bytes| {
            let (arrivals, count) = (Arc::clone(&shared), Arc::clone(&counter));
            async move {
                if count.fetch_add(1, Ordering::Relaxed) % fails_every == fails_every - 1 {
                    return StatusCode::INTERNAL_SERVER_ERROR;
                }
                let arrival = read(&body);
                arrivals
                    .lock()
                    .unwrap()
                    .entry(name)
                    .or_default()
                    .push(arrival);
                StatusCode::OK
            }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let app = Router::new().route("/{name}", post(receive));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, arrivals }
    }

    fn arrivals(&self, name: &str) -> Vec<Arrival> {
        let arrivals = self.arrivals.lock().unwrap();
        arrivals.get(name).cloned().unwrap_or_default()
    }

    fn ids(&self, name: &str) -> BTreeSet<String> {
        let changes = self.arrivals(name);
        let changes = changes.into_iter().filter(|one| one.sequence > 0);
        changes.map(|one| one.id).collect()
    }
}

fn read(body: &Bytes) -> Arrival {
    let event: Value = serde_json::from_slice(body).unwrap();
    let text = |key: &str| event[key].as_str().unwrap_or_default().to_owned();
    Arrival {
        id: text("id"),
        event_type: text("type"),
        sequence: text("sequence").parse().unwrap_or_default(),
        subject: text("partitionkey"),
    }
}

/// How a node is started that gives up on others soon.
async fn start(database: &Database) -> Node {
    let mut command = Node::command(database);
    command
        .args(["--webhook-allow-network", "127.0.0.0/8"])
        .env("DOVETAIL_PUBLIC_URL", "https://schemas.example.com")
        .env("DOVETAIL_WEBHOOK_TIMEOUT_SECONDS", "2")
        .env("DOVETAIL_WEBHOOK_LEASE_SECONDS", "8")
        .env("DOVETAIL_WEBHOOK_POLL_SECONDS", "1")
        .env("DOVETAIL_WEBHOOK_ATTEMPTS_PER_HOST", "16")
        .env(
            "DOVETAIL_WEBHOOK_RETRY_DELAYS",
            "50ms,100ms,200ms,1s,1s,1s,1s,1s,1s",
        );
    let node = Node::spawn(command).await;
    node.until_ready().await;
    node
}

async fn subscribe(node: &Client, hall: &Hall, name: &str, subjects: &[&str]) {
    let body = json!({
        "url": format!("{}/{name}", hall.url),
        "events": ["*"],
        "subjects": subjects,
    });
    let answer = node.post("/api/v1/webhooks", &body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
}

/// The addresses of the nodes that run; a killed one is replaced.
type Doors = Arc<Mutex<Vec<Client>>>;

/// Registers schemas through whichever node answers, some of which are refused.
async fn write(doors: Doors, writer: u64, changes: u64) {
    for number in 0..changes {
        let subject = format!("s{}", (writer + number) % 5);
        let schema = format!(
            "{{\"type\":\"fixed\",\"name\":\"F\",\"size\":{}}}",
            1 + writer * 100_000 + number
        );
        let body = json!({ "schema": schema });
        let path = format!("/subjects/{subject}/versions");
        let mut tries = writer;
        loop {
            let door = {
                let doors = doors.lock().unwrap();
                let at = usize::try_from(tries).unwrap() % doors.len();
                doors[at].clone()
            };
            let sent = door.try_send("POST", &path, Some(body.to_string()));
            match sent.await {
                Ok(answer) if answer.status == 200 => break,
                _ => tokio::time::sleep(Duration::from_millis(20)).await,
            }
            tries += 1;
        }
        let door = doors.lock().unwrap().first().cloned();
        if number % 7 == 0
            && let Some(door) = door
        {
            // Refused: it breaks readers, and nobody is told.
            let body = json!({ "schema": "\"string\"" });
            let sent = door.try_send("POST", "/subjects/strict/versions", Some(body.to_string()));
            assert!(sent.await.map_or(0, |answer| answer.status) != 200);
        }
    }
}

/// What the log says, by asking for the feed page by page.
async fn log(node: &Client) -> Vec<Arrival> {
    let (mut after, mut all) = (0, Vec::new());
    loop {
        let page = node
            .get(&format!("/api/v1/events?after={after}&limit=500"))
            .await;
        assert_eq!(page.status, 200, "{page:?}");
        let events = page.json()["events"].as_array().unwrap().clone();
        if events.is_empty() {
            return all;
        }
        all.extend(
            events
                .iter()
                .map(|event| read(&Bytes::from(event.to_string()))),
        );
        after = page.json()["next"].as_u64().unwrap();
    }
}

/// First arrivals that came after a later one of their subject.
fn inversions(arrivals: &[Arrival]) -> Vec<String> {
    let (mut last, mut seen, mut found) = (BTreeMap::new(), BTreeSet::new(), Vec::new());
    for arrival in arrivals.iter().filter(|one| one.sequence > 0) {
        if !seen.insert(arrival.id.clone()) {
            continue;
        }
        let last = last.entry(arrival.subject.clone()).or_insert(0);
        if arrival.sequence < *last {
            found.push(format!("{} after {last}", arrival.sequence));
        }
        *last = arrival.sequence.max(*last);
    }
    found
}

async fn storm(database: Database, nodes: usize) {
    let asked = std::env::var("DOVETAIL_STORM_CHANGES").ok();
    let changes: u64 = asked.map_or(160, |changes| changes.parse().expect("a number"));
    let hall = Hall::start(50).await;
    let mut running = Vec::new();
    for _ in 0..nodes {
        running.push(start(&database).await);
    }
    let first = &running[0];
    for (subject, level) in [("", "NONE"), ("/strict", "FULL")] {
        let body = json!({ "compatibility": level });
        let answer = first.put(&format!("/config{subject}"), &body).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
    let strict = json!({ "schema": "\"int\"" });
    let answer = first.post("/subjects/strict/versions", &strict).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let before = log(first).await.len();
    subscribe(first, &hall, "all", &["*"]).await;
    subscribe(first, &hall, "some", &["s1", "s3*"]).await;

    let doors: Doors = Arc::new(Mutex::new(
        running.iter().map(|node| (**node).clone()).collect(),
    ));
    let writers: Vec<_> = (0..4)
        .map(|writer| tokio::spawn(write(Arc::clone(&doors), writer, changes / 4)))
        .collect();
    let done = Arc::new(AtomicBool::new(false));
    let watching = {
        let done = Arc::clone(&done);
        tokio::spawn(async move {
            for writer in writers {
                writer.await.unwrap();
            }
            done.store(true, Ordering::Relaxed);
        })
    };
    let mut kills = 0;
    while !done.load(Ordering::Relaxed) || kills < 3 {
        tokio::time::sleep(Duration::from_millis(300 + 170 * (kills % 5))).await;
        let at = usize::try_from(kills).unwrap() % nodes;
        running.remove(at).kill().await;
        let node = start(&database).await;
        doors.lock().unwrap()[at] = (*node).clone();
        running.insert(at, node);
        kills += 1;
    }
    watching.await.unwrap();

    let log = log(&running[0]).await.split_off(before);
    assert!(log.len() as u64 >= changes, "{} changes", log.len());
    let is_some = |subject: &str| subject == "s1" || subject.starts_with("s3");
    let meant = |name: &str| -> BTreeSet<String> {
        let meant = log
            .iter()
            .filter(|one| name == "all" || is_some(&one.subject));
        meant.map(|one| one.id.clone()).collect()
    };
    for name in ["all", "some"] {
        let expected = meant(name);
        let arrived = async {
            while !hall.ids(name).is_superset(&expected) {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_mins(2), arrived).await;
        let got = hall.ids(name);
        let missing: Vec<_> = expected.difference(&got).collect();
        assert!(waited.is_ok(), "{name}: {missing:?} did not arrive");
        let arrivals = hall.arrivals(name);
        assert_eq!(got, expected, "{name}: nothing else is told");
        assert_eq!(inversions(&arrivals), [""; 0], "{name}");
        let gaps = arrivals.iter().filter(|one| one.event_type.contains("gap"));
        assert_eq!(gaps.count(), 0, "{name}");
        println!(
            "{name}: {} events in {} arrivals, {kills} kills",
            expected.len(),
            arrivals.len()
        );
    }
    assert!(
        log.iter().all(|one| one.subject != "strict"),
        "refusals are no changes"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn three_nodes_on_postgres_lose_and_overtake_nothing() {
    storm(Database::postgres().await, 3).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_node_on_sqlite_loses_and_overtakes_nothing() {
    storm(Database::sqlite(), 1).await;
}

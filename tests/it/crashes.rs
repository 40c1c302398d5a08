//! Crashes: kill -9 under eight writers, over and over on the same database.
//!
//! Each writer keeps a model of its own subject, which nobody else touches, and all of them register under one shared
//! subject. The node is killed after so many acknowledgements, so that every cycle dies somewhere else. After the restart
//! what was acknowledged has to be there as it was acknowledged; of the one request that got no answer either all or
//! nothing; and whoever repeats it is told what became of it. `DOVETAIL_TEST_CYCLES` sets the number of cycles.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails where something is missing"
)]

use std::{
    collections::BTreeMap,
    io::Write,
    sync::Arc,
    time::{Duration, Instant},
};

use dovetail_model::{Context, Mode, QualifiedSubject};
use dovetail_server::{
    core::{ChangeKind, CommitStats, Committer, Decision, Moment, Mutation, Scope, View, ViewCell},
    storage::{Storage, StorageError, open},
};
use dovetail_tests::{Answer, Client, Database, Node, avro_record};
use serde_json::{Value, json};
use tokio::{sync::mpsc, task::JoinSet};

const WRITERS: usize = 8;

/// How many acknowledgements a node may live to see.
const LONGEST_LIFE: usize = 60;

/// A restart that takes longer than this is no restart.
const PATIENCE: Duration = Duration::from_secs(30);

fn cycles() -> usize {
    let set = std::env::var("DOVETAIL_TEST_CYCLES").ok();
    set.map_or(100, |cycles| {
        cycles
            .parse()
            .expect("DOVETAIL_TEST_CYCLES is a whole number")
    })
}

/// What a subject holds, as its only writer knows it.
#[derive(Debug, Clone, Default, PartialEq)]
struct Model {
    versions: BTreeMap<u64, Held>,
    last_version: u64,
    level: Option<&'static str>,
}

#[derive(Debug, Clone, PartialEq)]
struct Held {
    id: u64,
    name: String,
    deleted: bool,
}

/// What a writer asks for.
#[derive(Debug, Clone)]
enum Step {
    Register(String),
    Delete(u64),
    DeletePermanently(u64),
    SetLevel(&'static str),
}

/// One writer and its subject.
#[derive(Debug)]
struct Writer {
    subject: String,
    shared: String,
    model: Model,
    /// The request that got no answer.
    unanswered: Option<Step>,
    /// What was acknowledged under the shared subject, and the name that got no answer.
    in_shared: Vec<(String, u64, u64)>,
    unanswered_in_shared: Option<String>,
}

fn schema(name: &str) -> String {
    avro_record(&[&format!("{name}?")])
}

impl Model {
    /// What the next request is: a mixture in which every kind comes up often.
    fn next(&self, subject: &str, turn: usize) -> Step {
        let any = |deleted: bool| {
            let held = self.versions.iter();
            held.filter(|(_, held)| held.deleted == deleted)
                .map(|(version, _)| *version)
                .next()
        };
        match turn % 7 {
            2 => any(false).map(Step::Delete),
            4 => Some(Step::SetLevel(["FULL", "NONE", "BACKWARD"][turn % 3])),
            5 => any(true).map(Step::DeletePermanently),
            _ => None,
        }
        .unwrap_or_else(|| Step::Register(format!("{}_{turn}", subject.replace('-', "_"))))
    }

    /// What becomes of it. The id of a registration is the server's to choose.
    fn take(&mut self, step: &Step, id: u64) {
        match step {
            Step::Register(name) => {
                self.last_version += 1;
                let held = Held {
                    id,
                    name: name.clone(),
                    deleted: false,
                };
                self.versions.insert(self.last_version, held);
            }
            Step::Delete(version) => self.versions.get_mut(version).unwrap().deleted = true,
            Step::DeletePermanently(version) => {
                self.versions.remove(version);
                if self.versions.is_empty() {
                    *self = Self::default();
                }
            }
            Step::SetLevel(level) => self.level = Some(level),
        }
    }

    /// What a node says of a subject.
    async fn read(client: &Client, subject: &str) -> Self {
        let all = listed(
            client,
            &format!("/subjects/{subject}/versions?deleted=true"),
        )
        .await;
        let live = listed(client, &format!("/subjects/{subject}/versions")).await;
        let mut model = Self::default();
        for version in all {
            let path = format!("/subjects/{subject}/versions/{version}?deleted=true");
            let found = client.get(&path).await.ok();
            let held = Held {
                id: found["id"].as_u64().unwrap(),
                name: name_in(&found),
                deleted: !live.contains(&version),
            };
            // An id leads to the same text.
            let by_id = client.get(&format!("/schemas/ids/{}", held.id)).await.ok();
            assert_eq!(by_id["schema"], found["schema"], "{subject} {version}");
            model.last_version = version;
            model.versions.insert(version, held);
        }
        let level = client.get(&format!("/config/{subject}")).await;
        model.level = match level.status {
            200 => ["FULL", "NONE", "BACKWARD"]
                .into_iter()
                .find(|known| level.json()["compatibilityLevel"] == *known),
            _ => None,
        };
        model
    }
}

/// Versions in a list; none where there is no subject.
async fn listed(client: &Client, path: &str) -> Vec<u64> {
    let answer = client.get(path).await;
    if answer.status == 404 {
        return Vec::new();
    }
    serde_json::from_value(answer.ok()).unwrap()
}

/// The name of the only field of a schema.
fn name_in(found: &Value) -> String {
    let schema: Value = serde_json::from_str(found["schema"].as_str().unwrap()).unwrap();
    schema["fields"][0]["name"].as_str().unwrap().to_owned()
}

impl Writer {
    fn new(cycle: usize, number: usize) -> Self {
        Self {
            subject: format!("own-{cycle}-{number}"),
            shared: format!("shared-{cycle}"),
            model: Model::default(),
            unanswered: None,
            in_shared: Vec::new(),
            unanswered_in_shared: None,
        }
    }

    async fn send(&self, client: &Client, step: &Step) -> Result<Answer, ()> {
        let subject = &self.subject;
        let (method, path, body) = match step {
            Step::Register(name) => {
                let body = json!({ "schema": schema(name) });
                ("POST", format!("/subjects/{subject}/versions"), Some(body))
            }
            Step::Delete(version) => {
                let path = format!("/subjects/{subject}/versions/{version}");
                ("DELETE", path, None)
            }
            Step::DeletePermanently(version) => {
                let path = format!("/subjects/{subject}/versions/{version}?permanent=true");
                ("DELETE", path, None)
            }
            Step::SetLevel(level) => {
                let body = json!({ "compatibility": level });
                ("PUT", format!("/config/{subject}"), Some(body))
            }
        };
        let body = body.map(|body| body.to_string());
        client.try_send(method, &path, body).await.map_err(|_| ())
    }

    /// Writes until no answer comes.
    async fn write(mut self, client: Client, acknowledged: mpsc::UnboundedSender<()>) -> Self {
        for turn in 0.. {
            let step = self.model.next(&self.subject, turn);
            let Ok(answer) = self.send(&client, &step).await else {
                self.unanswered = Some(step);
                break;
            };
            let id = answer.ok()["id"].as_u64().unwrap_or_default();
            self.model.take(&step, id);
            if let Step::Register(_) = step {
                assert_eq!(answer.version(), self.model.last_version);
            }
            let _ = acknowledged.send(());
            if turn % 2 == 0 && !self.write_to_shared(&client, turn).await {
                break;
            }
        }
        self
    }

    async fn write_to_shared(&mut self, client: &Client, turn: usize) -> bool {
        let name = format!("{}_shared_{turn}", self.subject.replace('-', "_"));
        let path = format!("/subjects/{}/versions", self.shared);
        let body = json!({ "schema": schema(&name) }).to_string();
        if let Ok(answer) = client.try_send("POST", &path, Some(body)).await {
            let written = (name, answer.id(), answer.version());
            self.in_shared.push(written);
            true
        } else {
            self.unanswered_in_shared = Some(name);
            false
        }
    }

    /// After a restart: what was acknowledged is there, and what got no answer is there whole or not at all.
    async fn settle(&mut self, client: &Client) {
        let found = Model::read(client, &self.subject).await;
        let before = self.model.clone();
        let unanswered = self.unanswered.take();
        if let Some(step) = &unanswered {
            let mut after = before.clone();
            let newest = found.versions.values().next_back();
            after.take(step, newest.map_or(0, |held| held.id));
            if found.is_after(&after) {
                self.model = after;
            }
        }
        assert!(
            found.is_after(&self.model),
            "{}: {found:#?}\nacknowledged: {before:#?}\nunanswered: {unanswered:?}",
            self.subject,
        );
        // Repeating a registration answers with what is there.
        if let Some(Step::Register(name)) = unanswered {
            let was_there = self.model.versions.values().any(|held| held.name == name);
            let answer = client.register(&self.subject, &schema(&name)).await;
            if !was_there {
                self.model.take(&Step::Register(name), answer.id());
            }
            let (version, held) = self.model.versions.last_key_value().unwrap();
            assert_eq!((answer.id(), answer.version()), (held.id, *version));
        }
    }
}

impl Model {
    /// Whether what was read is what this model says. The highest version ever given out cannot be read.
    fn is_after(&self, model: &Self) -> bool {
        (&self.versions, self.level) == (&model.versions, model.level)
    }

    /// The same of a view.
    fn expect_in(&self, view: &View, subject: &str) {
        let subject = QualifiedSubject::parse(subject).unwrap();
        let holder = view.subject(&subject);
        let versions = holder.into_iter().flat_map(|holder| holder.versions());
        let found: Vec<_> = versions
            .map(|entry| {
                (
                    u64::from(entry.version.get()),
                    u64::from(entry.id.get()),
                    entry.deleted,
                )
            })
            .collect();
        let held = self.versions.iter();
        let expected: Vec<_> = held
            .map(|(version, held)| (*version, held.id, held.deleted))
            .collect();
        assert_eq!(found, expected, "{subject}");
    }
}

/// The shared subject: versions without a gap, those acknowledged where they were, and the others findable.
async fn settle_shared(client: &Client, subject: &str, writers: &[Writer]) {
    let versions = listed(client, &format!("/subjects/{subject}/versions")).await;
    let most = u64::try_from(versions.len()).unwrap();
    assert_eq!(versions, (1..=most).collect::<Vec<_>>(), "{subject}");
    let mut found = BTreeMap::new();
    for version in versions {
        let body = client
            .get(&format!("/subjects/{subject}/versions/{version}"))
            .await
            .ok();
        found.insert(name_in(&body), (body["id"].as_u64().unwrap(), version));
    }
    for (name, id, version) in writers.iter().flat_map(|writer| &writer.in_shared) {
        assert_eq!(found.get(name), Some(&(*id, *version)), "{subject}: {name}");
    }
    for name in writers
        .iter()
        .filter_map(|writer| writer.unanswered_in_shared.as_ref())
    {
        let answer = client.register(subject, &schema(name)).await;
        let registered = (answer.id(), answer.version());
        if let Some(there) = found.get(name) {
            assert_eq!(registered, *there, "{subject}: {name}");
        } else {
            assert!(registered.1 > most, "{subject}: {name}");
        }
    }
}

/// What the tables hold is what the log comes to, ids and numbers have no gaps, and every subject is as it was left.
async fn expect_sound(storage: &dyn Storage, subjects: &[(String, Model)]) {
    // Waits for the commit of the dead.
    let transaction = storage.begin().await.unwrap();
    transaction.rollback().await.unwrap();
    let loaded = storage.load().await.unwrap();
    let mut replayed = View::default();
    loop {
        let changes = storage.changes_after(replayed.seq()).await.unwrap();
        if changes.is_empty() {
            break;
        }
        for change in changes {
            assert_eq!(change.seq, replayed.seq() + 1);
            replayed.apply(&change);
        }
    }
    assert_eq!(loaded, replayed, "the tables and the log");
    let context = loaded.context(&Context::default()).unwrap();
    let last = context.last_id().unwrap();
    assert_eq!(context.schema_count(), usize::try_from(last.get()).unwrap());
    for (subject, model) in subjects {
        model.expect_in(&loaded, subject);
    }
}

async fn look_inside(database: &Database, subjects: &[(String, Model)]) {
    let storage = open(database.url()).await.unwrap();
    expect_sound(&*storage, subjects).await;
    storage.close().await;
}

/// Starts a node and measures how long it takes to be ready.
async fn restart(database: &Database) -> (Node, Duration) {
    let started = Instant::now();
    let node = Node::start(database).await;
    let took = started.elapsed();
    assert!(took < PATIENCE, "ready after {took:?}");
    // PostgreSQL may still be busy with the commit of the dead. Whoever writes waits for that.
    let level = json!({ "compatibility": "BACKWARD" });
    node.put("/config", &level).await.ok();
    (node, took)
}

async fn crash_again_and_again(kind: &str, database: Database) {
    let mut subjects: Vec<(String, Model)> = Vec::new();
    let (mut acknowledgements, mut unanswered, mut slowest) = (0, 0, Duration::ZERO);
    // Built now, so that it is not built while the first start is measured.
    dovetail_tests::binary();
    let (mut node, _) = restart(&database).await;
    for cycle in 0..cycles() {
        let (sender, mut acknowledged) = mpsc::unbounded_channel();
        let mut running = JoinSet::new();
        for number in 0..WRITERS {
            let writer = Writer::new(cycle, number);
            running.spawn(writer.write(Client::clone(&node), sender.clone()));
        }
        drop(sender);
        // Another place to die in every cycle, early ones included.
        let life = cycle * 17 % LONGEST_LIFE;
        for _ in 0..life {
            acknowledged
                .recv()
                .await
                .expect("writers write until the node is gone");
        }
        node.kill().await;
        let mut writers = running.join_all().await;
        if cycle % 10 == 9 {
            look_inside(&database, &subjects).await;
        }

        let took;
        (node, took) = restart(&database).await;
        slowest = slowest.max(took);
        let shared = writers[0].shared.clone();
        settle_shared(&node, &shared, &writers).await;
        for mut writer in writers.drain(..) {
            acknowledgements += writer.model.last_version + writer.in_shared.len() as u64;
            unanswered +=
                usize::from(writer.unanswered.is_some() || writer.unanswered_in_shared.is_some());
            writer.settle(&node).await;
            subjects.push((writer.subject, writer.model));
        }
    }
    node.kill().await;
    look_inside(&database, &subjects).await;
    assert!(acknowledgements > 0 && unanswered > 0);
    let mut stderr = std::io::stderr();
    let summary = format!(
        "{kind}: {} cycles, {acknowledgements} registrations acknowledged, {unanswered} requests without answer, ready again \
         after at most {} ms (promised: 2000 ms)",
        cycles(),
        slowest.as_millis()
    );
    writeln!(stderr, "{summary}").unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_on_sqlite() {
    crash_again_and_again("SQLite", Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_acknowledged_is_lost_on_postgres() {
    crash_again_and_again("PostgreSQL", Database::postgres().await).await;
}

#[derive(Debug)]
struct NoStats;

impl CommitStats for NoStats {
    fn committed(&self, _: usize) {}
    fn failed(&self) {}
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_that_panics_takes_nobody_along() {
    let database = Database::sqlite();
    let storage = open(database.url()).await.unwrap();
    let view = Arc::new(ViewCell::new(View::default()));
    let committer = Committer::start(Arc::clone(&storage), Arc::clone(&view), Arc::new(NoStats));
    let write = |mode| {
        committer.submit(move |_: &Moment<'_>| {
            let kind = ChangeKind::ModeChanged {
                scope: Scope::default_context(),
                mode: Some(mode),
            };
            let content = None;
            Ok::<_, StorageError>(Decision::Write(vec![Mutation { kind, content }], ()))
        })
    };
    let panic = || {
        committer.submit(|_: &Moment<'_>| -> Result<Decision<()>, StorageError> {
            panic!("a defect in a decision")
        })
    };
    // All three may end up in one batch, or each in its own.
    let (before, panicked, after) =
        tokio::join!(write(Mode::ReadOnly), panic(), write(Mode::ReadWrite));
    before.unwrap();
    assert!(!panicked.unwrap_err().is_transient());
    after.unwrap();
    assert_eq!(storage.load().await.unwrap(), *view.load());
    assert_eq!(view.load().seq(), 2);
}

//! Outages: a database that goes away under load, is not there yet, or fills up; and a node that stops in the middle.
//!
//! What is promised: writes are refused plainly and can be repeated, what is known is served, nothing acknowledged is lost,
//! and nobody has to restart anything.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails where something is missing"
)]

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use dovetail_tests::{Answer, Client, Cluster, Database, Node, avro_record, binary};
use sqlx::{Connection, PgConnection};
use tokio::{process::Command, task::JoinSet, time::timeout};

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(90);

fn schema(name: &str) -> String {
    avro_record(&[&format!("{name}?")])
}

/// The answer of a registry without its database.
#[track_caller]
fn expect_unavailable(answer: &Answer) {
    assert_eq!(answer.refusal(), (503, 50001), "{}", answer.text);
    let retry = answer.headers.get("retry-after");
    let seconds: u64 = retry
        .expect("Retry-After")
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=60).contains(&seconds), "{seconds}");
}

/// Repeats a request until it is answered with 200. Every other answer has to be that of an outage.
async fn until_answered(client: &Client, subject: &str, text: &str) -> Answer {
    let repeating = async {
        loop {
            let answer = client.register(subject, text).await;
            if answer.status == 200 {
                return answer;
            }
            expect_unavailable(&answer);
        }
    };
    timeout(PATIENCE, repeating)
        .await
        .expect("the node recovers")
}

/// A subject with what was acknowledged under it, id and text by version, and how many requests were refused.
type Written = (String, BTreeMap<u64, (u64, String)>, usize);

/// Writers who go on through an outage, each under a subject of its own, and remember what was acknowledged.
struct Load {
    ended: Arc<AtomicBool>,
    writers: JoinSet<Written>,
}

impl Load {
    fn start(nodes: &[Node], kind: &str, writers: usize) -> Self {
        let ended = Arc::new(AtomicBool::new(false));
        let mut load = Self {
            ended: Arc::clone(&ended),
            writers: JoinSet::new(),
        };
        for writer in 0..writers {
            let client = Client::clone(&nodes[writer % nodes.len()]);
            let (ended, subject) = (Arc::clone(&ended), format!("{kind}-{writer}"));
            load.writers.spawn(async move {
                let (mut acknowledged, mut refused) = (BTreeMap::new(), 0);
                for number in 0.. {
                    let text = schema(&format!("w{writer}_{number}"));
                    // Whoever gets no answer repeats, and is told what became of it.
                    loop {
                        let answer = client.register(&subject, &text).await;
                        if answer.status == 200 {
                            acknowledged.insert(answer.version(), (answer.id(), text));
                            break;
                        }
                        expect_unavailable(&answer);
                        refused += 1;
                    }
                    if ended.load(Ordering::Relaxed) {
                        break;
                    }
                }
                (subject, acknowledged, refused)
            });
        }
        load
    }

    /// Ends the load when every writer was answered once more, and expects all that was acknowledged on every node.
    async fn end(self, nodes: &[Node]) -> usize {
        self.ended.store(true, Ordering::Relaxed);
        let outcomes = timeout(PATIENCE, self.writers.join_all()).await;
        let outcomes = outcomes.expect("every writer is answered again");
        let mut refused = 0;
        for (subject, acknowledged, refusals) in &outcomes {
            refused += refusals;
            // Every text was repeated until it was acknowledged, so there are no versions but these.
            let versions: Vec<u64> = acknowledged.keys().copied().collect();
            let most = u64::try_from(versions.len()).unwrap();
            assert_eq!(versions, (1..=most).collect::<Vec<_>>(), "{subject}");
            for node in nodes {
                let listed = node
                    .get(&format!("/subjects/{subject}/versions"))
                    .await
                    .ok();
                assert_eq!(listed, serde_json::json!(versions), "{subject}");
            }
            for (version, (id, text)) in acknowledged {
                let node = &nodes[usize::try_from(*version).unwrap() % nodes.len()];
                let found = node
                    .get(&format!("/subjects/{subject}/versions/{version}"))
                    .await
                    .ok();
                assert_eq!(found["id"], *id, "{subject} {version}");
                let again = node.register(subject, text).await;
                assert_eq!((again.id(), again.version()), (*id, *version));
            }
        }
        refused
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_goes_away_under_load_comes_back_without_a_restart() {
    let cluster = Cluster::start();
    let database = Database::on(&cluster).await;
    let nodes = [Node::start(&database).await, Node::start(&database).await];
    let known = nodes[0].register("known", &schema("known")).await;
    let by_id = format!("/schemas/ids/{}", known.id());
    let served = nodes[0].get(&by_id).await.ok();

    for round in 0..3 {
        let load = Load::start(&nodes, &format!("round{round}"), 8);
        nodes[0]
            .register("known", &schema(&format!("r{round}")))
            .await
            .ok();
        cluster.stop();

        let node = &nodes[0];
        let (text, full) = (
            schema("other"),
            serde_json::json!({ "compatibility": "FULL" }),
        );
        let (register, level, delete, ready, latest, known, live) = tokio::join!(
            node.register("other", &text),
            node.put("/config/other", &full),
            node.delete("/subjects/known"),
            node.get("/health/ready"),
            node.get("/subjects/known/versions/latest"),
            node.get(&by_id),
            node.get("/health/live"),
        );
        // A linearizable read may not be answered from memory; what an id stands for never changes.
        for refused in [register, level, delete, ready, latest] {
            expect_unavailable(&refused);
        }
        assert_eq!(known.ok(), served);
        assert_eq!(live.status, 200);

        cluster.resume();
        for node in &nodes {
            until_answered(node, "other", &schema("other")).await;
            node.until_ready().await;
        }
        let refused = load.end(&nodes).await;
        assert!(refused > 0, "the load did not notice the outage");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_not_there_yet_is_waited_for() {
    let cluster = Cluster::start();
    let database = Database::on(&cluster).await;
    cluster.stop();
    let node = Node::listening(&database, &[]).await;
    assert_eq!(node.get("/health/live").await.status, 200);
    expect_unavailable(&node.get("/health/ready").await);
    expect_unavailable(&node.get("/subjects").await);
    expect_unavailable(&node.get("/schemas/ids/1").await);
    expect_unavailable(&node.register("a", &schema("a")).await);
    assert_eq!(node.get("/metrics").await.status, 200);
    cluster.resume();
    node.until_ready().await;
    assert_eq!(node.register("a", &schema("a")).await.id(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_waits_for_its_database_stops_when_told_to() {
    let cluster = Cluster::start();
    let database = Database::on(&cluster).await;
    cluster.stop();
    let node = Node::listening(&database, &[]).await;
    let (code, _) = node.stop().await;
    assert_eq!(code, Some(0));
}

/// A node that may write files of so many KiB. The limit is a soft one, so that it can be lifted while the node runs.
async fn limited(database: &Database, kib: u32) -> Node {
    let plain = Node::command(database);
    let mut command = Command::new("sh");
    command
        .arg("-c")
        // The unit is half a KiB.
        .arg(format!("ulimit -S -f {}; exec \"$0\" \"$@\"", kib * 2))
        .arg(binary())
        .args(plain.as_std().get_args());
    for (name, value) in plain.as_std().get_envs() {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    let node = Node::spawn(command).await;
    node.until_ready().await;
    node
}

/// Registers until the disk is full, and returns what was acknowledged.
async fn fill(node: &Node) -> Vec<(String, u64)> {
    let mut acknowledged = Vec::new();
    for number in 0..10_000 {
        let text = schema(&format!("{}_{number}", "long".repeat(500)));
        let answer = node.register("full", &text).await;
        if answer.status != 200 {
            expect_unavailable(&answer);
            return acknowledged;
        }
        acknowledged.push((text, answer.id()));
    }
    panic!("the disk never got full");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_refuses_writes_and_loses_nothing() {
    for _ in 0..3 {
        let database = Database::sqlite();
        let node = limited(&database, 1024).await;
        let acknowledged = fill(&node).await;
        assert!(!acknowledged.is_empty());
        let reads_go_on = async |node: &Node| {
            for (number, (text, id)) in acknowledged.iter().enumerate() {
                let version = number + 1;
                let found = node
                    .get(&format!("/subjects/full/versions/{version}"))
                    .await
                    .ok();
                assert_eq!(found["id"], *id);
                let again = node.register("full", text).await;
                assert_eq!(again.id(), *id, "what is registered costs no write");
            }
        };
        reads_go_on(&node).await;
        expect_unavailable(&node.register("full", &schema(&"again".repeat(500))).await);
        assert_eq!(node.get("/health/live").await.status, 200);

        // Space comes back, and the node goes on by itself.
        let pid = node.pid().to_string();
        let lifted = Command::new("prlimit")
            .args(["--pid", &pid, "--fsize=unlimited"])
            .status()
            .await;
        assert!(lifted.unwrap().success());
        let next = until_answered(&node, "full", &schema("after")).await;
        assert_eq!(
            next.id(),
            acknowledged.last().unwrap().1 + 1,
            "no id was lost"
        );
        reads_go_on(&node).await;

        node.kill().await;
        let node = Node::start(&database).await;
        reads_go_on(&node).await;
        assert_eq!(
            node.register("full", &schema("after")).await.id(),
            next.id()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_killed_with_a_full_disk_starts_again_without_the_limit() {
    let database = Database::sqlite();
    let node = limited(&database, 1024).await;
    let acknowledged = fill(&node).await;
    node.kill().await;
    let node = Node::start(&database).await;
    for (text, id) in &acknowledged {
        assert_eq!(node.register("full", text).await.id(), *id);
    }
    let next = node.register("full", &schema("after")).await;
    assert_eq!(next.id(), acknowledged.last().unwrap().1 + 1);
}

async fn signal(node: &Node, name: &str) {
    let sent = Command::new("kill")
        .args([name, &node.pid().to_string()])
        .status()
        .await;
    assert!(sent.unwrap().success());
}

/// Whether a session of a paused node holds a transaction: it stays idle in one.
async fn holds_a_transaction(connection: &mut PgConnection) -> bool {
    let sessions = "
        SELECT
            COUNT(*) FILTER (WHERE state = 'idle in transaction'),
            COUNT(*) FILTER (WHERE state = 'active' AND wait_event_type IS DISTINCT FROM 'Lock')
        FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'dovetail'";
    // What the node sent before it was paused is still worked off.
    for _ in 0..100 {
        let (idle, active): (i64, i64) = sqlx::query_as(sessions)
            .fetch_one(&mut *connection)
            .await
            .unwrap();
        if active == 0 {
            return idle > 0;
        }
    }
    false
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_is_paused_while_it_holds_the_head_does_not_stop_the_others() {
    let database = Database::postgres().await;
    let paused = [Node::start(&database).await];
    let other = Node::start(&database).await;
    let mut connection = PgConnection::connect(database.url()).await.unwrap();
    let load = Load::start(&paused, "paused", 8);

    let mut holds = false;
    for _ in 0..1_000 {
        signal(&paused[0], "-STOP").await;
        holds = holds_a_transaction(&mut connection).await;
        if holds {
            break;
        }
        signal(&paused[0], "-CONT").await;
        // Let it write something before the next try.
        until_answered(&paused[0], "between", &schema("between")).await;
    }
    assert!(holds, "the node was never paused inside a transaction");

    // The others may be refused for a while, but not for good.
    let written = until_answered(&other, "meanwhile", &schema("meanwhile")).await;
    signal(&paused[0], "-CONT").await;
    let again = until_answered(&paused[0], "meanwhile", &schema("meanwhile")).await;
    assert_eq!(again.id(), written.id());
    load.end(&paused).await;
    load_is_seen_by(&other).await;
}

/// What the paused node wrote before and after is on the other one as well.
async fn load_is_seen_by(other: &Node) {
    for writer in 0..8 {
        let listed = other
            .get(&format!("/subjects/paused-{writer}/versions"))
            .await
            .ok();
        assert!(!listed.as_array().unwrap().is_empty());
    }
}

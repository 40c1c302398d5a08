//! Starting together, starting twice, starting wrongly, and stopping.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails where something is missing"
)]

use std::{collections::BTreeSet, process::Output, time::Duration};

use dovetail_tests::{Client, Database, Node, avro_record, binary};
use serde_json::json;
use sqlx::{Connection, PgConnection, SqliteConnection};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    process::Command,
    task::JoinSet,
    time::timeout,
};

/// How long anything may take before a test gives up.
const PATIENCE: Duration = Duration::from_mins(1);

/// The output of a command that has to end by itself.
async fn output(mut command: Command) -> Output {
    command.kill_on_drop(true);
    let ended = timeout(PATIENCE, command.output()).await;
    ended.expect("the command ends by itself").expect("it runs")
}

/// What a start that is refused says, and its exit code.
async fn refusal(command: Command) -> (Option<i32>, String) {
    let output = output(command).await;
    let stderr = String::from_utf8(output.stderr).unwrap();
    let said = stderr.lines().filter(|line| line.starts_with("dovetail: "));
    let said: Vec<&str> = said.collect();
    assert_eq!(said.len(), 1, "one line says why: {stderr}");
    (output.status.code(), said[0].to_owned())
}

fn serve(arguments: &[&str]) -> Command {
    let mut command = Command::new(binary());
    command.arg("serve").args(arguments);
    command
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_nodes_start_at_once_on_an_empty_database() {
    const NODES: u64 = 8;
    for _ in 0..5 {
        let database = Database::postgres().await;
        let mut starting = JoinSet::new();
        for _ in 0..NODES {
            let database = database.clone();
            starting.spawn(async move { Node::start(&database).await });
        }
        let nodes = starting.join_all().await;
        let mut ids = BTreeSet::new();
        for (number, node) in nodes.iter().enumerate() {
            let schema = avro_record(&[&format!("f{number}?")]);
            ids.insert(node.register("all", &schema).await.id());
        }
        assert_eq!(ids, (1..=NODES).collect());
        for node in &nodes {
            let listed = node.get("/subjects/all/versions").await.ok();
            assert_eq!(listed, json!((1..=NODES).collect::<Vec<_>>()));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_process_on_the_same_file_is_refused_with_the_fix() {
    let database = Database::sqlite();
    let node = Node::start(&database).await;
    let (code, said) = refusal(Node::command(&database)).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("another dovetail is running on"), "{said}");
    assert!(
        said.contains(database.file().unwrap().to_str().unwrap()),
        "{said}"
    );
    assert!(said.contains("postgres://"), "{said}");
    // The first one did not notice.
    assert_eq!(node.register("a", r#""int""#).await.id(), 1);
    // And when it is gone, however it went, the next one may start.
    node.kill().await;
    let next = Node::start(&database).await;
    assert_eq!(next.register("a", r#""int""#).await.id(), 1);
}

const FUTURE: &str = "
    INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
    VALUES (9999, 'from the future', true, '', 0)";

async fn expect_refusal_of_a_newer_database(database: &Database) {
    let (code, said) = refusal(Node::command(database)).await;
    assert_eq!(code, Some(1));
    assert!(said.contains("newer than this program"), "{said}");
    assert!(said.contains("9999"), "{said}");
    assert!(said.contains("start a dovetail at least as new"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_file_is_refused_plainly() {
    let database = Database::sqlite();
    Node::start(&database).await.stop().await;
    let mut connection = SqliteConnection::connect(database.url()).await.unwrap();
    sqlx::query(FUTURE).execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    expect_refusal_of_a_newer_database(&database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_newer_database_is_refused_plainly() {
    let database = Database::postgres().await;
    Node::start(&database).await.stop().await;
    let mut connection = PgConnection::connect(database.url()).await.unwrap();
    sqlx::query(FUTURE).execute(&mut connection).await.unwrap();
    expect_refusal_of_a_newer_database(&database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn listening_beyond_loopback_has_to_be_meant() {
    let database = Database::sqlite();
    for address in ["0.0.0.0:0", "[::]:0", "192.0.2.1:8081"] {
        let refused = refusal(serve(&[
            "--listen",
            address,
            "--database-url",
            database.url(),
        ]))
        .await;
        assert_eq!(refused.0, Some(2), "{}", refused.1);
        assert!(refused.1.contains(address), "{}", refused.1);
        assert!(refused.1.contains("--allow-anonymous"), "{}", refused.1);
    }
    assert!(!database.file().unwrap().exists(), "nothing was opened");
    let meant = [
        "--listen",
        "0.0.0.0:0",
        "--allow-anonymous",
        "--database-url",
        database.url(),
    ];
    let mut child = serve(&meant)
        .kill_on_drop(true)
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut log = tokio::io::BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("listening on") {
        line.clear();
        let read = tokio::io::AsyncBufReadExt::read_line(&mut log, &mut line)
            .await
            .unwrap();
        assert_ne!(read, 0, "it listens");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_in_use_is_named() {
    let database = Database::sqlite();
    let node = Node::start(&database).await;
    let address = node.address().to_owned();
    let other = Database::sqlite();
    let refused = refusal(serve(&[
        "--listen",
        &address,
        "--database-url",
        other.url(),
    ]))
    .await;
    assert_eq!(refused.0, Some(1));
    assert!(refused.1.contains(&address), "{}", refused.1);
}

#[tokio::test(flavor = "multi_thread")]
async fn loopback_needs_no_permission() {
    let database = Database::sqlite();
    for address in ["127.0.0.1:0", "127.8.9.10:0"] {
        let node = Node::start_with(&database, &[]).await;
        node.stop().await;
        let mut command = serve(&["--listen", address, "--database-url", database.url()]);
        let mut child = command
            .stderr(std::process::Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        let mut log = tokio::io::BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        tokio::io::AsyncBufReadExt::read_line(&mut log, &mut line)
            .await
            .unwrap();
        assert!(line.contains("listening on"), "{line}");
        child.kill().await.unwrap();
    }
}

/// A registration of which the server has read the head and waits for the body.
struct UnderWay {
    stream: TcpStream,
    body: String,
}

impl UnderWay {
    async fn begin(client: &Client, subject: &str, schema: &str) -> Self {
        let body = json!({ "schema": schema }).to_string();
        let mut stream = TcpStream::connect(client.address()).await.unwrap();
        let head = format!(
            "POST /subjects/{subject}/versions HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n\
             Content-Length: {}\r\nExpect: 100-continue\r\n\r\n",
            client.address(),
            body.len()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        let mut answer = [0; 25];
        timeout(PATIENCE, stream.read_exact(&mut answer))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(&answer, b"HTTP/1.1 100 Continue\r\n\r\n");
        Self { stream, body }
    }

    async fn finish(mut self) -> String {
        self.stream.write_all(self.body.as_bytes()).await.unwrap();
        let mut answer = String::new();
        timeout(PATIENCE, self.stream.read_to_string(&mut answer))
            .await
            .unwrap()
            .unwrap();
        answer
    }
}

/// Returns when nobody is let in any more. Until then readiness may not be claimed anew.
async fn until_refused(address: &str) {
    let refused = async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::task::yield_now().await;
        }
    };
    timeout(PATIENCE, refused)
        .await
        .expect("a stopping node lets nobody in");
}

async fn stop_with_a_request_under_way(database: Database) {
    let node = Node::start(&database).await;
    let client = Client::clone(&node);
    let under_way = UnderWay::begin(&client, "late", r#""int""#).await;
    let stopping = tokio::spawn(node.stop());
    until_refused(client.address()).await;
    // A connection from before may be open a moment longer, but on that one too the node is not ready.
    if let Ok(answer) = client.try_send("GET", "/health/ready", None).await {
        assert_eq!(answer.status, 503, "{}", answer.text);
    }
    // The request that was under way is still answered, and what it wrote is there.
    let answer = under_way.finish().await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains(r#""id":1"#), "{answer}");
    let (code, log) = stopping.await.unwrap();
    assert_eq!(code, Some(0), "{}", log.join("\n"));
    assert!(
        log.iter().any(|line| line.contains("stopped")),
        "{}",
        log.join("\n")
    );
    let node = Node::start(&database).await;
    assert_eq!(node.get("/subjects/late/versions/1").await.ok()["id"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_finishes_what_is_under_way_on_sqlite() {
    stop_with_a_request_under_way(Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_finishes_what_is_under_way_on_postgres() {
    stop_with_a_request_under_way(Database::postgres().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_under_load_loses_nothing_that_was_acknowledged() {
    let database = Database::sqlite();
    let mut expected = 0;
    for round in 0..10 {
        let node = Node::start(&database).await;
        let mut writers = JoinSet::new();
        for writer in 0..8 {
            let client = Client::clone(&node);
            writers.spawn(async move {
                let mut acknowledged = Vec::new();
                for number in 0.. {
                    let text = avro_record(&[&format!("f{round}_{writer}_{number}?")]);
                    let body = json!({ "schema": text }).to_string();
                    let path = format!("/subjects/w{writer}/versions");
                    let Ok(answer) = client.try_send("POST", &path, Some(body)).await else {
                        break;
                    };
                    acknowledged.push((writer, text, answer.id()));
                }
                acknowledged
            });
        }
        node.register("first", &avro_record(&[&format!("first{round}?")]))
            .await
            .ok();
        let (code, log) = node.stop().await;
        assert_eq!(code, Some(0), "{}", log.join("\n"));
        let acknowledged = writers.join_all().await.concat();
        expected += acknowledged.len();
        let node = Node::start(&database).await;
        for (writer, text, id) in acknowledged {
            assert_eq!(node.register(&format!("w{writer}"), &text).await.id(), id);
        }
        node.stop().await;
    }
    assert!(expected > 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_stops_as_well() {
    let node = Node::start(&Database::sqlite()).await;
    let client = Client::clone(&node);
    let pid = node.pid().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &pid])
            .status()
            .await
            .unwrap()
            .success()
    );
    until_refused(client.address()).await;
    let (code, _) = node.exit().await;
    assert_eq!(code, Some(0));
}

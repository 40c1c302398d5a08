//! Wake-ups: what is owed goes out when it is owed. The nodes here look by themselves once an hour only, so whatever arrives
//! was woken for.

use std::collections::BTreeMap;

use dovetail_tests::{Client, Database, Node, Reaction, Receiver};
use serde_json::json;
use tokio::process::Command;

use super::numbered;

/// How many webhooks are told: several times as many as have a place at once.
const CROWD: usize = 40;

const CHANGES: usize = 3;

/// The command of a node that hardly ever looks by itself.
fn sleepy(database: &Database) -> Command {
    let mut command = Node::command(database);
    command
        .args(["--webhook-allow-network", "127.0.0.0/8"])
        .env("DOVETAIL_WEBHOOK_POLL_SECONDS", "3600");
    command
}

async fn start(command: Command) -> Node {
    let node = Node::spawn(command).await;
    node.until_ready().await;
    node
}

async fn subscribe(node: &Client, url: &str) {
    let made = node.post("/api/v1/webhooks", &json!({ "url": url })).await;
    assert_eq!(made.status, 201, "{}", made.text);
}

async fn a_crowd_is_told_of_every_change(database: Database) {
    let node = start(sleepy(&database)).await;
    node.level("a", "NONE").await.ok();
    let receiver = Receiver::start(&[Reaction::status(204)]).await;
    for number in 0..CROWD {
        subscribe(&node, &format!("{}?{number}", receiver.url())).await;
    }
    for number in 0..CHANGES {
        node.register("a", &numbered(number)).await.ok();
    }
    let received = receiver.wait_for(CROWD * CHANGES).await;
    let mut told: BTreeMap<_, Vec<String>> = BTreeMap::new();
    for request in received {
        let sequence = request.json()["sequence"].as_str().unwrap().to_owned();
        told.entry(request.line.clone()).or_default().push(sequence);
    }
    assert_eq!(told.len(), CROWD);
    for (webhook, sequences) in &told {
        assert_eq!(sequences.len(), CHANGES, "{webhook}: {sequences:?}");
        assert!(sequences.is_sorted(), "{webhook}: {sequences:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_is_told_of_every_change_sqlite() {
    a_crowd_is_told_of_every_change(Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_is_told_of_every_change_postgres() {
    a_crowd_is_told_of_every_change(Database::postgres().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_of_a_node_without_webhooks_is_told_by_another() {
    let database = Database::postgres().await;
    let teller = start(sleepy(&database)).await;
    let mut command = Node::command(&database);
    command.env_remove("DOVETAIL_WEBHOOK_MASTER_KEYS");
    let writer = start(command).await;
    let receiver = Receiver::start(&[Reaction::status(204)]).await;
    subscribe(&teller, &receiver.url()).await;
    writer.register("a", "\"int\"").await.ok();
    let received = receiver.wait_for(1).await;
    assert_eq!(received[0].json()["partitionkey"], "a");
}

//! The example receiver: a schema changes, its command runs, and what comes twice is done once.

use std::{path::Path, process::Stdio, time::Duration};

use dovetail_tests::{Database, Node, example};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

const SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

/// Starts it in a folder, with a command that notes each run, and returns its URL.
async fn start(folder: &Path) -> (Child, String) {
    let mut child = Command::new(example("dovetail-receiver"))
        .current_dir(folder)
        .args([
            "--listen",
            "127.0.0.1:0",
            "--",
            "sh",
            "-c",
            "echo run >> runs",
        ])
        .env("DOVETAIL_WEBHOOK_SECRET", SECRET)
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the example runs");
    let mut said = BufReader::new(child.stderr.take().expect("a pipe")).lines();
    let line = said.next_line().await.expect("it says something");
    let line = line.expect("it says where it listens");
    let url = line
        .strip_prefix("listening on ")
        .expect("a URL")
        .to_owned();
    tokio::spawn(async move { while let Ok(Some(_)) = said.next_line().await {} });
    (child, url)
}

/// Waits until so many events are done, and returns how often the command ran.
async fn runs_after(folder: &Path, events: usize) -> usize {
    let is_done = |entry: &std::fs::DirEntry| entry.path().extension() == Some("done".as_ref());
    loop {
        let spool = std::fs::read_dir(folder.join("spool")).expect("a spool");
        if spool.filter_map(Result::ok).filter(is_done).count() >= events {
            let runs = std::fs::read_to_string(folder.join("runs"));
            return runs.expect("it ran").lines().count();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_example_receiver_does_once_what_comes_twice() {
    let database = Database::sqlite();
    let node = Node::start_with(&database, &["--webhook-allow-network", "127.0.0.0/8"]).await;
    let folder = tempfile::tempdir().expect("a folder");
    let (_receiver, url) = start(folder.path()).await;

    let other = json!({ "url": url, "enabled": false });
    let other = node.post("/api/v1/webhooks", &other).await.json();
    let path = format!("/api/v1/webhooks/{}/test", text(&other["id"]));
    let refused = node.send("POST", &path, None).await.ok();
    assert_eq!(refused["status"], 401, "signed with another secret");

    let body = json!({ "url": url, "secret": SECRET });
    let made = node.post("/api/v1/webhooks", &body).await.json();
    let webhook = format!("/api/v1/webhooks/{}", text(&made["id"]));
    node.register("a", "\"int\"").await.ok();
    assert_eq!(runs_after(folder.path(), 1).await, 1);

    let deliveries = node.get(&format!("{webhook}/deliveries")).await.ok();
    let event = text(&deliveries["deliveries"][0]["event"]);
    let again = format!("{webhook}/deliveries/{event}/redeliver");
    let asked = node.send("POST", &again, None).await;
    assert_eq!(asked.status, 202, "{}", asked.text);
    let attempts = format!("{webhook}/deliveries/{event}/attempts");
    while node.get(&attempts).await.ok().as_array().map(Vec::len) != Some(2) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    node.register("b", "\"int\"").await.ok();
    let runs = runs_after(folder.path(), 2).await;
    assert_eq!(runs, 2, "the repetition ran nothing");
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

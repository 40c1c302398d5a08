use std::{
    io::{BufRead, BufReader},
    process::Stdio,
};

use dovetail_tests::{Database, Node, Reaction, Receiver, binary};
use serde_json::{Value, json};

use super::Project;
use crate::webhooks::verified;

async fn open_node() -> Node {
    let allowed = ["--webhook-allow-network", "127.0.0.0/8"];
    Node::start_with(&Database::sqlite(), &allowed).await
}

fn lines(text: &str) -> Vec<Value> {
    let lines = text.lines().map(serde_json::from_str);
    lines
        .collect::<Result<_, _>>()
        .expect("each line is an event")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_added_tested_repeated_and_removed() {
    let node = open_node().await;
    let reactions = [Reaction::status(204), Reaction::status(500)];
    let receiver = Receiver::start(&reactions).await;
    let project = Project::with_registry(node.base());
    let add = [
        "webhook",
        "add",
        &receiver.url(),
        "--subjects",
        "orders-*,b",
        "--format",
        "json",
    ];
    let made = project.run(&add).ends(0).json();
    let id = made["id"].as_str().expect("an id");
    let secret = made["secret"].as_str().expect("a secret");
    assert_eq!(made["subjects"], json!(["orders-*", "b"]));
    let listed = project.run(&["webhook", "list"]).ends(0).never_says(secret);
    assert_eq!(listed.out, format!("{id}  enabled  {}\n", receiver.url()));
    project
        .run(&["webhook", "show", id])
        .ends(0)
        .says("subjects  orders-*, b")
        .never_says(secret);
    project
        .run(&["webhook", "test", id])
        .ends(0)
        .says("delivered  HTTP 204");
    project
        .run(&["webhook", "test", id])
        .ends(100)
        .says("failed  HTTP 500");
    let rotated = project.run(&["webhook", "rotate", id, "--revoke-previous"]);
    rotated.ends(0).says("secret    whsec_").never_says(secret);
    node.register("b", "\"int\"").await.ok();
    let event = receiver.wait_for(3).await[2].json()["id"].clone();
    let event = event.as_str().expect("an id");
    project
        .run(&["webhook", "deliveries", id, "--subject", "b"])
        .ends(0)
        .says(event);
    project
        .run(&["webhook", "redeliver", id, event])
        .ends(0)
        .says(event);
    let created = made["created_at"].as_str().expect("a time");
    let replay = ["webhook", "replay", id, "--since", created];
    project
        .run(&[&replay[..], &["--dry-run"]].concat())
        .ends(0)
        .says("would send: 1 events");
    project.run(&replay).ends(0).says("replay rp_");
    project.run(&["webhook", "remove", id]).ends(0);
    assert_eq!(project.run(&["webhook", "list"]).ends(0).out, "");
    project.run(&["webhook", "show", id]).ends(101);
    project.run(&["webhook", "add", "nonsense"]).ends(2);
}

#[tokio::test(flavor = "multi_thread")]
async fn events_are_read_and_followed() {
    let node = open_node().await;
    let project = Project::with_registry(node.base());
    node.register("a", "\"int\"").await.ok();
    node.register("b", "\"int\"").await.ok();
    let every = lines(&project.run(&["events"]).ends(0).out);
    assert_eq!(every.len(), 2);
    let first: u64 = every[0]["sequence"]
        .as_str()
        .and_then(|text| text.parse().ok())
        .expect("a number");
    let after = first.to_string();
    let later = lines(&project.run(&["events", "--after", &after]).ends(0).out);
    assert_eq!(later, every[1..]);
    let of_a = project.run(&["events", "--subjects", "a"]).ends(0).out;
    assert_eq!(lines(&of_a), every[..1]);
    project.run(&["events", "--types", "nonsense"]).ends(2);
    project.run(&["events", "--after", "1000000"]).ends(2);
    let mut following = project
        .command(binary())
        .args(["events", "--follow"])
        .stdout(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let out = BufReader::new(following.stdout.take().expect("a pipe"));
    let mut out = out.lines().map(|line| line.expect("a line"));
    let seen: String = out.by_ref().take(2).map(|line| line + "\n").collect();
    assert_eq!(lines(&seen), every);
    node.register("c", "\"int\"").await.ok();
    let seen = lines(&out.next().expect("what is new"));
    assert_eq!(seen[0]["partitionkey"], "c");
    following.kill().expect("it still follows");
    following.wait().expect("it ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_disabled_enabled_and_its_attempts_are_listed() {
    let node = open_node().await;
    let receiver = Receiver::start(&[Reaction::answer(204, "", "")]).await;
    let project = Project::with_registry(node.base());
    let url = receiver.url();
    let made = project.run(&["webhook", "add", &url, "--format", "json"]);
    let made = made.ends(0).json();
    let id = made["id"].as_str().expect("an id");
    let why = ["webhook", "disable", id, "--reason", "moving"];
    let disabled = project.run(&why);
    disabled
        .ends(0)
        .says("state     disabled")
        .says("because   moving");
    node.register("a", "\"int\"").await.ok();
    let enabled = project.run(&["webhook", "enable", id, "--replay"]);
    enabled.ends(0).says("state     enabled");
    let event = receiver.wait_for(1).await[0].json()["id"].clone();
    let event = event.as_str().expect("an id");
    let attempts = ["webhook", "attempts", id, event, "--format", "json"];
    // The answer is recorded a moment after it was sent.
    while project.run(&attempts).ends(0).json() == json!([]) {}
    let attempts = project.run(&["webhook", "attempts", id, event]);
    attempts.ends(0).says("1  20").says("delivered  HTTP 204");
    project.run(&["webhook", "blocked", id]).ends(0);
    let resume = project.run(&["webhook", "resume", id, "a", "--skip"]);
    resume.ends(101);
    let unknown = project.run(&["webhook", "enable", "wh_x"]);
    unknown.ends(101);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_comes_from_a_file_and_is_not_repeated() {
    let secret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let other = "whsec_Hx4dHBsaGRgXFhUUExIREA8ODQwLCgkIBwYFBAMCAQA=";
    let node = open_node().await;
    let receiver = Receiver::start(&[Reaction::status(204)]).await;
    let project = Project::with_registry(node.base());
    project.write("secret", &format!("{secret}\n"));
    project.write("other", other);
    project.write("empty", "\n");
    let url = receiver.url();
    let add = ["webhook", "add", &url, "--secret-file", "secret"];
    let made = project.run(&[&add[..], &["--format", "json"]].concat());
    let made = made.ends(0).never_says(secret).json();
    let id = made["id"].as_str().expect("an id");
    project.run(&["webhook", "test", id]).ends(0);
    let rotate = ["webhook", "rotate", id, "--secret-file", "other"];
    project.run(&rotate).ends(0).never_says(other);
    project.run(&["webhook", "test", id]).ends(0);
    let received = receiver.received();
    for (request, keys) in received.iter().zip([&[secret][..], &[secret, other]]) {
        assert!(keys.iter().all(|key| verified(request, key)));
    }
    assert_eq!(received.len(), 2);
    for wrong in ["empty", "missing"] {
        let add = ["webhook", "add", &url, "--secret-file", wrong];
        project.run(&add).ends(2).says(wrong);
    }
}

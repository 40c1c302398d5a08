//! Receivers of every kind before a whole node: what is recorded, when they are tried again, and that nobody else waits.

use std::time::Duration;

use dovetail_tests::{Client, Database, Node, Reaction, Receiver};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::numbered;

/// A node with an attempt that is soon over, and these delays after failures.
async fn impatient(database: &Database, delays: &str) -> Node {
    let mut command = Node::command(database);
    command
        .args(["--webhook-allow-network", "127.0.0.0/8"])
        .env("DOVETAIL_WEBHOOK_TIMEOUT_SECONDS", "2")
        .env("DOVETAIL_WEBHOOK_RETRY_DELAYS", delays);
    let node = Node::spawn(command).await;
    node.until_ready().await;
    node
}

async fn subscribe(node: &Client, receiver: &Receiver, more: Value) -> String {
    let mut body = json!({ "url": receiver.url() });
    let fields = body.as_object_mut().unwrap();
    fields.extend(more.as_object().unwrap().clone());
    let made = node.post("/api/v1/webhooks", &body).await;
    assert_eq!(made.status, 201, "{}", made.text);
    made.json()["id"].as_str().unwrap().to_owned()
}

/// The one delivery of a webhook, as soon as it has so many attempts behind it.
async fn after_attempts(node: &Client, webhook: &str, attempts: u64) -> Value {
    loop {
        let path = format!("/api/v1/webhooks/{webhook}/deliveries");
        let page = node.get(&path).await.ok();
        let delivery = &page["deliveries"][0];
        if delivery["attempts"]
            .as_u64()
            .is_some_and(|made| made >= attempts)
        {
            return delivery.clone();
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

fn moment(text: &Value) -> Timestamp {
    text.as_str().unwrap().parse().unwrap()
}

/// How long after its last attempt a delivery is tried again.
async fn waits(node: &Client, webhook: &str, delivery: &Value) -> SignedDuration {
    let event = delivery["event"].as_str().unwrap();
    let path = format!("/api/v1/webhooks/{webhook}/deliveries/{event}/attempts");
    let attempts = node.get(&path).await.ok();
    let last = attempts.as_array().unwrap().last().unwrap();
    moment(&delivery["next_attempt_at"]).duration_since(moment(&last["started_at"]))
}

/// What a receiver that asks for time gets: at least so many seconds, and at most so many.
const WAITS: [(u16, &str, i64, i64); 5] = [
    (429, "7200", 7200, 7260),
    // It never shortens what the schedule says.
    (503, "1", 5, 66),
    // A day is the most.
    (503, "999999999", 86_400, 86_460),
    (429, "soon", 5, 66),
    (500, "60", 60, 120),
];

told!(retry_after_lengthens_the_wait_and_only_that, |node| {
    let mut asked = Vec::new();
    for (status, after, least, most) in WAITS {
        let header = format!("retry-after: {after}\r\n");
        let receiver = Receiver::start(&[Reaction::answer(status, &header, "")]).await;
        let webhook = subscribe(&node, &receiver, json!({})).await;
        asked.push((receiver, webhook, after, least, most));
    }
    let date = Timestamp::now() + SignedDuration::from_hours(3);
    let date_text = date.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let header = format!("retry-after: {date_text}\r\n");
    let dated = Receiver::start(&[Reaction::answer(429, &header, "")]).await;
    let dated_webhook = subscribe(&node, &dated, json!({})).await;

    node.register("a", "\"int\"").await.ok();
    for (_receiver, webhook, after, least, most) in &asked {
        let delivery = after_attempts(&node, webhook, 1).await;
        assert_eq!(delivery["status"], "pending", "{after}");
        let waits = waits(&node, webhook, &delivery).await.as_secs();
        assert!((*least..=*most).contains(&waits), "{after}: {waits} s");
    }
    let delivery = after_attempts(&node, &dated_webhook, 1).await;
    let off = moment(&delivery["next_attempt_at"]).duration_since(date);
    assert!(off.abs() < SignedDuration::from_mins(1), "{off:?}");
});

/// Receivers that never come to an end, or go nowhere, and what they are said to have failed of.
fn awkward() -> Vec<(&'static str, Reaction, &'static str)> {
    let head = b"HTTP/1.1 200 X\r\ncontent-length: 9999999999\r\n\r\n".to_vec();
    let step = Duration::from_millis(20);
    let dripping = |first: &[u8], then: &[u8]| Reaction::Repeat {
        first: first.to_vec(),
        then: then.to_vec(),
        pause: step,
    };
    let late = b"HTTP/1.1 200 X\r\ncontent-length: 0\r\n\r\n".to_vec();
    vec![
        ("never answers", Reaction::Silence, "timeout"),
        (
            "a late first byte",
            Reaction::After(Duration::from_mins(5), late),
            "timeout",
        ),
        ("an endless body", dripping(&head, b"x"), "timeout"),
        (
            "endless headers",
            dripping(b"HTTP/1.1 200 X\r\n", &b"x: y\r\n".repeat(1000)),
            "unreachable",
        ),
        (
            "an endless header",
            dripping(b"HTTP/1.1 200 X\r\nx: ", b"y"),
            "timeout",
        ),
        (
            "endless 1xx",
            dripping(b"", b"HTTP/1.1 103 X\r\n\r\n"),
            "timeout",
        ),
        ("hangs up", Reaction::Hangup, "unreachable"),
        ("refuses", Reaction::status(500), "status"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_never_ends_holds_up_nobody() {
    let database = Database::sqlite();
    let node = impatient(&database, "1h").await;
    let mut rows = Vec::new();
    for (name, reaction, reason) in awkward() {
        let receiver = Receiver::start(&[reaction]).await;
        let webhook = subscribe(&node, &receiver, json!({ "subjects": ["a"] })).await;
        rows.push((receiver, webhook, name, reason));
    }
    let healthy = Receiver::start(&[Reaction::status(204)]).await;
    subscribe(&node, &healthy, json!({})).await;
    node.register("a", &numbered(0)).await.ok();
    for number in 0..20 {
        node.register(&format!("b{number}"), &numbered(number))
            .await
            .ok();
    }
    let received = healthy.wait_for(21).await;
    assert!(
        received
            .iter()
            .all(|one| one.header("webhook-attempt") == "1")
    );
    for (_receiver, webhook, name, reason) in &rows {
        let delivery = after_attempts(&node, webhook, 1).await;
        assert_eq!(delivery["reason"], *reason, "{name}");
        assert_eq!(delivery["status"], "pending", "{name}");
    }
}

told!(redirects_are_not_followed, |node| {
    let elsewhere = Receiver::start(&[Reaction::status(200)]).await;
    let mut asked = Vec::new();
    for status in [301, 302, 303, 307, 308] {
        let location = format!("location: {}\r\n", elsewhere.url());
        let receiver = Receiver::start(&[Reaction::answer(status, &location, "")]).await;
        let webhook = subscribe(&node, &receiver, json!({})).await;
        asked.push((receiver, webhook, status));
    }
    node.register("a", "\"int\"").await.ok();
    for (_receiver, webhook, status) in &asked {
        let delivery = after_attempts(&node, webhook, 1).await;
        assert_eq!(delivery["reason"], "status");
        assert_eq!(delivery["http_status"], *status);
    }
    assert_eq!(elsewhere.connections(), 0);
});

told!(
    whoever_is_gone_is_disabled_and_the_others_are_told,
    |node| {
        let gone = Receiver::start(&[Reaction::status(410)]).await;
        let other = Receiver::start(&[Reaction::status(204)]).await;
        let webhook = subscribe(&node, &gone, json!({})).await;
        subscribe(&node, &other, json!({ "events": ["webhook.disabled"] })).await;
        node.register("a", "\"int\"").await.ok();
        let told = other.wait_for(1).await[0].json();
        assert_eq!(told["type"], "dev.dovetail.webhook.disabled.v1");
        assert!(told.to_string().contains(&webhook), "{told}");
        let read = node.get(&format!("/api/v1/webhooks/{webhook}")).await.ok();
        assert_eq!(read["enabled"], false, "{read}");
        assert!(read.to_string().contains("410"), "{read}");
        // Nothing more is owed to it.
        node.register("b", "\"int\"").await.ok();
        let probe = Receiver::start(&[Reaction::status(204)]).await;
        let made = subscribe(&node, &probe, json!({})).await;
        node.register("c", "\"int\"").await.ok();
        after_attempts(&node, &made, 1).await;
        assert_eq!(gone.connections(), 1);
    }
);

#[tokio::test(flavor = "multi_thread")]
async fn proxies_of_the_environment_are_not_asked() {
    let proxy = Receiver::start(&[Reaction::status(204)]).await;
    let receiver = Receiver::start(&[Reaction::status(204)]).await;
    let database = Database::sqlite();
    let mut command = Node::command(&database);
    command.args(["--webhook-allow-network", "127.0.0.0/8"]);
    for name in [
        "http_proxy",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "all_proxy",
    ] {
        command.env(name, proxy.url());
    }
    for name in ["no_proxy", "NO_PROXY"] {
        command.env_remove(name);
    }
    let node = Node::spawn(command).await;
    node.until_ready().await;
    subscribe(&node, &receiver, json!({})).await;
    node.register("a", "\"int\"").await.ok();
    receiver.wait_for(1).await;
    assert_eq!(proxy.connections(), 0);
}

/// A node, a receiver whose subject waits after two failures, and the webhook.
async fn blocked(database: &Database) -> (Node, Receiver, String) {
    let node = impatient(database, "10ms").await;
    let refusal = Reaction::status(500);
    let reactions = [refusal.clone(), refusal, Reaction::status(204)];
    let receiver = Receiver::start(&reactions).await;
    let pausing = json!({ "on_dead_letter": "pause_subject" });
    let webhook = subscribe(&node, &receiver, pausing).await;
    node.register("a", &numbered(0)).await.ok();
    let delivery = after_attempts(&node, &webhook, 2).await;
    assert_eq!(delivery["status"], "dead");
    let path = format!("/api/v1/webhooks/{webhook}/blocked");
    assert_eq!(node.get(&path).await.ok(), json!(["a"]));
    // Others go on meanwhile.
    node.register("b", &numbered(0)).await.ok();
    let received = receiver.wait_for(3).await;
    assert_eq!(received[2].json()["partitionkey"], "b");
    (node, receiver, webhook)
}

async fn resume(node: &Client, webhook: &str, body: Value) -> u16 {
    let path = format!("/api/v1/webhooks/{webhook}/resume");
    node.post(&path, &body).await.status
}

async fn a_subject_goes_on_past_what_was_given_up(database: Database) {
    let (node, receiver, webhook) = blocked(&database).await;
    let compatibility = json!({ "compatibility": "NONE" });
    node.put("/config/a", &compatibility).await.ok();
    node.register("a", &numbered(1)).await.ok();
    let skip = json!({ "subject": "a", "skip": true });
    assert_eq!(resume(&node, &webhook, skip.clone()).await, 204);
    assert_eq!(resume(&node, &webhook, skip).await, 409, "it goes already");
    let received = receiver.wait_for(6).await;
    let lost = received[0].json()["id"].clone();
    let gap = received[3].json();
    assert_eq!(gap["type"], "dev.dovetail.webhook.gap.v1");
    assert_eq!(gap["partitionkey"], "a");
    assert_eq!(gap["data"]["skipped"], json!([lost]));
    assert_eq!(gap["data"]["subscription"], webhook.as_str());
    let types: Vec<Value> = received[4..]
        .iter()
        .map(|one| one.json()["type"].clone())
        .collect();
    assert_eq!(
        types,
        [
            "dev.dovetail.compatibility.changed.v1",
            "dev.dovetail.schema.version.registered.v1"
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subject_goes_on_past_what_was_given_up_and_a_gap_says_so_sqlite() {
    a_subject_goes_on_past_what_was_given_up(Database::sqlite()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subject_goes_on_past_what_was_given_up_and_a_gap_says_so_postgres() {
    a_subject_goes_on_past_what_was_given_up(Database::postgres().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subject_goes_on_with_what_was_given_up() {
    let database = Database::sqlite();
    let (node, receiver, webhook) = blocked(&database).await;
    assert_eq!(
        resume(&node, &webhook, json!({ "subject": "a" })).await,
        204
    );
    let received = receiver.wait_for(4).await;
    assert_eq!(received[3].body, received[0].body);
    assert_eq!(received[3].header("webhook-attempt"), "1", "it begins anew");
}

/// How often targets were refused by a rule.
async fn refused(node: &Client, rule: &str) -> Option<String> {
    let metrics = node.get("/metrics").await.text;
    let wanted = format!("webhook_targets_refused_total{{rule=\"{rule}\"}} ");
    let line = metrics.lines().find_map(|line| line.split_once(&wanted));
    line.map(|(_, count)| count.to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_operator_no_longer_allows_is_given_up_and_counted() {
    let database = Database::sqlite();
    let receiver = Receiver::start(&[Reaction::status(204)]).await;
    let node = impatient(&database, "1h").await;
    let webhook = subscribe(&node, &receiver, json!({})).await;
    let private = json!({ "url": "https://10.0.0.1/" });
    let answer = node.post("/api/v1/webhooks", &private).await;
    assert_eq!(answer.refusal(), (422, 42233));
    assert_eq!(refused(&node, "address").await.as_deref(), Some("1"));
    node.stop().await;

    let node = Node::start(&database).await;
    node.register("a", "\"int\"").await.ok();
    let delivery = after_attempts(&node, &webhook, 1).await;
    assert_eq!(delivery["status"], "dead", "it would be refused again");
    assert_eq!(delivery["reason"], "refused_target");
    assert_eq!(receiver.connections(), 0);
    let counted = refused(&node, "scheme")
        .await
        .or(refused(&node, "address").await);
    assert!(counted.is_some(), "{counted:?}");
}

//! The snippets of `docs/webhooks.md`, run as they stand there.

use std::{
    io::{BufRead, BufReader},
    process::Stdio,
};

use dovetail_tests::{Database, Node, Reaction, Received, Receiver, blocks};
use serde_json::{Value, json};

use super::numbered;
use crate::cli::Project;

/// A node that was started as the page says, and a project that speaks to it.
async fn started() -> (Node, Project) {
    let serve = shell("dovetail serve");
    let arguments: Vec<&str> = serve.split_whitespace().skip(2).collect();
    let node = Node::start_with(&Database::sqlite(), &arguments).await;
    let project = Project::with_registry(node.base());
    (node, project)
}

/// The shell block that begins so.
fn shell(beginning: &str) -> String {
    let mut found = blocks("webhooks.md", "sh").into_iter();
    let found = found.find(|block| block.starts_with(beginning));
    found.unwrap_or_else(|| panic!("no block begins with {beginning}"))
}

/// The first line with this in it of a command that goes on for ever.
fn first_line(project: &Project, line: &str, with: &str) -> String {
    let mut child = project
        .shell_command(&format!("exec {line}"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let out = BufReader::new(child.stdout.take().unwrap());
    let found = out
        .lines()
        .map(Result::unwrap)
        .find(|line| line.contains(with));
    child.kill().unwrap();
    child.wait().unwrap();
    found.unwrap_or_else(|| panic!("{line} never says {with}"))
}

/// Registers versions until the log has the 31 changes that the page speaks of.
async fn fill(node: &Node, subject: &str) {
    node.level(subject, "NONE").await.ok();
    for number in 0..30 {
        node.register(subject, &numbered(number)).await.ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_request_makes_a_webhook_and_shows_its_secret() {
    let (node, project) = started().await;
    let line =
        shell("curl -s localhost:8081/api/v1/webhooks").replace("localhost:8081", node.address());
    let made = project.shell(&line).ends(0).json();
    assert!(
        made["secret"].as_str().unwrap().starts_with("whsec_"),
        "{made}"
    );
    let events = ["schema.version.registered", "schema.version.deleted"];
    assert_eq!(made["events"], json!(events));
    assert_eq!(made["subjects"], json!(["orders-value", "payments-*"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_feed_is_read_and_followed() {
    let (node, project) = started().await;
    fill(&node, "orders-value").await;
    let feed =
        shell("curl -s 'localhost:8081/api/v1/events").replace("localhost:8081", node.address());
    let (wait, follow) = feed.split_once('\n').unwrap();
    let page = project.shell(wait).ends(0).json();
    assert_eq!(page["next"], 31);
    assert_eq!(page["events"][0]["sequence"], "00000000000000000031");
    let data = first_line(&project, follow.trim(), "data:");
    let event: Value = serde_json::from_str(data.trim_start_matches("data:")).unwrap();
    assert_eq!(event, page["events"][0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_manage_a_webhook() {
    let (node, project) = started().await;
    let receiver = Receiver::start(&[Reaction::status(204)]).await;
    let block = shell("dovetail webhook add").replace("https://example.com/hooks", &receiver.url());
    let mut lines: Vec<&str> = block.lines().collect();
    let follow = lines.pop().unwrap();
    let added = project.shell(&format!("{} --format json", lines.remove(0)));
    let made = added.ends(0).json();
    fill(&node, "orders-value").await;
    let event = receiver.wait_for(1).await[0].json();
    for line in lines {
        let line = line
            .replace(" ID", &format!(" {}", made["id"].as_str().unwrap()))
            .replace(" EVENT", &format!(" {}", event["id"].as_str().unwrap()))
            // A replay goes back a month at most.
            .replace("2026-11-24T00:00:00Z", made["created_at"].as_str().unwrap());
        project.shell(&line).ends(0);
    }
    let seen = first_line(&project, follow, "{");
    let seen: Value = serde_json::from_str(&seen).unwrap();
    assert_eq!(seen["sequence"], "00000000000000000031");
}

/// A delivery of the change that the page shows, and the webhook's secret.
async fn delivery(node: &Node) -> (Received, String) {
    let receiver = Receiver::start(&[Reaction::status(204)]).await;
    let body = json!({ "url": receiver.url() });
    let made = node.post("/api/v1/webhooks", &body).await.json();
    let record = dovetail_tests::avro_record(&["id"]);
    node.register("orders-value", &record).await.ok();
    let received = receiver.wait_for(1).await.remove(0);
    (received, made["secret"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_event_on_the_page_has_the_keys_of_a_real_one() {
    let (node, _) = started().await;
    let (received, _) = delivery(&node).await;
    let real = received.json();
    let [page] = &blocks("webhooks.md", "json")[..] else {
        panic!("one event is shown");
    };
    let shown: Value = serde_json::from_str(page).unwrap();
    let keys = |event: &Value| -> Vec<String> {
        let keys = event.as_object().unwrap().keys();
        keys.cloned().collect()
    };
    assert_eq!(keys(&shown), keys(&real));
    for same in ["specversion", "type", "datacontenttype", "partitionkey"] {
        assert_eq!(shown[same], real[same], "{same}");
    }
    for text in ["id", "time", "sequence"] {
        let length = |event: &Value| event[text].as_str().unwrap().len();
        assert_eq!(length(&shown), length(&real), "{text}");
    }
    for key in keys(&shown["data"]) {
        let (shown, real) = (&shown["data"][&key], &real["data"][&key]);
        assert_eq!(shown.is_string(), real.is_string(), "{key}");
        assert_eq!(shown.is_number(), real.is_number(), "{key}");
    }
}

/// What the page's function says of a request whose headers are these.
fn judged(project: &Project, secret: &str, headers: &Value, body: &[u8]) -> String {
    let [function] = &blocks("webhooks.md", "python")[..] else {
        panic!("one function is shown");
    };
    let ask = "import json, sys\n\
               asked = json.load(sys.stdin)\n\
               print(is_ours(asked['secret'], asked['headers'], bytes(asked['body'])))\n";
    project.write("judge.py", &format!("{function}\n{ask}"));
    let asked = json!({ "secret": secret, "headers": headers, "body": body });
    project.write("asked.json", &asked.to_string());
    let run = project.shell("python3 judge.py < asked.json").ends(0);
    run.out.trim().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_python_function_takes_what_is_ours_and_nothing_else() {
    let (node, project) = started().await;
    let (received, secret) = delivery(&node).await;
    let headers: Value = received.headers.iter().cloned().collect();
    let judged = |headers: &Value, body: &[u8]| judged(&project, &secret, headers, body);
    assert_eq!(judged(&headers, &received.body), "True");
    let with = |name: &str, value: &str| {
        let mut changed = headers.clone();
        changed[name] = json!(value);
        changed
    };
    let signature = received.header("webhook-signature");
    let both = with("webhook-signature", &format!("v1,AAAA {signature}"));
    assert_eq!(judged(&both, &received.body), "True", "one of two is ours");
    let foreign = [
        with("webhook-id", "evt_other"),
        with("webhook-timestamp", "1"),
        with("webhook-timestamp", "nonsense"),
        with("webhook-signature", ""),
        with("webhook-signature", &signature[..20]),
        with("webhook-signature", "v1,é"),
        json!({}),
    ];
    for headers in foreign {
        assert_eq!(judged(&headers, &received.body), "False", "{headers}");
    }
    assert_eq!(judged(&headers, b"{}"), "False");
    let hour_ago = signed_at(&received, &secret, -3600);
    assert_eq!(judged(&hour_ago, &received.body), "False", "it is too old");
    let now = signed_at(&received, &secret, 0);
    assert_eq!(judged(&now, &received.body), "True");
}

/// The headers of a request, signed as if it were sent so many seconds later.
fn signed_at(received: &Received, secret: &str, later: i64) -> Value {
    use base64::Engine as _;
    let sent: i64 = received.header("webhook-timestamp").parse().unwrap();
    let sent = (sent + later).to_string();
    let id = received.header("webhook-id");
    let message = [format!("{id}.{sent}.").as_bytes(), &received.body].concat();
    let key = super::BASE64
        .decode(secret.trim_start_matches("whsec_"))
        .unwrap();
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &key);
    let signature = super::BASE64.encode(ring::hmac::sign(&key, &message));
    json!({
        "webhook-id": id,
        "webhook-timestamp": sent,
        "webhook-signature": format!("v1,{signature}"),
    })
}

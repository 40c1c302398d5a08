//! The pull side: pages, waiting, and the stream.

use std::time::Duration;

use dovetail_tests::{Client, Database, Node, avro_record, on_both};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
};

use super::numbered;

/// Long enough that a test which needs it has failed.
const PATIENCE: Duration = Duration::from_secs(30);

async fn page(node: &Client, query: &str) -> Value {
    node.get(&format!("/api/v1/events?{query}")).await.ok()
}

fn names(page: &Value) -> Vec<(String, String)> {
    let events = page["events"].as_array().expect("a list");
    let named = events.iter().map(|event| {
        let name = event["type"].as_str().expect("text");
        let name = name.trim_start_matches("dev.dovetail.").to_owned();
        (
            name,
            event["partitionkey"].as_str().expect("text").to_owned(),
        )
    });
    named.collect()
}

on_both!(every_change_is_one_event_in_order, |node| {
    node.register("a", &avro_record(&["id", "note"])).await.ok();
    node.register("a", &avro_record(&["id"])).await.ok();
    // Neither a repetition nor a refusal is a change.
    node.register("a", &avro_record(&["id", "note"])).await.ok();
    let refused = node.register("a", &avro_record(&["id", "must"])).await;
    assert_eq!(refused.status, 409);
    node.level("a", "FULL").await.ok();
    node.put("/mode", &json!({ "mode": "READWRITE" }))
        .await
        .ok();
    node.delete("/subjects/a/versions/1").await.ok();
    node.delete("/subjects/a").await.ok();
    node.delete("/subjects/a?permanent=true").await.ok();
    let page = page(&node, "").await;
    let expected = [
        ("schema.version.registered.v1", "a"),
        ("schema.version.registered.v1", "a"),
        ("compatibility.changed.v1", "a"),
        ("mode.changed.v1", ":.:"),
        ("schema.version.deleted.v1", "a"),
        ("subject.deleted.v1", "a"),
        ("subject.deleted.v1", "a"),
    ];
    let expected = expected.map(|(name, key)| (name.to_owned(), key.to_owned()));
    assert_eq!(names(&page), expected);
    assert_eq!(page["next"], 7);
    let events = page["events"].as_array().expect("a list");
    for (number, event) in (1..).zip(events) {
        assert_eq!(event["sequence"], format!("{number:020}"));
    }
    let (first, second) = (&events[0]["data"], &events[1]["data"]);
    assert_eq!(
        (&first["creates_subject"], &second["creates_subject"]),
        (&json!(true), &json!(false))
    );
    assert!(first.get("changes").is_none(), "there was nothing before");
    assert_eq!(second["changes"]["previous_version"], 1);
    let differences = second["changes"]["differences"].as_array().expect("a list");
    assert_eq!(differences[0]["direction"], "FORWARD");
    assert_eq!(differences[0]["breaks"], true);
    let schema = node.get("/subjects/a/versions/2/schema").await;
    assert_eq!(schema.status, 404, "it is gone, and the event is not");
    assert_eq!(events[4]["data"]["schema_id"], 1);
    assert_eq!(events[5]["data"]["versions"], json!([2]));
});

on_both!(what_is_said_of_a_schema_is_true, |node| {
    node.register("a", &avro_record(&["id"])).await.ok();
    let read = node.get("/subjects/a/versions/1").await.ok();
    let text = node.get("/subjects/a/versions/1/schema").await.text;
    let page = page(&node, "").await;
    let data = &page["events"][0]["data"];
    assert_eq!(data["guid"], read["guid"]);
    assert_eq!(data["size"], text.len());
    assert_eq!(data["compatibility"], "BACKWARD");
    let link = data["url"].as_str().expect("text");
    assert_eq!(link, format!("{}/subjects/a/versions/1", node.base()));
});

on_both!(filters_leave_out_and_the_cursor_moves_on, |node| {
    for number in 0..5 {
        node.register(&format!("a{number}"), &numbered(0))
            .await
            .ok();
        node.register(&format!("b{number}"), &numbered(0))
            .await
            .ok();
    }
    let all = page(&node, "subjects=a*").await;
    assert_eq!(
        (all["events"].as_array().unwrap().len(), &all["next"]),
        (5, &json!(10))
    );
    let some = page(&node, "subjects=a*&limit=2").await;
    assert_eq!(
        (some["events"].as_array().unwrap().len(), &some["next"]),
        (2, &json!(3))
    );
    let rest = page(&node, "subjects=a*&after=3").await;
    assert_eq!(
        (rest["events"].as_array().unwrap().len(), &rest["next"]),
        (3, &json!(10))
    );
    let two = page(&node, "subjects=a1,b2").await;
    assert_eq!(two["events"].as_array().unwrap().len(), 2);
    let none = page(&node, "types=mode.changed").await;
    assert_eq!(none, json!({ "events": [], "next": 10 }));
    let created = page(&node, "types=subject.created").await;
    assert_eq!(created["events"].as_array().unwrap().len(), 10);
});

on_both!(a_wait_ends_with_the_next_event, |node| {
    node.register("a", &numbered(0)).await.ok();
    let waiting = tokio::spawn({
        let client = Client::clone(&node);
        async move { page(&client, "after=1&wait=60&subjects=b").await }
    });
    // What does not match does not end it.
    node.register("c", &numbered(0)).await.ok();
    node.register("b", &numbered(0)).await.ok();
    let page = tokio::time::timeout(PATIENCE, waiting)
        .await
        .expect("in time")
        .unwrap();
    assert_eq!(page["next"], 3);
    assert_eq!(page["events"][0]["partitionkey"], "b");
});

on_both!(a_wait_without_events_ends_by_itself, |node| {
    assert_eq!(
        page(&node, "wait=1").await,
        json!({ "events": [], "next": 0 })
    );
});

on_both!(wrong_questions_are_told_what_is_wrong, |node| {
    for (query, status, code) in [
        ("after=1", 422, 42231),
        ("after=-1", 400, 400),
        ("after=%2B0", 400, 400),
        ("after=99999999999999999999", 400, 400),
        ("limit=0", 400, 400),
        ("limit=1001", 400, 400),
        ("wait=61", 400, 400),
        ("wait=x", 400, 400),
        ("types=nothing", 422, 42230),
        ("subjects=__GLOBAL", 422, 42230),
        ("after=0&after=0", 400, 400),
    ] {
        let answer = node.get(&format!("/api/v1/events?{query}")).await;
        assert_eq!(answer.refusal(), (status, code), "{query}: {}", answer.text);
    }
    let answer = node
        .exchange("GET", "/api/v1/events", &[("accept", "image/png")], None)
        .await;
    assert_eq!(answer.refusal(), (406, 406));
    let answer = node.get("/api/v1/webhooks/event-types/nothing").await;
    assert_eq!(answer.refusal(), (404, 40431));
});

#[tokio::test(flavor = "multi_thread")]
async fn every_node_tells_the_same_story() {
    let database = Database::postgres().await;
    let public = ["--public-url", "https://schemas.example.com"];
    let one = Node::start_with(&database, &public).await;
    let other = Node::start_with(&database, &public).await;
    let waiting = tokio::spawn({
        let client = Client::clone(&other);
        async move { page(&client, "wait=60").await }
    });
    one.register("a", &numbered(0)).await.ok();
    let heard = tokio::time::timeout(PATIENCE, waiting)
        .await
        .expect("in time")
        .unwrap();
    assert_eq!(heard, page(&one, "").await);
    let source = &heard["events"][0]["source"];
    assert_eq!(source, "https://schemas.example.com/subjects/a");
}

/// A stream of events, read line by line as a browser does.
struct Stream(BufReader<TcpStream>);

impl Stream {
    async fn open(node: &Client, query: &str, more: &str) -> Self {
        let mut socket = TcpStream::connect(node.address())
            .await
            .expect("the socket works");
        let request = format!(
            "GET /api/v1/events?{query} HTTP/1.1\r\nhost: x\r\naccept: text/event-stream\r\n{more}\r\n"
        );
        socket
            .write_all(request.as_bytes())
            .await
            .expect("the socket works");
        let mut stream = Self(BufReader::new(socket));
        assert_eq!(stream.line().await.as_deref(), Some("HTTP/1.1 200 OK"));
        stream
    }

    /// The next line; `None` at the end.
    async fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = tokio::time::timeout(PATIENCE, self.0.read_line(&mut line));
        let read = read.await.expect("in time").unwrap_or(0);
        (read > 0).then(|| line.trim_end().to_owned())
    }

    /// The next event with its id.
    async fn event(&mut self) -> Option<(u64, Value)> {
        let mut id = 0;
        while let Some(line) = self.line().await {
            if let Some(number) = line.strip_prefix("id: ") {
                id = number.parse().unwrap();
            }
            if let Some(data) = line.strip_prefix("data: ") {
                return Some((id, serde_json::from_str(data).unwrap()));
            }
        }
        None
    }
}

on_both!(a_stream_goes_on_where_it_was_cut, |node| {
    for number in 0..3 {
        node.register(&format!("a{number}"), &numbered(0))
            .await
            .ok();
    }
    let mut stream = Stream::open(&node, "subjects=a*", "").await;
    for expected in 1..=2 {
        let (id, event) = stream.event().await.expect("an event");
        assert_eq!(id, expected);
        assert_eq!(event["sequence"], format!("{expected:020}"));
    }
    drop(stream);
    let mut stream = Stream::open(&node, "subjects=a*", "last-event-id: 2\r\n").await;
    assert_eq!(stream.event().await.expect("an event").0, 3);
    node.register("b", &numbered(0)).await.ok();
    node.register("a9", &numbered(0)).await.ok();
    let (id, event) = stream.event().await.expect("an event");
    assert_eq!((id, &event["partitionkey"]), (5, &json!("a9")));
});

#[tokio::test(flavor = "multi_thread")]
async fn streams_end_when_the_server_stops() {
    let node = Node::start(&Database::sqlite()).await;
    node.register("a", &numbered(0)).await.ok();
    let mut stream = Stream::open(&node, "", "").await;
    stream.event().await.expect("an event");
    let (code, log) = node.stop().await;
    assert_eq!(code, Some(0), "{log:?}");
    let dropped = log.iter().any(|line| line.contains("dropping"));
    assert!(!dropped, "{log:?}");
    while stream.line().await.is_some() {}
}

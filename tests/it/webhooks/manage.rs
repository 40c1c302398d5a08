//! Subscriptions over HTTP.

use dovetail_tests::{Answer, Client, Database, Node, Reaction, Receiver};
use serde_json::{Value, json};

use super::{numbered, verified};

const WEBHOOKS: &str = "/api/v1/webhooks";

async fn create(node: &Client, body: Value) -> Value {
    let answer = node.post(WEBHOOKS, &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    let webhook = answer.json();
    let location = format!("{WEBHOOKS}/{}", id(&webhook));
    assert_eq!(answer.header("location"), location);
    webhook
}

fn id(webhook: &Value) -> &str {
    webhook["id"].as_str().expect("an id")
}

fn at(webhook: &Value, rest: &str) -> String {
    format!("{WEBHOOKS}/{}{rest}", id(webhook))
}

async fn patch(node: &Client, webhook: &Value, body: Value) -> Answer {
    node.send("PATCH", &at(webhook, ""), Some(body.to_string()))
        .await
}

async fn act(node: &Client, webhook: &Value, action: &str) -> Answer {
    node.send("POST", &at(webhook, action), None).await
}

/// A body with an `Idempotency-Key`.
async fn keyed(node: &Client, path: &str, key: &str, body: &Value) -> Answer {
    let headers = [
        ("content-type", "application/json"),
        ("idempotency-key", key),
    ];
    let body = body.to_string();
    node.exchange("POST", path, &headers, Some(body.as_bytes()))
        .await
}

told!(a_subscription_is_made_read_changed_and_deleted, |node| {
    let made = create(&node, json!({ "url": "http://127.0.0.1:9/hooks" })).await;
    let secret = made["secret"].as_str().expect("a secret");
    assert!(
        secret.starts_with("whsec_") && secret.len() == 50,
        "{secret}"
    );
    for (key, expected) in [
        ("events", json!(["*"])),
        ("subjects", json!(["*"])),
        ("ordering", json!("subject")),
        ("on_dead_letter", json!("advance")),
        ("include_schema", json!(false)),
        ("max_rate", json!(null)),
        ("enabled", json!(true)),
        ("headers", json!([])),
    ] {
        assert_eq!(made[key], expected, "{key}");
    }
    let read = node.get(&at(&made, "")).await.ok();
    assert!(read.get("secret").is_none(), "a secret is shown once");
    assert_eq!(read["health"]["failures"], 0);
    let changed = patch(
        &node,
        &made,
        json!({
            "events": ["dev.dovetail.mode.changed.v1", "mode.changed", "subject.created"],
            "subjects": ["orders-*", ":.team:a", "orders-*"],
            "description": "for orders",
            "max_rate": 5,
            "headers": { "X-B": "b", "x-a": "a" },
            "enabled": false
        }),
    )
    .await
    .ok();
    assert_eq!(
        changed["events"],
        json!(["mode.changed", "subject.created"])
    );
    assert_eq!(changed["subjects"], json!(["orders-*", ":.team:a"]));
    assert_eq!(changed["headers"], json!(["x-a", "x-b"]));
    assert_eq!(
        (&changed["max_rate"], &changed["enabled"]),
        (&json!(5), &json!(false))
    );
    assert_eq!(changed["url"], made["url"], "what is not said stays");
    let back = json!({ "events": null, "max_rate": null, "headers": { "x-a": null } });
    let changed = patch(&node, &made, back).await.ok();
    assert_eq!(changed["events"], json!(["*"]));
    assert_eq!(changed["headers"], json!(["x-b"]));
    assert_eq!(changed["max_rate"], json!(null));
    let enabled = act(&node, &made, "/enable").await.ok();
    assert_eq!(enabled["enabled"], true);
    let disabled = node
        .post(&at(&made, "/disable"), &json!({ "reason": "moving" }))
        .await
        .ok();
    assert_eq!(
        (&disabled["enabled"], &disabled["state_reason"]),
        (&json!(false), &json!("moving"))
    );
    let deleted = node.delete(&at(&made, "")).await;
    assert_eq!((deleted.status, deleted.text.as_str()), (204, ""));
    assert_eq!(node.get(&at(&made, "")).await.refusal(), (404, 40430));
    assert_eq!(node.delete(&at(&made, "")).await.refusal(), (404, 40430));
});

told!(lists_come_in_pages_that_join, |node| {
    let mut made = Vec::new();
    for number in 0..5 {
        let body = json!({ "url": format!("http://127.0.0.1:9/{number}"), "enabled": false });
        made.push(create(&node, body).await["url"].clone());
    }
    let (mut seen, mut query) = (Vec::new(), String::from("limit=2"));
    loop {
        let page = node.get(&format!("{WEBHOOKS}?{query}")).await.ok();
        let urls = page["webhooks"].as_array().unwrap();
        assert!(urls.len() <= 2);
        seen.extend(urls.iter().map(|webhook| webhook["url"].clone()));
        match page["next"].as_str() {
            Some(next) => query = format!("limit=2&cursor={next}"),
            None => break,
        }
    }
    seen.sort_by_key(Value::to_string);
    assert_eq!(seen, made);
    let first = node.get(&format!("{WEBHOOKS}?limit=2")).await.ok();
    let cursor = first["next"].as_str().unwrap();
    let truncated = &cursor[..cursor.len() - 3];
    let mut forged = cursor.to_owned();
    forged.replace_range(2..3, if &cursor[2..3] == "A" { "B" } else { "A" });
    for wrong in [truncated, &forged, "x", "%20", ""] {
        let answer = node.get(&format!("{WEBHOOKS}?cursor={wrong}")).await;
        assert_eq!(answer.refusal(), (400, 400), "{wrong}");
    }
    let elsewhere = at(
        &first["webhooks"][0],
        &format!("/deliveries?cursor={cursor}"),
    );
    assert_eq!(node.get(&elsewhere).await.refusal(), (400, 400));
});

told!(what_cannot_be_is_refused_with_its_reason, |node| {
    let many: Vec<String> = (0..101).map(|number| format!("s{number}")).collect();
    let headers: Value = (0..11)
        .map(|number| (format!("x-{number}"), json!("v")))
        .collect();
    for (more, code) in [
        (json!({ "url": "http://10.0.0.1/" }), 42233),
        (json!({ "url": "http://user:pass@127.0.0.1/" }), 42233),
        (json!({ "url": "http://example.com/" }), 42233),
        (json!({ "url": "ftp://127.0.0.1/" }), 42233),
        (json!({ "url": "http://localhost.invalid:9/" }), 42233),
        (json!({ "url": "https://169.254.169.254/" }), 42233),
        (json!({ "events": ["nothing"] }), 42232),
        (json!({ "events": [] }), 42232),
        (json!({ "subjects": ["a\u{0}"] }), 42232),
        (json!({ "subjects": many }), 42232),
        (json!({ "ordering": "random" }), 42232),
        (json!({ "on_dead_letter": "panic" }), 42232),
        (json!({ "max_rate": 0 }), 42232),
        (json!({ "max_rate": -1 }), 42232),
        (json!({ "description": "x".repeat(1025) }), 42232),
        (json!({ "headers": headers }), 42232),
        (json!({ "headers": { "host": "x" } }), 42232),
        (json!({ "headers": { "x-a": "a\r\nb" } }), 42232),
        (json!({ "headers": { "x-a": "1", "X-A": "2" } }), 42232),
        (json!({ "secret": "whsec_c2hvcnQ=" }), 42232),
        (json!({ "secret": "plain" }), 42232),
        (json!({ "signing": "rsa" }), 42232),
        (
            json!({ "signing": "ed25519", "secret": "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=" }),
            42232,
        ),
        (json!({ "evnets": ["*"] }), 42232),
    ] {
        let mut body = json!({ "url": "http://127.0.0.1:9/" });
        let fields = body.as_object_mut().unwrap();
        fields.extend(more.as_object().unwrap().clone());
        let answer = node.post(WEBHOOKS, &body).await;
        assert_eq!(answer.refusal(), (422, code), "{more}: {}", answer.text);
    }
    assert_eq!(
        node.post(WEBHOOKS, &json!({})).await.refusal(),
        (422, 42232)
    );
    let own = json!({ "url": format!("{}/x", node.base()) });
    assert_eq!(node.post(WEBHOOKS, &own).await.refusal(), (422, 42233));
    let listed = node.get(WEBHOOKS).await.ok();
    assert_eq!(listed, json!({ "webhooks": [] }));
    for path in ["/deliveries?status=lost", "/deliveries?since=yesterday"] {
        let made = create(&node, json!({ "url": "http://127.0.0.1:9/" })).await;
        assert_eq!(
            node.get(&at(&made, path)).await.refusal(),
            (422, 42232),
            "{path}"
        );
    }
});

told!(a_test_says_what_came_of_it, |node| {
    let receiver = Receiver::start(&[
        Reaction::answer(500, "", "no"),
        Reaction::answer(200, "", "yes"),
    ])
    .await;
    let body = json!({ "url": receiver.url(), "headers": { "authorization": "Bearer x" }, "enabled": false });
    let made = create(&node, body).await;
    let first = act(&node, &made, "/test").await.ok();
    assert_eq!(
        (
            &first["delivered"],
            &first["status"],
            &first["reason"],
            &first["response"]
        ),
        (&json!(false), &json!(500), &json!("status"), &json!("no"))
    );
    let second = act(&node, &made, "/test").await.ok();
    assert_eq!(
        (&second["delivered"], &second["response"]),
        (&json!(true), &json!("yes"))
    );
    for received in receiver.received() {
        assert_eq!(received.json()["type"], "dev.dovetail.webhook.test.v1");
        assert_eq!(received.json()["data"]["subscription"], made["id"]);
        assert_eq!(received.header("authorization"), "Bearer x");
        assert!(verified(&received, made["secret"].as_str().unwrap()));
    }
    for _ in 2..10 {
        act(&node, &made, "/test").await.ok();
    }
    let refused = act(&node, &made, "/test").await;
    assert_eq!(refused.refusal(), (429, 429));
    assert!(refused.header("retry-after").parse::<u64>().unwrap() <= 60);
});

told!(a_secret_is_replaced_without_a_gap, |node| {
    let receiver = Receiver::start(&[Reaction::status(200)]).await;
    let made = create(&node, json!({ "url": receiver.url(), "enabled": false })).await;
    let old = made["secret"].as_str().unwrap();
    let rotated = act(&node, &made, "/rotate-secret").await.ok();
    let new = rotated["secret"].as_str().unwrap();
    assert_ne!(new, old);
    let secrets = rotated["secrets"].as_array().unwrap();
    assert!(secrets[0].get("expires_at").is_none() && secrets[1]["expires_at"].is_string());
    act(&node, &made, "/test").await.ok();
    let both = receiver.received().pop().unwrap();
    assert!(verified(&both, old) && verified(&both, new));
    let refused = act(&node, &made, "/rotate").await;
    assert_eq!(refused.refusal(), (409, 40930));
    let ended = act(&node, &made, "/revoke-previous-secret").await.ok();
    assert_eq!(ended["secrets"].as_array().unwrap().len(), 1);
    act(&node, &made, "/test").await.ok();
    let one = receiver.received().pop().unwrap();
    assert!(!verified(&one, old) && verified(&one, new));
    let at_once = json!({ "revoke_previous": true, "signing": "ed25519" });
    let rotated = node.post(&at(&made, "/rotate"), &at_once).await.ok();
    assert_eq!(rotated["secrets"].as_array().unwrap().len(), 1);
    let public = rotated["secrets"][0]["public_key"].as_str().unwrap();
    act(&node, &made, "/test").await.ok();
    let asymmetric = receiver.received().pop().unwrap();
    assert!(verified(&asymmetric, public) && !verified(&asymmetric, new));
    let too_long = json!({ "overlap_seconds": 604_801 });
    let refused = node.post(&at(&made, "/rotate"), &too_long).await;
    assert_eq!(refused.refusal(), (422, 42232));
});

told!(a_repeated_request_is_the_same_request, |node| {
    let body = json!({ "url": "http://127.0.0.1:9/", "headers": { "x-a": "a" } });
    let first = keyed(&node, WEBHOOKS, "key-1", &body).await;
    let again = keyed(&node, WEBHOOKS, "key-1", &body).await;
    assert_eq!((first.status, again.status), (201, 201));
    assert_eq!(first.json()["id"], again.json()["id"]);
    assert_eq!(first.json()["secret"], again.json()["secret"]);
    let other = keyed(&node, WEBHOOKS, "key-2", &body).await.json();
    assert_ne!(other["id"], first.json()["id"]);
    for different in [
        json!({ "url": "http://127.0.0.1:10/", "headers": { "x-a": "a" } }),
        json!({ "url": "http://127.0.0.1:9/", "headers": { "x-a": "b" } }),
        json!({ "url": "http://127.0.0.1:9/" }),
    ] {
        let answer = keyed(&node, WEBHOOKS, "key-1", &different).await;
        assert_eq!(answer.refusal(), (409, 40931), "{different}");
    }
    let listed = node.get(WEBHOOKS).await.ok();
    assert_eq!(listed["webhooks"].as_array().unwrap().len(), 2);
    for wrong in ["", "a b", &"x".repeat(256)] {
        let answer = keyed(&node, WEBHOOKS, wrong, &body).await;
        assert_eq!(answer.refusal(), (422, 42232), "{wrong}");
    }
    let rotate = at(&other, "/rotate");
    let first = keyed(&node, &rotate, "key-3", &json!({})).await.ok();
    let again = keyed(&node, &rotate, "key-3", &json!({})).await.ok();
    assert_eq!(first["secret"], again["secret"]);
    assert_eq!(again["secrets"].as_array().unwrap().len(), 2);
});

told!(requests_at_once_with_one_key_make_one, |node| {
    let body = json!({ "url": "http://127.0.0.1:9/" });
    let made = (0..8).map(|_| {
        let (client, body) = (Client::clone(&node), body.clone());
        tokio::spawn(async move { keyed(&client, WEBHOOKS, "once", &body).await })
    });
    let mut ids = std::collections::BTreeSet::new();
    for answer in made.collect::<Vec<_>>() {
        let answer = answer.await.unwrap();
        assert_eq!(answer.status, 201, "{}", answer.text);
        ids.insert(answer.json()["id"].to_string());
    }
    assert_eq!(ids.len(), 1);
});

#[tokio::test(flavor = "multi_thread")]
async fn two_nodes_rotating_at_once_leave_two_secrets() {
    let database = Database::postgres().await;
    let open = ["--webhook-allow-network", "127.0.0.0/8"];
    let one = Node::start_with(&database, &open).await;
    let other = Node::start_with(&database, &open).await;
    let made = create(&one, json!({ "url": "http://127.0.0.1:9/" })).await;
    let rotate = |node: &Node| {
        let (client, path) = (Client::clone(node), at(&made, "/rotate"));
        tokio::spawn(async move { client.send("POST", &path, None).await })
    };
    let (first, second) = (rotate(&one), rotate(&other));
    let mut statuses = [first.await.unwrap().status, second.await.unwrap().status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 409]);
    let read = other.get(&at(&made, "")).await.ok();
    assert_eq!(read["secrets"].as_array().unwrap().len(), 2);
}

told!(replays_are_asked_for_within_bounds, |node| {
    // It says nothing, so what is sent to it stays pending.
    let receiver = Receiver::start(&[Reaction::Silence]).await;
    let made = create(&node, json!({ "url": receiver.url(), "enabled": false })).await;
    let path = at(&made, "/replay");
    for number in 0..3 {
        node.register(&format!("a{number}"), &numbered(0))
            .await
            .ok();
    }
    let since = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(1);
    let since = since.to_string();
    let count = node
        .post(&path, &json!({ "since": since, "dry_run": true }))
        .await
        .ok();
    assert_eq!(count, json!({ "dry_run": true, "events": 3 }));
    let some = json!({ "since": since, "subjects": ["a1"] });
    let count = node.post(&format!("{path}?dry_run=true"), &some).await.ok();
    assert_eq!(count["events"], 1);
    act(&node, &made, "/enable").await.ok();
    let started = keyed(&node, &path, "again", &some).await;
    assert_eq!(started.status, 202, "{}", started.text);
    let same = keyed(&node, &path, "again", &some).await.json();
    assert_eq!(same["id"], started.json()["id"]);
    let listed = node.get(&at(&made, "/replays")).await.ok();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    let one = at(&made, &format!("/replays/{}", same["id"].as_str().unwrap()));
    assert_eq!(node.get(&one).await.ok()["subjects"], json!(["a1"]));
    assert_eq!(node.delete(&one).await.ok()["state"], "cancelled");
    assert_eq!(
        node.get(&at(&made, "/replays/rp_x")).await.refusal(),
        (404, 40433)
    );
    for wrong in [
        json!({ "since": "2020-01-01T00:00:00Z" }),
        json!({ "since": "2999-01-01T00:00:00Z" }),
        json!({ "since": "yesterday" }),
        json!({ "since": since, "only": "some" }),
        json!({ "since": since, "subjects": [] }),
        json!({}),
    ] {
        assert_eq!(
            node.post(&path, &wrong).await.refusal(),
            (422, 42232),
            "{wrong}"
        );
    }
    for missing in ["/deliveries/evt_x/attempts"] {
        assert_eq!(node.get(&at(&made, missing)).await.refusal(), (404, 40432));
    }
    let redeliver = act(&node, &made, "/deliveries/evt_x/redeliver").await;
    assert_eq!(redeliver.refusal(), (404, 40432));
    let resume = node
        .post(&at(&made, "/resume"), &json!({ "subject": "a" }))
        .await;
    assert_eq!(resume.refusal(), (409, 40933));
    assert_eq!(node.get(&at(&made, "/blocked")).await.ok(), json!([]));
});

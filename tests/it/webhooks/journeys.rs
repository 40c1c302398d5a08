//! Whole ways: from a registration to a receiver.

use std::collections::BTreeMap;

use dovetail_tests::{Reaction, Receiver, avro_record};
use serde_json::{Value, json};

use super::verified;

told!(a_change_arrives_signed_in_order_and_once, |node| {
    let receiver = Receiver::start(&[Reaction::status(204)]).await;
    let body = json!({ "url": receiver.url(), "subjects": ["orders-*"] });
    let made = node.post("/api/v1/webhooks", &body).await.json();
    node.register("other", &avro_record(&["id"])).await.ok();
    node.register("orders-value", &avro_record(&["id", "note"]))
        .await
        .ok();
    node.register("orders-value", &avro_record(&["id"]))
        .await
        .ok();
    let refused = node
        .register("orders-value", &avro_record(&["id", "must"]))
        .await;
    assert_eq!(refused.status, 409);
    node.delete("/subjects/orders-value").await.ok();
    let received = receiver.wait_for(3).await;
    let events: Vec<_> = received
        .iter()
        .map(dovetail_tests::Received::json)
        .collect();
    let names: Vec<_> = events
        .iter()
        .map(|event| event["type"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "dev.dovetail.schema.version.registered.v1",
            "dev.dovetail.schema.version.registered.v1",
            "dev.dovetail.subject.deleted.v1",
        ]
    );
    let secret = made["secret"].as_str().unwrap();
    for (request, event) in received.iter().zip(&events) {
        assert!(verified(request, secret));
        assert_eq!(request.header("webhook-id"), event["id"].as_str().unwrap());
        assert_eq!(request.header("webhook-attempt"), "1");
    }
    // What is pushed is what can be pulled.
    let feed = node.get("/api/v1/events?subjects=orders-*").await.ok();
    assert_eq!(feed["events"], json!(events));
});

told!(new_subjects_and_texts_are_told_to_those_who_ask, |node| {
    let receiver = Receiver::start(&[Reaction::status(200)]).await;
    let body =
        json!({ "url": receiver.url(), "events": ["subject.created"], "include_schema": true });
    node.post("/api/v1/webhooks", &body).await.json();
    node.register("a", &avro_record(&["id", "note"])).await.ok();
    node.register("a", &avro_record(&["id"])).await.ok();
    node.register("b", &avro_record(&["id"])).await.ok();
    let received = receiver.wait_for(2).await;
    let subjects: Vec<_> = received
        .iter()
        .map(|one| one.json()["partitionkey"].clone())
        .collect();
    assert_eq!(subjects, [json!("a"), json!("b")]);
    let text = node.get("/subjects/b/versions/1/schema").await.text;
    assert_eq!(received[1].json()["data"]["schema"], text);
});

told!(
    more_webhooks_than_one_transaction_writes_are_all_told_in_order,
    |node| {
        const WEBHOOKS: usize = 130;
        let receiver = Receiver::start(&[Reaction::status(204)]).await;
        for number in 0..WEBHOOKS {
            let body = json!({
                "url": format!("{}?{number}", receiver.url()),
                "events": ["schema.version.registered"],
                "include_schema": number % 2 == 0,
            });
            node.post("/api/v1/webhooks", &body).await.json();
        }
        let mut made = Vec::new();
        for text in [avro_record(&["id", "note"]), avro_record(&["id"])] {
            made.push(node.register("a", &text).await.ok()["version"].clone());
        }
        let received = receiver.wait_for(2 * WEBHOOKS).await;
        let mut told: BTreeMap<String, Vec<Value>> = BTreeMap::new();
        for request in received {
            let version = request.json()["data"]["version"].clone();
            told.entry(request.line).or_default().push(version);
        }
        assert_eq!(told.len(), WEBHOOKS);
        assert!(told.values().all(|versions| *versions == made), "{told:?}");
    }
);

told!(deliveries_and_attempts_can_be_read_and_repeated, |node| {
    let reactions = [
        Reaction::answer(200, "", "first"),
        Reaction::answer(200, "", "second"),
    ];
    let receiver = Receiver::start(&reactions).await;
    let made = node
        .post("/api/v1/webhooks", &json!({ "url": receiver.url() }))
        .await
        .json();
    let id = made["id"].as_str().unwrap();
    node.register("a", "\"int\"").await.ok();
    let event = receiver.wait_for(1).await[0].json()["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let deliveries = format!("/api/v1/webhooks/{id}/deliveries");
    // The answer is recorded a moment after it was sent.
    let delivered = loop {
        let page = node
            .get(&format!("{deliveries}?status=delivered"))
            .await
            .ok();
        if page["deliveries"].as_array().unwrap().len() == 1 {
            break page;
        }
    };
    assert_eq!(delivered["deliveries"][0]["event"], event.as_str());
    assert_eq!(delivered["deliveries"][0]["subject"], "a");
    let attempts = node
        .get(&format!("{deliveries}/{event}/attempts"))
        .await
        .ok();
    assert_eq!(attempts[0]["response"], "first");
    assert_eq!(attempts[0]["status"], 200);
    let again = node
        .send("POST", &format!("{deliveries}/{event}/redeliver"), None)
        .await;
    assert_eq!(again.status, 202, "{}", again.text);
    let received = receiver.wait_for(2).await;
    assert_eq!(received[1].json()["id"], event.as_str());
    assert_eq!(received[0].body, received[1].body);
    let none = node.get(&format!("{deliveries}?subject=b")).await.ok();
    assert_eq!(none["deliveries"], json!([]));
});

told!(
    what_happened_while_it_was_disabled_is_sent_when_asked_for,
    |node| {
        let receiver = Receiver::start(&[Reaction::status(200)]).await;
        let made = node
            .post("/api/v1/webhooks", &json!({ "url": receiver.url() }))
            .await
            .json();
        let id = made["id"].as_str().unwrap();
        node.send("POST", &format!("/api/v1/webhooks/{id}/disable"), None)
            .await
            .ok();
        node.register("missed", "\"int\"").await.ok();
        let enable = format!("/api/v1/webhooks/{id}/enable");
        let enabled = node.post(&enable, &json!({ "replay": true })).await.ok();
        assert_eq!(enabled["enabled"], true);
        let received = receiver.wait_for(1).await;
        assert_eq!(received[0].json()["partitionkey"], "missed");
    }
);

//! The two services of `examples/orders`: the producer evolves from version 1 to 3 while consumers of all versions run.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use dovetail_client::Client;
use dovetail_runtime::{AvroType, Registered, logical::Uuid};
use dovetail_tests::{Node, binary, on_both};
use orders_consumer::{
    Consumer,
    orders_value::{
        Order, shop, v1,
        v2::{self, shop::Channel},
    },
};
use orders_producer::{Producer, Sale, orders_value as written};
use serde_json::json;
use tokio::{sync::broadcast, task::JoinHandle};

/// How many messages each release of the producer sends.
const SENT: u8 = 3;

fn service(name: &str) -> PathBuf {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/orders");
    examples.join(name)
}

/// Runs `dovetail` in the folder of a service, as its repository would in CI.
fn dovetail(node: &Node, name: &str, arguments: &[&str]) -> String {
    let output = Command::new(binary())
        .args(arguments)
        .current_dir(service(name))
        .env("DOVETAIL_REGISTRY", node.base())
        .output()
        .expect("the binary runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {said}{error}");
    said
}

/// Registers a version as the repository of the producer did when that version was its newest.
async fn register<T: AvroType + Registered>(node: &Node) {
    let [money] = T::REFERENCES else {
        panic!("an order refers to money and to nothing else");
    };
    node.register("money", money).await.ok();
    let body = json!({
        "schema": T::SCHEMA,
        "references": [{ "name": "shop.Money", "subject": "money", "version": 1 }],
    });
    let path = format!("/subjects/{}/versions", T::SUBJECT);
    assert_eq!(
        u64::from(T::VERSION),
        node.post(&path, &body).await.version()
    );
}

/// A consumer in a task of its own, which ends with the topic.
fn consume<T: AvroType + Send + 'static>(
    client: &Client,
    topic: &broadcast::Sender<Vec<u8>>,
) -> JoinHandle<Vec<T>> {
    let consumer = Consumer::<T>::new(client);
    let mut messages = topic.subscribe();
    tokio::spawn(async move {
        let mut read = Vec::new();
        while let Ok(message) = messages.recv().await {
            read.push(consumer.receive(&message).await.expect("an order"));
        }
        read
    })
}

fn sale(number: u8) -> Sale {
    Sale {
        number,
        sku: "tea".into(),
        cents: 450,
        quantity: number.into(),
        note: Some(format!("note {number}")),
        card: "4711".into(),
    }
}

async fn produce<'a, T>(client: &Client, topic: &broadcast::Sender<Vec<u8>>, sales: &'a [Sale])
where
    T: AvroType + Registered + From<&'a Sale> + 'static,
{
    let producer = Producer::<T>::connect(client).await.expect("a producer");
    for sale in sales {
        let message = producer.publish(sale).expect("a message");
        topic.send(message).expect("somebody listens");
    }
}

on_both!(
    a_producer_evolves_while_consumers_of_every_version_read_all_it_writes,
    |node| {
        let client = Client::builder(node.base())
            .no_proxy()
            .build()
            .expect("a client");
        let (topic, _) = broadcast::channel(64);
        let first = consume::<v1::Order>(&client, &topic);
        let second = consume::<v2::Order>(&client, &topic);
        let newest = consume::<Order>(&client, &topic);

        let sales: Vec<Sale> = (0..3 * SENT).map(sale).collect();
        let mut releases = sales.chunks(SENT.into());
        let mut sales_of = || releases.next().expect("three releases");
        node.level("orders-value", "FULL_TRANSITIVE").await.ok();
        register::<written::v1::Order>(&node).await;
        produce::<written::v1::Order>(&client, &topic, sales_of()).await;
        register::<written::v2::Order>(&node).await;
        produce::<written::v2::Order>(&client, &topic, sales_of()).await;
        dovetail(&node, "producer", &["register"]);
        produce::<written::Order>(&client, &topic, sales_of()).await;
        drop(topic);

        let first = first.await.expect("the first consumer ends well");
        let second = second.await.expect("the second consumer ends well");
        let newest = newest.await.expect("the newest consumer ends well");
        assert_eq!([first.len(), second.len(), newest.len()], [sales.len(); 3]);
        for (sale, order) in sales.iter().zip(&first) {
            assert_eq!(order.id, Uuid([sale.number; 16]));
            assert_eq!(order.total.minor_units, sale.cents * sale.quantity);
            assert_eq!(order.lines[0].sku, sale.sku);
        }
        for (sale, order) in sales.iter().zip(&second) {
            let knows_notes = sale.number >= SENT;
            assert_eq!(order.note, sale.note.clone().filter(|_| knows_notes));
            assert_eq!(order.channel, Channel::Unknown);
        }
        for ((sale, order), older) in sales.iter().zip(&newest).zip(&second) {
            let is_newest = sale.number >= 2 * SENT;
            let card = order.payment.as_ref().and_then(shop::OrderPayment::as_card);
            assert_eq!(card.is_some(), is_newest, "{order:?}");
            assert_eq!(order.channel == shop::Channel::App, is_newest);
            assert_eq!((&order.note, &order.lines), (&older.note, &older.lines));
        }
        for name in ["producer", "consumer"] {
            dovetail(&node, name, &["pull", "--check", "--online"]);
        }
    }
);

on_both!(
    a_producer_does_not_start_on_a_version_that_is_not_what_it_was_built_with,
    |node| {
        node.register("orders-value", r#""string""#).await.ok();
        let client = Client::builder(node.base())
            .no_proxy()
            .build()
            .expect("a client");
        let refused = Producer::<written::v1::Order>::connect(&client).await;
        let error = refused.err().expect("an error");
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        let says_why = cause.is_some_and(|cause| cause.contains("was generated from"));
        assert!(says_why, "{error:?}");
        let absent = Producer::<written::Order>::connect(&client).await;
        assert!(absent.err().expect("an error").is_not_found());
        let versions = node.get("/subjects/orders-value/versions").await.ok();
        assert_eq!(versions, json!([1]), "nothing was registered");
    }
);

//! Reads and lookups, beside a bare axum handler that has the very same bytes in memory.

use std::{
    net::SocketAddr,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use dovetail_tests::Database;
use serde_json::{Value, json};

use crate::{
    Extent,
    bare::Bare,
    load::{self, Round, count},
    process::Process,
    registry::Registry,
    requests::{get, post, schema_body},
    table::{Row, median},
};

/// What the registry answers, for the ceiling to answer the same.
#[derive(Debug)]
pub(crate) struct Answers {
    pub(crate) ids: Vec<u64>,
    pub(crate) subjects: Vec<String>,
    pub(crate) by_id: Vec<Bytes>,
    pub(crate) by_subject: Vec<Bytes>,
}

pub(crate) fn measure(binary: &Path, database: &Database, extent: &Extent) -> Vec<Row> {
    let ours = Registry::start(binary, database, true);
    let subjects: Vec<String> = (0..extent.schemas)
        .map(|number| format!("orders-{number}-value"))
        .collect();
    let bodies: Vec<String> = (0..extent.schemas)
        .map(|number| schema_body(&schema_of_a_kibibyte(number)))
        .collect();
    let with_bodies = |suffix: &str| -> Vec<Bytes> {
        let each = subjects.iter().zip(&bodies);
        each.map(|(subject, body)| post(&format!("/subjects/{subject}{suffix}"), body))
            .collect()
    };
    let registered = load::ask_all(ours.address, &with_bodies("/versions"));
    let ids: Vec<u64> = registered.iter().map(id_in).collect();
    let by_id: Vec<Bytes> = ids
        .iter()
        .map(|id| get(&format!("/schemas/ids/{id}")))
        .collect();
    let latest: Vec<Bytes> = subjects
        .iter()
        .map(|subject| get(&format!("/subjects/{subject}/versions/latest")))
        .collect();
    let look_up = with_bodies("");
    let bare = Bare::start(&Answers {
        by_id: load::ask_all(ours.address, &by_id),
        by_subject: load::ask_all(ours.address, &latest),
        ids,
        subjects,
    });
    let kind = if database.file().is_some() {
        "SQLite"
    } else {
        "PostgreSQL"
    };
    let sides = (
        Side::new(&ours.process, ours.address),
        Side::new(&bare.process, bare.address),
    );
    [
        ("GET /schemas/ids/{id}", by_id, 0.8),
        ("GET /subjects/{s}/versions/latest", latest, 0.6),
        ("POST /subjects/{s}, a known schema", look_up, 0.6),
    ]
    .into_iter()
    .map(|(what, requests, target)| {
        let what = format!("`{what}`, {kind}");
        compare(what, &sides, &requests.into(), target, extent)
    })
    .collect()
}

/// A server under load.
struct Side<'a> {
    process: &'a Process,
    address: SocketAddr,
}

/// What a server came to over some rounds.
#[derive(Default)]
struct Tally {
    rates: Vec<f64>,
    rounds: Vec<Round>,
    cpu: Duration,
}

impl<'a> Side<'a> {
    fn new(process: &'a Process, address: SocketAddr) -> Self {
        Self { process, address }
    }

    fn round(&self, tally: &mut Tally, requests: &Arc<[Bytes]>, lasting: Duration) {
        let before = self.process.cpu();
        let round = load::run(self.address, lasting, any_of(Arc::clone(requests)));
        tally.cpu += self.process.cpu_since(before);
        tally.rates.push(round.per_second());
        tally.rounds.push(round);
    }
}

impl Tally {
    fn cpu_per_request(&self) -> f64 {
        let requests: usize = self.rounds.iter().map(|round| round.requests).sum();
        self.cpu.as_secs_f64() * 1e6 / count(requests)
    }

    /// Rate, CPU time of the server, and how busy that kept it.
    fn text(&self) -> String {
        let took: f64 = self
            .rounds
            .iter()
            .map(|round| round.took.as_secs_f64())
            .sum();
        format!(
            "{:.0}/s, {:.1} µs CPU, busy {:.0} %",
            median(self.rates.clone()),
            self.cpu_per_request(),
            self.cpu.as_secs_f64() / took * 100.0
        )
    }
}

fn compare(
    what: String,
    (ours, ceiling): &(Side<'_>, Side<'_>),
    requests: &Arc<[Bytes]>,
    target: f64,
    extent: &Extent,
) -> Row {
    let (mut our_tally, mut ceiling_tally) = (Tally::default(), Tally::default());
    // The first rounds find cold caches and do not count.
    ours.round(&mut Tally::default(), requests, extent.round / 4);
    ceiling.round(&mut Tally::default(), requests, extent.round / 4);
    for _ in 0..extent.rounds {
        ours.round(&mut our_tally, requests, extent.round);
        ceiling.round(&mut ceiling_tally, requests, extent.round);
    }
    let ratios = our_tally.rates.iter().zip(&ceiling_tally.rates);
    let by_rate = median(ratios.map(|(ours, ceiling)| ours / ceiling).collect());
    let by_cpu = ceiling_tally.cpu_per_request() / our_tally.cpu_per_request();
    Row {
        what,
        ours: our_tally.text(),
        ceiling: ceiling_tally.text(),
        ratio: format!("{by_rate:.2}, by CPU {by_cpu:.2}"),
        target: format!("{target}"),
    }
}

/// A request that differs from one time to the next, without an order that caches could guess.
pub(crate) fn any_of(requests: Arc<[Bytes]>) -> impl Fn() -> Bytes + Send + Sync {
    /// The golden ratio's share of 2^64: its multiples spread evenly.
    const STEP: usize = 0x9e37_79b9_7f4a_7c15;
    let next = AtomicUsize::new(0);
    move || {
        let place = next.fetch_add(STEP, Ordering::Relaxed) >> 32;
        requests[place % requests.len()].clone()
    }
}

/// The id in the answer to a registration.
fn id_in(answer: &Bytes) -> u64 {
    let answer: Value = serde_json::from_slice(answer).expect("the registry writes JSON");
    answer["id"]
        .as_u64()
        .expect("a registration answers with an id")
}

/// An Avro record like those that services register.
fn schema_of_a_kibibyte(number: usize) -> String {
    let fields: Vec<Value> = (0..14)
        .map(|field| {
            json!({
                "name": format!("field_{field}_of_the_order"),
                "type": if field % 2 == 0 { json!("string") } else { json!(["null", "long"]) },
            })
        })
        .collect();
    json!({
        "type": "record",
        "name": format!("Order{number}"),
        "namespace": "shop.orders.events",
        "doc": "An order as the warehouse sees it, once it was paid for and until it has left the house.",
        "fields": fields,
    })
    .to_string()
}

//! Durable registrations, beside a loop of one-row commits on the same database.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use dovetail_tests::Database;
use serde_json::json;

use crate::{
    Extent,
    database::OneRowCommits,
    load::{self, CONNECTIONS, Round, count},
    reads::any_of,
    registry::Registry,
    requests::{post, schema_body},
    table::{Row, median},
};

/// How many schemas are registered again and again.
const KNOWN: usize = 1000;

/// Measures the registry on one empty database, and the ceiling on another of the same kind.
pub(crate) fn measure(
    binary: &Path,
    ours: &Database,
    ceiling: &Database,
    extent: &Extent,
) -> Vec<Row> {
    let kind = if ours.file().is_some() {
        "SQLite"
    } else {
        "PostgreSQL"
    };
    // Neither side is pinned: both wait for the disk, and the ceiling runs here.
    let registry = Registry::start(binary, ours, false);
    let mut commits = OneRowCommits::open(ceiling);
    let made = Arc::new(AtomicUsize::new(0));
    let (mut rounds, mut our_rates, mut ceiling_rates) = (Vec::new(), Vec::new(), Vec::new());
    let before = registry.process.cpu();
    for _ in 0..extent.rounds {
        let made = Arc::clone(&made);
        let round = load::run(registry.address, extent.round, move || {
            registration(made.fetch_add(1, Ordering::Relaxed))
        });
        our_rates.push(round.per_second());
        rounds.push(round);
        ceiling_rates.push(commits.rate(extent.round));
    }
    let cpu = registry.process.cpu_since(before);
    let ratios = our_rates.iter().zip(&ceiling_rates);
    let ratio = median(ratios.map(|(ours, ceiling)| ours / ceiling).collect());
    let new = Row {
        what: format!("durable registrations, {CONNECTIONS} at once, {kind}"),
        ours: text(&our_rates, &Round::merged(rounds), cpu),
        ceiling: format!("{:.0} one-row commits/s", median(ceiling_rates)),
        ratio: format!("{ratio:.1}"),
        target: "4".to_owned(),
    };
    let known: Vec<Bytes> = (0..KNOWN.min(made.load(Ordering::Relaxed)))
        .map(registration)
        .collect();
    let before = registry.process.cpu();
    let round = load::run(registry.address, extent.round, any_of(known.into()));
    let cpu = registry.process.cpu_since(before);
    let again = Row {
        what: format!("registrations of known schemas, {CONNECTIONS} at once, {kind}"),
        ours: text(&[round.per_second()], &round, cpu),
        ceiling: String::new(),
        ratio: String::new(),
        target: String::new(),
    };
    vec![new, again]
}

fn text(rates: &[f64], rounds: &Round, cpu: Duration) -> String {
    format!(
        "{:.0}/s, p50 {:.1} ms, p99 {:.1} ms, {:.0} µs CPU",
        median(rates.to_vec()),
        rounds.percentile(50).as_secs_f64() * 1e3,
        rounds.percentile(99).as_secs_f64() * 1e3,
        cpu.as_secs_f64() * 1e6 / count(rounds.requests)
    )
}

/// A small schema on a subject of its own.
fn registration(number: usize) -> Bytes {
    let schema = json!({
        "type": "record",
        "name": format!("Event{number}"),
        "namespace": "shop",
        "fields": [
            { "name": "id", "type": "long" },
            { "name": "at", "type": "long" },
            { "name": "note", "type": ["null", "string"], "default": null },
        ],
    });
    post(
        &format!("/subjects/events-{number}-value/versions"),
        &schema_body(&schema.to_string()),
    )
}

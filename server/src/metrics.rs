//! Metrics: what the server counts, and the gate that counts requests.

use std::{
    fmt,
    sync::{Arc, OnceLock, atomic::AtomicU64},
    time::{Duration, Instant},
};

use axum::{
    extract::{MatchedPath, Request},
    response::Response,
};
use prometheus_client::{
    encoding::{EncodeLabelSet, text::encode},
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use crate::{
    core::{CommitStats, View},
    http::{Gate, HttpError},
    webhooks::WebhookMetrics,
};

/// What the server counts.
#[derive(Debug)]
pub struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    latency: Family<RouteLabels, Histogram, fn() -> Histogram>,
    commits: Counter,
    failed_commits: Counter,
    changes: Counter,
    batch: Histogram,
    sequence: Gauge<u64, AtomicU64>,
    schemas: Gauge<u64, AtomicU64>,
    webhooks: WebhookMetrics,
    hot: OnceLock<(Counter, Histogram)>,
}

/// The route that serializers ask most.
const HOT_ROUTE: &str = "/schemas/ids/{id}";

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    method: &'static str,
    route: Arc<str>,
    status: u16,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: Arc<str>,
}

impl Metrics {
    pub fn new() -> Self {
        let latency: fn() -> Histogram = || {
            Histogram::new([
                0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0,
                10.0,
            ])
        };
        let mut metrics = Self {
            registry: Registry::with_prefix("dovetail"),
            requests: Family::default(),
            latency: Family::new_with_constructor(latency),
            commits: Counter::default(),
            failed_commits: Counter::default(),
            changes: Counter::default(),
            batch: Histogram::new([1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0]),
            sequence: Gauge::default(),
            schemas: Gauge::default(),
            webhooks: WebhookMetrics::default(),
            hot: OnceLock::new(),
        };
        metrics.register();
        metrics
    }

    /// The counters of the webhooks.
    pub(crate) fn webhooks(&self) -> &WebhookMetrics {
        &self.webhooks
    }

    fn register(&mut self) {
        let registry = &mut self.registry;
        self.webhooks.register(registry);
        registry.register("http_requests", "Requests answered", self.requests.clone());
        registry.register(
            "http_request_duration_seconds",
            "Time from head to answer",
            self.latency.clone(),
        );
        registry.register("commits", "Transactions committed", self.commits.clone());
        registry.register(
            "commits_failed",
            "Transactions that failed",
            self.failed_commits.clone(),
        );
        registry.register(
            "changes",
            "Changes committed by this node",
            self.changes.clone(),
        );
        registry.register(
            "commit_batch_changes",
            "Changes in one transaction",
            self.batch.clone(),
        );
        registry.register(
            "log_sequence",
            "Number of the last change this node knows",
            self.sequence.clone(),
        );
        registry.register(
            "schemas",
            "Schema ids ever given out, over all contexts",
            self.schemas.clone(),
        );
    }

    /// Counts a request of the hottest route, whose counters are looked up once.
    pub(crate) fn hot_answer(&self, took: Duration) {
        let (requests, latency) = self.hot.get_or_init(|| {
            let route: Arc<str> = Arc::from(HOT_ROUTE);
            let labels = RequestLabels {
                method: "GET",
                route: Arc::clone(&route),
                status: 200,
            };
            let requests = self.requests.get_or_create(&labels).clone();
            let latency = self.latency.get_or_create(&RouteLabels { route }).clone();
            (requests, latency)
        });
        requests.inc();
        latency.observe(took.as_secs_f64());
    }

    /// Everything in the text format of Prometheus.
    pub fn text(&self, view: Option<&View>) -> Result<String, fmt::Error> {
        if let Some(view) = view {
            self.sequence.set(view.seq());
            let schemas: usize = view
                .contexts()
                .map(|(_, context)| context.schema_count())
                .sum();
            self.schemas.set(schemas as u64);
        }
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl CommitStats for Metrics {
    fn committed(&self, changes: usize) {
        if changes > 0 {
            self.commits.inc();
            self.changes.inc_by(changes as u64);
            #[expect(clippy::cast_precision_loss, reason = "a batch is small")]
            self.batch.observe(changes as f64);
        }
    }

    fn failed(&self) {
        self.failed_commits.inc();
    }
}

/// The gate that counts requests by route.
#[derive(Debug, Clone)]
pub(crate) struct Measured(pub(crate) Arc<Metrics>);

/// What is remembered of a request until it is answered.
#[derive(Debug)]
pub(crate) struct Measuring {
    metrics: Arc<Metrics>,
    method: &'static str,
    route: Arc<str>,
    since: Instant,
}

impl Gate for Measured {
    type Memo = Measuring;

    fn enter(&self, request: &mut Request) -> Result<Measuring, HttpError> {
        let route = request
            .extensions()
            .get::<MatchedPath>()
            .map_or("", MatchedPath::as_str);
        Ok(Measuring {
            metrics: Arc::clone(&self.0),
            method: known_method(request.method().as_str()),
            route: route.into(),
            since: Instant::now(),
        })
    }

    fn leave(measuring: Measuring, response: &mut Response) {
        let Measuring {
            metrics,
            method,
            route,
            since,
        } = measuring;
        let status = response.status().as_u16();
        let elapsed = since.elapsed();
        tracing::debug!(method, %route, status, elapsed_us = elapsed.as_micros(), "answered");
        metrics
            .latency
            .get_or_create(&RouteLabels {
                route: Arc::clone(&route),
            })
            .observe(elapsed.as_secs_f64());
        metrics
            .requests
            .get_or_create(&RequestLabels {
                method,
                route,
                status,
            })
            .inc();
    }
}

/// Clients may invent methods; labels may not grow with them.
fn known_method(method: &str) -> &'static str {
    ["GET", "HEAD", "POST", "PUT", "DELETE"]
        .into_iter()
        .find(|known| *known == method)
        .unwrap_or("other")
}

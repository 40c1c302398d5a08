//! What the engine counts. Labels are bounded: no URL, no subject, no subscription is in them.

use std::sync::atomic::AtomicU64;

use prometheus_client::{
    encoding::EncodeLabelSet,
    metrics::{counter::Counter, family::Family, gauge::Gauge, histogram::Histogram},
    registry::Registry,
};

use super::{FailureReason, Next, QueueDepth, Report};

/// Counters and gauges of the webhooks.
#[derive(Debug, Clone)]
pub struct WebhookMetrics {
    events: Family<TypeLabels, Counter>,
    attempts: Family<OutcomeLabels, Counter>,
    delivery: Histogram,
    first_attempt: Histogram,
    depth: Family<StateLabels, Gauge<u64, AtomicU64>>,
    oldest: Gauge<f64, AtomicU64>,
    blocked: Gauge<u64, AtomicU64>,
    expired: Counter,
    fenced: Counter,
    dead: Family<ReasonLabels, Counter>,
    targets_refused: Family<RuleLabels, Counter>,
    subscriptions: Family<StateLabels, Gauge<u64, AtomicU64>>,
    restarts: Counter,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct TypeLabels {
    r#type: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabels {
    outcome: &'static str,
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ReasonLabels {
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RuleLabels {
    rule: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct StateLabels {
    state: &'static str,
}

impl Default for WebhookMetrics {
    fn default() -> Self {
        let seconds = || {
            Histogram::new([
                0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0, 600.0, 3600.0,
                86_400.0,
            ])
        };
        Self {
            events: Family::default(),
            attempts: Family::default(),
            delivery: seconds(),
            first_attempt: seconds(),
            depth: Family::default(),
            oldest: Gauge::default(),
            blocked: Gauge::default(),
            expired: Counter::default(),
            fenced: Counter::default(),
            dead: Family::default(),
            targets_refused: Family::default(),
            subscriptions: Family::default(),
            restarts: Counter::default(),
        }
    }
}

impl WebhookMetrics {
    /// Puts everything where it is read.
    pub fn register(&self, registry: &mut Registry) {
        let registry = registry.sub_registry_with_prefix("webhook");
        registry.register(
            "events",
            "Events fanned out by this node",
            self.events.clone(),
        );
        registry.register(
            "attempts",
            "Attempts that were recorded",
            self.attempts.clone(),
        );
        registry.register(
            "delivery_seconds",
            "From the commit of a change to its arrival",
            self.delivery.clone(),
        );
        registry.register(
            "first_attempt_seconds",
            "From the commit of a change to the first attempt",
            self.first_attempt.clone(),
        );
        registry.register("queue_depth", "Pending deliveries", self.depth.clone());
        registry.register(
            "oldest_pending_seconds",
            "Age of the oldest pending delivery",
            self.oldest.clone(),
        );
        registry.register(
            "lanes_blocked",
            "Subjects that wait for a person",
            self.blocked.clone(),
        );
        registry.register(
            "leases_expired",
            "Lanes taken over from whoever did not finish",
            self.expired.clone(),
        );
        registry.register(
            "attempts_fenced",
            "Attempts that were not recorded because the lease was lost",
            self.fenced.clone(),
        );
        registry.register("dead_letters", "Deliveries given up", self.dead.clone());
        registry.register(
            "targets_refused",
            "URLs and addresses that may not be called, when a webhook was made and on attempts",
            self.targets_refused.clone(),
        );
        registry.register("subscriptions", "Subscriptions", self.subscriptions.clone());
        registry.register(
            "worker_restarts",
            "Workers started again after a panic",
            self.restarts.clone(),
        );
    }

    pub(super) fn fanned_out(&self, event_type: &str) {
        let r#type = event_type.to_owned();
        self.events.get_or_create(&TypeLabels { r#type }).inc();
    }

    pub(super) fn recorded(&self, report: &Report) {
        let reason = report.reason.map_or("", FailureReason::as_str);
        let outcome = if report.reason.is_some() {
            "failed"
        } else {
            "delivered"
        };
        self.attempts
            .get_or_create(&OutcomeLabels { outcome, reason })
            .inc();
        if report.number == 1 {
            self.first_attempt.observe(seconds(report.until_attempt_ms));
        }
        match report.next {
            Next::Delivered => self.delivery.observe(seconds(report.since_change_ms)),
            Next::Retry { .. } => {}
            Next::GiveUp { .. } | Next::Block => {
                self.dead.get_or_create(&ReasonLabels { reason }).inc();
            }
        }
    }

    pub(super) fn target_refused(&self, rule: &'static str) {
        self.targets_refused
            .get_or_create(&RuleLabels { rule })
            .inc();
    }

    pub(super) fn lease_expired(&self) {
        self.expired.inc();
    }

    pub(super) fn fenced(&self) {
        self.fenced.inc();
    }

    pub(super) fn restarted(&self) {
        self.restarts.inc();
    }

    pub(super) fn depth(&self, depth: &QueueDepth, now: i64) {
        let set = |family: &Family<StateLabels, Gauge<u64, AtomicU64>>, state, count| {
            family.get_or_create(&StateLabels { state }).set(count);
        };
        set(&self.depth, "fresh", depth.fresh);
        set(&self.depth, "retry", depth.retry);
        set(&self.depth, "replay", depth.replay);
        set(&self.depth, "blocked", depth.blocked);
        set(&self.subscriptions, "enabled", depth.enabled);
        set(&self.subscriptions, "disabled", depth.disabled);
        self.blocked.set(depth.lanes_blocked);
        let age = depth.oldest_pending.map_or(0, |since| now - since);
        self.oldest.set(seconds(age));
    }
}

#[expect(clippy::cast_precision_loss, reason = "ages are far below 2^53 ms")]
fn seconds(ms: i64) -> f64 {
    ms.max(0) as f64 / 1000.0
}

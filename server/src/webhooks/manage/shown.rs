//! How subscriptions and deliveries are written. Secrets are not.

use dovetail_model::bodies::{
    AttemptBody, DeliveryBody, ReplayBody, TimingsBody, WebhookBody, WebhookHealthBody,
    WebhookSecretBody,
};
use jiff::Timestamp;

use super::{Result, error::invalid};
use crate::webhooks::{
    Attempt, AttemptOutcome, AttemptResult, Delivery, Health, OnDeadLetter, Ordering, Replay,
    ReplayProgress, ReplayState, SealedSecret, SecretKind, Subscription, SubscriptionState,
    Timings, event::time,
};

pub(super) fn webhook(subscription: &Subscription, health: Option<&Health>) -> WebhookBody {
    WebhookBody {
        id: subscription.id.to_string(),
        url: subscription.url.clone(),
        description: subscription.description.clone(),
        events: subscription.filter.events.clone(),
        subjects: subscription.filter.subjects.clone(),
        ordering: match subscription.ordering {
            Ordering::Subject => "subject",
            Ordering::None => "none",
        }
        .to_owned(),
        on_dead_letter: match subscription.on_dead_letter {
            OnDeadLetter::Advance => "advance",
            OnDeadLetter::PauseSubject => "pause_subject",
        }
        .to_owned(),
        include_schema: subscription.include_schema,
        max_rate: subscription.max_rate,
        headers: subscription
            .headers
            .iter()
            .map(|header| header.name.clone())
            .collect(),
        enabled: subscription.state == SubscriptionState::Enabled,
        state_reason: subscription.state_reason.clone(),
        state_since: time(subscription.state_since),
        created_at: time(subscription.created_at),
        updated_at: time(subscription.updated_at),
        secrets: subscription.secrets.iter().map(secret).collect(),
        health: health.map(|health| WebhookHealthBody {
            failures: health.failures,
            failing_since: health.failing_since.map(time),
            last_success_at: health.last_success_at.map(time),
            last_failure_at: health.last_failure_at.map(time),
        }),
        secret: None,
    }
}

fn secret(secret: &SealedSecret) -> WebhookSecretBody {
    WebhookSecretBody {
        id: secret.id.clone(),
        signing: match secret.kind {
            SecretKind::Hmac => "hmac",
            SecretKind::Ed25519 => "ed25519",
        }
        .to_owned(),
        created_at: time(secret.created_at),
        expires_at: secret.expires_at.map(time),
        public_key: secret.public.clone(),
    }
}

pub(super) fn delivery(delivery: &Delivery) -> DeliveryBody {
    DeliveryBody {
        event: delivery.key.event.to_string(),
        event_type: delivery.event_type.clone(),
        subject: delivery.subject.clone(),
        status: delivery.status.to_string(),
        attempts: delivery.attempts,
        created_at: time(delivery.created_at),
        next_attempt_at: delivery.next_attempt_at.map(time),
        finished_at: delivery.finished_at.map(time),
        reason: delivery.reason.map(|reason| reason.to_string()),
        http_status: delivery.http_status,
        job: Some(delivery.key.job.clone()).filter(|job| !job.is_empty()),
    }
}

pub(super) fn attempt(attempt: &Attempt) -> AttemptBody {
    AttemptBody {
        number: attempt.key.number,
        started_at: time(attempt.started_at),
        delivered: attempt.reason.is_none(),
        status: attempt.http_status,
        reason: attempt.reason.map(|reason| reason.to_string()),
        timings: timings(attempt.timings),
        response: attempt.response.clone(),
    }
}

pub(super) fn outcome(outcome: &AttemptOutcome, at: i64) -> AttemptBody {
    let (status, reason) = match &outcome.result {
        AttemptResult::Delivered { status } => (Some(*status), None),
        AttemptResult::Failed { reason, status, .. } => (*status, Some(reason.to_string())),
    };
    AttemptBody {
        number: 1,
        started_at: time(at),
        delivered: reason.is_none(),
        status,
        reason,
        timings: timings(outcome.timings),
        response: outcome.response.clone(),
    }
}

fn timings(timings: Timings) -> TimingsBody {
    TimingsBody {
        resolved_ms: timings.resolved_ms,
        connected_ms: timings.connected_ms,
        first_byte_ms: timings.first_byte_ms,
        total_ms: timings.total_ms,
    }
}

pub(super) fn replay(replay: &Replay, progress: ReplayProgress) -> ReplayBody {
    let state = match replay.state {
        ReplayState::Cancelled => "cancelled",
        ReplayState::Prepared if progress.pending == 0 => "done",
        ReplayState::Prepared | ReplayState::Preparing => "running",
    };
    ReplayBody {
        id: replay.id.clone(),
        since: time(replay.since),
        until: time(replay.until),
        subjects: replay.subjects.clone(),
        only: replay.only.to_string(),
        state: state.to_owned(),
        created_at: time(replay.created_at),
        finished_at: replay.finished_at.map(time),
        found: progress.found(),
        pending: progress.pending,
        delivered: progress.delivered,
        dead: progress.dead,
        cancelled: progress.cancelled,
    }
}

/// Reads a moment, in milliseconds since 1970.
pub(super) fn moment(text: &str) -> Result<i64> {
    let parsed: std::result::Result<Timestamp, _> = text.parse();
    parsed.map(Timestamp::as_millisecond).map_err(|_| {
        invalid(format!(
            "\"{}\" is no time such as 2026-11-24T09:30:00Z",
            text.chars().take(40).collect::<String>()
        ))
    })
}

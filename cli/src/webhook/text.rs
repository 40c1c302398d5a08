//! Webhooks and deliveries for people.

use dovetail_model::bodies::{AttemptBody, DeliveryBody, WebhookBody};

/// Webhooks, one a line.
pub(super) fn webhooks(all: &[WebhookBody]) -> String {
    let lines = all
        .iter()
        .map(|one| format!("{}  {}  {}\n", one.id, state(one), one.url));
    lines.collect()
}

/// A webhook, and its secret where that was just made.
pub(super) fn webhook(one: &WebhookBody) -> String {
    let mut lines = vec![
        format!("id        {}\n", one.id),
        format!("url       {}\n", one.url),
        format!("state     {}\n", state(one)),
        format!("events    {}\n", one.events.join(", ")),
        format!("subjects  {}\n", one.subjects.join(", ")),
    ];
    let reason = one.state_reason.as_ref();
    lines.extend(reason.map(|reason| format!("because   {reason}\n")));
    lines.extend(one.health.as_ref().map(|health| {
        let since = health.failing_since.as_deref();
        let since = since.map(|since| format!(" since {since}"));
        format!(
            "failures  {}{}\n",
            health.failures,
            since.unwrap_or_default()
        )
    }));
    let secret = one.secret.as_ref();
    lines.extend(secret.map(|secret| format!("secret    {secret}\n")));
    lines.concat()
}

/// What came of an attempt.
pub(super) fn attempt(attempt: &AttemptBody) -> String {
    let how = if attempt.delivered {
        "delivered"
    } else {
        "failed"
    };
    let status = attempt.status.map(|status| format!("  HTTP {status}"));
    let reason = attempt.reason.as_ref().map(|reason| format!("  {reason}"));
    format!(
        "{how}{}{}  {} ms\n",
        status.unwrap_or_default(),
        reason.unwrap_or_default(),
        attempt.timings.total_ms
    )
}

/// Attempts, one a line.
pub(super) fn attempts(all: &[AttemptBody]) -> String {
    let lines = all
        .iter()
        .map(|one| format!("{}  {}  {}", one.number, one.started_at, attempt(one)));
    lines.collect()
}

/// Texts, one a line.
pub(super) fn lines(all: &[String]) -> String {
    all.iter().flat_map(|one| [one, "\n"]).collect()
}

/// Deliveries, one a line.
pub(super) fn deliveries(all: &[DeliveryBody]) -> String {
    all.iter().map(delivery).collect()
}

/// A delivery, as a line.
pub(super) fn delivery(one: &DeliveryBody) -> String {
    let reason = one.reason.as_ref().map(|reason| format!("  {reason}"));
    format!(
        "{}  {}  {}  {}  attempts {}{}\n",
        one.event,
        one.status,
        one.event_type,
        one.subject.as_deref().unwrap_or("-"),
        one.attempts,
        reason.unwrap_or_default()
    )
}

fn state(one: &WebhookBody) -> &'static str {
    if one.enabled { "enabled" } else { "disabled" }
}

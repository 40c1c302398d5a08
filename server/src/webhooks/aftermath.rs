//! What an attempt means for its subscription: warnings, disabling, and telling the owner's other subscriptions.

use std::sync::Arc;

use super::{
    Audience, Clock, Course, Events, Next, Notice, Recipient, Report, Subscription, WebhookMetrics,
    WebhookStore,
};
use crate::storage::StorageError;

/// Sees to what follows from attempts.
pub struct Aftermath {
    pub store: Arc<dyn WebhookStore>,
    pub clock: Arc<dyn Clock>,
    pub events: Arc<dyn Events>,
    pub metrics: WebhookMetrics,
}

impl Aftermath {
    /// Counts and logs an attempt, and does what it calls for.
    pub async fn of(&self, report: &Report) -> Result<(), StorageError> {
        self.metrics.recorded(report);
        log(report);
        let subscription = &*report.subscription;
        if report.gone {
            let reason = "the receiver answered 410 Gone";
            return self.disable(subscription, reason).await;
        }
        match report.course {
            Course::Nothing => Ok(()),
            Course::Warn { since } => {
                tracing::warn!(
                    subscription = %subscription.id,
                    since,
                    "a webhook has been failing without one success; after five days it is disabled"
                );
                Ok(())
            }
            Course::Disable { .. } => {
                let reason = "it failed for five days without one success";
                self.disable(subscription, reason).await
            }
            Course::Recovered { since } => {
                tracing::info!(subscription = %subscription.id, since, "a webhook answers again");
                let notice = Notice::Recovered {
                    subscription,
                    since,
                };
                self.tell_others(subscription, &notice).await
            }
        }
    }

    async fn disable(&self, subscription: &Subscription, reason: &str) -> Result<(), StorageError> {
        let now = self.clock.now().await?;
        let id = &subscription.id;
        if !self.store.subscription_disable(id, reason, now).await? {
            return Ok(());
        }
        tracing::warn!(subscription = %id, reason, "a webhook is disabled");
        let notice = Notice::Disabled {
            subscription,
            reason,
        };
        self.tell_others(subscription, &notice).await
    }

    /// Tells the other subscriptions of the same owner that want to hear of it.
    async fn tell_others(
        &self,
        about: &Subscription,
        notice: &Notice<'_>,
    ) -> Result<(), StorageError> {
        let now = self.clock.now().await?;
        let event = self.events.of_notice(notice, now);
        let audience = Audience::load(&*self.store).await?;
        let others: Vec<Recipient> = audience
            .enabled()
            .filter(|other| other.owner == about.owner && other.id != about.id)
            .filter(|other| other.filter.wants(&event.event_type))
            .map(|other| Recipient {
                subscription: other.id.clone(),
                lane: format!("event:{}", event.id),
            })
            .collect();
        if !others.is_empty() {
            self.store.enqueue(&event, &others, now).await?;
        }
        Ok(())
    }
}

fn log(report: &Report) {
    let subscription = &report.subscription.id;
    let reason = report.reason.map(super::FailureReason::as_str);
    tracing::debug!(
        subscription = %subscription,
        event = %report.event,
        attempt = report.number,
        reason,
        status = report.status,
        since_change_ms = report.since_change_ms,
        "a webhook attempt"
    );
    if matches!(report.next, Next::GiveUp { .. } | Next::Block) {
        tracing::warn!(
            subscription = %subscription,
            subject = report.subject,
            event = %report.event,
            attempts = report.number,
            reason,
            status = report.status,
            detail = report.detail,
            "a webhook delivery was given up"
        );
    }
}

//! A test: one real attempt with a `webhook.test` event, for the one who asks to see what comes of it.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use dovetail_model::bodies::AttemptBody;

use super::{Result, Webhooks, error::WebhookError, shown};
use crate::webhooks::{AttemptRequest, Notice, SubscriptionId};

/// How many tests of one subscription are made in how long.
const TESTS: usize = 10;
const WINDOW: Duration = Duration::from_mins(1);

/// How long a test may take.
const DEADLINE: Duration = Duration::from_secs(20);

/// When tests were made lately. There are as many entries as subscriptions, at most.
#[derive(Debug, Default)]
pub(super) struct Trials(Mutex<HashMap<SubscriptionId, Vec<Instant>>>);

impl Trials {
    /// Takes one more test, or says when there may be one.
    fn take(&self, id: &SubscriptionId, now: Instant) -> Result<()> {
        let mut made = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        made.retain(|_, times| {
            times.retain(|time| now.duration_since(*time) < WINDOW);
            !times.is_empty()
        });
        let times = made.entry(id.clone()).or_default();
        match times.first() {
            Some(first) if times.len() >= TESTS => Err(WebhookError::TooManyTests(
                WINDOW.saturating_sub(now.duration_since(*first)),
            )),
            _ => {
                times.push(now);
                Ok(())
            }
        }
    }
}

impl Webhooks {
    /// Sends a test, and says what came of it. A disabled subscription can be tested, too.
    pub async fn test(&self, id: &str) -> Result<AttemptBody> {
        let subscription = self.subscription(id).await?;
        self.trials.take(&subscription.id, Instant::now())?;
        let at = self.parts.store.now().await?;
        let notice = Notice::Test {
            subscription: &subscription,
        };
        let event = self.parts.events.of_notice(&notice, at);
        let request = AttemptRequest {
            subscription: subscription.into(),
            event: event.id,
            number: 1,
            at,
            body: event.body,
            deadline: DEADLINE,
        };
        let outcome = self.parts.transport.attempt(request).await;
        Ok(shown::outcome(&outcome, at))
    }
}

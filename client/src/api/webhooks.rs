//! `/api/v1/webhooks`: who is told of changes, and what became of it.

use dovetail_model::bodies::{
    AttemptBody, DeliveryBody, DeliveryPageBody, DisableRequest, EnableRequest, ReplayBody,
    ReplayCount, ReplayRequest, ResumeRequest, RotateRequest, WebhookBody, WebhookPage,
    WebhookRequest,
};
use reqwest::Method;

use crate::{
    client::Client,
    error::Result,
    http::{Call, Repeat},
};

/// Which deliveries are listed.
#[derive(Debug, Clone, Default)]
pub struct ListDeliveries {
    /// `pending`, `delivered`, `dead` or `cancelled`.
    pub status: Option<String>,
    /// Those of one subject.
    pub subject: Option<String>,
    /// Those made since a moment, RFC 3339.
    pub since: Option<String>,
    /// `next` of an earlier page.
    pub cursor: Option<String>,
    /// How many are listed at most.
    pub limit: Option<u32>,
}

impl Client {
    /// Lists subscriptions, from the beginning or from `next` of an earlier page.
    pub async fn webhooks(&self, cursor: Option<&str>) -> Result<WebhookPage> {
        let call = Call::get(&["api", "v1", "webhooks"])?.option("cursor", cursor);
        self.json(call).await
    }

    /// Makes a subscription. Only this answer has its secret.
    pub async fn create_webhook(&self, webhook: &WebhookRequest) -> Result<WebhookBody> {
        let segments = ["api", "v1", "webhooks"];
        let call = Call::new(Method::POST, &segments, Repeat::Unsafe)?;
        self.json(call.json(webhook)?).await
    }

    /// Reads a subscription and how it is doing.
    pub async fn webhook(&self, id: &str) -> Result<WebhookBody> {
        self.json(Call::get(&["api", "v1", "webhooks", id])?).await
    }

    /// Deletes a subscription. What it was still owed is dropped.
    pub async fn delete_webhook(&self, id: &str) -> Result<()> {
        let call = Call::delete(&["api", "v1", "webhooks", id])?;
        self.text(call).await.map(drop)
    }

    /// Tells a subscription of changes again: from now on, or also what it missed.
    pub async fn enable_webhook(&self, id: &str, how: &EnableRequest) -> Result<WebhookBody> {
        self.json(act(&[id, "enable"])?.json(how)?).await
    }

    /// Tells a subscription nothing more.
    pub async fn disable_webhook(&self, id: &str, why: &DisableRequest) -> Result<WebhookBody> {
        self.json(act(&[id, "disable"])?.json(why)?).await
    }

    /// Sends a test, and answers what came of it.
    pub async fn test_webhook(&self, id: &str) -> Result<AttemptBody> {
        self.json(act(&[id, "test"])?).await
    }

    /// Replaces the secret. Only this answer has the new one.
    pub async fn rotate_webhook_secret(
        &self,
        id: &str,
        how: &RotateRequest,
    ) -> Result<WebhookBody> {
        self.json(act(&[id, "rotate-secret"])?.json(how)?).await
    }

    /// Lists what is and was owed to a subscription, newest first.
    pub async fn deliveries(&self, id: &str, list: &ListDeliveries) -> Result<DeliveryPageBody> {
        let call = Call::get(&["api", "v1", "webhooks", id, "deliveries"])?
            .option("status", list.status.as_deref())
            .option("subject", list.subject.as_deref())
            .option("since", list.since.as_deref())
            .option("cursor", list.cursor.as_deref())
            .option("limit", list.limit);
        self.json(call).await
    }

    /// Lists the attempts to deliver an event, oldest first.
    pub async fn attempts(&self, id: &str, event: &str) -> Result<Vec<AttemptBody>> {
        let segments = ["api", "v1", "webhooks", id, "deliveries", event, "attempts"];
        self.json(Call::get(&segments)?).await
    }

    /// Sends an event once more.
    pub async fn redeliver(&self, id: &str, event: &str) -> Result<DeliveryBody> {
        self.json(act(&[id, "deliveries", event, "redeliver"])?)
            .await
    }

    /// Lists the subjects that wait after an event that was given up.
    pub async fn blocked_subjects(&self, id: &str) -> Result<Vec<String>> {
        let call = Call::get(&["api", "v1", "webhooks", id, "blocked"])?;
        self.json(call).await
    }

    /// Lets a subject go on, with the event that was given up or past it.
    pub async fn resume_subject(&self, id: &str, how: &ResumeRequest) -> Result<()> {
        self.text(act(&[id, "resume"])?.json(how)?).await.map(drop)
    }

    /// Sends past events once more.
    pub async fn replay(&self, id: &str, which: &ReplayRequest) -> Result<ReplayBody> {
        let which = ReplayRequest {
            dry_run: false,
            ..which.clone()
        };
        self.json(act(&[id, "replay"])?.json(&which)?).await
    }

    /// Counts what a replay would send.
    pub async fn count_replay(&self, id: &str, which: &ReplayRequest) -> Result<ReplayCount> {
        let which = ReplayRequest {
            dry_run: true,
            ..which.clone()
        };
        self.json(act(&[id, "replay"])?.json(&which)?).await
    }
}

/// A request that does more when it is sent twice.
fn act(rest: &[&str]) -> Result<Call> {
    let segments = [&["api", "v1", "webhooks"], rest].concat();
    Call::new(Method::POST, &segments, Repeat::Unsafe)
}

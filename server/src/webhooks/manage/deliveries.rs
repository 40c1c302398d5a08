//! What is and was owed to a subscription, and owing it once more.

use dovetail_model::bodies::{AttemptBody, DeliveryBody, DeliveryPageBody, ResumeRequest};

use super::{
    IdempotencyKey, Result, Webhooks, cursor,
    error::{WebhookError, invalid},
    shown,
};
use crate::webhooks::{
    DeliveryQuery, DeliveryStatus, EventId, Lane, NewEvent, Notice, Subscription, Unblock,
    notice::NAMED_IDS,
};

/// Which deliveries a list shows.
#[derive(Debug, Clone, Default)]
pub struct DeliveryFilter {
    pub status: Option<String>,
    pub subject: Option<String>,
    /// RFC 3339.
    pub since: Option<String>,
    pub cursor: Option<String>,
    pub limit: u32,
}

impl Webhooks {
    /// A page of deliveries, newest first.
    pub async fn deliveries(&self, id: &str, filter: &DeliveryFilter) -> Result<DeliveryPageBody> {
        let subscription = self.subscription(id).await?;
        let list = format!("deliveries of {id}");
        let query = DeliveryQuery {
            status: filter.status.as_deref().map(status).transpose()?,
            subject: filter.subject.clone(),
            since: filter.since.as_deref().map(shown::moment).transpose()?,
            before: filter
                .cursor
                .as_deref()
                .map(|text| cursor::read(&list, text))
                .transpose()?,
            limit: filter.limit + 1,
        };
        let mut page = self
            .parts
            .store
            .delivery_list(&subscription.id, &query)
            .await?;
        let has_more = page.len() > filter.limit as usize;
        page.truncate(filter.limit as usize);
        let next = page.last().filter(|_| has_more).map(|last| {
            let key = &last.key;
            cursor::write(&list, &(key.position, &key.event, &key.job))
        });
        Ok(DeliveryPageBody {
            deliveries: page.iter().map(shown::delivery).collect(),
            next,
        })
    }

    /// The attempts at an event, oldest first.
    pub async fn attempts(&self, id: &str, event: &str) -> Result<Vec<AttemptBody>> {
        let subscription = self.subscription(id).await?;
        let event = EventId::new(event);
        let store = &self.parts.store;
        if store
            .delivery_of_event(&subscription.id, &event)
            .await?
            .is_empty()
        {
            return Err(WebhookError::DeliveryNotFound(event.to_string()));
        }
        let attempts = store.attempt_list(&subscription.id, &event).await?;
        Ok(attempts.iter().map(shown::attempt).collect())
    }

    /// Owes an event once more.
    pub async fn redeliver(
        &self,
        id: &str,
        event: &str,
        key: Option<&IdempotencyKey>,
    ) -> Result<DeliveryBody> {
        let subscription = self.subscription(id).await?;
        let event = EventId::new(event);
        let store = &self.parts.store;
        let now = store.now().await?;
        let job = match key {
            Some(key) => key.id("rd_", &format!("{id}\n{event}")),
            None => self.new_id("rd_", now),
        };
        let unknown = || WebhookError::DeliveryNotFound(event.to_string());
        let owed = store.delivery_of_event(&subscription.id, &event).await?;
        if let Some(same) = owed.iter().find(|delivery| delivery.key.job == job) {
            return Ok(shown::delivery(same));
        }
        let redelivered = store
            .redeliver(&subscription.id, &event, &job, now)
            .await?
            .ok_or_else(unknown)?;
        self.parts.bells.owed();
        let owed = store.delivery_of_event(&subscription.id, &event).await?;
        let delivery = owed
            .iter()
            .find(|delivery| delivery.key == redelivered.delivery);
        delivery.map(shown::delivery).ok_or_else(unknown)
    }

    /// The subjects whose events wait for a person.
    pub async fn blocked(&self, id: &str) -> Result<Vec<String>> {
        let subscription = self.subscription(id).await?;
        let lanes = self.parts.store.blocked_lanes(&subscription.id).await?;
        Ok(lanes
            .iter()
            .map(|lane| lane.key.subject().to_owned())
            .collect())
    }

    /// Lets a subject's events go on: with the one that was given up, or past it, which a gap then tells of.
    pub async fn resume(&self, id: &str, request: &ResumeRequest) -> Result<()> {
        let subscription = self.subscription(id).await?;
        let store = &self.parts.store;
        let lanes = store.blocked_lanes(&subscription.id).await?;
        let is_meant = |lane: &&Lane| lane.key.subject() == request.subject;
        let not_blocked = || WebhookError::NotBlocked(request.subject.clone());
        let lane = lanes.iter().find(is_meant).ok_or_else(not_blocked)?;
        let now = store.now().await?;
        let how = if request.skip {
            let gap = self.gap(&subscription, lane, now).await?;
            Unblock::Skip { gap: Some(gap) }
        } else {
            Unblock::Retry
        };
        if !store.lane_unblock(&lane.key, &how, now).await? {
            return Err(not_blocked());
        }
        self.parts.bells.owed();
        Ok(())
    }

    /// A gap that names what was given up in a lane without its receiver having been told.
    async fn gap(&self, subscription: &Subscription, lane: &Lane, now: i64) -> Result<NewEvent> {
        let skipped = self.parts.store.skipped(&lane.key, NAMED_IDS).await?;
        let subject = Some(lane.key.subject()).filter(|subject| !subject.is_empty());
        let notice = Notice::Gap {
            subscription,
            subject,
            skipped: &skipped,
        };
        Ok(self.parts.events.of_notice(&notice, now))
    }
}

fn status(text: &str) -> Result<DeliveryStatus> {
    DeliveryStatus::from_name(text)
        .ok_or_else(|| invalid("status must be pending, delivered, dead or cancelled"))
}

//! Reading, changing, enabling, disabling and deleting subscriptions.

use dovetail_model::bodies::{
    EnableRequest, Patch, ReplayRequest, WebhookBody, WebhookPage, WebhookUpdate,
};

use super::{
    Result, TRIES, Webhooks, cursor, draft, error::WebhookError, replays::LONGEST_BACK_MS, shown,
};
use crate::webhooks::{
    Subscription, SubscriptionId, SubscriptionState, event, header, manage::error::invalid,
};

/// The name of this list in cursors.
const LIST: &str = "webhooks";

/// The longest reason for disabling.
const MAX_REASON_BYTES: usize = 256;

impl Webhooks {
    /// A page of subscriptions, oldest first.
    pub async fn list(&self, from: Option<&str>, limit: u32) -> Result<WebhookPage> {
        let after: Option<SubscriptionId> =
            from.map(|text| cursor::read(LIST, text)).transpose()?;
        let store = &self.parts.store;
        // One more than asked for tells whether there is more.
        let mut found = store.subscription_list(after.as_ref(), limit + 1).await?;
        let has_more = found.len() > limit as usize;
        found.truncate(limit as usize);
        let next = found
            .last()
            .filter(|_| has_more)
            .map(|last| cursor::write(LIST, &last.id));
        Ok(WebhookPage {
            webhooks: found.iter().map(|one| shown::webhook(one, None)).collect(),
            next,
        })
    }

    /// One subscription and how it is doing.
    pub async fn get(&self, id: &str) -> Result<WebhookBody> {
        let subscription = self.subscription(id).await?;
        let health = self.parts.store.health(&subscription.id).await?;
        Ok(shown::webhook(&subscription, Some(&health)))
    }

    /// Changes what is said and keeps the rest.
    pub async fn update(&self, id: &str, update: &WebhookUpdate) -> Result<WebhookBody> {
        if let Some(url) = &update.url {
            self.hold_target(url).await?;
        }
        self.change(id, |webhooks, subscription| {
            webhooks.apply(subscription, update)
        })
        .await?;
        match update.enabled {
            Some(true) => self.enable(id, &EnableRequest::default()).await,
            Some(false) => self.disable(id, None).await,
            None => self.get(id).await,
        }
    }

    fn apply(&self, subscription: &mut Subscription, update: &WebhookUpdate) -> Result<()> {
        if let Some(url) = &update.url {
            subscription.url.clone_from(url);
        }
        let everything = draft::filter(None, None)?;
        match &update.events {
            Patch::Keep => {}
            Patch::Clear => subscription.filter.events.clone_from(&everything.events),
            Patch::Set(events) => subscription.filter.events = draft::event_names(events)?,
        }
        match &update.subjects {
            Patch::Keep => {}
            Patch::Clear => subscription
                .filter
                .subjects
                .clone_from(&everything.subjects),
            Patch::Set(subjects) => {
                subscription.filter.subjects = draft::subject_patterns(subjects)?;
            }
        }
        if let Some(text) = said(&update.description) {
            subscription.description = draft::description(text.map(String::as_str))?;
        }
        if let Some(text) = said(&update.ordering) {
            subscription.ordering = draft::ordering(text.map(String::as_str))?;
        }
        if let Some(text) = said(&update.on_dead_letter) {
            subscription.on_dead_letter = draft::on_dead_letter(text.map(String::as_str))?;
        }
        if let Some(flag) = said(&update.include_schema) {
            subscription.include_schema = flag.copied().unwrap_or(false);
        }
        if let Some(rate) = said(&update.max_rate) {
            subscription.max_rate = draft::max_rate(rate.copied())?;
        }
        self.apply_headers(subscription, update)
    }

    fn apply_headers(&self, subscription: &mut Subscription, update: &WebhookUpdate) -> Result<()> {
        let changes = match &update.headers {
            Patch::Keep => return Ok(()),
            Patch::Clear => {
                subscription.headers.clear();
                return Ok(());
            }
            Patch::Set(changes) => changes,
        };
        for (name, value) in changes {
            let name =
                header::check(name, value.as_deref().unwrap_or_default()).map_err(invalid)?;
            subscription.headers.retain(|header| header.name != name);
            if let Some(value) = value {
                let one = [(name, value.clone())].into();
                let sealed = self.seal_headers(subscription.id.as_str(), &one);
                subscription.headers.extend(sealed);
            }
        }
        subscription.headers.sort_by(|a, b| a.name.cmp(&b.name));
        draft::hold_header_count(subscription.headers.len())
    }

    /// Reads, changes and stores a subscription; again, where somebody else stored it in between.
    pub(super) async fn change(
        &self,
        id: &str,
        mut apply: impl FnMut(&Self, &mut Subscription) -> Result<()> + Send,
    ) -> Result<Subscription> {
        for _ in 0..TRIES {
            let mut subscription = self.subscription(id).await?;
            apply(self, &mut subscription)?;
            subscription.updated_at = self.parts.store.now().await?;
            if self.parts.store.subscription_update(&subscription).await? {
                return Ok(subscription);
            }
        }
        Err(WebhookError::Contended)
    }

    /// Tells it what happens from now on, and what happened meanwhile where that is asked for.
    pub async fn enable(&self, id: &str, request: &EnableRequest) -> Result<WebhookBody> {
        let subscription = self.subscription(id).await?;
        let now = self.parts.store.now().await?;
        let store = &self.parts.store;
        let enabled = store.subscription_enable(&subscription.id, now).await?;
        if let Some(enabled) = enabled.filter(|_| request.replay) {
            let since = enabled.disabled_since;
            let since = enabled.oldest_pending.map_or(since, |at| at.min(since));
            let replay = ReplayRequest {
                since: event::time(since.max(now - LONGEST_BACK_MS)),
                ..ReplayRequest::default()
            };
            self.replay(id, &replay, None).await?;
        }
        self.parts.bells.owed();
        self.get(id).await
    }

    /// Tells it nothing any more.
    pub async fn disable(&self, id: &str, reason: Option<&str>) -> Result<WebhookBody> {
        let reason = reason.unwrap_or("disabled by a person");
        if reason.len() > MAX_REASON_BYTES || reason.chars().any(char::is_control) {
            return Err(invalid(format!(
                "the reason is longer than {MAX_REASON_BYTES} bytes, or contains a control character"
            )));
        }
        let subscription = self.subscription(id).await?;
        if subscription.state == SubscriptionState::Enabled {
            let now = self.parts.store.now().await?;
            let store = &self.parts.store;
            store
                .subscription_disable(&subscription.id, reason, now)
                .await?;
        }
        self.get(id).await
    }

    /// Removes it and all that is owed to it.
    pub async fn delete(&self, id: &str) -> Result<()> {
        let store = &self.parts.store;
        if store.subscription_delete(&SubscriptionId::new(id)).await? {
            Ok(())
        } else {
            Err(WebhookError::NotFound(id.to_owned()))
        }
    }
}

/// What a patch says, if it says something: a value, or none.
#[expect(
    clippy::option_option,
    reason = "absent, null and a value are three things"
)]
fn said<T>(patch: &Patch<T>) -> Option<Option<&T>> {
    match patch {
        Patch::Keep => None,
        Patch::Clear => Some(None),
        Patch::Set(value) => Some(Some(value)),
    }
}

//! Making a subscription.

use std::collections::BTreeMap;

use dovetail_model::bodies::{WebhookBody, WebhookRequest};

use super::{
    IdempotencyKey, MAX_SUBSCRIPTIONS, Result, Webhooks, draft, error::WebhookError, shown,
};
use crate::webhooks::{
    SealedHeader, SealedSecret, SecretKind, Subscription, SubscriptionId, SubscriptionState,
    sign::SigningSecret,
    target::Refusal,
    transport::{header_purpose, open_secret, secret_purpose},
    vault::Sealed,
};

/// Who makes subscriptions while nobody has a name.
const OWNER: &str = "anonymous";

/// How long a name is looked up that has to be known before a subscription is taken.
const RESOLVE: std::time::Duration = std::time::Duration::from_secs(3);

impl Webhooks {
    /// Makes a subscription, and answers it with its secret, once. With a key, repeating the request answers the same one.
    pub async fn create(
        &self,
        request: &WebhookRequest,
        key: Option<&IdempotencyKey>,
    ) -> Result<WebhookBody> {
        let headers = draft::headers(request.headers.as_ref().unwrap_or(&BTreeMap::new()))?;
        let now = self.parts.store.now().await?;
        let id = match key {
            Some(key) => key.id("wh_", OWNER),
            None => self.new_id("wh_", now),
        };
        let secret = draft::secret(
            request.secret.as_deref(),
            request.signing.as_deref(),
            self.random(),
        )?;
        let subscription = self.drafted(request, &headers, &secret, &id, now)?;
        self.hold_target(&request.url).await?;
        if key.is_some()
            && let Some(existing) = self.parts.store.subscription(&subscription.id).await?
        {
            return self.same(&existing, &subscription, &headers, request);
        }
        let count = self.parts.store.subscription_count().await?;
        if count >= MAX_SUBSCRIPTIONS {
            return Err(WebhookError::TooMany(count));
        }
        if let Err(error) = self.parts.store.subscription_insert(&subscription).await {
            // Somebody repeated the request while it was under way.
            return match self.parts.store.subscription(&subscription.id).await? {
                Some(existing) if key.is_some() => {
                    self.same(&existing, &subscription, &headers, request)
                }
                _ => Err(error.into()),
            };
        }
        let mut webhook = shown::webhook(&subscription, None);
        webhook.secret = Some(secret.reveal());
        Ok(webhook)
    }

    fn drafted(
        &self,
        request: &WebhookRequest,
        headers: &BTreeMap<String, String>,
        secret: &SigningSecret,
        id: &str,
        now: i64,
    ) -> Result<Subscription> {
        let is_enabled = request.enabled.unwrap_or(true);
        Ok(Subscription {
            id: SubscriptionId::new(id),
            revision: 0,
            owner: OWNER.to_owned(),
            created_at: now,
            updated_at: now,
            url: request.url.clone(),
            description: draft::description(request.description.as_deref())?,
            filter: draft::filter(request.events.as_deref(), request.subjects.as_deref())?,
            ordering: draft::ordering(request.ordering.as_deref())?,
            on_dead_letter: draft::on_dead_letter(request.on_dead_letter.as_deref())?,
            include_schema: request.include_schema.unwrap_or(false),
            max_rate: draft::max_rate(request.max_rate)?,
            state: if is_enabled {
                SubscriptionState::Enabled
            } else {
                SubscriptionState::Disabled
            },
            state_reason: None,
            state_since: now,
            from_seq: 0,
            secrets: vec![self.seal_secret(id, secret, self.new_id("whs_", now), now)],
            headers: self.seal_headers(id, headers),
        })
    }

    /// Judges a URL as an attempt would. What only an allowed network could excuse is looked up at once, so that it is
    /// refused now and not on every attempt.
    pub(super) async fn hold_target(&self, url: &str) -> Result<()> {
        let held = self.try_target(url).await;
        if let Err(refusal) = &held {
            self.parts.metrics.target_refused(refusal.rule);
        }
        Ok(held?)
    }

    async fn try_target(&self, url: &str) -> std::result::Result<(), Refusal> {
        let target = self.parts.policy.target(url)?;
        if !target.depends_on_addresses() {
            return Ok(());
        }
        let lookup = self
            .parts
            .resolver
            .resolve(target.name().unwrap_or_default());
        let found = tokio::time::timeout(RESOLVE, lookup).await;
        let addresses = found.map_or_else(|_| Vec::new(), std::io::Result::unwrap_or_default);
        self.parts.policy.vet(&target, &addresses).map(drop)
    }

    pub(super) fn seal_secret(
        &self,
        subscription: &str,
        secret: &SigningSecret,
        id: String,
        now: i64,
    ) -> SealedSecret {
        let purpose = secret_purpose(subscription);
        let sealed = self.seal(&purpose, &secret.reveal());
        let public = secret.public();
        SealedSecret {
            id,
            kind: if public.is_some() {
                SecretKind::Ed25519
            } else {
                SecretKind::Hmac
            },
            key_id: sealed.key_id,
            sealed: sealed.text,
            public,
            created_at: now,
            expires_at: None,
        }
    }

    pub(super) fn seal_headers(
        &self,
        subscription: &str,
        headers: &BTreeMap<String, String>,
    ) -> Vec<SealedHeader> {
        let sealed = headers.iter().map(|(name, value)| {
            let sealed = self.seal(&header_purpose(subscription, name), value);
            SealedHeader {
                name: name.clone(),
                key_id: sealed.key_id,
                sealed: sealed.text,
            }
        });
        sealed.collect()
    }

    fn seal(&self, purpose: &str, text: &str) -> Sealed {
        self.parts.vault.seal(purpose, text, self.random())
    }

    /// What a repeated request made before, if it was this request.
    fn same(
        &self,
        existing: &Subscription,
        wanted: &Subscription,
        headers: &BTreeMap<String, String>,
        request: &WebhookRequest,
    ) -> Result<WebhookBody> {
        let id = existing.id.as_str();
        let first = existing
            .secrets
            .iter()
            .find(|secret| secret.created_at == existing.created_at);
        let secret = first
            .and_then(|secret| open_secret(&self.parts.vault, id, secret).ok())
            .map(|secret| secret.reveal());
        let has_secret = request
            .secret
            .as_deref()
            .is_none_or(|given| secret.as_deref() == Some(given));
        let is_same = existing.url == wanted.url
            && existing.description == wanted.description
            && existing.filter == wanted.filter
            && existing.ordering == wanted.ordering
            && existing.on_dead_letter == wanted.on_dead_letter
            && existing.include_schema == wanted.include_schema
            && existing.max_rate == wanted.max_rate
            && self.opened_headers(existing).as_ref() == Some(headers)
            && has_secret;
        if !is_same {
            return Err(WebhookError::KeyReused);
        }
        let mut webhook = shown::webhook(existing, None);
        webhook.secret = secret;
        Ok(webhook)
    }

    /// The headers of a subscription; `None` where one cannot be opened.
    fn opened_headers(&self, subscription: &Subscription) -> Option<BTreeMap<String, String>> {
        let opened = subscription.headers.iter().map(|header| {
            let purpose = header_purpose(subscription.id.as_str(), &header.name);
            let sealed = Sealed {
                key_id: header.key_id.clone(),
                text: header.sealed.clone(),
            };
            let value = self.parts.vault.open(&purpose, &sealed).ok()?;
            Some((header.name.clone(), value))
        });
        opened.collect()
    }
}

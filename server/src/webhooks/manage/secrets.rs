//! Replacing secrets. Two at most sign at a time, so that receivers can follow without a gap.

use dovetail_model::bodies::{RotateRequest, WebhookBody};

use super::{
    IdempotencyKey, Result, Webhooks, draft,
    error::{WebhookError, invalid},
    shown,
};
use crate::webhooks::{Subscription, transport::open_secret};

/// How long the previous secret goes on signing.
const OVERLAP_SECONDS: u64 = 24 * 60 * 60;
const LONGEST_OVERLAP_SECONDS: u64 = 7 * OVERLAP_SECONDS;

impl Webhooks {
    /// Makes a new secret current; the previous one signs too until its end. Answers the new one, once.
    pub async fn rotate_secret(
        &self,
        id: &str,
        request: &RotateRequest,
        key: Option<&IdempotencyKey>,
    ) -> Result<WebhookBody> {
        let overlap = request.overlap_seconds.unwrap_or(OVERLAP_SECONDS);
        if overlap > LONGEST_OVERLAP_SECONDS {
            return Err(invalid(format!(
                "overlap_seconds is more than {LONGEST_OVERLAP_SECONDS}, seven days"
            )));
        }
        let (given, signing) = (request.secret.as_deref(), request.signing.as_deref());
        let secret = draft::secret(given, signing, self.random())?;
        let now = self.parts.store.now().await?;
        let secret_id = match key {
            Some(key) => key.id("whs_", id),
            None => self.new_id("whs_", now),
        };
        let ends = (!request.revoke_previous && overlap > 0)
            .then(|| now + i64::try_from(overlap * 1000).unwrap_or(i64::MAX));
        let mut repeated = false;
        let subscription = self
            .change(id, |webhooks, subscription| {
                repeated = subscription
                    .secrets
                    .first()
                    .is_some_and(|current| current.id == secret_id);
                if repeated {
                    return Ok(());
                }
                let active = active(subscription, now);
                if active > 1 && !request.revoke_previous {
                    return Err(WebhookError::TwoSecrets);
                }
                let new = webhooks.seal_secret(id, &secret, secret_id.clone(), now);
                subscription.secrets.truncate(1);
                match ends {
                    Some(end) => subscription
                        .secrets
                        .iter_mut()
                        .for_each(|previous| previous.expires_at = Some(end)),
                    None => subscription.secrets.clear(),
                }
                subscription.secrets.insert(0, new);
                Ok(())
            })
            .await?;
        let mut webhook = shown::webhook(&subscription, None);
        webhook.secret = if repeated {
            let current = subscription.secrets.first();
            let opened = current.map(|current| open_secret(&self.parts.vault, id, current));
            opened
                .and_then(std::result::Result::ok)
                .map(|secret| secret.reveal())
        } else {
            Some(secret.reveal())
        };
        Ok(webhook)
    }

    /// Ends the previous secret at once.
    pub async fn revoke_previous_secret(&self, id: &str) -> Result<WebhookBody> {
        self.change(id, |_, subscription| {
            subscription.secrets.truncate(1);
            Ok(())
        })
        .await?;
        self.get(id).await
    }
}

/// How many secrets sign now.
fn active(subscription: &Subscription, now: i64) -> usize {
    let secrets = subscription.secrets.iter();
    secrets
        .filter(|secret| secret.expires_at.is_none_or(|end| end > now))
        .count()
}

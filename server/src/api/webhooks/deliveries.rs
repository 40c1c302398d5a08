//! `/api/v1/webhooks/{webhook}/deliveries`: what is and was owed, and what waits for a person.

use axum::{http::StatusCode, response::IntoResponse};
use dovetail_model::bodies::ResumeRequest;

use super::{
    super::{
        extract::{Answer, Query},
        render::json,
    },
    extract::{Key, OfDelivery, OfWebhook, On, body},
    subscriptions::with_status,
};
use crate::{
    http::{HttpError, JsonText},
    webhooks::manage::DeliveryFilter,
};

/// How many deliveries a page holds where nothing is said, and at most.
const USUAL: u64 = 100;
const MOST: u64 = 500;

/// `GET /api/v1/webhooks/{webhook}/deliveries`
pub(crate) async fn list(On(webhooks): On, OfWebhook(id): OfWebhook, query: Query) -> Answer {
    let limit = query.number("limit", 1..=MOST)?.unwrap_or(USUAL);
    let text =
        |name| -> Result<Option<String>, HttpError> { Ok(query.text(name)?.map(str::to_owned)) };
    let filter = DeliveryFilter {
        status: text("status")?,
        subject: text("subject")?,
        since: text("since")?,
        cursor: text("cursor")?,
        limit: u32::try_from(limit).map_err(|_| HttpError::internal())?,
    };
    json(&webhooks.deliveries(&id, &filter).await?)
}

/// `GET /api/v1/webhooks/{webhook}/deliveries/{event}/attempts`
pub(crate) async fn attempts(On(webhooks): On, OfDelivery(id, event): OfDelivery) -> Answer {
    json(&webhooks.attempts(&id, &event).await?)
}

/// `POST /api/v1/webhooks/{webhook}/deliveries/{event}/redeliver`
pub(crate) async fn redeliver(
    On(webhooks): On,
    OfDelivery(id, event): OfDelivery,
    Key(key): Key,
) -> Answer {
    let delivery = webhooks.redeliver(&id, &event, key.as_ref()).await?;
    with_status(StatusCode::ACCEPTED, &delivery)
}

/// `GET /api/v1/webhooks/{webhook}/blocked`
pub(crate) async fn blocked(On(webhooks): On, OfWebhook(id): OfWebhook) -> Answer {
    json(&webhooks.blocked(&id).await?)
}

/// `POST /api/v1/webhooks/{webhook}/resume`
pub(crate) async fn resume(On(webhooks): On, OfWebhook(id): OfWebhook, text: JsonText) -> Answer {
    let request: ResumeRequest = body(&text)?;
    webhooks.resume(&id, &request).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

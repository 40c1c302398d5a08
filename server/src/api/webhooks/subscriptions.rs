//! `/api/v1/webhooks`: subscriptions.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use dovetail_model::bodies::{
    DisableRequest, EnableRequest, RotateRequest, WebhookRequest, WebhookUpdate,
};
use serde::Serialize;

use super::{
    super::{
        extract::{Answer, Query},
        render::json,
    },
    extract::{Key, OfWebhook, On, body, optional_body},
};
use crate::http::{HttpError, JsonText};

/// How many subscriptions a page holds where nothing is said, and at most.
const USUAL: u64 = 100;
const MOST: u64 = 500;

/// `GET /api/v1/webhooks`
pub(crate) async fn list(On(webhooks): On, query: Query) -> Answer {
    let limit = query.number("limit", 1..=MOST)?.unwrap_or(USUAL);
    let limit = u32::try_from(limit).map_err(|_| HttpError::internal())?;
    json(&webhooks.list(query.text("cursor")?, limit).await?)
}

/// `POST /api/v1/webhooks`
pub(crate) async fn create(On(webhooks): On, Key(key): Key, text: JsonText) -> Answer {
    let request: WebhookRequest = body(&text)?;
    let webhook = webhooks.create(&request, key.as_ref()).await?;
    let location = format!("/api/v1/webhooks/{}", webhook.id);
    let mut answer = with_status(StatusCode::CREATED, &webhook)?;
    let location = HeaderValue::try_from(location).map_err(|_| HttpError::internal())?;
    answer.headers_mut().insert(header::LOCATION, location);
    Ok(answer)
}

/// `GET /api/v1/webhooks/{webhook}`
pub(crate) async fn get(On(webhooks): On, OfWebhook(id): OfWebhook) -> Answer {
    json(&webhooks.get(&id).await?)
}

/// `PATCH /api/v1/webhooks/{webhook}`
pub(crate) async fn update(On(webhooks): On, OfWebhook(id): OfWebhook, text: JsonText) -> Answer {
    let update: WebhookUpdate = body(&text)?;
    json(&webhooks.update(&id, &update).await?)
}

/// `DELETE /api/v1/webhooks/{webhook}`
pub(crate) async fn delete(On(webhooks): On, OfWebhook(id): OfWebhook) -> Answer {
    webhooks.delete(&id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// `POST /api/v1/webhooks/{webhook}/enable`
pub(crate) async fn enable(On(webhooks): On, OfWebhook(id): OfWebhook, text: JsonText) -> Answer {
    let request: EnableRequest = optional_body(&text)?;
    json(&webhooks.enable(&id, &request).await?)
}

/// `POST /api/v1/webhooks/{webhook}/disable`
pub(crate) async fn disable(On(webhooks): On, OfWebhook(id): OfWebhook, text: JsonText) -> Answer {
    let request: DisableRequest = optional_body(&text)?;
    json(&webhooks.disable(&id, request.reason.as_deref()).await?)
}

/// `POST /api/v1/webhooks/{webhook}/rotate-secret`, and `…/rotate`
pub(crate) async fn rotate_secret(
    On(webhooks): On,
    OfWebhook(id): OfWebhook,
    Key(key): Key,
    text: JsonText,
) -> Answer {
    let request: RotateRequest = optional_body(&text)?;
    json(&webhooks.rotate_secret(&id, &request, key.as_ref()).await?)
}

/// `POST /api/v1/webhooks/{webhook}/revoke-previous-secret`
pub(crate) async fn revoke_previous_secret(On(webhooks): On, OfWebhook(id): OfWebhook) -> Answer {
    json(&webhooks.revoke_previous_secret(&id).await?)
}

/// `POST /api/v1/webhooks/{webhook}/test`
pub(crate) async fn test(On(webhooks): On, OfWebhook(id): OfWebhook) -> Answer {
    json(&webhooks.test(&id).await?)
}

/// A JSON answer with a status of its own.
pub(super) fn with_status(
    status: StatusCode,
    body: &impl Serialize,
) -> Result<Response, HttpError> {
    let mut answer = json(body)?;
    *answer.status_mut() = status;
    Ok(answer)
}

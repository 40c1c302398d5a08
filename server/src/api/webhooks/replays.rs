//! `/api/v1/webhooks/{webhook}/replay`: past events once more.

use axum::http::StatusCode;
use dovetail_model::bodies::ReplayRequest;

use super::{
    super::{
        extract::{Answer, Query},
        render::json,
    },
    extract::{Key, OfReplay, OfWebhook, On, body},
    subscriptions::with_status,
};
use crate::http::JsonText;

/// `POST /api/v1/webhooks/{webhook}/replay`
pub(crate) async fn start(
    On(webhooks): On,
    OfWebhook(id): OfWebhook,
    Key(key): Key,
    query: Query,
    text: JsonText,
) -> Answer {
    let request: ReplayRequest = body(&text)?;
    if request.dry_run || query.flag("dry_run")? {
        return json(&webhooks.count_replay(&id, &request).await?);
    }
    let replay = webhooks.replay(&id, &request, key.as_ref()).await?;
    with_status(StatusCode::ACCEPTED, &replay)
}

/// `GET /api/v1/webhooks/{webhook}/replays`
pub(crate) async fn list(On(webhooks): On, OfWebhook(id): OfWebhook) -> Answer {
    json(&webhooks.replays(&id).await?)
}

/// `GET /api/v1/webhooks/{webhook}/replays/{replay}`
pub(crate) async fn get(On(webhooks): On, OfReplay(id, replay): OfReplay) -> Answer {
    json(&webhooks.replay_progress(&id, &replay).await?)
}

/// `DELETE /api/v1/webhooks/{webhook}/replays/{replay}`
pub(crate) async fn cancel(On(webhooks): On, OfReplay(id, replay): OfReplay) -> Answer {
    json(&webhooks.cancel_replay(&id, &replay).await?)
}

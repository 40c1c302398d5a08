//! `/api/v1/webhooks/event-types`: what there is to be told of.

use axum::http::StatusCode;
use serde::Serialize;
use serde_json::value::RawValue;

use super::super::{
    code,
    extract::{Answer, OfType},
    render::{json, respond},
};
use crate::{
    http::{HttpError, MediaType},
    webhooks::event_type::{EventType, UnknownEventType},
};

#[derive(Serialize)]
struct Listed {
    name: &'static str,
    #[serde(rename = "type")]
    full_name: String,
    sent_when: &'static str,
    schema: Box<RawValue>,
}

/// `GET /api/v1/webhooks/event-types`
pub(crate) async fn list() -> Answer {
    let listed = EventType::ALL.map(|event_type| {
        let schema = RawValue::from_string(event_type.schema().to_owned());
        schema.map(|schema| Listed {
            name: event_type.name(),
            full_name: event_type.full_name(),
            sent_when: event_type.sent_when(),
            schema,
        })
    });
    let listed: Result<Vec<_>, _> = listed.into_iter().collect();
    json(&listed.map_err(|_| HttpError::internal())?)
}

/// `GET /api/v1/webhooks/event-types/{type}`: the JSON Schema of the whole event.
pub(crate) async fn get(OfType(name): OfType) -> Answer {
    let event_type: EventType = name.parse().map_err(|error: UnknownEventType| {
        HttpError::new(
            StatusCode::NOT_FOUND,
            code::EVENT_TYPE_NOT_FOUND,
            error.to_string(),
        )
    })?;
    let media_type = MediaType::default().to_header().clone();
    Ok(respond(media_type, event_type.schema().as_bytes().to_vec()))
}

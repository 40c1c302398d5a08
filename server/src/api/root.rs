//! The root: what clients use to see whether anybody is there.

use super::{extract::Answer, render::json};
use crate::http::{JsonText, parse_json};

/// `GET /`
pub(crate) async fn get() -> Answer {
    json(&serde_json::Map::new())
}

/// `POST /`
pub(crate) async fn post(body: JsonText) -> Answer {
    let _anything: serde_json::Map<String, serde_json::Value> =
        parse_json(&body.0).map_err(|error| error.into_http(422))?;
    json(&serde_json::Map::new())
}

//! What operators ask: health, metrics, and the contract.

use std::sync::Arc;

use axum::{extract::State, http::HeaderValue};

use super::{
    extract::Answer,
    render::{json, respond},
};
use crate::{app::App, http::HttpError};

/// The contract, as it was when this was built.
const OPENAPI: &str = include_str!("../../../openapi.yaml");

#[derive(serde::Serialize)]
struct Health {
    status: &'static str,
}

/// `GET /health/live`: the process answers.
pub(crate) async fn live() -> Answer {
    json(&Health { status: "live" })
}

/// `GET /health/ready`: the database answers and the view is current.
pub(crate) async fn ready(State(app): State<Arc<App>>) -> Answer {
    app.ready().await?;
    json(&Health { status: "ready" })
}

/// `GET /metrics`, for Prometheus.
pub(crate) async fn metrics(State(app): State<Arc<App>>) -> Answer {
    let text = app.metrics_text().map_err(|_| HttpError::internal())?;
    let content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    Ok(respond(
        HeaderValue::from_static(content_type),
        text.into_bytes(),
    ))
}

/// `GET /openapi.yaml`
pub(crate) async fn openapi() -> Answer {
    Ok(respond(
        HeaderValue::from_static("application/yaml"),
        OPENAPI.as_bytes().to_vec(),
    ))
}

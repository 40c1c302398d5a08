//! `/api/v1/export` and `/api/v1/import`: whole registries as lines.

use std::{io, time::Duration};

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    response::IntoResponse,
};
use bytes::Bytes;
use dovetail_model::bodies::ExportLine;
use futures_util::stream;
use http_body_util::BodyExt;
use tokio::sync::mpsc;

use super::{
    extract::{Answer, Live, Query},
    render::json,
};
use crate::{
    http::{BodyLimits, HttpError},
    registry::{Export, RegistryError, Spool},
};

/// The media type of lines of JSON.
const LINES: HeaderValue = HeaderValue::from_static("application/jsonl");

/// How large an import may be, and how large one line of it, in multiples of another body.
const LARGEST_IMPORT: u64 = 4096;
const LONGEST_LINE: usize = 16;

/// How many pieces of an export wait for a client that reads slowly.
const WAITING: usize = 2;

/// `GET /api/v1/export`
pub(crate) async fn export(Live(registry): Live) -> Answer {
    let export = registry.export().await?;
    let (pieces, receiver) = mpsc::channel(WAITING);
    tokio::spawn(send(export, pieces));
    let body = stream::unfold(receiver, async |mut receiver| {
        let piece = receiver.recv().await?;
        Some((piece, receiver))
    });
    Ok((
        StatusCode::OK,
        [(header::CONTENT_TYPE, LINES)],
        Body::from_stream(body),
    )
        .into_response())
}

/// Sends an export piece by piece. One that fails is broken off: it has no last line, and its body has no end.
async fn send(mut export: Export, pieces: mpsc::Sender<io::Result<Bytes>>) {
    loop {
        let piece = match export.next().await {
            Ok(None) => return,
            Ok(Some(lines)) => written(&lines),
            Err(error) => {
                tracing::error!(%error, "an export was broken off");
                Err(io::Error::other("the export cannot be completed"))
            }
        };
        let failed = piece.is_err();
        // Where nobody listens any more there is nothing left to do.
        if pieces.send(piece).await.is_err() || failed {
            return;
        }
    }
}

fn written(lines: &[ExportLine]) -> io::Result<Bytes> {
    let mut text = Vec::with_capacity(64 * 1024);
    for line in lines {
        serde_json::to_writer(&mut text, line)?;
        text.push(b'\n');
    }
    Ok(text.into())
}

/// `POST /api/v1/import`
pub(crate) async fn import(Live(registry): Live, query: Query, request: Request) -> Answer {
    let dry_run = query.flag("dry_run")?;
    let spool = spooled(request).await?;
    json(&registry.import(spool, dry_run).await?)
}

/// Takes the whole body to a file, however long that takes, as long as something keeps arriving.
async fn spooled(request: Request) -> Result<Spool, HttpError> {
    let limits = request.extensions().get().copied();
    let limits: BodyLimits = limits.unwrap_or_default();
    let most = LARGEST_IMPORT.saturating_mul(limits.max_bytes as u64);
    let mut spool = Spool::new(limits.max_bytes.saturating_mul(LONGEST_LINE)).map_err(failed)?;
    let mut body = request.into_body();
    while let Some(frame) = in_time(limits.deadline, body.frame()).await? {
        let broken = |_| HttpError::bad_request("the body breaks off or is badly framed");
        let Ok(piece) = frame.map_err(broken)?.into_data() else {
            continue; // Trailers mean nothing to us.
        };
        if spool.len() + piece.len() as u64 > most {
            return Err(HttpError::payload_too_large(format!(
                "the body is larger than {most} bytes"
            )));
        }
        spool.write(&piece).map_err(failed)?;
    }
    if spool.is_empty() {
        return Err(HttpError::bad_request("the body is empty"));
    }
    Ok(spool)
}

fn failed(error: impl Into<RegistryError>) -> HttpError {
    error.into().into()
}

async fn in_time<T>(deadline: Duration, piece: impl Future<Output = T>) -> Result<T, HttpError> {
    tokio::time::timeout(deadline, piece).await.map_err(|_| {
        HttpError::request_timeout(format!(
            "nothing more of the body arrived within {} ms",
            deadline.as_millis()
        ))
    })
}

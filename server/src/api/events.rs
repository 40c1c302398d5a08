//! `/api/v1/events`: the log as a feed of events, for those who cannot listen, and for those who want to know that they have
//! missed nothing.
//!
//! The cursor is the number of the last change that was looked at. It moves past events that a filter leaves out, so a reader
//! who wants little does not read everything again.

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use futures_util::{Stream, stream};
use serde::Serialize;
use serde_json::value::RawValue;
use tokio::{
    sync::watch,
    time::{Instant, sleep_until},
};

use super::{
    code,
    extract::{Answer, Live, Query},
    render::json,
};
use crate::{
    app::App,
    http::{HttpError, MediaType, negotiate},
    registry::{Registry, RegistryError},
    webhooks::{
        event::{Event, Extras, Source},
        filter::EventFilter,
    },
};

/// How many events one answer holds where nothing is said, and at most.
const USUAL: usize = 100;
const MOST: usize = 1000;

/// How many bytes of events one answer holds; it may end with one that goes beyond.
const MOST_BYTES: usize = 1024 * 1024;

/// How many changes one answer looks at, where a filter leaves most of them out.
const LOOKED_AT: u64 = 10_000;

/// How long an answer may be waited for.
const LONGEST_WAIT: u64 = 60;

/// How often a stream says that it is alive.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// The media type of a stream.
const EVENT_STREAM: &str = "text/event-stream";

/// The header in which a stream says where it wants to go on.
const LAST_EVENT_ID: &str = "last-event-id";

#[derive(Serialize)]
struct Page {
    events: Vec<Box<RawValue>>,
    next: u64,
}

/// `GET /api/v1/events`
pub(crate) async fn list(
    State(app): State<Arc<App>>,
    Live(registry): Live,
    headers: HeaderMap,
    query: Query,
) -> Answer {
    let wants_stream = accepts_stream(&headers);
    let negotiated = negotiate(&headers);
    if !wants_stream && negotiated.is_none() {
        return Err(HttpError::not_acceptable(format!(
            "HTTP 406 Not Acceptable: events are written as {EVENT_STREAM} or {}",
            MediaType::Json.as_str()
        )));
    }
    let after = match headers.get(LAST_EVENT_ID).filter(|_| wants_stream) {
        Some(id) => parse_cursor("Last-Event-ID", id.to_str().unwrap_or_default())?,
        None => match query.text("after")? {
            Some(text) => parse_cursor("after", text)?,
            None => 0,
        },
    };
    let wait = query.number("wait", 0..=LONGEST_WAIT)?.unwrap_or_default();
    let limit = query.number("limit", 1..=MOST as u64)?;
    let mut reader = Reader {
        cursor: after,
        filter: query.event_filter()?,
        news: registry.news(),
        stopping: app.stopping(),
        source: app.source().clone(),
        registry,
    };
    reader.hold_cursor().await?;
    if wants_stream {
        return Ok(stream_of(reader));
    }
    let limit = limit
        .and_then(|limit| usize::try_from(limit).ok())
        .unwrap_or(USUAL);
    let until = Instant::now() + Duration::from_secs(wait);
    let events = reader.wait_for(limit, until).await?;
    let events = events.into_iter().map(|(_, body)| raw(body));
    let mut answer = json(&Page {
        events: events.collect::<Result<_, _>>()?,
        next: reader.cursor,
    })?;
    let media_type = negotiated.unwrap_or_default().to_header().clone();
    answer
        .headers_mut()
        .insert(header::CONTENT_TYPE, media_type);
    Ok(answer)
}

/// Whether the request names the type of a stream; `*/*` means JSON.
fn accepts_stream(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT).iter();
    values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|range| range.split(';').next())
        .any(|range| range.trim().eq_ignore_ascii_case(EVENT_STREAM))
}

fn parse_cursor(name: &str, text: &str) -> Result<u64, HttpError> {
    let is_canonical = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let parsed = text.parse().ok().filter(|_| is_canonical);
    parsed.ok_or_else(|| {
        HttpError::bad_request(format!(
            "{name} is not the number of an event: take `next` of an earlier answer, or 0 for the beginning"
        ))
    })
}

fn raw(body: Vec<u8>) -> Result<Box<RawValue>, HttpError> {
    let text = String::from_utf8(body).map_err(|_| HttpError::internal())?;
    RawValue::from_string(text).map_err(|_| HttpError::internal())
}

/// Somebody who follows the log.
struct Reader {
    cursor: u64,
    filter: EventFilter,
    news: watch::Receiver<u64>,
    stopping: watch::Receiver<bool>,
    source: Source,
    registry: Registry,
}

impl Reader {
    /// Refuses a cursor that this log never gave out: waiting there would be for ever, and in silence.
    async fn hold_cursor(&self) -> Result<(), HttpError> {
        let last = self.registry.last_change().await?;
        if self.cursor <= last {
            return Ok(());
        }
        Err(HttpError::unprocessable(
            code::CURSOR_BEYOND_LOG,
            format!(
                "the cursor {} is beyond the last event {last}: the registry was set back or is another one; read on from {last}, \
                 or from 0 to see everything again",
                self.cursor
            ),
        ))
    }

    /// The next events, waited for until then.
    async fn wait_for(
        &mut self,
        limit: usize,
        until: Instant,
    ) -> Result<Vec<(u64, Vec<u8>)>, HttpError> {
        loop {
            let seen = self.cursor;
            let events = self.read(limit).await?;
            let looked_enough = self.cursor - seen >= LOOKED_AT;
            if !events.is_empty() || looked_enough || !self.news_before(until).await {
                return Ok(events);
            }
        }
    }

    /// The events that are there, without waiting.
    async fn read(&mut self, limit: usize) -> Result<Vec<(u64, Vec<u8>)>, RegistryError> {
        let mut events = Vec::new();
        let mut bytes = 0;
        let first = self.cursor;
        let last = *self.news.borrow_and_update();
        while self.cursor < last && self.cursor - first < LOOKED_AT {
            for change in self.registry.changes_after(self.cursor).await? {
                self.cursor = change.seq;
                let event = Event::of(&change, &self.source);
                if !self.filter.takes(&event) {
                    continue;
                }
                let body = event.body(Extras::default());
                bytes += body.len();
                events.push((change.seq, body));
                if events.len() >= limit || bytes >= MOST_BYTES {
                    return Ok(events);
                }
            }
        }
        Ok(events)
    }

    /// Waits until there is something after the cursor. False when time is up, or the server stops.
    async fn news_before(&mut self, until: Instant) -> bool {
        let cursor = self.cursor;
        tokio::select! {
            moved = self.news.wait_for(|last| *last > cursor) => moved.is_ok(),
            _ = self.stopping.wait_for(|stopping| *stopping) => false,
            () = sleep_until(until) => false,
        }
    }

    fn is_stopping(&self) -> bool {
        *self.stopping.borrow()
    }
}

/// A stream of events. It reads on only when what it read was taken, so a slow reader holds one piece in memory.
fn stream_of(reader: Reader) -> Response {
    let content_type = HeaderValue::from_static(EVENT_STREAM);
    let no_cache = HeaderValue::from_static("no-cache");
    let headers = [
        (header::CONTENT_TYPE, content_type),
        (header::CACHE_CONTROL, no_cache),
    ];
    let first = stream::once(async { Ok(Bytes::from_static(b"retry: 2000\n\n")) });
    let body = Body::from_stream(stream::StreamExt::chain(first, pieces(reader)));
    (StatusCode::OK, headers, body).into_response()
}

fn pieces(reader: Reader) -> impl Stream<Item = Result<Bytes, HttpError>> {
    stream::try_unfold(reader, |mut reader| async {
        if reader.is_stopping() {
            return Ok(None);
        }
        let events = reader.wait_for(USUAL, Instant::now() + HEARTBEAT).await?;
        if events.is_empty() && reader.is_stopping() {
            return Ok(None);
        }
        let piece = piece(&events, reader.cursor);
        Ok(Some((Bytes::from(piece), reader)))
    })
}

/// Events as lines. Without any, the number alone: it moves what the reader will send as `Last-Event-ID`.
fn piece(events: &[(u64, Vec<u8>)], cursor: u64) -> Vec<u8> {
    if events.is_empty() {
        return format!(": alive\nid: {cursor}\n\n").into_bytes();
    }
    let mut piece = Vec::new();
    for (sequence, body) in events {
        // JSON as we write it has no line breaks.
        piece.extend_from_slice(format!("id: {sequence}\ndata: ").as_bytes());
        piece.extend_from_slice(body);
        piece.extend_from_slice(b"\n\n");
    }
    piece
}

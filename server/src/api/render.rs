//! How answers are written: in the registry's media type, with the protocol's bodies.

use std::borrow::Cow;

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use dovetail_model::{
    Association, SchemaId,
    bodies::{SchemaBody, SchemaString},
};
use futures_util::{Stream, StreamExt, stream};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::{
    core::Rendered,
    http::{HttpError, MediaType},
    registry::{Found, Listed, Profile},
};

/// A JSON answer.
pub(super) fn json(body: &impl Serialize) -> Result<Response, HttpError> {
    json_sized(256, body)
}

fn json_sized(capacity: usize, body: &impl Serialize) -> Result<Response, HttpError> {
    let text = write_sized(capacity, body)?;
    Ok(respond(MediaType::default().to_header().clone(), text))
}

fn write_sized(capacity: usize, body: &impl Serialize) -> Result<Vec<u8>, HttpError> {
    let mut text = Vec::with_capacity(capacity);
    serde_json::to_writer(&mut text, body).map_err(|error| {
        tracing::error!(%error, "an answer could not be written");
        HttpError::internal()
    })?;
    Ok(text)
}

/// A list that is written as it comes, so that a long one takes no more memory than a short one. What fits into one piece is
/// sent with its length.
pub(super) async fn json_list(
    items: impl Stream<Item = Result<Vec<u8>, HttpError>> + Send + 'static,
) -> Result<Response, HttpError> {
    /// Up to here a list is one piece.
    const PIECE: usize = 1 << 20;
    let mut items = Box::pin(items);
    let mut first = vec![b'['];
    let mut is_whole = true;
    while let Some(item) = items.next().await {
        if first.len() > 1 {
            first.push(b',');
        }
        first.extend(item?);
        if first.len() > PIECE {
            is_whole = false;
            break;
        }
    }
    let content_type = MediaType::default().to_header().clone();
    if is_whole {
        first.push(b']');
        return Ok(respond(content_type, first));
    }
    let rest = items.map(|item| {
        let item = item.map_err(|_| std::io::Error::other("a list broke off"))?;
        Ok([&b","[..], &item].concat())
    });
    let end = stream::once(async { Ok::<_, std::io::Error>(b"]".to_vec()) });
    let body = stream::once(async { Ok(first) }).chain(rest).chain(end);
    let headers = [(header::CONTENT_TYPE, content_type)];
    Ok((StatusCode::OK, headers, Body::from_stream(body)).into_response())
}

/// The text of a schema as the whole body, not as a JSON string.
pub(super) fn schema_text(found: &Found) -> Response {
    respond(
        MediaType::default().to_header().clone(),
        found.plain_text().into_bytes(),
    )
}

/// An answer of any media type.
pub(super) fn respond(content_type: HeaderValue, body: Vec<u8>) -> Response {
    (StatusCode::OK, [(header::CONTENT_TYPE, content_type)], body).into_response()
}

/// The answer to a registration. Old clients are told the id alone, unless they got another schema than they sent.
pub(super) fn registered(
    found: &Found,
    was_altered: bool,
    profile: Profile,
) -> Result<Response, HttpError> {
    if profile == Profile::Seven && !was_altered {
        return json(&OnlyId {
            id: found.schema.id,
        });
    }
    let guid = found.schema.guid.to_string();
    json_sized(room(found), &schema_body_of(found, &guid, profile))
}

#[derive(Serialize)]
struct OnlyId {
    id: SchemaId,
}

/// A version of a subject.
pub(super) fn schema_body(found: &Found, profile: Profile) -> Result<Response, HttpError> {
    let guid = found.schema.guid.to_string();
    let body = SchemaBody {
        subject: Some(subject_name(found)),
        ..schema_body_of(found, &guid, profile)
    };
    json_sized(room(found), &body)
}

/// A version of a subject as a part of a list, with the subjects that stand for its own.
pub(super) fn listed(
    found: &Found,
    listed: &Listed,
    profile: Profile,
) -> Result<Vec<u8>, HttpError> {
    let guid = found.schema.guid.to_string();
    let associations: Vec<&Association> = listed.associations.iter().map(AsRef::as_ref).collect();
    let body = SchemaBody {
        subject: Some(subject_name(found)),
        aliases: &listed.aliases,
        associations: &associations,
        ..schema_body_of(found, &guid, profile)
    };
    write_sized(room(found), &body)
}

/// A schema that was asked for by its id, with the highest id of its context where that was asked for too.
pub(super) fn schema_by_id(
    found: &Found,
    max_id: Option<SchemaId>,
    profile: Profile,
) -> Result<Response, HttpError> {
    let guid = found.schema.guid.to_string();
    json_sized(
        room(found),
        &SchemaString {
            max_id,
            ..schema_string(found, &guid, profile)
        },
    )
}

/// The body of that answer, which is kept beside the text for the next who asks.
pub(crate) fn kept_schema_by_id(found: &Found, profile: Profile) -> Option<Bytes> {
    let render = || {
        let mut body = Vec::with_capacity(room(found));
        let guid = found.schema.guid.to_string();
        serde_json::to_writer(&mut body, &schema_string(found, &guid, profile)).ok()?;
        Some(Bytes::from(body))
    };
    let kept = if let Some(kept) = found.content.rendered.get() {
        kept
    } else {
        let body = render()?;
        found.content.rendered.get_or_init(|| Rendered {
            subject: found.subject.clone(),
            version: found.version,
            deleted: found.deleted,
            body,
        })
    };
    let is_current = kept.version == found.version
        && kept.deleted == found.deleted
        && kept.subject == found.subject;
    if is_current {
        Some(kept.body.clone())
    } else {
        render()
    }
}

/// A schema that was asked for by its GUID: it names no subject, since every context may hold it.
pub(super) fn schema_by_guid(found: &Found, profile: Profile) -> Result<Response, HttpError> {
    let guid = found.schema.guid.to_string();
    let body = SchemaString {
        subject: None,
        version: None,
        ts: None,
        deleted: None,
        ..schema_string(found, &guid, profile)
    };
    json_sized(room(found), &body)
}

/// A version of a subject as a part of another answer.
pub(super) fn version_json(found: &Found, profile: Profile) -> Result<Box<RawValue>, HttpError> {
    let guid = found.schema.guid.to_string();
    let body = SchemaBody {
        subject: Some(subject_name(found)),
        ..schema_body_of(found, &guid, profile)
    };
    serde_json::value::to_raw_value(&body).map_err(|_| HttpError::internal())
}

fn schema_body_of<'a>(found: &'a Found, guid: &'a str, profile: Profile) -> SchemaBody<'a> {
    SchemaBody {
        subject: None,
        id: found.schema.id,
        version: found.version,
        guid,
        schema_type: profile.shown(found.schema.schema_type),
        references: found.references(),
        metadata: found.content.metadata.as_ref(),
        rule_set: found.content.rule_set.as_ref(),
        schema: found.text(),
        schema_tags: found.tags(),
        ts: found.at,
        deleted: found.deleted,
        aliases: &[],
        associations: &[],
    }
}

fn schema_string<'a>(found: &'a Found, guid: &'a str, profile: Profile) -> SchemaString<'a> {
    SchemaString {
        subject: Some(subject_name(found)),
        version: Some(found.version),
        guid,
        schema_type: profile.shown(found.schema.schema_type),
        references: found.references(),
        metadata: found.content.metadata.as_ref(),
        rule_set: found.content.rule_set.as_ref(),
        schema: found.text(),
        schema_tags: found.tags(),
        max_id: None,
        ts: Some(found.at),
        deleted: Some(found.deleted),
    }
}

fn subject_name(found: &Found) -> Cow<'_, str> {
    if found.subject.context.is_default() {
        Cow::Borrowed(found.subject.subject.as_str())
    } else {
        Cow::Owned(found.subject.to_string())
    }
}

/// What the body will take, so that it is written into one allocation.
fn room(found: &Found) -> usize {
    found.text().get().len() + found.subject.subject.as_str().len() + 512
}

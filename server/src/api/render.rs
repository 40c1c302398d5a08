//! How answers are written: in the registry's media type, with the protocol's bodies.

use std::borrow::Cow;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use dovetail_model::{
    SchemaId,
    bodies::{RegisterResponse, SchemaBody, SchemaString},
};
use serde::Serialize;
use serde_json::value::RawValue;

use crate::{
    core::Rendered,
    http::{HttpError, MediaType},
    registry::Found,
};

/// A JSON answer.
pub(super) fn json(body: &impl Serialize) -> Result<Response, HttpError> {
    json_sized(256, body)
}

fn json_sized(capacity: usize, body: &impl Serialize) -> Result<Response, HttpError> {
    let mut text = Vec::with_capacity(capacity);
    serde_json::to_writer(&mut text, body).map_err(|error| {
        tracing::error!(%error, "an answer could not be written");
        HttpError::internal()
    })?;
    Ok(respond(MediaType::default().to_header().clone(), text))
}

/// The text of a schema as the whole body, not as a JSON string.
pub(super) fn schema_text(found: &Found) -> Response {
    respond(
        MediaType::default().to_header().clone(),
        found.content.text().into_bytes(),
    )
}

/// An answer of any media type.
pub(super) fn respond(content_type: HeaderValue, body: Vec<u8>) -> Response {
    (StatusCode::OK, [(header::CONTENT_TYPE, content_type)], body).into_response()
}

/// The answer to a registration.
pub(super) fn registered(found: &Found) -> Result<Response, HttpError> {
    json_sized(
        room(found),
        &version_body(found, &found.schema.guid.to_string()),
    )
}

/// A version of a subject.
pub(super) fn schema_body(found: &Found) -> Result<Response, HttpError> {
    let guid = found.schema.guid.to_string();
    let body = SchemaBody {
        subject: subject_name(found),
        version: version_body(found, &guid),
    };
    json_sized(room(found), &body)
}

/// A schema that was asked for by its id, with the highest id of its context where that was asked for too.
pub(super) fn schema_by_id(found: &Found, max_id: Option<SchemaId>) -> Result<Response, HttpError> {
    let guid = found.schema.guid.to_string();
    json_sized(
        room(found),
        &SchemaString {
            max_id,
            ..schema_string(found, &guid)
        },
    )
}

/// The body of that answer, which is kept beside the text for the next who asks.
pub(crate) fn kept_schema_by_id(found: &Found) -> Option<Bytes> {
    let render = || {
        let mut body = Vec::with_capacity(room(found));
        let guid = found.schema.guid.to_string();
        serde_json::to_writer(&mut body, &schema_string(found, &guid)).ok()?;
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
pub(super) fn schema_by_guid(found: &Found) -> Result<Response, HttpError> {
    let guid = found.schema.guid.to_string();
    let body = SchemaString {
        subject: None,
        version: None,
        ts: None,
        deleted: None,
        ..schema_string(found, &guid)
    };
    json_sized(room(found), &body)
}

/// A version of a subject as a part of another answer.
pub(super) fn version_json(found: &Found) -> Result<Box<RawValue>, HttpError> {
    let guid = found.schema.guid.to_string();
    let body = SchemaBody {
        subject: subject_name(found),
        version: version_body(found, &guid),
    };
    serde_json::value::to_raw_value(&body).map_err(|_| HttpError::internal())
}

fn version_body<'a>(found: &'a Found, guid: &'a str) -> RegisterResponse<'a> {
    RegisterResponse {
        id: found.schema.id,
        version: found.version,
        guid,
        schema_type: found.schema.schema_type,
        references: &found.schema.references,
        metadata: found.content.metadata.as_ref(),
        rule_set: found.content.rule_set.as_ref(),
        schema: &found.content.text,
        ts: found.at,
        deleted: found.deleted,
    }
}

fn schema_string<'a>(found: &'a Found, guid: &'a str) -> SchemaString<'a> {
    SchemaString {
        subject: Some(subject_name(found)),
        version: Some(found.version),
        guid,
        schema_type: found.schema.schema_type,
        references: &found.schema.references,
        metadata: found.content.metadata.as_ref(),
        rule_set: found.content.rule_set.as_ref(),
        schema: &found.content.text,
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
    found.content.text.get().len() + found.subject.subject.as_str().len() + 512
}

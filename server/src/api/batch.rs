//! `/api/v1/batch`: many schemas at once, all or nothing.

use axum::http::StatusCode;
use dovetail_model::bodies::{BatchAnswer, BatchOutcome, BatchRequest, BatchResponse};

use super::{
    code,
    extract::{Answer, Live, Query},
    render::json,
};
use crate::{
    http::{HttpError, LargeJsonText, parse_json},
    registry::{MOST_IN_BATCH, Placed, RegistryError},
};

/// How many failures one refusal spells out, and how much of each.
const SPELLED_OUT: usize = 100;
const SPELLED_BYTES: usize = 1024;

/// `POST /api/v1/batch`
pub(crate) async fn batch(Live(registry): Live, query: Query, body: LargeJsonText) -> Answer {
    let (dry_run, normalize) = (query.flag("dry_run")?, query.flag("normalize")?);
    let request: BatchRequest =
        parse_json(&body.0).map_err(|error| error.into_http(code::INVALID_SCHEMA))?;
    if request.schemas.len() > MOST_IN_BATCH {
        return Err(HttpError::unprocessable(
            code::INVALID_SCHEMA,
            format!(
                "the batch has {} schemas, more than the {MOST_IN_BATCH} that are allowed",
                request.schemas.len()
            ),
        ));
    }
    let subjects: Vec<String> = request
        .schemas
        .iter()
        .map(|item| item.subject.clone())
        .collect();
    let batch = registry.batch(request.schemas, normalize, dry_run).await?;
    let failed = batch.iter().any(Result::is_err);
    if failed && !dry_run {
        return Err(refusal(&subjects, batch));
    }
    let answers = subjects.into_iter().zip(batch);
    json(&BatchResponse {
        dry_run,
        schemas: answers
            .map(|(subject, placed)| answer(subject, placed))
            .collect::<Result<_, _>>()?,
    })
}

fn answer(
    subject: String,
    placed: Result<Placed, RegistryError>,
) -> Result<BatchAnswer, HttpError> {
    let mut answer = BatchAnswer {
        subject,
        outcome: BatchOutcome::Refused,
        id: None,
        version: None,
        guid: None,
        error_code: None,
        message: None,
        messages: Vec::new(),
    };
    match placed {
        Ok(placed) => {
            answer.outcome = placed.outcome;
            answer.id = Some(placed.id);
            answer.version = Some(placed.version);
            answer.guid = Some(placed.guid.to_string());
        }
        Err(RegistryError::Incompatible { subject, messages }) => {
            answer.outcome = BatchOutcome::Incompatible;
            answer.error_code = Some(code::INCOMPATIBLE);
            answer.message = Some(format!(
                "the schema is incompatible with an earlier schema for subject \"{subject}\""
            ));
            answer.messages = messages;
        }
        Err(error) => {
            if matches!(error, RegistryError::Blocked(_)) {
                answer.outcome = BatchOutcome::Blocked;
            }
            let error = HttpError::from(error);
            // That is about the server, and not about this schema.
            if error.status.is_server_error() {
                return Err(error);
            }
            answer.error_code = Some(error.code);
            answer.message = Some(error.message);
        }
    }
    Ok(answer)
}

/// One refusal that names every schema that fails. Its code is that of the first which fails by itself.
fn refusal(subjects: &[String], batch: Vec<Result<Placed, RegistryError>>) -> HttpError {
    let of = batch.len();
    let mut first = None;
    let mut reasons = Vec::new();
    for (place, placed) in batch.into_iter().enumerate() {
        let Err(error) = placed else { continue };
        let is_blocked = matches!(error, RegistryError::Blocked(_));
        let error = HttpError::from(error);
        if error.status.is_server_error() {
            return error;
        }
        let subject = subjects.get(place).map_or("", String::as_str);
        reasons.push(format!(
            "schemas[{place}] (subject \"{}\"): {} {}",
            shortened(subject, 64),
            error.code,
            shortened(&error.message, SPELLED_BYTES)
        ));
        if first.is_none() && !is_blocked {
            first = Some((error.status, error.code));
        }
    }
    let failed = reasons.len();
    if failed > SPELLED_OUT {
        reasons.truncate(SPELLED_OUT);
        reasons.push(format!("and {} more", failed - SPELLED_OUT));
    }
    let (status, code) = first.unwrap_or((StatusCode::UNPROCESSABLE_ENTITY, code::INVALID_SCHEMA));
    HttpError::new(
        status,
        code,
        format!(
            "nothing was registered, because {failed} of {of} schemas cannot be: {}",
            reasons.join("; ")
        ),
    )
}

fn shortened(text: &str, bytes: usize) -> String {
    if text.len() <= bytes {
        return text.to_owned();
    }
    format!("{}…", &text[..text.floor_char_boundary(bytes)])
}

//! `/compatibility`: what a registration would be told, before it is tried.

use dovetail_model::bodies::CompatibilityResponse;

use super::{
    extract::{Answer, InSubject, InVersion, Live, Query, register_request},
    render::json,
};
use crate::{
    http::{HttpError, JsonText},
    registry::{RegistryError, Verdict},
};

/// `POST /compatibility/subjects/{subject}/versions`
pub(crate) async fn check_all(
    Live(registry): Live,
    InSubject(subject): InSubject,
    query: Query,
    body: JsonText,
) -> Answer {
    let (normalize, verbose) = (query.flag("normalize")?, query.flag("verbose")?);
    let request = register_request(&body)?;
    answer(
        verbose,
        registry.check_all(&subject, &request, normalize).await,
    )
}

/// `POST /compatibility/subjects/{subject}/versions/{version}`
pub(crate) async fn check_version(
    Live(registry): Live,
    InVersion(subject, version): InVersion,
    query: Query,
    body: JsonText,
) -> Answer {
    let (normalize, verbose) = (query.flag("normalize")?, query.flag("verbose")?);
    let request = register_request(&body)?;
    answer(
        verbose,
        registry
            .check_version(&subject, version, &request, normalize)
            .await,
    )
}

/// Whoever asks to be told everything is told of an invalid schema as of an incompatible one.
fn answer(verbose: bool, verdict: Result<Verdict, RegistryError>) -> Answer {
    let verdict = match verdict {
        Err(error @ RegistryError::InvalidSchema(_)) if verbose => Verdict {
            messages: vec![error.to_string()],
        },
        other => other.map_err(HttpError::from)?,
    };
    json(&CompatibilityResponse {
        is_compatible: verdict.is_compatible(),
        messages: verbose.then_some(verdict.messages),
    })
}

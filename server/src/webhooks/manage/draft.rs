//! What a request asks for, validated: the words of the body become what is stored.

use std::collections::BTreeMap;

use super::error::{WebhookError, invalid};
use crate::webhooks::{
    EVERYTHING, Filter, OnDeadLetter, Ordering, event_type::EventSelector, filter::SubjectPattern,
    header, sign::SigningSecret,
};

type Result<T> = std::result::Result<T, WebhookError>;

/// How many types and patterns a subscription may name.
const MAX_PATTERNS: usize = 100;

/// The longest description.
const MAX_DESCRIPTION_BYTES: usize = 1024;

/// The most attempts a second that can be asked for.
const MAX_RATE: u32 = 1000;

/// What a subscription is told of. What is not said is everything.
pub(super) fn filter(events: Option<&[String]>, subjects: Option<&[String]>) -> Result<Filter> {
    Ok(Filter {
        events: events.map_or_else(|| Ok(everything()), event_names)?,
        subjects: subjects.map_or_else(|| Ok(everything()), subject_patterns)?,
    })
}

fn everything() -> Vec<String> {
    vec![EVERYTHING.to_owned()]
}

/// Event types by their short names, each once.
pub(super) fn event_names(texts: &[String]) -> Result<Vec<String>> {
    hold_count("events", texts)?;
    let mut names = Vec::with_capacity(texts.len());
    for text in texts {
        let selector: EventSelector = text.parse().map_err(invalid)?;
        let name = selector.name().to_owned();
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(names)
}

/// Subjects and prefixes, each once.
pub(super) fn subject_patterns(texts: &[String]) -> Result<Vec<String>> {
    hold_count("subjects", texts)?;
    let mut patterns = Vec::with_capacity(texts.len());
    for text in texts {
        let pattern: SubjectPattern = text.parse().map_err(invalid)?;
        let pattern = pattern.to_string();
        if !patterns.contains(&pattern) {
            patterns.push(pattern);
        }
    }
    Ok(patterns)
}

fn hold_count(name: &str, texts: &[String]) -> Result<()> {
    if texts.is_empty() {
        return Err(invalid(format!(
            "{name} is empty; leave it out, or write [\"*\"], for everything"
        )));
    }
    if texts.len() > MAX_PATTERNS {
        return Err(invalid(format!(
            "{name} has {} entries, more than {MAX_PATTERNS}",
            texts.len()
        )));
    }
    Ok(())
}

pub(super) fn ordering(text: Option<&str>) -> Result<Ordering> {
    match text {
        None | Some("subject") => Ok(Ordering::Subject),
        Some("none") => Ok(Ordering::None),
        Some(other) => Err(invalid(format!(
            "ordering is \"{}\", but must be subject or none",
            shown(other)
        ))),
    }
}

pub(super) fn on_dead_letter(text: Option<&str>) -> Result<OnDeadLetter> {
    match text {
        None | Some("advance") => Ok(OnDeadLetter::Advance),
        Some("pause_subject") => Ok(OnDeadLetter::PauseSubject),
        Some(other) => Err(invalid(format!(
            "on_dead_letter is \"{}\", but must be advance or pause_subject",
            shown(other)
        ))),
    }
}

pub(super) fn description(text: Option<&str>) -> Result<String> {
    let text = text.unwrap_or_default();
    if text.len() > MAX_DESCRIPTION_BYTES || text.chars().any(char::is_control) {
        return Err(invalid(format!(
            "the description is longer than {MAX_DESCRIPTION_BYTES} bytes, or contains a control character"
        )));
    }
    Ok(text.to_owned())
}

pub(super) fn max_rate(rate: Option<u32>) -> Result<Option<u32>> {
    if rate.is_some_and(|rate| !(1..=MAX_RATE).contains(&rate)) {
        return Err(invalid(format!("max_rate must be from 1 to {MAX_RATE}")));
    }
    Ok(rate)
}

/// Headers with their names in lower case.
pub(super) fn headers(given: &BTreeMap<String, String>) -> Result<BTreeMap<String, String>> {
    let mut headers = BTreeMap::new();
    for (name, value) in given {
        let name = header::check(name, value).map_err(invalid)?;
        if headers.insert(name.clone(), value.clone()).is_some() {
            return Err(invalid(format!("the header \"{name}\" is given twice")));
        }
    }
    hold_header_count(headers.len())?;
    Ok(headers)
}

pub(super) fn hold_header_count(count: usize) -> Result<()> {
    if count > header::MAX_HEADERS {
        return Err(invalid(format!(
            "there are {count} headers, more than {}",
            header::MAX_HEADERS
        )));
    }
    Ok(())
}

/// The secret that a request brings, or one of these random bytes.
pub(super) fn secret(
    given: Option<&str>,
    signing: Option<&str>,
    random: [u8; 32],
) -> Result<SigningSecret> {
    let wants_ed25519 = match signing {
        None | Some("hmac") => false,
        Some("ed25519") => true,
        Some(other) => {
            return Err(invalid(format!(
                "signing is \"{}\", but must be hmac or ed25519",
                shown(other)
            )));
        }
    };
    let Some(text) = given else {
        return Ok(if wants_ed25519 {
            SigningSecret::ed25519(random)
        } else {
            SigningSecret::shared(random)
        });
    };
    let secret = SigningSecret::parse(text).map_err(invalid)?;
    if signing.is_some() && wants_ed25519 != secret.public().is_some() {
        return Err(invalid("signing and the secret do not belong together"));
    }
    Ok(secret)
}

fn shown(text: &str) -> String {
    text.chars().take(64).flat_map(char::escape_debug).collect()
}

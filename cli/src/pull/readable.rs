//! Whether what is locked reads what others write.

use std::path::Path;

use dovetail_codegen::{
    lock::{Lock, LockedSchema},
    vendor,
};
use dovetail_compat::{NamedText, Schema, check, parse};
use dovetail_model::{CompatibilityPolicy, Direction, SchemaType};

use super::resolve::Pulled;
use crate::ending::{Failure, Outcome};

/// The subjects whose new version does not read the older ones that the manifest lists under `also`, before anything is
/// written.
pub(super) fn older_versions(pulled: &Pulled) -> Outcome<Vec<String>> {
    let text = |schema: &LockedSchema| {
        let key = (schema.subject.clone(), schema.version);
        pulled
            .texts
            .get(&key)
            .map(|found| found.schema.clone())
            .ok_or_else(|| lost(schema))
    };
    also(&pulled.lock, &text)
}

/// The same of what is vendored.
pub(super) fn vendored_versions(root: &Path, lock: &Lock) -> Outcome<Vec<String>> {
    also(lock, &|schema| {
        vendor::read(root, schema).map_err(Failure::usage)
    })
}

fn also(lock: &Lock, text: &dyn Fn(&LockedSchema) -> Outcome<String>) -> Outcome<Vec<String>> {
    let mut findings = Vec::new();
    for subject in lock
        .subjects
        .iter()
        .filter(|subject| !subject.also.is_empty())
    {
        let Some(newest) = lock.schema(&subject.name, subject.version) else {
            continue;
        };
        let reader = locked(lock, newest, text)?;
        for version in &subject.also {
            let Some(older) = lock.schema(&subject.name, *version) else {
                continue;
            };
            let writer = locked(lock, older, text)?;
            for difference in unreadable(&reader, &writer)? {
                findings.push(format!(
                    "{} version {} does not read version {version}, which the manifest lists under `also`: {difference}",
                    subject.name, subject.version
                ));
            }
        }
    }
    Ok(findings)
}

/// A locked schema, parsed.
pub(super) fn locked(
    lock: &Lock,
    schema: &LockedSchema,
    text: &dyn Fn(&LockedSchema) -> Outcome<String>,
) -> Outcome<Schema> {
    let closure = lock.closure(schema).map_err(Failure::usage)?;
    let references = closure
        .into_iter()
        .map(|(name, schema)| {
            Ok(NamedText {
                name: name.to_owned(),
                text: text(schema)?.into(),
            })
        })
        .collect::<Outcome<Vec<_>>>()?;
    let shown = format!("{} version {}", schema.subject, schema.version);
    parsed(schema.schema_type, &text(schema)?, &references, &shown)
}

/// A schema that a registry holds. One that cannot be parsed cannot be judged.
pub(super) fn parsed(
    schema_type: SchemaType,
    text: &str,
    references: &[NamedText],
    shown: &str,
) -> Outcome<Schema> {
    parse(schema_type, text, references)
        .map_err(|error| Failure::undecided(format!("{shown} cannot be read: {error}")))
}

/// Why a reader cannot read what a writer writes.
pub(super) fn unreadable(reader: &Schema, writer: &Schema) -> Outcome<Vec<String>> {
    let report = check(
        reader,
        writer,
        &[Direction::Backward],
        CompatibilityPolicy::Strict,
    )
    .map_err(Failure::undecided)?;
    if let Some((reader, writer)) = report.type_change {
        return Ok(vec![format!("the one is {reader}, the other {writer}")]);
    }
    let incompatible = report.incompatibilities();
    let told = incompatible.map(|(_, found)| {
        format!(
            "{} ({})",
            found.sentence("reader's", "writer's"),
            found.rule.id
        )
    });
    Ok(told.collect())
}

fn lost(schema: &LockedSchema) -> Failure {
    Failure::undecided(format!(
        "{} version {} was not read",
        schema.subject, schema.version
    ))
}

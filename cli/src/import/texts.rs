//! The texts a version refers to, and its own in the form that gives it its identity.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use dovetail_client::{Client, SchemaVersion};
use dovetail_compat::{NamedText, identity, parse};
use dovetail_model::{
    Context, QualifiedSubject, Reference, Version, bodies::ExportSchema, bodies::ExportVersion,
};

use super::source::version_of;
use crate::ending::{Failure, Outcome};

/// How many schemas one may reach by its references.
const MOST: usize = 1000;

/// Versions that something refers to, read once each.
#[derive(Debug, Default)]
pub(super) struct Texts(HashMap<(QualifiedSubject, Version), Arc<SchemaVersion>>);

/// The version that a reference names.
pub(super) fn target(
    context: &Context,
    reference: &Reference,
) -> Option<(QualifiedSubject, Version)> {
    let subject = QualifiedSubject::parse_within(&reference.subject, context).ok()?;
    Some((subject, Version::new(reference.version.into())?))
}

impl Texts {
    /// A version as a line of an export; the reason where it cannot be one.
    pub(super) async fn line(
        &mut self,
        source: &Client,
        subject: QualifiedSubject,
        found: SchemaVersion,
        deleted: bool,
        now: i64,
    ) -> Outcome<Result<ExportSchema, String>> {
        let texts = self
            .reached(source, &subject.context, &found.references)
            .await?;
        let (metadata, rule_set) = (found.metadata.as_ref(), found.rule_set.as_ref());
        let of = |text: &str| identity(text, &found.references, metadata, rule_set).to_string();
        let mut text = found.schema.clone();
        // Where the source says what the identity is, its text is the one that has it. Others keep texts as they were sent.
        if found.guid.map(|guid| guid.to_string()) != Some(of(&text)) {
            match parse(found.schema_type, &text, &texts) {
                Ok(schema) => schema.canonical().clone_into(&mut text),
                Err(error) => return Ok(Err(error.to_string())),
            }
        }
        Ok(Ok(ExportSchema {
            guid: of(&text),
            context: subject.context,
            id: found.id,
            schema_type: found.schema_type,
            schema: Some(text),
            versions: vec![ExportVersion {
                subject: subject.subject,
                version: found.version,
                ts: found.ts.unwrap_or(now),
                deleted,
            }],
            references: found.references,
            metadata: found.metadata,
            rule_set: found.rule_set,
            text_guid: None,
            has_extras: false,
        }))
    }

    /// Everything that references reach, each before what uses it.
    async fn reached(
        &mut self,
        source: &Client,
        context: &Context,
        references: &[Reference],
    ) -> Outcome<Vec<NamedText>> {
        enum Step {
            Reach(Context, Reference),
            Done(NamedText),
        }
        let steps = |context: &Context, references: &[Reference]| {
            let reversed = references.iter().rev();
            reversed
                .map(|reference| Step::Reach(context.clone(), reference.clone()))
                .collect::<Vec<_>>()
        };
        let mut waiting = steps(context, references);
        let (mut texts, mut seen) = (Vec::new(), HashSet::new());
        while let Some(step) = waiting.pop() {
            let (context, reference) = match step {
                Step::Done(text) => {
                    texts.push(text);
                    continue;
                }
                Step::Reach(context, reference) => (context, reference),
            };
            let Some(key) = target(&context, &reference) else {
                continue;
            };
            if !seen.insert((reference.name.clone(), key.clone())) {
                continue;
            }
            if seen.len() > MOST {
                let reason = format!("{} reaches more than {MOST} schemas", reference.subject);
                return Err(Failure::refused(reason));
            }
            if !self.0.contains_key(&key) {
                let found = version_of(source, &key.0, key.1).await?;
                self.0.insert(key.clone(), Arc::new(found));
            }
            let found = Arc::clone(&self.0[&key]);
            waiting.push(Step::Done(NamedText {
                name: reference.name,
                text: found.schema.as_str().into(),
            }));
            waiting.extend(steps(&key.0.context, &found.references));
        }
        Ok(texts)
    }
}

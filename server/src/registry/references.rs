//! References: which versions a text's references stand for, and the texts of everything they reach.

use std::collections::{HashMap, HashSet};

use dovetail_compat::{Guid, NamedText};
use dovetail_model::{Context, QualifiedSubject, Reference, SchemaId, Version};

use super::{Registry, RegistryError, Result, associations};
use crate::core::{SchemaEntry, Usage, View};

/// How many references one schema may list, and how many schemas all of them together may reach.
const MOST: usize = 1000;

/// How far references may lead from one schema to the next.
const DEEPEST: usize = 100;

/// A reference with its version made concrete.
#[derive(Debug, Clone)]
pub(super) struct Resolved {
    /// As submitted, but for a version of -1.
    pub(super) reference: Reference,
    pub(super) target: Usage,
    pub(super) id: SchemaId,
    pub(super) guid: Guid,
}

/// Finds the versions that references stand for. New schemas may refer to live versions only.
pub(super) fn resolve(
    view: &View,
    referrer: &QualifiedSubject,
    references: &[Reference],
) -> Result<Vec<Resolved>> {
    if references.len() > MOST {
        return invalid(format!(
            "it has {} references, more than the {MOST} that are allowed",
            references.len()
        ));
    }
    let mut names = HashSet::new();
    let mut resolved = Vec::with_capacity(references.len());
    for reference in references {
        if reference.name.is_empty() {
            return invalid(format!(
                "a reference to subject '{}' has no name",
                shown(&reference.subject)
            ));
        }
        // PostgreSQL cannot store it.
        if reference.name.contains('\0') {
            return invalid("the name of a reference contains a NUL character".to_owned());
        }
        if !names.insert(&reference.name) {
            return invalid(format!(
                "two references have the name '{}'",
                shown(&reference.name)
            ));
        }
        resolved.push(resolve_one(view, &referrer.context, reference)?);
    }
    Ok(resolved)
}

fn resolve_one(view: &View, context: &Context, reference: &Reference) -> Result<Resolved> {
    let not_found = || {
        RegistryError::InvalidSchema(format!(
            "no schema reference found for subject \"{}\" and version {}",
            reference.subject, reference.version
        ))
    };
    let subject = QualifiedSubject::parse_within(&reference.subject, context)
        .map_err(|error| RegistryError::InvalidSchema(error.to_string()))?;
    if associations::holds_back_references(view, &subject) {
        return Err(RegistryError::InvalidSchema(format!(
            "it refers to subject \"{subject}\", which belongs to a resource that is frozen"
        )));
    }
    let holder = view.subject(&subject).ok_or_else(not_found)?;
    let entry = match reference.version {
        -1 => holder.latest(),
        number => Version::new(number.into())
            .and_then(|version| holder.version(version))
            .filter(|entry| !entry.deleted),
    }
    .ok_or_else(not_found)?;
    let version = i32::try_from(entry.version.get()).map_err(|_| not_found())?;
    let schema = view.schema_of(&subject.context, entry);
    Ok(Resolved {
        reference: Reference {
            version,
            ..reference.clone()
        },
        target: Usage {
            subject,
            version: entry.version,
        },
        id: entry.id,
        guid: schema.ok_or_else(not_found)?.guid,
    })
}

/// Refuses references that reach two versions of one subject, directly or through others.
pub(super) fn agree_on_versions(
    view: &View,
    context: &Context,
    references: &[Reference],
) -> Result<()> {
    let mut versions: HashMap<QualifiedSubject, Version> = HashMap::new();
    let mut waiting = vec![(context.clone(), references.to_vec())];
    while let Some((context, references)) = waiting.pop() {
        for reference in &references {
            let reached = reach(view, &context, reference)?;
            let version = reached.version;
            match versions.insert(reached.subject.clone(), version) {
                None => waiting.push((reached.context, reached.entry.references.clone())),
                Some(known) if known == version => {}
                Some(known) => {
                    return invalid(format!(
                        "its references reach two versions of the subject '{}', {known} and {version}",
                        reached.subject
                    ));
                }
            }
        }
        if versions.len() > MOST {
            return invalid(format!("its references reach more than {MOST} schemas"));
        }
    }
    Ok(())
}

impl Registry {
    /// The texts of everything that references reach, each before the texts that use it. A schema that is reached on
    /// several ways is visited once, so a diamond costs no more than a chain.
    pub(super) async fn reachable_texts(
        &self,
        view: &View,
        context: &Context,
        references: &[Reference],
    ) -> Result<Vec<NamedText>> {
        let mut texts = Vec::new();
        let mut seen = HashSet::new();
        let mut path = vec![Step::new(view, context, references)?];
        while let Some(step) = path.last_mut() {
            let Some(next) = step.waiting.pop() else {
                let done = path.pop().and_then(|step| step.of);
                if let Some((name, context, id)) = done {
                    texts.push(NamedText {
                        name,
                        text: self.text(&context, id).await?.into(),
                    });
                }
                continue;
            };
            if !seen.insert((next.name.clone(), next.context.clone(), next.entry.id)) {
                continue;
            }
            if path.len() > DEEPEST {
                return invalid(format!(
                    "its references lead more than {DEEPEST} schemas deep"
                ));
            }
            if seen.len() > MOST {
                return invalid(format!("its references reach more than {MOST} schemas"));
            }
            let mut step = Step::new(view, &next.context, &next.entry.references)?;
            step.of = Some((next.name, next.context, next.entry.id));
            path.push(step);
        }
        Ok(texts)
    }

    async fn text(&self, context: &Context, id: SchemaId) -> Result<String> {
        let content = self.texts.get(context, id).await?;
        // The view may be a moment older than a permanent deletion on another node: the reference comes too late.
        content.map(|content| content.text()).ok_or_else(|| {
            RegistryError::InvalidSchema(format!(
                "no schema reference found for schema {id} of {context}: it was deleted"
            ))
        })
    }
}

/// One schema on the way down, with the references that are still to be visited.
struct Step {
    of: Option<(String, Context, SchemaId)>,
    waiting: Vec<Reached>,
}

struct Reached {
    name: String,
    context: Context,
    subject: QualifiedSubject,
    version: Version,
    entry: std::sync::Arc<SchemaEntry>,
}

impl Step {
    fn new(view: &View, context: &Context, references: &[Reference]) -> Result<Self> {
        let mut waiting = Vec::with_capacity(references.len());
        for reference in references.iter().rev() {
            waiting.push(reach(view, context, reference)?);
        }
        Ok(Self { of: None, waiting })
    }
}

/// What a stored reference points at. It may be soft-deleted by now: what was registered keeps its meaning.
fn reach(view: &View, context: &Context, reference: &Reference) -> Result<Reached> {
    let missing = || {
        RegistryError::InvalidSchema(format!(
            "no schema reference found for subject \"{}\" and version {}",
            reference.subject, reference.version
        ))
    };
    let subject =
        QualifiedSubject::parse_within(&reference.subject, context).map_err(|_| missing())?;
    let version = Version::new(reference.version.into()).ok_or_else(missing)?;
    let found = view
        .subject(&subject)
        .and_then(|holder| holder.version(version))
        .ok_or_else(missing)?;
    let entry = view
        .schema_of(&subject.context, found)
        .ok_or_else(missing)?;
    Ok(Reached {
        name: reference.name.clone(),
        context: subject.context.clone(),
        entry: entry.clone(),
        subject,
        version,
    })
}

/// Text of a client, short enough for a message.
fn shown(text: &str) -> String {
    text.chars().take(64).collect()
}

fn invalid<T>(reason: String) -> Result<T> {
    Err(RegistryError::InvalidSchema(reason))
}

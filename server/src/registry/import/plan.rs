//! What one line means for a view: nothing, because it is there already, or changes, or a conflict.

use std::sync::{Arc, OnceLock};

use dovetail_compat::{Guid, identity};
use dovetail_model::{
    Association, Context, QualifiedSubject, Reference, SchemaId, SchemaType, Subject, Version,
    bodies::{ExportConfig, ExportLine, ExportMode, ExportSchema, ExportSubject, ExportVersion},
};

use super::RegistryError;
use crate::core::{
    ChangeKind, Content, Imported, Mutation, Registered, Reserved, Scope, VersionEntry, View,
};

/// A line whose names are valid, and whose identity is the one it says.
#[derive(Debug)]
pub(super) enum Planned {
    Context(Scope),
    Schema(Box<Schema>),
    Subject(QualifiedSubject, Version),
    Association(Box<Association>),
    Config(Scope, Box<dovetail_model::bodies::Config>),
    Mode(Scope, dovetail_model::Mode),
}

/// A schema line.
#[derive(Debug)]
#[expect(clippy::struct_field_names, reason = "it is the protocol's name")]
pub(super) struct Schema {
    context: Context,
    id: SchemaId,
    guid: Guid,
    text_guid: Guid,
    schema_type: SchemaType,
    references: Vec<Reference>,
    /// With its text as it arrived, which is what gets parsed.
    content: Option<(String, Arc<Content>)>,
    has_extras: bool,
    versions: Vec<(QualifiedSubject, ExportVersion)>,
}

/// Why a line cannot be taken.
#[derive(Debug)]
pub(super) enum Refusal {
    Invalid(String),
    Conflict(String),
}

type Result<T> = std::result::Result<T, Refusal>;

impl Refusal {
    pub(super) fn at(self, line: u64) -> RegistryError {
        match self {
            Self::Invalid(reason) => RegistryError::ImportInvalid { line, reason },
            Self::Conflict(reason) => RegistryError::ImportConflict { line, reason },
        }
    }
}

impl Planned {
    pub(super) fn new(line: ExportLine) -> std::result::Result<Self, String> {
        match line {
            ExportLine::Context(context) => {
                let subject = None;
                scope(&context, subject).map(Self::Context)
            }
            ExportLine::Schema(line) => Schema::new(*line).map(Box::new).map(Self::Schema),
            ExportLine::Subject(ExportSubject {
                context,
                subject,
                last_version,
            }) => {
                let number = Version::new(last_version.get().into());
                numbered("lastVersion", number.is_some())?;
                qualified(&context, &subject).map(|subject| Self::Subject(subject, last_version))
            }
            ExportLine::Association(association) => {
                let QualifiedSubject { context, subject } = &association.subject;
                qualified(context, subject)?;
                Ok(Self::Association(association))
            }
            ExportLine::Config(line) => {
                let ExportConfig {
                    context,
                    subject,
                    config,
                } = *line;
                Ok(Self::Config(
                    scope(&context, subject.as_ref())?,
                    Box::new(config),
                ))
            }
            ExportLine::Mode(ExportMode {
                context,
                subject,
                mode,
            }) => Ok(Self::Mode(scope(&context, subject.as_ref())?, mode)),
            ExportLine::Export(_) | ExportLine::End(_) => {
                Err("a head or an end has no place here".to_owned())
            }
        }
    }

    /// Context and id of a schema that brings a text.
    pub(super) fn schema_key(&self) -> Option<(&Context, SchemaId)> {
        match self {
            Self::Schema(schema) if schema.content.is_some() => Some((&schema.context, schema.id)),
            _ => None,
        }
    }

    /// What parsing a schema takes.
    pub(super) fn text(&self) -> Option<(SchemaType, &Context, &str, &[Reference])> {
        let Self::Schema(schema) = self else {
            return None;
        };
        let (text, _) = schema.content.as_ref()?;
        Some((
            schema.schema_type,
            &schema.context,
            text,
            &schema.references,
        ))
    }

    /// How many versions a schema line brings.
    pub(super) fn versions(&self) -> Option<usize> {
        match self {
            Self::Schema(schema) => Some(schema.versions.len()),
            _ => None,
        }
    }
}

impl Schema {
    fn new(line: ExportSchema) -> std::result::Result<Self, String> {
        let guid: Guid = line
            .guid
            .parse()
            .map_err(|_| format!("\"{}\" is not a GUID", line.guid))?;
        let no_subject = None;
        scope(&line.context, no_subject)?;
        numbered("id", SchemaId::new(line.id.get().into()).is_some())?;
        for version in &line.versions {
            let number = Version::new(version.version.get().into());
            numbered("version", number.is_some())?;
        }
        // PostgreSQL cannot store it.
        let names = line.references.iter().map(|reference| &reference.name);
        if names.chain(&line.schema).any(|text| text.contains('\0')) {
            return Err("it contains a NUL character".to_owned());
        }
        let versions = line
            .versions
            .into_iter()
            .map(|version| Ok((qualified(&line.context, &version.subject)?, version)))
            .collect::<std::result::Result<Vec<_>, String>>()?;
        if versions.is_empty() == line.schema.is_some() {
            return Err("a schema has a text and versions, or neither".to_owned());
        }
        let mut schema = Self {
            context: line.context,
            id: line.id,
            guid,
            text_guid: guid,
            schema_type: line.schema_type,
            references: line.references,
            content: None,
            has_extras: line.has_extras,
            versions,
        };
        if let Some(text) = line.schema {
            let (metadata, rule_set) = (line.metadata, line.rule_set);
            schema.has_extras = metadata.is_some() || rule_set.is_some();
            schema.text_guid = identity(&text, &schema.references, None, None);
            let found = identity(
                &text,
                &schema.references,
                metadata.as_ref(),
                rule_set.as_ref(),
            );
            if found != guid {
                return Err(format!(
                    "schema {} is not what its GUID {guid} says: that of its content is {found}",
                    schema.id
                ));
            }
            let content = Content {
                text: serde_json::value::to_raw_value(&text).map_err(|error| error.to_string())?,
                metadata,
                rule_set,
                rendered: OnceLock::new(),
            };
            schema.content = Some((text, Arc::new(content)));
        } else if let Some(text_guid) = line.text_guid {
            let wrong = |_| format!("\"{text_guid}\" is not a GUID");
            schema.text_guid = text_guid.parse().map_err(wrong)?;
        }
        Ok(schema)
    }
}

/// What has to be written so that a view says what the line says.
pub(super) fn plan(view: &View, line: &Planned) -> Result<Vec<Mutation>> {
    match line {
        Planned::Context(scope) => Ok(match view.context(&scope.context) {
            Some(_) => Vec::new(),
            None => vec![bare(ChangeKind::ConfigChanged {
                scope: scope.clone(),
                config: None,
            })],
        }),
        Planned::Schema(schema) => plan_schema(view, schema),
        Planned::Subject(subject, last_version) => plan_subject(view, subject, *last_version),
        Planned::Association(association) => plan_association(view, association),
        Planned::Config(scope, config) => match view.own_config(scope) {
            None => Ok(vec![bare(ChangeKind::ConfigChanged {
                scope: scope.clone(),
                config: Some(config.clone()),
            })]),
            Some(own) if own == config.as_ref() => Ok(Vec::new()),
            Some(_) => conflict(format!("{scope} has other settings here")),
        },
        Planned::Mode(scope, mode) => match view.own_mode(scope) {
            None => Ok(vec![bare(ChangeKind::ModeChanged {
                scope: scope.clone(),
                mode: Some(*mode),
            })]),
            Some(own) if own == *mode => Ok(Vec::new()),
            Some(own) => conflict(format!("{scope} has the mode {own} here, and not {mode}")),
        },
    }
}

fn plan_schema(view: &View, schema: &Schema) -> Result<Vec<Mutation>> {
    let (context, id) = (&schema.context, schema.id);
    let known = view.context(context).and_then(|slot| slot.entry(id));
    if let Some(known) = known.filter(|known| known.guid != schema.guid) {
        return conflict(format!(
            "the id {id} of context {context} stands for another schema here, {}",
            known.guid
        ));
    }
    let Some((_, content)) = &schema.content else {
        return Ok(match known {
            Some(_) => Vec::new(),
            None => vec![bare(ChangeKind::IdReserved(Reserved {
                context: context.clone(),
                id,
                guid: schema.guid,
                text_guid: schema.text_guid,
                schema_type: schema.schema_type,
                has_extras: schema.has_extras,
            }))],
        });
    };
    let mut mutations = Vec::new();
    for (subject, version) in &schema.versions {
        let holder = view.subject(subject);
        match holder.and_then(|holder| holder.version(version.version)) {
            Some(there) => same(there, schema, subject, version)?,
            None => mutations.push(Mutation {
                kind: registered(view, schema, subject, version)?,
                content: Some(Arc::clone(content)),
            }),
        }
    }
    Ok(mutations)
}

/// A version that is there must be the very one.
fn same(
    there: &VersionEntry,
    schema: &Schema,
    subject: &QualifiedSubject,
    version: &ExportVersion,
) -> Result<()> {
    let differs = if there.id != schema.id {
        format!("stands for schema {} here, and not {}", there.id, schema.id)
    } else if there.deleted != version.deleted {
        let state = |deleted| {
            if deleted {
                "soft-deleted"
            } else {
                "not deleted"
            }
        };
        format!("is {} here, and not in the export", state(there.deleted))
    } else if there.at != version.ts {
        format!(
            "was registered at {} here, and not at {}",
            there.at, version.ts
        )
    } else {
        return Ok(());
    };
    conflict(format!(
        "subject \"{subject}\" version {} {differs}",
        version.version
    ))
}

fn registered(
    view: &View,
    schema: &Schema,
    subject: &QualifiedSubject,
    version: &ExportVersion,
) -> Result<ChangeKind> {
    if view.mode(&Scope::subject(subject)).is_read_only() {
        return conflict(format!("subject \"{subject}\" is in read-only mode here"));
    }
    for reference in &schema.references {
        let target = QualifiedSubject::parse_within(&reference.subject, &schema.context).ok();
        let found = target.and_then(|target| {
            let version = Version::new(reference.version.into())?;
            view.subject(&target)?.version(version)
        });
        if found.is_none() {
            return Err(Refusal::Invalid(format!(
                "schema {} refers to subject \"{}\" version {}, which is not there; it has to come first",
                schema.id, reference.subject, reference.version
            )));
        }
    }
    Ok(ChangeKind::SchemaRegistered(Registered {
        subject: subject.clone(),
        version: version.version,
        id: schema.id,
        guid: schema.guid,
        text_guid: schema.text_guid,
        schema_type: schema.schema_type,
        has_extras: schema.has_extras,
        references: schema.references.clone(),
        purged: Vec::new(),
        facts: None,
        imported: Some(Imported {
            at: version.ts,
            deleted: version.deleted,
        }),
    }))
}

fn plan_subject(
    view: &View,
    subject: &QualifiedSubject,
    last_version: Version,
) -> Result<Vec<Mutation>> {
    let holder = view
        .subject(subject)
        .filter(|holder| !holder.versions().is_empty());
    let Some(holder) = holder else {
        return Err(Refusal::Invalid(format!(
            "subject \"{subject}\" has no version; they have to come first"
        )));
    };
    if holder.last_version() >= last_version.get() {
        return Ok(Vec::new());
    }
    Ok(vec![bare(ChangeKind::SubjectCounted {
        subject: subject.clone(),
        last_version,
    })])
}

fn plan_association(view: &View, association: &Association) -> Result<Vec<Mutation>> {
    match view.associations().get(&association.key()) {
        Some(there) if **there == *association => return Ok(Vec::new()),
        Some(there) => {
            return conflict(format!(
                "resource {} has another association of type {} here",
                there.resource_id, there.association_type
            ));
        }
        None => {}
    }
    if view
        .subject(&association.subject)
        .is_none_or(|holder| holder.versions().is_empty())
    {
        return Err(Refusal::Invalid(format!(
            "subject \"{}\" has no version; they have to come first",
            association.subject
        )));
    }
    let kind = ChangeKind::AssociationSet(Box::new(association.clone()));
    Ok(vec![bare(kind)])
}

fn bare(kind: ChangeKind) -> Mutation {
    Mutation {
        kind,
        content: None,
    }
}

fn conflict<T>(reason: String) -> Result<T> {
    Err(Refusal::Conflict(reason))
}

fn numbered(name: &str, is_valid: bool) -> std::result::Result<(), String> {
    let wrong = || format!("\"{name}\" is not between 1 and 2^31-1");
    is_valid.then_some(()).ok_or_else(wrong)
}

/// A subject of a line, if clients could write its name.
fn qualified(
    context: &Context,
    subject: &Subject,
) -> std::result::Result<QualifiedSubject, String> {
    let text = format!(":{context}:{subject}");
    let parsed = QualifiedSubject::parse(&text).map_err(|error| error.to_string())?;
    if parsed.context == *context && parsed.subject == *subject {
        Ok(parsed)
    } else {
        Err(format!(
            "context \"{context}\" and subject \"{subject}\" do not go together"
        ))
    }
}

fn scope(context: &Context, subject: Option<&Subject>) -> std::result::Result<Scope, String> {
    if let Some(subject) = subject {
        return qualified(context, subject).map(|subject| Scope::subject(&subject));
    }
    let parsed = QualifiedSubject::parse_scope(&format!(":{context}:"));
    let parsed = parsed.map_err(|error| error.to_string())?;
    if parsed == (context.clone(), None) {
        Ok(Scope {
            context: parsed.0,
            subject: None,
        })
    } else {
        Err(format!("\"{context}\" is not a context"))
    }
}

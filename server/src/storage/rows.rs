//! Rows, and how they become what the core knows. A row that cannot be is an inconsistency that names its table.

use std::sync::{Arc, OnceLock};

use dovetail_compat::Guid;
use dovetail_model::{
    Association, Context, Mode, QualifiedSubject, Reference, SchemaId, Subject, Version,
};
use serde::Serialize;
use serde_json::value::RawValue;

use super::StorageError;
use crate::core::{Change, ChangeKind, Content, SchemaEntry, Scope, VersionEntry};

/// In the order of the statement's columns.
pub(super) type AssociationRow = (
    String,
    String,
    String,
    String,
    String,
    String,
    String,
    String,
    String,
    i64,
    i64,
    i64,
);
pub(super) type ChangeRow = (i64, i64, String, String);
pub(super) type SchemaRow = (String, i64, String, String, String, i64);
pub(super) type ReferenceRow = (String, i64, String, String, i64);
pub(super) type VersionRow = (String, String, i64, i64, i64, i64);
pub(super) type ContentWithIdRow = (i64, String, Option<String>, Option<String>);
pub(super) type ContentRow = (String, Option<String>, Option<String>);

/// What a registered schema writes, as the bulk statements read it: one JSON object for each, all in one parameter.
#[derive(Serialize)]
pub(super) struct RegisteredRow<'a> {
    context: &'a str,
    subject: &'a str,
    version: Version,
    id: SchemaId,
    guid: String,
    text_guid: String,
    schema_type: &'static str,
    has_extras: i64,
    deleted: i64,
    at: i64,
    text: Option<&'a RawValue>,
    metadata: Option<String>,
    rule_set: Option<String>,
    references: Vec<ReferenceColumns<'a>>,
}

#[derive(Serialize)]
struct ReferenceColumns<'a> {
    position: usize,
    name: &'a str,
    subject: &'a str,
    version: i32,
}

/// A change as its bulk statement reads it.
#[derive(Serialize)]
pub(super) struct LogRow<'a> {
    seq: u64,
    at: i64,
    actor: &'a str,
    kind: &'static str,
    payload: String,
}

impl<'a> RegisteredRow<'a> {
    /// The row of a registration; `None` for any other change.
    pub(super) fn of(change: &'a Change, content: Option<&'a Arc<Content>>) -> Option<Self> {
        let ChangeKind::SchemaRegistered(registered) = &change.kind else {
            return None;
        };
        let references = registered
            .references
            .iter()
            .enumerate()
            .map(|(position, reference)| ReferenceColumns {
                position,
                name: &reference.name,
                subject: &reference.subject,
                version: reference.version,
            });
        Some(Self {
            context: registered.subject.context.as_str(),
            subject: registered.subject.subject.as_str(),
            version: registered.version,
            id: registered.id,
            guid: registered.guid.to_string(),
            text_guid: registered.text_guid.to_string(),
            schema_type: registered.schema_type.as_str(),
            has_extras: registered.has_extras.into(),
            deleted: registered
                .imported
                .is_some_and(|imported| imported.deleted)
                .into(),
            at: registered
                .imported
                .map_or(change.at, |imported| imported.at),
            text: content.map(|content| &*content.text),
            metadata: content
                .and_then(|content| content.metadata.as_ref())
                .map(json),
            rule_set: content
                .and_then(|content| content.rule_set.as_ref())
                .map(json),
            references: references.collect(),
        })
    }

    pub(super) fn has_references(&self) -> bool {
        !self.references.is_empty()
    }
}

impl<'a> LogRow<'a> {
    pub(super) fn of(change: &'a Change) -> Self {
        Self {
            seq: change.seq,
            at: change.at,
            actor: &change.actor,
            kind: change.kind.name(),
            payload: json(&change.kind),
        }
    }
}

/// Our own types are always valid JSON: their keys are text and none of them fails to serialize.
pub(super) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("our own types serialize")
}

pub(super) fn change((seq, at, actor, payload): ChangeRow) -> Result<Change, StorageError> {
    let kind = serde_json::from_str::<ChangeKind>(&payload).map_err(|error| {
        StorageError::inconsistent(format!("changes.payload of {seq}: {error}"))
    })?;
    Ok(Change {
        seq: number("changes.seq", seq)?,
        at,
        actor,
        kind,
    })
}

pub(super) fn schema(
    (context, id, guid, text_guid, schema_type, has_extras): SchemaRow,
) -> Result<(Context, SchemaEntry), StorageError> {
    let wrong = |column| StorageError::inconsistent(format!("schemas.{column} of {context} {id}"));
    let entry = SchemaEntry {
        id: schema_id("schemas", id)?,
        guid: guid.parse::<Guid>().map_err(|_| wrong("guid"))?,
        text_guid: text_guid.parse::<Guid>().map_err(|_| wrong("text_guid"))?,
        schema_type: schema_type.parse().map_err(|_| wrong("schema_type"))?,
        has_extras: has_extras != 0,
        references: Vec::new(),
        usages: Vec::new(),
    };
    Ok((Context::new(&context), entry))
}

pub(super) fn reference(
    (context, id, name, subject, version): ReferenceRow,
) -> Result<(Context, SchemaId, Reference), StorageError> {
    let version = number("schema_references.version", version)?;
    Ok((
        Context::new(&context),
        schema_id("schema_references", id)?,
        Reference {
            name,
            subject,
            version,
        },
    ))
}

pub(super) fn version(
    (context, subject, version, id, deleted, at): VersionRow,
) -> Result<(Context, Subject, VersionEntry), StorageError> {
    let number = Version::new(version).ok_or_else(|| {
        StorageError::inconsistent(format!("versions.version of {subject}: {version}"))
    })?;
    let entry = VersionEntry {
        version: number,
        id: schema_id("versions", id)?,
        deleted: deleted != 0,
        at,
    };
    Ok((Context::new(&context), Subject::new(&subject), entry))
}

pub(super) fn association(row: AssociationRow) -> Result<Association, StorageError> {
    let (resource_id, resource_type, association_type, context, subject, guid, ..) = row.clone();
    let (.., resource_name, resource_namespace, lifecycle, frozen, created_at, updated_at) = row;
    let wrong =
        |column| StorageError::inconsistent(format!("associations.{column} of {resource_id}"));
    Ok(Association {
        association_type: association_type
            .parse()
            .map_err(|_| wrong("association_type"))?,
        lifecycle: lifecycle.parse().map_err(|_| wrong("lifecycle"))?,
        frozen: frozen != 0,
        subject: QualifiedSubject {
            context: Context::new(&context),
            subject: Subject::new(&subject),
        },
        guid,
        resource_name,
        resource_namespace,
        resource_id,
        resource_type,
        create_ts: created_at,
        update_ts: updated_at,
    })
}

pub(super) fn scope(context: &str, subject: &str) -> Scope {
    Scope {
        context: Context::new(context),
        subject: (!subject.is_empty()).then(|| Subject::new(subject)),
    }
}

/// A scope as its two columns; an empty subject stands for the whole context.
pub(super) fn scope_columns(scope: &Scope) -> (String, String) {
    (
        scope.context.to_string(),
        scope
            .subject
            .as_ref()
            .map(ToString::to_string)
            .unwrap_or_default(),
    )
}

pub(super) fn mode(text: &str) -> Result<Mode, StorageError> {
    text.parse()
        .map_err(|_| StorageError::inconsistent(format!("modes.mode: {text}")))
}

pub(super) fn content((text, metadata, rule_set): ContentRow) -> Result<Content, StorageError> {
    let text = serde_json::value::to_raw_value(&text).expect("a text is valid JSON");
    Ok(Content {
        text,
        metadata: optional(metadata)?,
        rule_set: optional(rule_set)?,
        rendered: OnceLock::new(),
    })
}

pub(super) fn content_with_id(
    (id, text, metadata, rule_set): ContentWithIdRow,
) -> Result<(SchemaId, Content), StorageError> {
    Ok((
        schema_id("contents", id)?,
        content((text, metadata, rule_set))?,
    ))
}

pub(super) fn optional<T: serde::de::DeserializeOwned>(
    column: Option<String>,
) -> Result<Option<T>, StorageError> {
    column.map(|text| parse("contents", &text)).transpose()
}

pub(super) fn parse<T: serde::de::DeserializeOwned>(
    table: &str,
    text: &str,
) -> Result<T, StorageError> {
    serde_json::from_str(text)
        .map_err(|error| StorageError::inconsistent(format!("{table}: {error}")))
}

pub(super) fn number<T: TryFrom<i64>>(column: &str, value: i64) -> Result<T, StorageError> {
    T::try_from(value).map_err(|_| StorageError::inconsistent(format!("{column}: {value}")))
}

fn schema_id(table: &str, id: i64) -> Result<SchemaId, StorageError> {
    SchemaId::new(id).ok_or_else(|| StorageError::inconsistent(format!("{table}: schema id {id}")))
}

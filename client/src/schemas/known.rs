//! A schema as it is remembered.

use dovetail_model::{Reference, SchemaId, SchemaType, Version, bodies::RegisterRequest};
use uuid::Uuid;

use crate::bodies::{Registered, Schema, SchemaVersion};

/// A schema and what is known about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownSchema {
    /// Its id in the context it was asked for in.
    pub id: Option<SchemaId>,
    /// Its identity everywhere.
    pub guid: Option<Uuid>,
    /// A subject that holds it.
    pub subject: Option<String>,
    /// Its version there.
    pub version: Option<Version>,
    /// The format.
    pub schema_type: SchemaType,
    /// The text.
    pub text: String,
    /// What the text refers to.
    pub references: Vec<Reference>,
}

/// A schema with everything that it needs to be understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedSchema {
    /// The schema.
    pub schema: std::sync::Arc<KnownSchema>,
    /// Everything that its references lead to, each before those that refer to it.
    pub references: Vec<NamedSchema>,
}

/// A schema under the name by which another one refers to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedSchema {
    /// A full name in Avro, the path of an import in Protobuf, a `$ref` in JSON Schema.
    pub name: String,
    /// The schema.
    pub schema: std::sync::Arc<KnownSchema>,
}

impl KnownSchema {
    /// A schema of which nothing is known but its text.
    pub fn of_text(schema_type: SchemaType, text: impl Into<String>) -> Self {
        Self {
            id: None,
            guid: None,
            subject: None,
            version: None,
            schema_type,
            text: text.into(),
            references: Vec::new(),
        }
    }

    pub(super) fn by_id(id: Option<SchemaId>, found: Schema) -> Self {
        Self {
            id,
            guid: found.guid,
            subject: found.subject,
            version: found.version,
            schema_type: found.schema_type,
            text: found.schema,
            references: found.references,
        }
    }

    /// What a registration answered, and where it says less, what was sent.
    pub(super) fn registered(
        subject: &str,
        request: &RegisterRequest,
        registered: Registered,
    ) -> Self {
        let schema_type = request.schema_type.as_deref().unwrap_or_default();
        Self {
            id: Some(registered.id),
            guid: registered.guid,
            subject: Some(subject.to_owned()),
            version: registered.version,
            schema_type: schema_type.parse().unwrap_or_default(),
            text: registered
                .schema
                .or_else(|| request.schema.clone())
                .unwrap_or_default(),
            references: request.references.clone(),
        }
    }

    /// About how many bytes it takes.
    pub(super) fn weight(&self) -> usize {
        let subject = self.subject.as_ref().map_or(0, String::len);
        self.text.len() + subject + self.references.len() * 128 + 256
    }
}

impl From<SchemaVersion> for KnownSchema {
    fn from(version: SchemaVersion) -> Self {
        Self {
            id: Some(version.id),
            guid: version.guid,
            subject: Some(version.subject),
            version: Some(version.version),
            schema_type: version.schema_type,
            text: version.schema,
            references: version.references,
        }
    }
}

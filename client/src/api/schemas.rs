//! `/schemas`: schemas by what identifies them, and all of them.

use dovetail_model::{
    AssociationType, Lifecycle, SchemaId, SchemaType,
    bodies::{IdVersions, SubjectVersion},
};
use uuid::Uuid;

use super::{associations::spelled, versions::paged};
use crate::{
    bodies::{Schema, SchemaVersion},
    client::Client,
    error::Result,
    http::Call,
};

/// How a schema is read.
#[derive(Debug, Clone, Default)]
pub struct ReadSchema {
    /// A subject that holds the id, or `:.context:` for the context that the id belongs to.
    pub subject: Option<String>,
    /// How its text is formatted.
    pub format: Option<String>,
    /// How the subjects of its references are written: `qualified`, or as they were given.
    pub reference_format: Option<String>,
    /// Which tags in its text are listed beside it; `*` is all of them.
    pub find_tags: Vec<String>,
    /// The context's highest id as well.
    pub max_id: bool,
}

/// Which of those that hold an id are listed.
#[derive(Debug, Clone, Default)]
pub struct ListOfId {
    /// As in [`ReadSchema::subject`].
    pub subject: Option<String>,
    /// Soft-deleted ones as well.
    pub deleted: bool,
    /// How many are skipped.
    pub offset: u32,
    /// How many are listed at most.
    pub limit: Option<u32>,
}

/// Which schemas are listed.
#[derive(Debug, Clone, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a flag of the protocol"
)]
pub struct ListSchemas {
    /// How their subjects begin: `foo`, `:.context:foo`, or `:*:foo` in every context.
    pub prefix: Option<String>,
    /// Soft-deleted versions as well.
    pub deleted: bool,
    /// Only those.
    pub deleted_only: bool,
    /// The subjects as well that shown ones stand for, with those names.
    pub aliases: bool,
    /// Only those with a rule of this type.
    pub rule_type: Option<String>,
    /// Only the newest version of each subject.
    pub latest_only: bool,
    /// Only those whose subjects are associated with a resource of this type. Where this or one of the next three is said,
    /// the associations come along.
    pub resource_type: Option<String>,
    /// Only those whose subjects are one of these to a resource.
    pub association_types: Vec<AssociationType>,
    /// Only those whose subjects live and die with a resource, or are shared by resources.
    pub lifecycles: Vec<Lifecycle>,
    /// Those as well whose subjects have no such association.
    pub or_unassociated: bool,
    /// How many are skipped.
    pub offset: u32,
    /// How many are listed at most; registries have a limit of their own.
    pub limit: Option<u32>,
}

impl Client {
    /// Reads a schema by its id.
    pub async fn schema_by_id(&self, id: SchemaId, how: &ReadSchema) -> Result<Schema> {
        let call = self
            .by_id(id, &[], how.subject.as_deref())?
            .option("format", how.format.as_deref())
            .option("referenceFormat", how.reference_format.as_deref())
            .each("findTags", &how.find_tags)
            .flag("fetchMaxId", how.max_id);
        self.json(call).await
    }

    /// Reads the text of a schema by its id, without anything around it.
    pub async fn schema_text_by_id(&self, id: SchemaId, how: &ReadSchema) -> Result<String> {
        let call = self
            .by_id(id, &["schema"], how.subject.as_deref())?
            .option("format", how.format.as_deref());
        self.text(call).await
    }

    /// Lists the subjects that hold an id.
    pub async fn subjects_of_id(&self, id: SchemaId, list: &ListOfId) -> Result<Vec<String>> {
        self.json(self.of_id(id, "subjects", list)?).await
    }

    /// Lists the versions that carry an id.
    pub async fn versions_of_id(
        &self,
        id: SchemaId,
        list: &ListOfId,
    ) -> Result<Vec<SubjectVersion>> {
        self.json(self.of_id(id, "versions", list)?).await
    }

    /// Reads a schema by its GUID, which is the same in every context and every registry.
    pub async fn schema_by_guid(&self, guid: &Uuid) -> Result<Schema> {
        let guid = guid.to_string();
        self.json(Call::get(&["schemas", "guids", &guid])?).await
    }

    /// Lists the ids that a GUID has, by context.
    pub async fn ids_of_guid(&self, guid: &Uuid) -> Result<Vec<IdVersions>> {
        let guid = guid.to_string();
        self.json(Call::get(&["schemas", "guids", &guid, "ids"])?)
            .await
    }

    /// Lists the formats that the registry knows.
    pub async fn schema_types(&self) -> Result<Vec<SchemaType>> {
        self.json(Call::get(&["schemas", "types"])?).await
    }

    /// Lists schemas, sorted by subject and version. [`Client::every_schema`] goes through all pages.
    pub async fn list_schemas(&self, list: &ListSchemas) -> Result<Vec<SchemaVersion>> {
        let context = self.context_prefix().unwrap_or_default();
        let prefix = match list.prefix.as_deref().unwrap_or_default() {
            qualified if qualified.starts_with(':') => qualified.to_owned(),
            prefix => format!("{context}{prefix}"),
        };
        let call = Call::get(&["schemas"])?
            .option("subjectPrefix", (!prefix.is_empty()).then_some(prefix))
            .flag("deleted", list.deleted)
            .flag("deletedOnly", list.deleted_only)
            .flag("aliases", list.aliases)
            .option("ruleType", list.rule_type.as_deref())
            .flag("latestOnly", list.latest_only)
            .option("resourceType", list.resource_type.as_deref())
            .each("associationType", &spelled(&list.association_types))
            .each("lifecycle", &spelled(&list.lifecycles))
            .option("lifecycle", list.or_unassociated.then_some("NONE"));
        self.json(paged(call, list.offset, list.limit)).await
    }

    /// Lists schemas over all pages.
    pub async fn every_schema(&self, list: &ListSchemas) -> Result<Vec<SchemaVersion>> {
        let mut all = Vec::new();
        let mut page = list.clone();
        loop {
            let found = self.list_schemas(&page).await?;
            let Ok(count @ 1..) = u32::try_from(found.len()) else {
                return Ok(all);
            };
            all.extend(found);
            page.offset += count;
        }
    }

    fn of_id(&self, id: SchemaId, what: &str, list: &ListOfId) -> Result<Call> {
        let call = self
            .by_id(id, &[what], list.subject.as_deref())?
            .flag("deleted", list.deleted);
        Ok(paged(call, list.offset, list.limit))
    }

    fn by_id(&self, id: SchemaId, further: &[&str], subject: Option<&str>) -> Result<Call> {
        let id = id.to_string();
        let segments = [&["schemas", "ids", &id], further].concat();
        let subject = match subject {
            Some(subject) => Some(self.subject(subject)?.into_owned()),
            None => self.context_prefix().map(str::to_owned),
        };
        Ok(Call::get(&segments)?.option("subject", subject))
    }
}

//! `/subjects`: the names that versions live under.

use dovetail_model::{Version, bodies::RegisterRequest};

use super::versions::paged;
use crate::{bodies::SchemaVersion, client::Client, error::Result, http::Call};

/// Which subjects are listed.
#[derive(Debug, Clone, Default)]
pub struct ListSubjects {
    /// How their names begin: `foo`, `:.context:foo`, or `:*:foo` in every context. Everything where nothing is said.
    pub prefix: Option<String>,
    /// Those as well whose versions are all soft-deleted.
    pub deleted: bool,
    /// Only those.
    pub deleted_only: bool,
    /// How many are skipped.
    pub offset: u32,
    /// How many are listed at most.
    pub limit: Option<u32>,
}

/// How a schema is looked for.
#[derive(Debug, Clone, Default)]
pub struct LookUp {
    /// In its normal form.
    pub normalize: bool,
    /// Among soft-deleted versions as well.
    pub deleted: bool,
    /// How the answer's text is formatted.
    pub format: Option<String>,
}

/// How far a deletion goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deletion {
    /// Out of sight; ids stay readable.
    Soft,
    /// For good, of what is soft-deleted already.
    Permanent,
}

impl Deletion {
    pub(super) fn is_permanent(self) -> bool {
        self == Self::Permanent
    }
}

impl Client {
    /// Lists subjects by their qualified names.
    pub async fn subjects(&self, list: &ListSubjects) -> Result<Vec<String>> {
        let prefix = match (self.context_prefix(), list.prefix.as_deref()) {
            (Some(context), None) => Some(context.to_owned()),
            (Some(context), Some(prefix)) if !prefix.starts_with(':') => {
                Some(format!("{context}{prefix}"))
            }
            (_, prefix) => prefix.map(str::to_owned),
        };
        let call = Call::get(&["subjects"])?
            .option("subjectPrefix", prefix)
            .flag("deleted", list.deleted)
            .flag("deletedOnly", list.deleted_only);
        self.json(paged(call, list.offset, list.limit)).await
    }

    /// Finds the version of a subject that holds exactly this schema. Nothing is registered.
    pub async fn look_up(
        &self,
        subject: &str,
        schema: &RegisterRequest,
        how: &LookUp,
    ) -> Result<SchemaVersion> {
        let call = Call::ask(&["subjects", &self.subject(subject)?])?
            .flag("normalize", how.normalize)
            .flag("deleted", how.deleted)
            .option("format", how.format.as_deref())
            .json(schema)?;
        self.json(call).await
    }

    /// Deletes every version of a subject, and answers which those were.
    pub async fn delete_subject(&self, subject: &str, deletion: Deletion) -> Result<Vec<Version>> {
        let call = Call::delete(&["subjects", &self.subject(subject)?])?
            .flag("permanent", deletion.is_permanent());
        self.json(call).await
    }

    /// Finds the newest version of a subject whose metadata has all of these properties.
    pub async fn version_with_metadata(
        &self,
        subject: &str,
        properties: &[(&str, &str)],
    ) -> Result<SchemaVersion> {
        let mut call = Call::get(&["subjects", &self.subject(subject)?, "metadata"])?;
        for (key, value) in properties {
            call = call.option("key", Some(key)).option("value", Some(value));
        }
        self.json(call).await
    }
}

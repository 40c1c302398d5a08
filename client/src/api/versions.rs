//! `/subjects/{subject}/versions`: registering, reading and deleting.

use dovetail_model::{
    SchemaId, Version, VersionSpec,
    bodies::{RegisterRequest, TagRequest},
};
use reqwest::Method;

use super::Deletion;
use crate::{
    bodies::{Registered, SchemaVersion},
    client::{Client, version_segment},
    error::{Error, Kind, Result},
    http::{Call, Repeat},
};

/// Which versions are listed.
#[derive(Debug, Clone, Default)]
pub struct ListVersions {
    /// Soft-deleted ones as well.
    pub deleted: bool,
    /// Only those.
    pub deleted_only: bool,
    /// How many are skipped.
    pub offset: u32,
    /// How many are listed at most.
    pub limit: Option<u32>,
}

/// How a schema is registered.
#[derive(Debug, Clone, Default)]
pub struct Register {
    /// In its normal form.
    pub normalize: bool,
    /// How the answer's text is formatted.
    pub format: Option<String>,
}

/// How a version is read.
#[derive(Debug, Clone, Default)]
pub struct ReadVersion {
    /// Even if it is soft-deleted.
    pub deleted: bool,
    /// How its text is formatted.
    pub format: Option<String>,
    /// How the subjects of its references are written: `qualified`, or as they were given.
    pub reference_format: Option<String>,
    /// Which tags in its text are listed beside it; `*` is all of them.
    pub find_tags: Vec<String>,
}

impl Client {
    /// Lists the versions of a subject in ascending order.
    pub async fn versions(&self, subject: &str, list: &ListVersions) -> Result<Vec<Version>> {
        let call = Call::get(&["subjects", &self.subject(subject)?, "versions"])?
            .flag("deleted", list.deleted)
            .flag("deletedOnly", list.deleted_only);
        self.json(paged(call, list.offset, list.limit)).await
    }

    /// Lists the versions of a subject in ascending order, soft-deleted ones as well, and says which are deleted.
    pub async fn versions_and_deleted(&self, subject: &str) -> Result<Vec<(Version, bool)>> {
        let call = Call::get(&["subjects", &self.subject(subject)?, "versions"])?
            .flag("deletedAsNegative", true);
        let numbers: Vec<i64> = self.json(call).await?;
        let versions = numbers.into_iter().map(|number| {
            let version = Version::new(number.abs());
            version.map(|version| (version, number < 0)).ok_or(number)
        });
        let versions: std::result::Result<_, i64> = versions.collect();
        versions.map_err(|number| {
            let what = format!("it lists the version {number}, which is none");
            Error::new(Kind::Answer(what))
        })
    }

    /// Registers a schema, or finds the version that holds it already. It may be sent twice where no answer came: the
    /// second time finds what the first one did.
    pub async fn register(
        &self,
        subject: &str,
        schema: &RegisterRequest,
        how: &Register,
    ) -> Result<Registered> {
        let call = Call::ask(&["subjects", &self.subject(subject)?, "versions"])?
            .flag("normalize", how.normalize)
            .option("format", how.format.as_deref())
            .json(schema)?;
        self.json(call).await
    }

    /// Reads a version.
    pub async fn version(
        &self,
        subject: &str,
        version: VersionSpec,
        how: &ReadVersion,
    ) -> Result<SchemaVersion> {
        self.json(self.read_version(subject, version, &[], how)?)
            .await
    }

    /// Reads the newest version.
    pub async fn latest(&self, subject: &str) -> Result<SchemaVersion> {
        self.version(subject, VersionSpec::Latest, &ReadVersion::default())
            .await
    }

    /// Reads the text of a version, without anything around it.
    pub async fn version_text(
        &self,
        subject: &str,
        version: VersionSpec,
        how: &ReadVersion,
    ) -> Result<String> {
        self.text(self.read_version(subject, version, &["schema"], how)?)
            .await
    }

    fn read_version(
        &self,
        subject: &str,
        version: VersionSpec,
        further: &[&str],
        how: &ReadVersion,
    ) -> Result<Call> {
        let (subject, version) = (self.subject(subject)?, version_segment(version));
        let segments = [&["subjects", &*subject, "versions", &*version], further].concat();
        let call = Call::get(&segments)?
            .flag("deleted", how.deleted)
            .option("format", how.format.as_deref())
            .option("referenceFormat", how.reference_format.as_deref())
            .each("findTags", &how.find_tags);
        Ok(call)
    }

    /// Lists the ids of schemas that refer to a version; of soft-deleted versions as well, where that is asked for.
    pub async fn referenced_by(
        &self,
        subject: &str,
        version: VersionSpec,
        deleted: bool,
    ) -> Result<Vec<SchemaId>> {
        let (subject, version) = (self.subject(subject)?, version_segment(version));
        let call = Call::get(&["subjects", &subject, "versions", &version, "referencedby"])?
            .flag("deleted", deleted);
        self.json(call).await
    }

    /// Registers what comes of a version when tags in its text, its metadata or its rules are changed.
    pub async fn change_tags(
        &self,
        subject: &str,
        version: VersionSpec,
        change: &TagRequest,
    ) -> Result<Registered> {
        let (subject, version) = (self.subject(subject)?, version_segment(version));
        let segments = ["subjects", &*subject, "versions", &*version, "tags"];
        // A second time finds the text as it is wanted, but not the version that was expected.
        let repeat = match change.new_version {
            None => Repeat::Safe,
            Some(_) => Repeat::Unsafe,
        };
        let call = Call::new(Method::POST, &segments, repeat)?.json(change)?;
        self.json(call).await
    }

    /// Deletes a version, and answers its number.
    pub async fn delete_version(
        &self,
        subject: &str,
        version: VersionSpec,
        deletion: Deletion,
    ) -> Result<Version> {
        let (subject, version) = (self.subject(subject)?, version_segment(version));
        let call = Call::delete(&["subjects", &subject, "versions", &version])?
            .flag("permanent", deletion.is_permanent());
        self.json(call).await
    }
}

pub(super) fn paged(call: Call, offset: u32, limit: Option<u32>) -> Call {
    call.option("offset", (offset > 0).then_some(offset))
        .option("limit", limit)
}

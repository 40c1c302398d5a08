//! What the registry says about the lock: whether it still serves the same, what is newer, and whether that can be read.

use dovetail_client::{ListVersions, SchemaVersion};
use dovetail_codegen::{
    lock::{Lock, LockedSchema},
    manifest::Manifest,
    vendor,
};
use dovetail_compat::Schema;
use dovetail_model::{Version, VersionSpec};
use futures_util::{StreamExt, TryStreamExt, stream};

use super::readable::{locked, parsed, unreadable};
use crate::{
    ending::{Failure, Outcome},
    registry::{Registry, failure},
};

/// How many questions wait for the registry at once.
const AT_ONCE: usize = 16;

/// Schemas that the registry does not serve as they are locked, and subjects that moved on with what that means.
pub(super) fn drift(manifest: &Manifest, lock: &Lock, registry: &Registry) -> Outcome<Vec<String>> {
    let mut findings: Vec<String> = registry.run(async {
        let found = stream::iter(&lock.schemas)
            .map(|schema| changed(schema, registry))
            .buffered(AT_ONCE);
        let found: Vec<Option<String>> = found.try_collect().await?;
        Ok(found.into_iter().flatten().collect())
    })?;
    for (entry, request) in manifest.used() {
        let Some(subject) = lock.subject(&entry.name) else {
            continue;
        };
        let name = entry.name.to_string();
        let versions = registry.ask(registry.client().versions(&name, &ListVersions::default()))?;
        let newest = versions
            .into_iter()
            .filter(|version| request.allows(*version))
            .max();
        if let Some(newest) = newest.filter(|newest| *newest > subject.version) {
            let (reader, writer) = (
                ours(manifest, lock, &name, subject.version)?,
                theirs(registry, &name, newest)?,
            );
            findings.push(format!(
                "{name} moved from version {} to {newest}: {}; run `dovetail pull`",
                subject.version,
                verdict(&reader, &writer, subject.version, newest)?
            ));
        }
    }
    Ok(findings)
}

/// Subjects whose locked version does not read what their newest version writes.
pub(super) fn unread(
    manifest: &Manifest,
    lock: &Lock,
    registry: &Registry,
) -> Outcome<Vec<String>> {
    let mut findings = Vec::new();
    for (entry, _) in manifest.used() {
        let Some(subject) = lock.subject(&entry.name) else {
            continue;
        };
        let name = entry.name.to_string();
        let newest = registry.ask(registry.client().latest(&name))?;
        if newest.version == subject.version {
            continue;
        }
        let reader = ours(manifest, lock, &name, subject.version)?;
        let writer = read(registry, &newest)?;
        for difference in unreadable(&reader, &writer)? {
            findings.push(format!(
                "{name} version {} does not read version {}, which the registry serves now: {difference}",
                subject.version, newest.version
            ));
        }
    }
    Ok(findings)
}

/// What became of one locked schema.
async fn changed(schema: &LockedSchema, registry: &Registry) -> Outcome<Option<String>> {
    let shown = format!("{} version {}", schema.subject, schema.version);
    let name = schema.subject.to_string();
    let how = dovetail_client::ReadVersion {
        deleted: true,
        ..dovetail_client::ReadVersion::default()
    };
    let found = registry
        .client()
        .version(&name, VersionSpec::Number(schema.version), &how)
        .await;
    let found = match found {
        Ok(found) => found,
        Err(error) if error.is_not_found() => {
            return Ok(Some(format!("the registry does not have {shown} any more")));
        }
        Err(error) => return Err(failure(&error)),
    };
    let hash = vendor::sha256(found.schema.as_bytes());
    let message = if hash != schema.sha256 {
        format!(
            "the registry serves another text for {shown}: expected SHA-256 {}, found {hash}",
            schema.sha256
        )
    } else if found.id != schema.id {
        format!(
            "the registry gives {shown} the id {}, and it is locked as {}",
            found.id, schema.id
        )
    } else if let (Some(found), Some(locked)) = (found.guid, &schema.guid)
        && found.to_string() != *locked
    {
        format!("the registry gives {shown} the GUID {found}, and it is locked as {locked}")
    } else {
        return Ok(None);
    };
    Ok(Some(message))
}

/// What a move means for those who are on either side of it.
fn verdict(ours: &Schema, theirs: &Schema, locked: Version, newest: Version) -> Outcome<String> {
    let reads_new = unreadable(ours, theirs)?;
    let reads_old = unreadable(theirs, ours)?;
    Ok(match (reads_new.first(), reads_old.first()) {
        (None, None) => "each reads what the other writes".to_owned(),
        (Some(why), None) => format!("{locked} does not read what {newest} writes: {why}"),
        (None, Some(why)) => format!("{newest} does not read what {locked} wrote: {why}"),
        (Some(new), Some(old)) => format!("neither reads the other: {new}; {old}"),
    })
}

fn ours(manifest: &Manifest, lock: &Lock, name: &str, version: Version) -> Outcome<Schema> {
    let schema = lock
        .schemas
        .iter()
        .find(|one| one.subject.to_string() == name && one.version == version);
    let schema =
        schema.ok_or_else(|| Failure::usage(format!("{name} version {version} is not locked")))?;
    locked(lock, schema, &|schema| {
        vendor::read(manifest.root(), schema).map_err(Failure::usage)
    })
}

fn theirs(registry: &Registry, name: &str, version: Version) -> Outcome<Schema> {
    let how = dovetail_client::ReadVersion::default();
    let found = registry.ask(registry.client().version(
        name,
        VersionSpec::Number(version),
        &how,
    ))?;
    read(registry, &found)
}

fn read(registry: &Registry, found: &SchemaVersion) -> Outcome<Schema> {
    let loaded = registry.run(registry.load(found))?;
    let shown = format!("{} version {}", found.subject, found.version);
    parsed(found.schema_type, &found.schema, &loaded.references, &shown)
}

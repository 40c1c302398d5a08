//! `dovetail pull --check`: everything agrees. Without the network, unless more is asked for.

use dovetail_codegen::{
    agree,
    lock::{LOCK, Lock},
    manifest::Manifest,
};

use super::{online, readable};
use crate::{
    ending::{Ending, Failure, Outcome},
    output::{counted, print},
    registry::Connect,
};

pub(super) fn run(manifest: &Manifest, connect: &Connect, ask: bool, reads: bool) -> Outcome {
    let path = manifest.root().join(LOCK);
    if !path.exists() && manifest.used().next().is_none() {
        print("Nothing is used from a registry, so there is nothing to lock.\n")?;
        return Ok(Ending::Fine);
    }
    let lock = match Lock::read(&path) {
        Ok(lock) => lock,
        Err(error) => {
            print(&format!("{error}\n"))?;
            return Ok(Ending::Findings);
        }
    };
    let mut findings: Vec<String> = Vec::new();
    let disagreements = agree::disagreements(manifest, &lock);
    let agrees = disagreements.is_empty();
    findings.extend(disagreements.iter().map(ToString::to_string));
    let leftovers = agree::leftovers(manifest, &lock).map_err(|error| {
        Failure::undecided(format!("the vendored files cannot be listed: {error}"))
    })?;
    findings.extend(leftovers.iter().map(ToString::to_string));
    if agrees {
        findings.extend(readable::vendored_versions(manifest.root(), &lock)?);
    }
    if ask || reads {
        let registry = connect.registry()?;
        if ask {
            findings.extend(online::drift(manifest, &lock, &registry)?);
        }
        if reads && agrees {
            findings.extend(online::unread(manifest, &lock, &registry)?);
        }
    }
    print(&super::lines(&findings))?;
    if findings.is_empty() {
        print(&format!(
            "Everything is as it is locked: {}, {}.\n",
            counted(lock.subjects.len(), "subject"),
            counted(lock.schemas.len(), "schema")
        ))?;
        Ok(Ending::Fine)
    } else {
        Ok(Ending::Findings)
    }
}

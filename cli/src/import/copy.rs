//! Copying a registry: what the source has and the target has not, in an order in which it can be taken.
//!
//! Versions are read many at once, and wait until what they refer to has gone before. They go to the target as small exports,
//! which it takes or refuses whole. So nothing is lost when the copying is cut short, and repeating it copies the rest.

use std::{
    collections::{HashMap, HashSet, VecDeque},
    time::{SystemTime, UNIX_EPOCH},
};

use bytes::Bytes;
use dovetail_client::{Client, SchemaVersion};
use dovetail_model::{
    QualifiedSubject, Version,
    bodies::{EXPORT_FORMAT, ExportEnd, ExportHead, ExportLine},
};
use futures_util::{StreamExt, TryStreamExt, stream};

use super::{
    source::{self, Versions},
    texts::{Texts, target as target_of},
};
use crate::{
    ending::{Ending, Failure, Outcome},
    output::{counted, print, warn},
    transfer::{Progress, failure},
};

/// How many lines, and how many bytes of them, go to the target at once.
const LINES: usize = 500;
const BYTES: usize = 4 * 1024 * 1024;

/// How many failures are spelled out.
const SPELLED_OUT: usize = 20;

type Key = (QualifiedSubject, Version);

/// What is copied.
#[derive(Debug, Clone, Copy)]
pub(super) struct Options {
    pub(super) settings: bool,
    pub(super) dry_run: bool,
}

/// A copying under way.
struct Copy<'a> {
    source: &'a Client,
    target: &'a Client,
    dry_run: bool,
    now: i64,
    texts: Texts,
    /// Every version of the source.
    versions: &'a Versions,
    /// What is there by now, or is on its way.
    there: HashSet<Key>,
    /// What waits for a version that has to be there first.
    waiting: HashMap<Key, Vec<(QualifiedSubject, SchemaVersion)>>,
    /// Lines that are yet to go.
    chunk: Vec<u8>,
    lines: u64,
    copied: usize,
    failures: Vec<String>,
    progress: Progress,
}

pub(super) async fn run(source: &Client, target: &Client, options: Options) -> Outcome {
    let versions = source::versions(source).await?;
    let there = there(target, &versions).await?;
    let wanted: Vec<Key> = versions
        .keys()
        .filter(|key| !there.contains(*key))
        .cloned()
        .collect();
    let (all, missing) = (versions.len(), wanted.len());
    let since_epoch = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    let mut copy = Copy {
        source,
        target,
        dry_run: options.dry_run,
        now: i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX),
        texts: Texts::default(),
        versions: &versions,
        there,
        waiting: HashMap::new(),
        chunk: Vec::new(),
        lines: 0,
        copied: 0,
        failures: Vec::new(),
        progress: Progress::new(),
    };
    copy.schemas(wanted).await?;
    if options.settings {
        let subjects: HashSet<_> = versions
            .keys()
            .map(|(subject, _)| subject.clone())
            .collect();
        for line in source::settings(source, subjects.into_iter()).await? {
            copy.push(&line).await?;
        }
    }
    copy.send().await?;
    copy.progress.clear();
    let verb = if options.dry_run {
        "would be copied"
    } else {
        "copied"
    };
    print(&format!(
        "{}: {} {verb}, {} there already\n",
        counted(all, "version"),
        copy.copied,
        all - missing
    ))?;
    copy.outcome()
}

/// The versions that the target has, just as the source has them.
async fn there(target: &Client, versions: &Versions) -> Outcome<HashSet<Key>> {
    let mut export = target.export().await.map_err(failure)?;
    let mut there = HashSet::new();
    let mut rest = Vec::new();
    while let Some(chunk) = export.chunk().await.map_err(failure)? {
        rest.extend_from_slice(&chunk);
        while let Some(end) = rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = rest.drain(..=end).collect();
            let line = serde_json::from_slice(&line).map_err(|error| {
                Failure::undecided(format!("the target's export cannot be read: {error}"))
            })?;
            let ExportLine::Schema(schema) = line else {
                continue;
            };
            for version in schema.versions {
                let subject = QualifiedSubject {
                    context: schema.context.clone(),
                    subject: version.subject,
                };
                let key = (subject, version.version);
                if versions.get(&key) == Some(&version.deleted) {
                    there.insert(key);
                }
            }
        }
    }
    Ok(there)
}

impl Copy<'_> {
    async fn schemas(&mut self, wanted: Vec<Key>) -> Outcome<()> {
        let all = wanted.len();
        let mut read = Box::pin(source::read(self.source, wanted.into_iter()));
        while let Some((subject, found)) = read.try_next().await? {
            let mut ready = VecDeque::from([(subject, found)]);
            while let Some((subject, found)) = ready.pop_front() {
                if let Some(key) = self.first_missing(&subject, &found) {
                    self.waiting.entry(key).or_default().push((subject, found));
                    continue;
                }
                let key = (subject.clone(), found.version);
                self.schema(subject, found).await?;
                if self.there.contains(&key) {
                    ready.extend(self.waiting.remove(&key).unwrap_or_default());
                }
            }
            let copied = self.copied;
            self.progress.show(|| format!("{copied} of {all} versions"));
        }
        for (subject, found) in std::mem::take(&mut self.waiting).into_values().flatten() {
            let missing = self.first_missing(&subject, &found);
            let (on, version) = missing.unwrap_or_else(|| (subject.clone(), found.version));
            self.failures.push(format!(
                "{subject} version {} refers to {on} version {version}, which is not there or could not be copied",
                found.version
            ));
        }
        Ok(())
    }

    fn first_missing(&self, subject: &QualifiedSubject, found: &SchemaVersion) -> Option<Key> {
        let references = found.references.iter();
        references
            .filter_map(|reference| target_of(&subject.context, reference))
            .find(|key| !self.there.contains(key))
    }

    async fn schema(&mut self, subject: QualifiedSubject, found: SchemaVersion) -> Outcome<()> {
        let key = (subject.clone(), found.version);
        let deleted = self.versions.get(&key).copied().unwrap_or_default();
        let (id, now) = (found.id, self.now);
        let line = self.texts.line(self.source, subject, found, deleted, now);
        match line.await? {
            Ok(line) => {
                self.push(&ExportLine::Schema(Box::new(line))).await?;
                self.there.insert(key);
                self.copied += 1;
            }
            Err(reason) => {
                let (subject, version) = key;
                self.failures
                    .push(format!("{subject} version {version} (id {id}): {reason}"));
            }
        }
        Ok(())
    }

    async fn push(&mut self, line: &ExportLine) -> Outcome<()> {
        append(&mut self.chunk, line)?;
        self.lines += 1;
        if self.lines >= LINES as u64 || self.chunk.len() >= BYTES {
            self.send().await?;
        }
        Ok(())
    }

    /// Sends what has gathered, as an export of its own.
    async fn send(&mut self) -> Outcome<()> {
        let mut body = Vec::with_capacity(self.chunk.len() + 256);
        append(
            &mut body,
            &ExportLine::Export(ExportHead {
                format: EXPORT_FORMAT.to_owned(),
                sequence: 0,
            }),
        )?;
        body.append(&mut self.chunk);
        let lines = std::mem::take(&mut self.lines) + 1;
        append(&mut body, &ExportLine::End(ExportEnd { lines }))?;
        if lines == 1 || self.dry_run {
            return Ok(());
        }
        let body = stream::iter([Ok(Bytes::from(body))]).fuse();
        let sent = self.target.import(body, false).await;
        sent.map_err(failure)?;
        Ok(())
    }

    fn outcome(&self) -> Outcome {
        for failure in self.failures.iter().take(SPELLED_OUT) {
            warn(failure);
        }
        match self.failures.len() {
            0 => Ok(Ending::Fine),
            failed => Err(Failure::refused(format!(
                "{} could not be copied; everything else was",
                counted(failed, "version")
            ))),
        }
    }
}

fn append(body: &mut Vec<u8>, line: &ExportLine) -> Outcome<()> {
    serde_json::to_writer(&mut *body, line)
        .map_err(|error| Failure::undecided(format!("a line cannot be written: {error}")))?;
    body.push(b'\n');
    Ok(())
}

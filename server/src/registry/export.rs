//! Exporting: the whole registry as lines, each after what it depends on.
//!
//! An export is the registry as of one moment: the view it starts with. Texts are read a few at a time while it goes on, so
//! that it takes little memory however large the registry is. A schema that is deleted for good meanwhile has no text any
//! more and leaves as an id that is taken; what refers to it was deleted before, and leaves likewise.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use dovetail_model::{
    Context, QualifiedSubject, SchemaId, Version,
    bodies::{
        EXPORT_FORMAT, ExportConfig, ExportEnd, ExportHead, ExportLine, ExportMode, ExportSchema,
        ExportSubject, ExportVersion,
    },
};

use super::{Registry, RegistryError, Result};
use crate::core::{Content, SchemaEntry, SubjectView, View};

/// How many texts are read at once.
const TEXTS: usize = 32;

/// How many versions one line carries at most.
const VERSIONS: usize = 1000;

/// An export under way.
#[derive(Debug)]
pub struct Export {
    registry: Registry,
    view: Arc<View>,
    /// Schemas that are still to come, the last one first.
    schemas: Vec<(Context, SchemaId)>,
    stage: Stage,
    lines: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Head,
    Schemas,
    Settings,
    Done,
}

impl Registry {
    /// Begins an export of everything there is now.
    pub async fn export(&self) -> Result<Export> {
        let view = self.view().await?;
        let mut schemas = in_dependency_order(&view);
        schemas.reverse();
        Ok(Export {
            registry: self.clone(),
            view,
            schemas,
            stage: Stage::Head,
            lines: 0,
        })
    }
}

impl Export {
    /// The next lines; `None` when all are out.
    pub async fn next(&mut self) -> Result<Option<Vec<ExportLine>>> {
        let mut lines = Vec::new();
        match self.stage {
            Stage::Head => {
                self.head(&mut lines);
                self.stage = Stage::Schemas;
            }
            Stage::Schemas if !self.schemas.is_empty() => self.schemas(&mut lines).await?,
            Stage::Schemas => {
                self.subjects(&mut lines);
                self.associations(&mut lines);
                self.stage = Stage::Settings;
            }
            Stage::Settings => {
                self.settings(&mut lines);
                self.stage = Stage::Done;
                let before = self.lines + lines.len() as u64;
                lines.push(ExportLine::End(ExportEnd { lines: before }));
            }
            Stage::Done => return Ok(None),
        }
        self.lines += lines.len() as u64;
        Ok(Some(lines))
    }

    fn head(&self, lines: &mut Vec<ExportLine>) {
        lines.push(ExportLine::Export(ExportHead {
            format: EXPORT_FORMAT.to_owned(),
            sequence: self.view.seq(),
        }));
        let existing = self.view.contexts().filter(|(_, slot)| slot.exists());
        lines.extend(existing.map(|(context, _)| ExportLine::Context(context.clone())));
    }

    async fn schemas(&mut self, lines: &mut Vec<ExportLine>) -> Result<()> {
        let from = self.schemas.len().saturating_sub(TEXTS);
        let mut next = self.schemas.split_off(from);
        next.reverse();
        let mut contents = self.contents(&next).await?;
        for (context, id) in next {
            let entry = self.view.context(&context).and_then(|slot| slot.entry(id));
            let entry = entry.ok_or_else(|| RegistryError::SchemaIdNotFound(id.to_string()))?;
            match contents.remove(&(context.clone(), id)) {
                Some(content) if !entry.usages.is_empty() => {
                    self.schema(&context, entry, &content, lines);
                }
                _ => lines.push(ExportLine::Schema(Box::new(taken(&context, entry)))),
            }
        }
        Ok(())
    }

    async fn contents(
        &self,
        wanted: &[(Context, SchemaId)],
    ) -> Result<HashMap<(Context, SchemaId), Content>> {
        let mut by_context: BTreeMap<&Context, Vec<SchemaId>> = BTreeMap::new();
        for (context, id) in wanted {
            by_context.entry(context).or_default().push(*id);
        }
        let mut found = HashMap::new();
        for (context, ids) in by_context {
            let contents = self.registry.storage.contents(context, &ids).await?;
            let contents = contents.into_iter();
            found.extend(contents.map(|(id, content)| ((context.clone(), id), content)));
        }
        Ok(found)
    }

    /// A schema with the versions that carry it, on as many lines as it takes.
    fn schema(
        &self,
        context: &Context,
        entry: &SchemaEntry,
        content: &Content,
        lines: &mut Vec<ExportLine>,
    ) {
        for usages in entry.usages.chunks(VERSIONS) {
            let versions = usages.iter().filter_map(|(subject, version)| {
                let holder = QualifiedSubject {
                    context: context.clone(),
                    subject: subject.clone(),
                };
                let found = self.view.subject(&holder)?.version(*version)?;
                Some(ExportVersion {
                    subject: subject.clone(),
                    version: *version,
                    ts: found.at,
                    deleted: found.deleted,
                })
            });
            lines.push(ExportLine::Schema(Box::new(ExportSchema {
                context: context.clone(),
                id: entry.id,
                guid: entry.guid.to_string(),
                schema_type: entry.schema_type,
                schema: Some(content.text()),
                references: entry.references.clone(),
                metadata: content.metadata.clone(),
                rule_set: content.rule_set.clone(),
                versions: versions.collect(),
                text_guid: None,
                has_extras: false,
            })));
        }
    }

    fn subjects(&self, lines: &mut Vec<ExportLine>) {
        for (context, slot) in self.view.contexts() {
            for (subject, holder) in slot.subjects() {
                if let Some(last_version) = counted_beyond(holder) {
                    lines.push(ExportLine::Subject(ExportSubject {
                        context: context.clone(),
                        subject: subject.clone(),
                        last_version,
                    }));
                }
            }
        }
    }

    fn associations(&self, lines: &mut Vec<ExportLine>) {
        let associations = self.view.associations().all();
        let owned = associations.map(|association| Box::new(association.as_ref().clone()));
        lines.extend(owned.map(ExportLine::Association));
    }

    /// Settings come last: a mode may keep everything else from being written.
    fn settings(&self, lines: &mut Vec<ExportLine>) {
        let mut modes = Vec::new();
        for (context, subject, config, mode) in self.view.own_settings() {
            let (context, subject) = (context.clone(), subject.cloned());
            if let Some(mode) = mode {
                modes.push(ExportLine::Mode(ExportMode {
                    context: context.clone(),
                    subject: subject.clone(),
                    mode,
                }));
            }
            if let Some(config) = config {
                lines.push(ExportLine::Config(Box::new(ExportConfig {
                    context,
                    subject,
                    config: config.clone(),
                })));
            }
        }
        lines.extend(modes);
    }
}

/// An id whose schema no version carries any more.
fn taken(context: &Context, entry: &SchemaEntry) -> ExportSchema {
    ExportSchema {
        context: context.clone(),
        id: entry.id,
        guid: entry.guid.to_string(),
        schema_type: entry.schema_type,
        schema: None,
        references: Vec::new(),
        metadata: None,
        rule_set: None,
        versions: Vec::new(),
        text_guid: Some(entry.text_guid.to_string()),
        has_extras: entry.has_extras,
    }
}

/// The highest version that was ever given out, if it is not there any more.
fn counted_beyond(holder: &SubjectView) -> Option<Version> {
    let newest = holder.versions().last()?.version;
    let next = i64::from(holder.last_version());
    Version::new(next).filter(|last| *last > newest)
}

/// All ids of all contexts, each after those it refers to.
fn in_dependency_order(view: &View) -> Vec<(Context, SchemaId)> {
    let mut ordered = Vec::new();
    let mut seen = HashSet::new();
    for (context, slot) in view.contexts() {
        for id in slot.ids() {
            // A stack of its own: references may lead far.
            let mut path = vec![(context.clone(), id, false)];
            while let Some((context, id, is_done)) = path.pop() {
                if is_done {
                    ordered.push((context, id));
                    continue;
                }
                if !seen.insert((context.clone(), id)) {
                    continue;
                }
                path.push((context.clone(), id, true));
                let entry = view.context(&context).and_then(|slot| slot.entry(id));
                let references = entry.into_iter().flat_map(|entry| &entry.references);
                for reference in references.rev() {
                    let target = QualifiedSubject::parse_within(&reference.subject, &context).ok();
                    let found = target.and_then(|target| {
                        let version = Version::new(reference.version.into())?;
                        let entry = view.subject(&target)?.version(version)?;
                        Some((target.context, entry.id))
                    });
                    path.extend(found.map(|(context, id)| (context, id, false)));
                }
            }
        }
    }
    ordered
}

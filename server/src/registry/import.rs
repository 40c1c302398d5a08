//! Importing: lines of an export become what they were, ids, versions, deletions and times included.
//!
//! What arrives is spooled to a file first, so that an import takes little memory and a client that is slow or breaks off
//! changes nothing. Then it is read twice. The first reading plans every line on a view that is never published, parses
//! every new text, and refuses the whole import where a line is wrong or conflicts with what is there. The second one writes,
//! a few hundred lines in one transaction. A line that is there already, exactly as it says, changes nothing: an import
//! that was cut short is continued by repeating it.

mod plan;
mod spool;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

use dovetail_model::{
    Context, SchemaId,
    bodies::{EXPORT_FORMAT, ExportLine, ImportResponse},
};
use futures_util::future::join_all;

use self::plan::{Planned as PlannedLine, plan};
use self::spool::{Place, SpooledLine};
pub use self::spool::{Spool, SpoolError};
use super::{Planned, Registry, RegistryError, Result};
use crate::{
    core::{Content, Decision, Moment, View},
    storage::StorageError,
};

/// How many lines are planned, and their texts parsed side by side, at once.
const WINDOW: usize = 64;

/// How many lines, and how many bytes of them, one transaction takes at most.
const CHUNK: usize = 500;
const CHUNK_BYTES: usize = 8 * 1024 * 1024;

/// A line that was read.
#[derive(Debug)]
struct Line {
    number: u64,
    place: Place,
    planned: PlannedLine,
}

/// Why a chunk was not written.
enum Stop {
    Refused(RegistryError),
    Storage(StorageError),
}

impl From<StorageError> for Stop {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl Registry {
    /// Imports what was spooled. With `dry_run` it only says what would come of it.
    pub async fn import(&self, spool: Spool, dry_run: bool) -> Result<ImportResponse> {
        let spool = Arc::new(spool);
        let planned = self.plan_import(&spool).await?;
        if dry_run || planned.changes == 0 {
            return Ok(ImportResponse { dry_run, ..planned });
        }
        let changes = self.write_import(&spool).await?;
        Ok(ImportResponse { changes, ..planned })
    }

    /// Reads everything once and changes nothing.
    async fn plan_import(&self, spool: &Arc<Spool>) -> Result<ImportResponse> {
        let view = self.view().await?;
        let mut staged = View::clone(&view);
        let texts = Arc::new(SpooledTexts::new(Arc::clone(spool)));
        let registry = self.planning(Arc::clone(&texts) as _);
        let mut lines = Lines::new(spool);
        let mut counts = ImportResponse::default();
        loop {
            let window = lines.next(WINDOW, usize::MAX)?;
            if window.is_empty() {
                return Ok(ImportResponse {
                    lines: lines.number,
                    ..counts
                });
            }
            let mut new = Vec::new();
            for line in &window {
                counts.count(&line.planned);
                let mutations =
                    plan(&staged, &line.planned).map_err(|error| error.at(line.number))?;
                if let (Some((context, id)), false) =
                    (line.planned.schema_key(), mutations.is_empty())
                {
                    texts.insert(context.clone(), id, line.place);
                    new.push(line);
                }
                counts.changes += mutations.len() as u64;
                for mutation in &mutations {
                    staged.apply_next(&mutation.kind);
                }
            }
            let parsed = new.iter().map(|line| registry.can_be_parsed(&staged, line));
            for outcome in join_all(parsed).await {
                outcome?;
            }
        }
    }

    /// Whether a text is one that can be compared with others later.
    async fn can_be_parsed(&self, view: &View, line: &Line) -> Result<()> {
        let Some((schema_type, context, text, references)) = line.planned.text() else {
            return Ok(());
        };
        let at = |error: RegistryError| match error {
            RegistryError::InvalidSchema(reason) => RegistryError::ImportInvalid {
                line: line.number,
                reason: format!("the schema is invalid: {reason}"),
            },
            other => other,
        };
        let texts = self
            .reachable_texts(view, context, references)
            .await
            .map_err(at)?;
        let text = text.to_owned();
        let parse = move || {
            let parsed = dovetail_compat::parse(schema_type, &text, &texts);
            parsed.map(drop).map_err(|error| error.to_string())
        };
        let parsed = self.parser.run(parse).await.map_err(at)?;
        parsed.map_err(|reason| at(RegistryError::InvalidSchema(reason)))
    }

    /// Reads everything again and writes it, chunk by chunk, and says how many changes that took.
    async fn write_import(&self, spool: &Arc<Spool>) -> Result<u64> {
        let mut lines = Lines::new(spool);
        let mut changes = 0;
        loop {
            let chunk = lines.next(CHUNK, CHUNK_BYTES)?;
            if chunk.is_empty() {
                return Ok(changes);
            }
            let written = self
                .committer
                .submit(move |moment| decide(moment, &chunk))
                .await;
            changes += match written {
                Ok(written) => written,
                Err(Stop::Refused(error)) => return Err(error),
                Err(Stop::Storage(error)) => return Err(error.into()),
            };
        }
    }
}

/// Plans lines on the newest state.
fn decide(moment: &Moment<'_>, chunk: &[Line]) -> std::result::Result<Decision<u64>, Stop> {
    let mut staged = View::clone(moment.view);
    let mut mutations = Vec::new();
    for line in chunk {
        let more =
            plan(&staged, &line.planned).map_err(|error| Stop::Refused(error.at(line.number)))?;
        for mutation in &more {
            staged.apply_next(&mutation.kind);
        }
        mutations.extend(more);
    }
    let written = mutations.len() as u64;
    Ok(if mutations.is_empty() {
        Decision::Keep(written)
    } else {
        Decision::Write(mutations, written)
    })
}

/// The lines of a spool, in order: a head first, an end last, and nothing missing.
struct Lines<'a> {
    spool: &'a Spool,
    at: u64,
    number: u64,
    has_ended: bool,
}

impl<'a> Lines<'a> {
    fn new(spool: &'a Spool) -> Self {
        Self {
            spool,
            at: 0,
            number: 0,
            has_ended: false,
        }
    }

    /// The next lines that say something, so many at most, and so many bytes or a single line.
    fn next(&mut self, most: usize, bytes: usize) -> Result<Vec<Line>> {
        let mut lines = Vec::new();
        let mut taken = 0;
        while lines.len() < most && taken < bytes {
            let invalid = |line, reason: String| RegistryError::ImportInvalid { line, reason };
            let Some(spooled) = self.spool.line_at(self.at)? else {
                if !self.has_ended {
                    let reason = "the export is cut off: it has no line \"end\"".to_owned();
                    return Err(invalid(self.number + 1, reason));
                }
                return Ok(lines);
            };
            let SpooledLine { text, place } = spooled;
            self.at = place.end();
            if text.trim_ascii().is_empty() {
                continue;
            }
            self.number += 1;
            let number = self.number;
            if self.has_ended {
                return Err(invalid(number, "it comes after the end".to_owned()));
            }
            let line: ExportLine = serde_json::from_slice(&text)
                .map_err(|error| invalid(number, error.to_string()))?;
            taken += text.len();
            match line {
                ExportLine::Export(head) if number == 1 => {
                    if head.format != EXPORT_FORMAT {
                        let reason = format!("the format is not \"{EXPORT_FORMAT}\"");
                        return Err(invalid(number, reason));
                    }
                }
                _ if number == 1 => {
                    let reason = "an export begins with a line \"export\"".to_owned();
                    return Err(invalid(number, reason));
                }
                ExportLine::Export(_) => {
                    return Err(invalid(number, "a second export begins".to_owned()));
                }
                ExportLine::End(end) if end.lines != number - 1 => {
                    let before = number - 1;
                    let reason =
                        format!("there are {before} lines before it, and not {}", end.lines);
                    return Err(invalid(number, reason));
                }
                ExportLine::End(_) => self.has_ended = true,
                line => {
                    let line = PlannedLine::new(line).map_err(|reason| invalid(number, reason))?;
                    lines.push(Line {
                        number,
                        place,
                        planned: line,
                    });
                }
            }
        }
        Ok(lines)
    }
}

/// Counts what a line brings.
trait Count {
    fn count(&mut self, line: &PlannedLine);
}

impl Count for ImportResponse {
    fn count(&mut self, line: &PlannedLine) {
        if let Some(versions) = line.versions() {
            self.schemas += 1;
            self.versions += versions as u64;
        }
    }
}

/// The texts of an import, by their places in the spool.
#[derive(Debug)]
struct SpooledTexts {
    spool: Arc<Spool>,
    places: Mutex<HashMap<(Context, SchemaId), Place>>,
}

impl SpooledTexts {
    fn new(spool: Arc<Spool>) -> Self {
        Self {
            spool,
            places: Mutex::default(),
        }
    }

    fn insert(&self, context: Context, id: SchemaId, place: Place) {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        places.insert((context, id), place);
    }
}

impl Planned for SpooledTexts {
    fn content(&self, context: &Context, id: SchemaId) -> Option<Arc<Content>> {
        let key = (context.clone(), id);
        let place = {
            let places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
            *places.get(&key)?
        };
        let text = self.spool.read(place).ok()?;
        let ExportLine::Schema(schema) = serde_json::from_slice(&text).ok()? else {
            return None;
        };
        Some(Arc::new(Content {
            text: serde_json::value::to_raw_value(schema.schema.as_deref()?).ok()?,
            metadata: schema.metadata,
            rule_set: schema.rule_set,
            rendered: OnceLock::new(),
        }))
    }
}

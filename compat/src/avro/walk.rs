//! Pairs up a reader and a writer as Java's `SchemaCompatibility` does, down to the order of its visits.
//!
//! The order matters because results are remembered per pair of nodes: a pair that comes up again, through a type used
//! twice or a union's probing, is reported again with the path of its first visit. A pair still being visited counts as
//! compatible. Java leaves it at that, and so accepts schemas when such a pair turns out incompatible and a union swallows
//! that; here an acceptance that rests on a refuted pair is walked again, with what is known to be incompatible kept. The walk keeps its own stack, so a chain of types of any length cannot exhaust the thread's, and counts
//! its steps. Large unions are matched by name, which finds the same branch.
//!
//! A new check goes where its pair is met: `pairs.rs` for a pair's own properties, `children.rs` for fields.

mod children;
mod pairs;

use std::collections::{HashMap, HashSet};

use crate::{Difference, TooComplex, limits::Budget};

use super::{
    finding::{Finding, Location, Speller, What},
    parse::number,
    tree::{AvroSchema, NodeId, Step},
};

/// Pairs that one check may look at.
const STEPS: u64 = 2_000_000;

/// The bytes of differences that one check may list; the first ones show that it failed. A long enum that is used everywhere
/// or a long chain of types would otherwise make a list many thousand times larger than the schemas.
const TEXT_LIMIT: usize = 64 << 20;

/// Findings that may be reported again because their pair came up again.
const REPEATS: usize = 10_000;

/// Every difference between a reader (the update) and a writer (the original).
pub(crate) fn differences(
    reader: &AvroSchema,
    writer: &AvroSchema,
) -> Result<Vec<Difference>, TooComplex> {
    let mut walk = Walk {
        reader,
        writer,
        budget: Budget::new(STEPS, "comparing two Avro schemas"),
        memo: HashMap::new(),
        results: Vec::new(),
        frames: Vec::new(),
        locations: Vec::new(),
        ambiguous: Vec::new(),
        is_doubtful: false,
    };
    let mut outcome = walk.run()?;
    while outcome.is_none() && std::mem::take(&mut walk.is_doubtful) {
        walk.memo
            .retain(|_, known| matches!(known, Known::Done(Some(_))));
        outcome = walk.run()?;
    }
    if !walk.ambiguous.is_empty() && reader.says_the_same(writer) {
        // Java's reader skips aliases when the schemas are equal, though its checker throws.
        return Ok(Vec::new());
    }
    let findings = walk.flatten(outcome);
    let speller = Speller {
        reader,
        writer,
        locations: &walk.locations,
    };
    let mut differences: Vec<Difference> = Vec::with_capacity(findings.len());
    let mut seen: HashMap<Finding, usize> = HashMap::new();
    let mut written = 0;
    for finding in findings {
        if written > TEXT_LIMIT {
            break;
        }
        let index = *seen.entry(finding).or_insert(differences.len());
        let difference = match differences.get(index) {
            Some(repeated) => repeated.clone(),
            None => speller.difference(finding),
        };
        written += walk.locations[finding.location as usize].depth as usize + length(&difference);
        differences.push(difference);
    }
    Ok(differences)
}

/// The bytes of a difference, roughly.
fn length(difference: &Difference) -> usize {
    let info = difference.additional_info.as_ref().map_or(0, String::len);
    let places = difference.reader_place.len() + difference.writer_place.len();
    64 + difference.path.len() + difference.detail.len() + info + places
}

struct Walk<'a> {
    reader: &'a AvroSchema,
    writer: &'a AvroSchema,
    budget: Budget,
    /// What is known of pairs with a named type on a side. Others cannot come up twice.
    memo: HashMap<(NodeId, NodeId), Known>,
    /// The findings of each incompatible pair.
    results: Vec<Vec<Item>>,
    frames: Vec<Frame>,
    locations: Vec<Location>,
    /// Fields that match several fields. Java gives up on these wherever it meets them, so they are always reported.
    ambiguous: Vec<Finding>,
    /// A pair counted as compatible while it was being visited, and turned out not to be.
    is_doubtful: bool,
}

#[derive(Clone, Copy)]
enum Known {
    InProgress { is_relied_on: bool },
    Done(Outcome),
}

/// Why a pair is incompatible, or nothing.
type Outcome = Option<Item>;

#[derive(Clone, Copy)]
enum Item {
    One(Finding),
    /// All findings of an earlier pair, by the index of its result.
    All(u32),
}

/// A pair whose children are being visited.
struct Frame {
    reader: NodeId,
    writer: NodeId,
    location: u32,
    work: Work,
    /// The next child.
    next: u32,
    items: Vec<Item>,
    is_remembered: bool,
}

enum Work {
    Fields,
    Inner(NodeId, NodeId, Step),
    /// Each branch of the writer's union against a reader that is none.
    WriterBranches,
    /// Each branch of the writer's union against the reader's union.
    UnionPair,
    /// The branches of the reader's union that may read the writer, until one does.
    ReaderBranches {
        candidates: Option<Vec<u32>>,
        found: bool,
    },
}

struct Child {
    reader: NodeId,
    writer: NodeId,
    step: Step,
    is_fresh: bool,
}

enum Visited {
    Decided(Outcome),
    Pushed,
}

impl Walk<'_> {
    fn run(&mut self) -> Result<Outcome, TooComplex> {
        let root = Child {
            reader: self.reader.root,
            writer: self.writer.root,
            step: Step::Root,
            is_fresh: true,
        };
        if let Visited::Decided(outcome) = self.visit(&root, 0)? {
            return Ok(outcome);
        }
        loop {
            if self.visit_children()? {
                continue;
            }
            let outcome = self.finish();
            if self.frames.is_empty() {
                return Ok(outcome);
            }
            self.absorb(outcome);
        }
    }

    /// Visits children of the topmost frame until one needs a frame of its own. False when all are done.
    fn visit_children(&mut self) -> Result<bool, TooComplex> {
        let location = self.top().location;
        while let Some(child) = self.next_child()? {
            match self.visit(&child, location)? {
                Visited::Pushed => return Ok(true),
                Visited::Decided(None)
                    if !matches!(self.top().work, Work::ReaderBranches { .. }) => {}
                Visited::Decided(outcome) => self.absorb(outcome),
            }
        }
        Ok(false)
    }

    fn top(&mut self) -> &mut Frame {
        self.frames
            .last_mut()
            .expect("a frame is open while its children are visited")
    }

    fn outcome_of(&mut self, items: Vec<Item>) -> Outcome {
        match items.as_slice() {
            [] => None,
            [item] => Some(*item),
            _ => {
                self.results.push(items);
                Some(Item::All(number(self.results.len() - 1)))
            }
        }
    }

    /// Takes the outcome of the last child into the topmost frame.
    fn absorb(&mut self, outcome: Outcome) {
        let frame = self.top();
        let index = frame.next.saturating_sub(1);
        let location = frame.location;
        match (&mut frame.work, outcome) {
            (Work::ReaderBranches { found, .. }, None) => *found = true,
            (Work::UnionPair, Some(_)) => frame.items.push(Item::One(Finding {
                what: What::NoBranchFor(index),
                location,
            })),
            (Work::ReaderBranches { .. }, Some(_)) | (_, None) => {}
            (Work::Fields | Work::Inner(..) | Work::WriterBranches, Some(item)) => {
                frame.items.push(item);
            }
        }
    }

    /// Closes the topmost frame.
    fn finish(&mut self) -> Outcome {
        let mut frame = self
            .frames
            .pop()
            .expect("a frame is open while its children are visited");
        if matches!(frame.work, Work::ReaderBranches { found: false, .. }) {
            frame.items.push(Item::One(Finding {
                what: What::NoBranch,
                location: frame.location,
            }));
        }
        let outcome = self.outcome_of(frame.items);
        if frame.is_remembered {
            let pair = (frame.reader, frame.writer);
            let before = self.memo.insert(pair, Known::Done(outcome));
            let was_relied_on = matches!(before, Some(Known::InProgress { is_relied_on: true }));
            self.is_doubtful |= was_relied_on && outcome.is_some();
        }
        outcome
    }

    /// All findings of an outcome, repeated where their pairs came up again, up to a bound.
    fn flatten(&self, outcome: Outcome) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut repeats = REPEATS;
        let mut expanded = vec![false; self.results.len()];
        let mut stack: Vec<Item> = outcome.into_iter().collect();
        while let Some(item) = stack.pop() {
            match item {
                Item::One(finding) => findings.push(finding),
                Item::All(result) => {
                    let items = &self.results[result as usize];
                    if std::mem::replace(&mut expanded[result as usize], true) {
                        let Some(left) = repeats.checked_sub(items.len()) else {
                            continue;
                        };
                        repeats = left;
                    }
                    stack.extend(items.iter().rev());
                }
            }
        }
        if !self.ambiguous.is_empty() {
            let key = |finding: &Finding| match finding.what {
                What::Ambiguous(index) => Some((finding.location, index)),
                _ => None,
            };
            let reported: HashSet<_> = findings.iter().filter_map(key).collect();
            let hidden = self
                .ambiguous
                .iter()
                .filter(|one| key(one).is_none_or(|key| !reported.contains(&key)));
            findings.extend(hidden.copied());
        }
        findings
    }
}

//! One pair of nodes: what is known of it, what its own properties say, and whether it has children to visit.

use std::collections::HashMap;

use super::{Child, Frame, Item, Known, Outcome, Visited, Walk, Work};
use crate::{
    TooComplex,
    avro::{
        finding::{Finding, Location, What, missing_symbols},
        parse::{TRIED_BRANCHES, number},
        tree::{Kind, Match, NodeId, Primitive, Step},
    },
};

/// How deep the glance goes that most pairs are decided by. What is deeper is looked at again from further down.
const PLAIN_DEPTH: u32 = 4;

impl Walk<'_> {
    /// Looks at one pair: decides it, or opens a frame for its children.
    pub(super) fn visit(&mut self, child: &Child, parent: u32) -> Result<Visited, TooComplex> {
        self.budget.step()?;
        if self.is_plainly_read(child.reader, child.writer, PLAIN_DEPTH) {
            return Ok(Visited::Decided(None));
        }
        let reader = self.reader.kind(child.reader);
        let writer = self.writer.kind(child.writer);
        let is_remembered = reader.named().is_some() || writer.named().is_some();
        if is_remembered && let Some(outcome) = self.recall(child) {
            return Ok(Visited::Decided(outcome));
        }
        if let (Some(named), Some(_)) = (reader.named(), writer.named()) {
            self.budget.steps(named.aliases.len() as u64 / 8)?;
        }
        let location = self.locate(child, parent);
        let (known, visited) = match work_of(reader, writer) {
            None => {
                let outcome = self.compare(reader, writer, location)?;
                (Known::Done(outcome), Visited::Decided(outcome))
            }
            Some(work) => {
                self.open(child, location, work, is_remembered);
                let is_relied_on = false;
                (Known::InProgress { is_relied_on }, Visited::Pushed)
            }
        };
        if is_remembered {
            self.memo.insert((child.reader, child.writer), known);
        }
        Ok(visited)
    }

    /// Whether a glance shows that nothing is wrong: both are primitives, or built alike of such without any names, as
    /// most fields of most versions are. Nothing would be found or remembered on the long way either.
    fn is_plainly_read(&self, reader: NodeId, writer: NodeId, depth: u32) -> bool {
        match (self.reader.kind(reader), self.writer.kind(writer)) {
            (Kind::Primitive(reader), Kind::Primitive(writer)) => reader.reads(*writer),
            _ if depth == 0 => false,
            (Kind::Array(reader), Kind::Array(writer)) | (Kind::Map(reader), Kind::Map(writer)) => {
                self.is_plainly_read(*reader, *writer, depth - 1)
            }
            (Kind::Union(reader), Kind::Union(writer)) => {
                let mut pairs = reader.branches.iter().zip(&writer.branches);
                reader.branches.len() == writer.branches.len()
                    && pairs
                        .all(|(reader, writer)| self.is_plainly_read(*reader, *writer, depth - 1))
            }
            _ => false,
        }
    }

    /// What is known of a pair that came up before.
    fn recall(&mut self, child: &Child) -> Option<Outcome> {
        match self.memo.get_mut(&(child.reader, child.writer))? {
            Known::InProgress { is_relied_on } => {
                *is_relied_on = true;
                Some(None)
            }
            Known::Done(outcome) => Some(*outcome),
        }
    }

    fn open(&mut self, child: &Child, location: u32, work: Work, is_remembered: bool) {
        let mut items = Vec::new();
        if let (Kind::Record(reader), Kind::Record(writer)) = (
            self.reader.kind(child.reader),
            self.writer.kind(child.writer),
        ) && !reader.named.reads(&writer.named.name)
        {
            let what = What::Name;
            items.push(Item::One(Finding { what, location }));
        }
        self.frames.push(Frame {
            reader: child.reader,
            writer: child.writer,
            location,
            work,
            next: 0,
            items,
            is_remembered,
        });
    }

    /// Compares two types without children that are not simply readable.
    fn compare(
        &mut self,
        reader: &Kind,
        writer: &Kind,
        location: u32,
    ) -> Result<Outcome, TooComplex> {
        let mut items = Vec::new();
        let mut note = |what| items.push(Item::One(Finding { what, location }));
        match (reader, writer) {
            (Kind::Enum(one), Kind::Enum(other)) => {
                self.budget
                    .steps((one.symbols.len() + other.symbols.len()) as u64 / 8)?;
                if !one.named.reads(&other.named.name) {
                    note(What::Name);
                }
                if one.default.is_none()
                    && one.symbols != other.symbols
                    && !missing_symbols(reader, writer).is_empty()
                {
                    note(What::Symbols);
                }
            }
            (Kind::Fixed(one), Kind::Fixed(other)) => {
                if !one.named.reads(&other.named.name) {
                    note(What::Name);
                }
                if one.size != other.size {
                    note(What::Size);
                }
            }
            _ => note(What::Type),
        }
        Ok(self.outcome_of(items))
    }

    fn locate(&mut self, child: &Child, parent: u32) -> u32 {
        let above = self.locations.get(parent as usize);
        let depth = above.map_or(0, |above| above.depth + 1);
        self.locations.push(Location {
            parent,
            depth,
            step: child.step,
            is_fresh: child.is_fresh,
            reader: child.reader,
            writer: child.writer,
        });
        number(self.locations.len() - 1)
    }
}

/// What visiting the children of a pair means, or nothing when there are none to visit.
fn work_of(reader: &Kind, writer: &Kind) -> Option<Work> {
    Some(match (reader, writer) {
        (Kind::Record(_), Kind::Record(_)) => Work::Fields,
        (Kind::Array(reader), Kind::Array(writer)) => Work::Inner(*reader, *writer, Step::Items),
        (Kind::Map(reader), Kind::Map(writer)) => Work::Inner(*reader, *writer, Step::Values),
        (Kind::Union(_), Kind::Union(_)) => Work::UnionPair,
        (_, Kind::Union(_)) => Work::WriterBranches,
        (Kind::Union(union), _) => Work::ReaderBranches {
            candidates: (union.branches.len() > TRIED_BRANCHES)
                .then(|| candidates(&union.by_match, writer)),
            found: false,
        },
        _ => return None,
    })
}

/// The branches of a large union that may read a writer's type, in their order.
fn candidates(by_match: &HashMap<Match, Vec<u32>>, writer: &Kind) -> Vec<u32> {
    let kind = writer.type_name();
    let keys = match (writer, writer.named()) {
        (_, Some(named)) => vec![
            Match::Simple(kind, named.name.simple().into()),
            Match::Alias(kind, named.name.full().into()),
        ],
        (Kind::Primitive(writer), None) => Primitive::ALL
            .into_iter()
            .filter(|reader| reader.reads(*writer))
            .map(|reader| Match::Type(reader.name()))
            .collect(),
        (_, None) => vec![Match::Type(kind)],
    };
    let mut found: Vec<u32> = keys
        .iter()
        .filter_map(|key| by_match.get(key))
        .flatten()
        .copied()
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

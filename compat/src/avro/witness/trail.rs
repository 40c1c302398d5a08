//! The way from the roots of both schemas to a difference, as a value can take it.
//!
//! The search goes from pair to pair as reading does: through the branches a writer may write, and through the one branch
//! of a reader's union that would read it. It takes cheap ways first, by what a way adds to the smallest value. Where a
//! reader's union is the difference, a branch may fit by name and fail inside, so the search goes on from there to what
//! fails.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashSet},
};

use super::{WEIGHT_LIMIT, smallest::Smallest};
use crate::{
    Difference,
    avro::{
        finding::{Finding, Location, Speller, What, missing_symbols},
        parse::number,
        resolve::{Pair, Plan, Wanted, branch_for},
        rules,
        tree::{AvroSchema, Kind, NodeId, Record, Step, Union},
    },
    limits::Budget,
};

/// Pairs, fields and branches that the search for one witness may look at.
const STEPS: u64 = 500_000;

/// A step down into the writer's value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Move {
    Field(u32),
    Branch(u32),
    Item,
    Entry,
    /// The end of the way: this symbol of an enum.
    Symbol(u32),
}

pub(super) struct Trail {
    pub(super) moves: Vec<Move>,
    /// The failure that is the difference.
    pub(super) wanted: Wanted,
}

/// Finds the way to a difference.
pub(super) fn find(
    reader: &AvroSchema,
    writer: &AvroSchema,
    smallest: &Smallest<'_>,
    difference: &Difference,
) -> Option<Trail> {
    let start = smallest.weight(writer.root)?;
    let mut search = Search::new(reader, writer, smallest);
    search.visit((reader.root, writer.root), start, 0, Step::Root, None);
    let mut similar = None;
    while let Some((at, cost)) = search.next() {
        let spots = if search.may_be_at(at, difference) {
            search.spots(at, difference)?
        } else {
            Vec::new()
        };
        for spot in spots {
            let spelled = search.spell(&spot);
            if spelled.detail != difference.detail || spelled.rule != difference.rule {
                continue;
            }
            if spelled.reader_place == difference.reader_place
                && spelled.writer_place == difference.writer_place
            {
                return search.finish(&spot, cost);
            }
            similar.get_or_insert((spot, cost));
        }
        search.expand(at, cost)?;
    }
    // In a referenced type a place is where it is used, and there may be several: any of them shows the difference.
    let (spot, cost) = similar?;
    search.finish(&spot, cost)
}

/// A difference that may be the wanted one.
struct Spot {
    /// The location of the pair.
    at: u32,
    /// What fails when a value gets there.
    what: What,
    /// What the checker calls it, and where that is not at the pair, the field of the reader below it.
    reported: What,
    child: Option<u32>,
}

struct Search<'a> {
    reader: &'a AvroSchema,
    writer: &'a AvroSchema,
    smallest: &'a Smallest<'a>,
    budget: Budget,
    locations: Vec<Location>,
    /// The move that led to each location.
    moves: Vec<Option<Move>>,
    seen: HashSet<Pair>,
    heap: BinaryHeap<Reverse<(u64, u32)>>,
}

impl<'a> Search<'a> {
    fn new(reader: &'a AvroSchema, writer: &'a AvroSchema, smallest: &'a Smallest<'a>) -> Self {
        Self {
            reader,
            writer,
            smallest,
            budget: Budget::new(STEPS, "looking for an Avro value that breaks"),
            locations: Vec::new(),
            moves: Vec::new(),
            seen: HashSet::new(),
            heap: BinaryHeap::new(),
        }
    }

    /// Notes a pair for later. `cost` is the weight of the smallest value that gets there.
    fn visit(&mut self, pair: Pair, cost: u64, parent: u32, step: Step, by: Option<Move>) {
        if cost > WEIGHT_LIMIT || self.seen.contains(&pair) {
            return;
        }
        let index = number(self.locations.len());
        self.locations.push(step_to(pair, parent, step));
        self.moves.push(by);
        self.heap.push(Reverse((cost, index)));
    }

    /// The cheapest pair that was not looked at yet.
    fn next(&mut self) -> Option<(u32, u64)> {
        loop {
            let Reverse((cost, at)) = self.heap.pop()?;
            self.budget.step().ok()?;
            if self.seen.insert(self.pair(at)) {
                return Some((at, cost));
            }
        }
    }

    fn pair(&self, at: u32) -> Pair {
        let location = self.locations[at as usize];
        (location.reader, location.writer)
    }

    fn kinds(&self, at: u32) -> (&'a Kind, &'a Kind) {
        let (reader, writer) = self.pair(at);
        (self.reader.kind(reader), self.writer.kind(writer))
    }

    fn expand(&mut self, at: u32, cost: u64) -> Option<()> {
        match self.kinds(at) {
            (_, Kind::Union(union)) => self.expand_writer_union(at, cost, union)?,
            (Kind::Union(union), writer) => {
                self.budget.steps(union.branches.len() as u64).ok()?;
                if let Some(index) = branch_for(self.reader, &union.branches, writer) {
                    let pair = (union.branches[index as usize], self.pair(at).1);
                    self.visit(pair, cost, at, Step::Branch(index), None);
                }
            }
            (Kind::Array(one), Kind::Array(other)) => {
                self.expand_inner(at, cost, (*one, *other), Step::Items, Move::Item);
            }
            (Kind::Map(one), Kind::Map(other)) => {
                self.expand_inner(at, cost, (*one, *other), Step::Values, Move::Entry);
            }
            (Kind::Record(one), Kind::Record(other)) => self.expand_fields(at, cost, one, other)?,
            _ => {}
        }
        Some(())
    }

    fn expand_writer_union(&mut self, at: u32, cost: u64, union: &Union) -> Option<()> {
        self.budget.steps(union.branches.len() as u64).ok()?;
        let (reader, writer) = self.pair(at);
        let without = cost.saturating_sub(self.smallest.weight(writer)?);
        for (index, &branch) in (0..).zip(&union.branches) {
            if let Some(weight) = self.smallest.weight(branch) {
                let cost = without.saturating_add(weight).saturating_add(2);
                let step = Step::Branch(index);
                self.visit((reader, branch), cost, at, step, Some(Move::Branch(index)));
            }
        }
        Some(())
    }

    fn expand_inner(&mut self, at: u32, cost: u64, inner: Pair, step: Step, by: Move) {
        if let Some(weight) = self.smallest.weight(inner.1) {
            let cost = cost.saturating_add(weight).saturating_add(1);
            self.visit(inner, cost, at, step, Some(by));
        }
    }

    fn expand_fields(&mut self, at: u32, cost: u64, one: &Record, other: &Record) -> Option<()> {
        let plan = self.plan(one, other)?;
        for (index, field) in (0_u32..).zip(&other.fields) {
            for &reading in &plan.readers[index as usize] {
                let pair = (one.fields[reading as usize].type_id, field.type_id);
                let step = Step::Field(reading);
                self.visit(pair, cost, at, step, Some(Move::Field(index)));
            }
        }
        Some(())
    }

    fn plan(&mut self, one: &Record, other: &Record) -> Option<Plan> {
        let aliases: usize = one.fields.iter().map(|field| field.aliases.len()).sum();
        let fields = one.fields.len() + other.fields.len();
        self.budget.steps((aliases + fields) as u64).ok()?;
        Some(Plan::new(one, other))
    }

    /// Whether the places of a difference may be those of a pair. A quick look at the last step, before places are spelled.
    fn may_be_at(&self, at: u32, difference: &Difference) -> bool {
        let (reader, writer) = self.pair(at);
        let has_step = |schema: &AvroSchema, id: NodeId, place: &str| {
            let mut step = String::new();
            schema.nodes[id as usize].at.step.push_to(&mut step);
            !schema.is_own(id) || place.contains(&step)
        };
        has_step(self.reader, reader, &difference.reader_place)
            && has_step(self.writer, writer, &difference.writer_place)
    }

    /// What the checker may report at a pair under the difference's rule; nothing when the budget is used up.
    fn spots(&mut self, at: u32, difference: &Difference) -> Option<Vec<Spot>> {
        let rule = difference.rule;
        let found: Vec<What> = match self.kinds(at) {
            (Kind::Union(_), Kind::Union(union)) if *rule == rules::MISSING_UNION_BRANCH => (0..)
                .zip(&union.branches)
                .map(|(index, _)| What::NoBranchFor(index))
                .collect(),
            (_, Kind::Union(_)) => Vec::new(),
            (Kind::Union(_), _) if *rule == rules::MISSING_UNION_BRANCH => vec![What::NoBranch],
            (Kind::Record(one), Kind::Record(_)) => {
                return self.record_spots(at, one, difference);
            }
            _ => self
                .clashes(at)?
                .into_iter()
                .filter(|what| rule_of(*what) == rule)
                .collect(),
        };
        self.budget.steps(found.len() as u64 * 8).ok()?;
        let spot = |what| Spot {
            at,
            what,
            reported: what,
            child: None,
        };
        Some(found.into_iter().map(spot).collect())
    }

    fn record_spots(
        &mut self,
        at: u32,
        one: &Record,
        difference: &Difference,
    ) -> Option<Vec<Spot>> {
        let mut spots = Vec::new();
        for what in self.clashes(at)? {
            // Java compares an enum with a default symbol with the whole record when the writer lacks the field.
            let child = match what {
                What::NoDefault(index) if self.is_enum_with_default(one, index) => Some(index),
                _ => None,
            };
            let reported = if child.is_some() { What::Type } else { what };
            let is_named = match reported {
                What::NoDefault(index) | What::Ambiguous(index) => {
                    *one.fields[index as usize].name == *difference.detail
                }
                _ => true,
            };
            if is_named && rule_of(reported) == difference.rule {
                spots.push(Spot {
                    at,
                    what,
                    reported,
                    child,
                });
            }
        }
        self.budget.steps(spots.len() as u64 * 8).ok()?;
        Some(spots)
    }

    fn is_enum_with_default(&self, record: &Record, index: u32) -> bool {
        let kind = self.reader.kind(record.fields[index as usize].type_id);
        matches!(kind, Kind::Enum(symbols) if symbols.default.is_some())
    }

    /// Everything that fails at a pair itself, whatever the value; of an enum, for some symbol.
    fn clashes(&mut self, at: u32) -> Option<Vec<What>> {
        let mut found = Vec::new();
        let (reader, writer) = self.kinds(at);
        if let (Some(one), Some(other)) = (reader.named(), writer.named())
            && reader.type_name() == writer.type_name()
            && !one.reads(&other.name)
        {
            found.push(What::Name);
        }
        match (reader, writer) {
            (_, Kind::Union(_))
            | (Kind::Array(_), Kind::Array(_))
            | (Kind::Map(_), Kind::Map(_)) => {}
            (Kind::Union(union), _) => {
                self.budget.steps(union.branches.len() as u64).ok()?;
                if branch_for(self.reader, &union.branches, writer).is_none() {
                    found.push(What::NoBranch);
                }
            }
            (Kind::Primitive(one), Kind::Primitive(other)) if one.reads(*other) => {}
            (Kind::Record(one), Kind::Record(other)) => {
                let plan = self.plan(one, other)?;
                let lacks_default = |index: &u32| one.fields[*index as usize].default.is_none();
                found.extend(plan.ambiguous.into_iter().map(What::Ambiguous));
                let missing = plan.missing.into_iter().filter(lacks_default);
                found.extend(missing.map(What::NoDefault));
            }
            (Kind::Enum(one), Kind::Enum(other)) => {
                self.budget
                    .steps((one.symbols.len() + other.symbols.len()) as u64 / 8)
                    .ok()?;
                if one.default.is_none() && !missing_symbols(reader, writer).is_empty() {
                    found.push(What::Symbols);
                }
            }
            (Kind::Fixed(one), Kind::Fixed(other)) => {
                if one.size != other.size {
                    found.push(What::Size);
                }
            }
            _ => found.push(What::Type),
        }
        Some(found)
    }

    /// The difference as the checker would spell it here.
    fn spell(&mut self, spot: &Spot) -> Difference {
        let pair_end = self.locations.len();
        let mut location = spot.at;
        if let (Some(index), (Kind::Record(record), _)) = (spot.child, self.kinds(spot.at)) {
            let pair = (record.fields[index as usize].type_id, self.pair(spot.at).1);
            location = number(pair_end);
            self.locations
                .push(step_to(pair, spot.at, Step::Field(index)));
        }
        let what = spot.reported;
        let difference = Speller {
            reader: self.reader,
            writer: self.writer,
            locations: &self.locations,
        }
        .difference(Finding { what, location });
        self.locations.truncate(pair_end);
        difference
    }

    /// The whole way to a spot, and below a union on to what fails.
    fn finish(&mut self, spot: &Spot, cost: u64) -> Option<Trail> {
        let pair = self.pair(spot.at);
        let mut moves = self.way(spot.at);
        let what = match spot.what {
            What::NoBranch | What::NoBranchFor(_) => None,
            what => Some(what),
        };
        let start = match spot.what {
            What::NoBranchFor(index) => {
                moves.push(Move::Branch(index));
                Some(self.writer.branch(pair.1, index)?)
            }
            What::NoBranch => Some(pair.1),
            _ => None,
        };
        match start {
            Some(writer) => moves.extend(self.fails_below((pair.0, writer), cost)?),
            None => moves.extend(self.missing_symbol(spot.at)),
        }
        let wanted = Wanted { pair, what };
        Some(Trail { moves, wanted })
    }

    fn way(&self, to: u32) -> Vec<Move> {
        let mut moves = Vec::new();
        let mut at = to as usize;
        loop {
            moves.extend(self.moves[at]);
            if self.locations[at].step == Step::Root {
                break;
            }
            at = self.locations[at].parent as usize;
        }
        moves.reverse();
        moves
    }

    /// The way from a pair below a reader's union to the nearest pair that fails.
    fn fails_below(&self, start: Pair, cost: u64) -> Option<Vec<Move>> {
        let mut search = Search::new(self.reader, self.writer, self.smallest);
        search.visit(start, cost, 0, Step::Root, None);
        while let Some((at, cost)) = search.next() {
            if !search.clashes(at)?.is_empty() {
                let mut moves = search.way(at);
                moves.extend(search.missing_symbol(at));
                return Some(moves);
            }
            search.expand(at, cost)?;
        }
        None
    }

    /// The first symbol that the reader's enum lacks, where the pair is one of enums.
    fn missing_symbol(&self, at: u32) -> Option<Move> {
        let (Kind::Enum(one), Kind::Enum(other)) = self.kinds(at) else {
            return None;
        };
        let known: HashSet<&String> = one.symbols.iter().collect();
        let missing = other
            .symbols
            .iter()
            .position(|symbol| !known.contains(symbol));
        missing.map(|index| Move::Symbol(number(index)))
    }
}

const fn step_to((reader, writer): (NodeId, NodeId), parent: u32, step: Step) -> Location {
    Location {
        parent,
        step,
        depth: 0,
        is_fresh: matches!(step, Step::Root),
        reader,
        writer,
    }
}

fn rule_of(what: What) -> &'static crate::Rule {
    match what {
        What::Name => &rules::NAME_MISMATCH,
        What::Size => &rules::FIXED_SIZE_MISMATCH,
        What::Symbols => &rules::MISSING_ENUM_SYMBOLS,
        What::NoDefault(_) => &rules::READER_FIELD_MISSING_DEFAULT_VALUE,
        What::Ambiguous(_) => &rules::READER_FIELD_MATCHES_SEVERAL_WRITER_FIELDS,
        What::Type => &rules::TYPE_MISMATCH,
        What::NoBranch | What::NoBranchFor(_) => &rules::MISSING_UNION_BRANCH,
    }
}

//! Which pairs of schemas are compared, and in what order.
//!
//! Each pair is compared once, however many paths lead to it, and what was found is kept relative to the pair. A pair is
//! finished after the pairs it asks about; where that is impossible, because schemas refer to themselves, the pair asked
//! about counts as compatible until the opposite is found, and then those who relied on it are compared again, until
//! nothing changes. Verdicts only ever turn from compatible to incompatible, so this ends, and it finds every
//! incompatibility that some value could show.
//!
//! The order is kept in lists, not on the stack: no chain of schemas is too long.

use std::collections::HashMap;

use dovetail_model::CompatibilityPolicy;

use super::{comparison::Comparison, schema};
use crate::{
    Rule, TooComplex,
    json_schema::{
        model::{Kind, Model, Node, NodeId},
        pattern::Pattern,
    },
    limits::Budget,
};

/// A pair of schemas that is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct PairId(u32);

/// Which of the two models a node belongs to. Under `not`, the roles of the two are swapped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Side {
    Writer,
    Reader,
}

/// A node of either model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct NodeRef {
    pub(super) side: Side,
    pub(super) id: NodeId,
}

impl NodeRef {
    /// Another node of the same model.
    pub(super) const fn with(self, id: NodeId) -> Self {
        Self {
            side: self.side,
            id,
        }
    }
}

/// What a rule's sentence calls its detail. Shared, because it may be a long name that many pairs differ in.
pub(super) type Detail = std::sync::Arc<str>;

/// Where a difference is, relative to the pair it was found in.
#[derive(Debug, Clone)]
pub(super) enum Tail {
    Here,
    Keyword(&'static str),
    Named(&'static str, std::sync::Arc<str>),
    Indexed(&'static str, usize),
}

/// What a comparison found: a difference, or a pair below that has its own.
#[derive(Debug)]
pub(super) enum Item {
    Found {
        rule: &'static Rule,
        tail: Tail,
        detail: Detail,
        /// The nodes it is about, where these are not the pair itself.
        nodes: Option<(NodeRef, NodeRef)>,
    },
    Below {
        tail: Tail,
        pair: PairId,
    },
}

#[derive(Debug)]
pub(super) struct Pair {
    pub(super) original: NodeRef,
    pub(super) update: NodeRef,
    state: State,
    pub(super) items: Vec<Item>,
    compatible: bool,
    /// The pairs whose result depends on this one.
    users: Vec<PairId>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    /// Begun, and waiting for pairs below.
    Open,
    Done,
}

/// A walk over two models.
pub(super) struct Walk<'a> {
    writer: &'a Model,
    reader: &'a Model,
    pub(super) policy: CompatibilityPolicy,
    pub(super) budget: Budget,
    pairs: Vec<Pair>,
    ids: HashMap<(NodeRef, NodeRef), PairId>,
    patterns: HashMap<&'a str, Option<Pattern>>,
    /// A pair that was taken for compatible before it was done, and who relied on that.
    hopes: Vec<(PairId, PairId)>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(writer: &'a Model, reader: &'a Model, policy: CompatibilityPolicy) -> Self {
        /// A step is a pair looked up or an edge of a matching followed; a new pair is worth several.
        const STEPS: u64 = 6_000_000;
        Self {
            writer,
            reader,
            policy,
            budget: Budget::new(STEPS, "comparing two JSON Schemas takes too many steps"),
            pairs: Vec::new(),
            ids: HashMap::new(),
            patterns: HashMap::new(),
            hopes: Vec::new(),
        }
    }

    /// Compares the two roots and everything below.
    pub(super) fn run(&mut self) -> Result<PairId, TooComplex> {
        let original = NodeRef {
            side: Side::Writer,
            id: self.writer.root,
        };
        let update = NodeRef {
            side: Side::Reader,
            id: self.reader.root,
        };
        let root = self.pair(original, update)?;
        self.settle(root)?;
        self.disappoint()?;
        Ok(root)
    }

    pub(super) fn node(&self, node: NodeRef) -> &'a Node {
        match node.side {
            Side::Writer => self.writer.node(node.id),
            Side::Reader => self.reader.node(node.id),
        }
    }

    /// The schema a reference leads to; anything else is itself.
    pub(super) fn target(&self, node: NodeRef) -> NodeRef {
        match self.node(node).kind {
            Kind::Reference(target) => node.with(target),
            _ => node,
        }
    }

    pub(super) fn get(&self, pair: PairId) -> &Pair {
        &self.pairs[pair.0 as usize]
    }

    fn get_mut(&mut self, pair: PairId) -> &mut Pair {
        &mut self.pairs[pair.0 as usize]
    }

    pub(super) fn is_compatible(&self, pair: PairId) -> bool {
        self.get(pair).compatible
    }

    pub(super) fn is_new(&self, pair: PairId) -> bool {
        self.get(pair).state == State::New
    }

    pub(super) fn pairs(&self) -> impl Iterator<Item = &Pair> {
        self.pairs.iter()
    }

    /// How many pairs there are.
    pub(super) fn len(&self) -> usize {
        self.pairs.len()
    }

    /// The number of a pair, in the order in which they were met.
    pub(super) const fn position(pair: PairId) -> usize {
        pair.0 as usize
    }

    /// The pair of two schemas, references followed.
    pub(super) fn pair(
        &mut self,
        original: NodeRef,
        update: NodeRef,
    ) -> Result<PairId, TooComplex> {
        /// In steps; it bounds the memory that pairs take.
        const NEW_PAIR: u64 = 20;
        let key = (self.target(original), self.target(update));
        self.budget.step()?;
        if let Some(&known) = self.ids.get(&key) {
            return Ok(known);
        }
        self.budget.steps(NEW_PAIR)?;
        let id =
            PairId(u32::try_from(self.pairs.len()).expect("the budget allows far fewer pairs"));
        self.pairs.push(Pair {
            original: key.0,
            update: key.1,
            state: State::New,
            items: Vec::new(),
            compatible: true,
            users: Vec::new(),
        });
        self.ids.insert(key, id);
        Ok(id)
    }

    /// Whether a pattern of a schema finds something in a text.
    pub(super) fn finds(&mut self, pattern: &'a str, text: &str) -> Result<bool, TooComplex> {
        /// In steps; backtracking is bounded to about as much.
        const SEARCH: u64 = 100;
        self.budget.steps(SEARCH)?;
        let compiled = self
            .patterns
            .entry(pattern)
            .or_insert_with(|| Pattern::accepted(pattern));
        Ok(compiled.as_ref().is_some_and(|pattern| pattern.finds(text)))
    }

    /// Finishes a pair and all it asks about.
    fn settle(&mut self, first: PairId) -> Result<(), TooComplex> {
        let mut stack = vec![first];
        while let Some(&pair) = stack.last() {
            if self.get(pair).state == State::Done {
                stack.pop();
                continue;
            }
            self.get_mut(pair).state = State::Open;
            let unknown = self.compare(pair)?;
            if unknown.is_empty() {
                self.get_mut(pair).state = State::Done;
                stack.pop();
            } else {
                stack.extend(unknown.into_iter().rev());
            }
        }
        Ok(())
    }

    /// Compares one pair with what is known so far. Returns the pairs that must be compared before; if there are none,
    /// the result is kept.
    fn compare(&mut self, pair: PairId) -> Result<Vec<PairId>, TooComplex> {
        let (original, update) = (self.get(pair).original, self.get(pair).update);
        let mut comparison = Comparison::new(self, original, update);
        schema::compare(&mut comparison)?;
        let found = comparison.finish();
        if !found.unknown.is_empty() {
            return Ok(found.unknown);
        }
        for used in found.used {
            self.get_mut(used).users.push(pair);
            if self.get(used).state == State::Open {
                self.hopes.push((used, pair));
            }
        }
        let kept = self.get_mut(pair);
        kept.items = found.items;
        kept.compatible &= found.compatible;
        Ok(Vec::new())
    }

    /// Compares again those who took a pair for compatible that is not, and those who relied on them.
    fn disappoint(&mut self) -> Result<(), TooComplex> {
        let mut queue: Vec<PairId> = Vec::new();
        loop {
            for (hoped, user) in std::mem::take(&mut self.hopes) {
                if !self.is_compatible(hoped) {
                    queue.push(user);
                }
            }
            let Some(pair) = queue.pop() else {
                return Ok(());
            };
            let before = self.is_compatible(pair);
            loop {
                self.budget.step()?;
                let unknown = self.compare(pair)?;
                if unknown.is_empty() {
                    break;
                }
                for pair in unknown {
                    self.settle(pair)?;
                }
            }
            if before && !self.is_compatible(pair) {
                let users = std::mem::take(&mut self.get_mut(pair).users);
                queue.extend(users);
            }
        }
    }
}

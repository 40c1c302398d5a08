//! One pair of schemas while it is compared: what it finds, and what it asks about other pairs.
//!
//! A comparison never waits. When it asks about a pair that was not compared yet, it goes on as if that were compatible,
//! and is run again when the answer is known.

use super::engine::{Detail, Item, NodeRef, PairId, Tail, Walk};
use crate::{Rule, TooComplex, json_schema::model::NodeId};

/// A pair being compared.
pub(super) struct Comparison<'w, 'a> {
    pub(super) walk: &'w mut Walk<'a>,
    pub(super) original: NodeRef,
    pub(super) update: NodeRef,
    found: Found,
}

/// The result so far.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) items: Vec<Item>,
    pub(super) compatible: bool,
    pub(super) used: Vec<PairId>,
    pub(super) unknown: Vec<PairId>,
}

impl<'w, 'a> Comparison<'w, 'a> {
    pub(super) fn new(walk: &'w mut Walk<'a>, original: NodeRef, update: NodeRef) -> Self {
        Self {
            walk,
            original,
            update,
            found: Found {
                items: Vec::new(),
                compatible: true,
                used: Vec::new(),
                unknown: Vec::new(),
            },
        }
    }

    pub(super) fn finish(self) -> Found {
        self.found
    }

    /// Reports a difference of the two schemas themselves.
    pub(super) fn report(&mut self, rule: &'static Rule, tail: Tail, detail: impl Into<Detail>) {
        self.push(rule, tail, detail, None);
    }

    /// Reports a difference of other nodes than the pair's own.
    pub(super) fn report_at(
        &mut self,
        rule: &'static Rule,
        tail: Tail,
        detail: impl Into<Detail>,
        nodes: (NodeRef, NodeRef),
    ) {
        self.push(rule, tail, detail, Some(nodes));
    }

    fn push(
        &mut self,
        rule: &'static Rule,
        tail: Tail,
        detail: impl Into<Detail>,
        nodes: Option<(NodeRef, NodeRef)>,
    ) {
        self.found.compatible &= !rule.breaks(self.walk.policy);
        self.found.items.push(Item::Found {
            rule,
            tail,
            detail: detail.into(),
            nodes,
        });
    }

    /// Asks whether two nodes are compatible, without taking over what differs between them.
    pub(super) fn ask(&mut self, original: NodeRef, update: NodeRef) -> Result<PairId, TooComplex> {
        let pair = self.walk.pair(original, update)?;
        if self.walk.is_new(pair) {
            self.found.unknown.push(pair);
        } else {
            self.found.used.push(pair);
        }
        Ok(pair)
    }

    /// Takes over what differs in a pair.
    pub(super) fn adopt(&mut self, tail: Tail, pair: PairId) {
        self.found.compatible &= self.walk.is_compatible(pair);
        self.found.items.push(Item::Below { tail, pair });
    }

    /// Compares two schemas below.
    pub(super) fn below(
        &mut self,
        tail: Tail,
        original: NodeId,
        update: NodeId,
    ) -> Result<PairId, TooComplex> {
        let pair = self.ask(self.original.with(original), self.update.with(update))?;
        self.adopt(tail, pair);
        Ok(pair)
    }

    /// Compares what may be absent on either side.
    pub(super) fn below_if_any(
        &mut self,
        tail: Tail,
        original: Option<NodeId>,
        update: Option<NodeId>,
    ) -> Result<(), TooComplex> {
        use crate::json_schema::rules::{SCHEMA_ADDED, SCHEMA_REMOVED};
        match (original, update) {
            (None, None) => {}
            (Some(original), Some(update)) => {
                self.below(tail, original, update)?;
            }
            (None, Some(added)) => {
                let added = self.walk.target(self.update.with(added));
                // `{}` and `true` add nothing to an empty slot.
                if !self.walk.node(added).kind.is_anything() {
                    self.report_at(&SCHEMA_ADDED, tail, "", (self.original, added));
                }
            }
            (Some(removed), None) => {
                let removed = self.walk.target(self.original.with(removed));
                self.report_at(&SCHEMA_REMOVED, tail, "", (removed, self.update));
            }
        }
        Ok(())
    }
}

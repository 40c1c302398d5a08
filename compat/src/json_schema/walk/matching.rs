//! A largest possible matching between the members of two combined schemas (a maximum matching in a bipartite graph).
//!
//! Members that are written alike are tried first: usually they cover the smaller side, and then nothing else needs to be
//! compared. After that, each member without a partner looks for a path on which partners can be exchanged, breadth
//! first and without recursion. Members are only compared when such a path comes by, so a large union in which one
//! member changed costs little.

use std::collections::{HashMap, VecDeque};

use super::{
    comparison::Comparison,
    engine::{PairId, Walk},
    schema::surely_differ,
};
use crate::{
    TooComplex,
    json_schema::model::{Combined, Member},
};

/// An edge to a member of the update: its position, and the pair of the two.
type Edge = (usize, PairId);

pub(super) struct Matching<'m> {
    original: &'m [Member],
    update: &'m [Member],
    /// The compatible partners of each member of the original, once they were looked for.
    edges: Vec<Option<Vec<Edge>>>,
    /// The chosen edge of each member of the original.
    chosen: Vec<Option<Edge>>,
    /// The member of the original that each member of the update belongs to.
    owner: Vec<Option<usize>>,
    /// How many have a partner.
    count: usize,
}

impl<'m> Matching<'m> {
    /// The matched members of the original with their pairs, in their order.
    pub(super) fn of(
        pair: &mut Comparison<'_, '_>,
        original: &'m Combined,
        update: &'m Combined,
    ) -> Result<Vec<(usize, PairId)>, TooComplex> {
        let mut matching = Self {
            original: &original.members,
            update: &update.members,
            edges: vec![None; original.members.len()],
            chosen: vec![None; original.members.len()],
            owner: vec![None; update.members.len()],
            count: 0,
        };
        matching.match_equal_members(pair)?;
        for start in 0..matching.original.len() {
            if matching.is_full() {
                break;
            }
            if matching.chosen[start].is_none() {
                matching.augment(pair, start)?;
            }
        }
        let chosen = matching.chosen.into_iter().enumerate();
        Ok(chosen
            .filter_map(|(position, edge)| Some((position, edge?.1)))
            .collect())
    }

    /// Whether the smaller side is covered.
    fn is_full(&self) -> bool {
        self.count == self.original.len().min(self.update.len())
    }

    fn match_equal_members(&mut self, pair: &mut Comparison<'_, '_>) -> Result<(), TooComplex> {
        let update: &'m [Member] = self.update;
        let written: HashMap<[u8; 16], usize> = update
            .iter()
            .enumerate()
            .filter_map(|(position, member)| Some((member.digest?, position)))
            .collect();
        for (position, member) in self.original.iter().enumerate() {
            let equal = member.digest.and_then(|digest| written.get(&digest));
            let Some(&partner) = equal else { continue };
            let below = ask(pair, *member, update[partner])?;
            if pair.walk.is_compatible(below) {
                self.choose(position, (partner, below));
            }
        }
        Ok(())
    }

    fn choose(&mut self, position: usize, edge: Edge) {
        if self.chosen[position].replace(edge).is_none() {
            self.count += 1;
        }
        self.owner[edge.0] = Some(position);
    }

    /// Finds a partner for a member, letting others change theirs where they can.
    fn augment(&mut self, pair: &mut Comparison<'_, '_>, start: usize) -> Result<(), TooComplex> {
        // How each member of the update was reached: from which member of the original, over which edge.
        let mut reached: Vec<Option<(usize, Edge)>> = vec![None; self.update.len()];
        let mut queue = VecDeque::from([start]);
        while let Some(position) = queue.pop_front() {
            self.look_for_partners(pair, position)?;
            let edges = self.edges[position].as_deref().unwrap_or_default();
            pair.walk.budget.steps(edges.len() as u64 + 1)?;
            let mut free = None;
            for &edge in edges {
                if reached[edge.0].is_none() {
                    reached[edge.0] = Some((position, edge));
                    match self.owner[edge.0] {
                        Some(owner) => queue.push_back(owner),
                        None => free = free.or(Some(edge.0)),
                    }
                }
            }
            if let Some(free) = free {
                self.exchange(&reached, start, free);
                return Ok(());
            }
        }
        Ok(())
    }

    /// Takes the edges of a path back from its free end.
    fn exchange(&mut self, reached: &[Option<(usize, Edge)>], start: usize, free: usize) {
        let mut at = free;
        while let Some((position, edge)) = reached[at] {
            let before = self.chosen[position].map(|(partner, _)| partner);
            self.choose(position, edge);
            match before {
                Some(partner) if position != start => at = partner,
                _ => return,
            }
        }
    }

    /// Compares a member of the original with all of the update. Those without any difference come first.
    fn look_for_partners(
        &mut self,
        pair: &mut Comparison<'_, '_>,
        position: usize,
    ) -> Result<(), TooComplex> {
        if self.edges[position].is_some() {
            return Ok(());
        }
        let member = self.original[position];
        let mut edges: Vec<Edge> = Vec::new();
        pair.walk.budget.steps(self.update.len() as u64)?;
        for (partner, other) in self.update.iter().enumerate() {
            let nodes = (
                pair.original.with(member.node),
                pair.update.with(other.node),
            );
            if surely_differ(pair.walk, nodes.0, nodes.1) {
                continue;
            }
            let below = ask(pair, member, *other)?;
            if pair.walk.is_compatible(below) && !pair.walk.is_new(below) {
                edges.push((partner, below));
            }
        }
        let walk: &Walk<'_> = pair.walk;
        edges.sort_by_key(|&(partner, below)| (!walk.get(below).items.is_empty(), partner));
        self.edges[position] = Some(edges);
        Ok(())
    }
}

fn ask(
    pair: &mut Comparison<'_, '_>,
    original: Member,
    update: Member,
) -> Result<PairId, TooComplex> {
    let (original, update) = (
        pair.original.with(original.node),
        pair.update.with(update.node),
    );
    pair.ask(original, update)
}

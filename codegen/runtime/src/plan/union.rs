//! Which branch of a reader's union reads what a writer wrote.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::schema::{Kind, Name, Named, NodeId, Primitive, Schema};

/// The branches of a reader's union by what they are found by. Branches are found without looking at each.
pub(super) struct Branches<'a> {
    exact: BTreeMap<(&'static str, &'a str), u32>,
    simple: BTreeMap<(&'static str, &'a str), u32>,
    alias: BTreeMap<(&'static str, &'a str), u32>,
    primitives: Vec<(Primitive, u32)>,
}

impl<'a> Branches<'a> {
    pub(super) fn new(reader: &'a Schema, branches: &[NodeId]) -> Self {
        let mut found = Self {
            exact: BTreeMap::new(),
            simple: BTreeMap::new(),
            alias: BTreeMap::new(),
            primitives: Vec::new(),
        };
        for (index, &branch) in (0..).zip(branches) {
            let kind = reader.kind(branch);
            let type_name = kind.type_name();
            found
                .exact
                .entry((type_name, kind.full_name()))
                .or_insert(index);
            if let Some(named) = kind.named() {
                let simple = named.name.simple();
                found.simple.entry((type_name, simple)).or_insert(index);
                for alias in usable_aliases(named) {
                    found
                        .alias
                        .entry((type_name, alias.full()))
                        .or_insert(index);
                }
            }
            if let Kind::Primitive(primitive) = kind {
                found.primitives.push((*primitive, index));
            }
        }
        found
    }

    /// The branch for a writer's type that is no union.
    ///
    /// The specification takes the first branch that matches, with names compared without their namespace. Like Java,
    /// this looks for the very same type first, so that an int is not read as the float before it, then for a name or
    /// alias that matches, then for a promotion.
    pub(super) fn branch_for(&self, writer: &Kind) -> Option<u32> {
        let type_name = writer.type_name();
        if let Some(&exact) = self.exact.get(&(type_name, writer.full_name())) {
            return Some(exact);
        }
        if let Some(named) = writer.named() {
            let simple = self.simple.get(&(type_name, named.name.simple()));
            let alias = self.alias.get(&(type_name, named.name.full()));
            return simple.into_iter().chain(alias).min().copied();
        }
        let Kind::Primitive(writer) = writer else {
            return None;
        };
        let mut primitives = self.primitives.iter();
        primitives
            .find(|(reader, _)| reads(*reader, *writer))
            .map(|(_, index)| *index)
    }
}

/// Whether a reader's primitive reads a writer's.
pub(super) const fn reads(reader: Primitive, writer: Primitive) -> bool {
    use Primitive::{Bytes, Double, Float, Int, Long, String};
    reader as u8 == writer as u8
        || matches!(
            (reader, writer),
            (Long, Int)
                | (Float, Int | Long)
                | (Double, Int | Long | Float)
                | (Bytes, String)
                | (String, Bytes)
        )
}

/// Whether a reader's name reads a writer's. The namespace may differ, an alias must not.
pub(super) fn reads_name(reader: &Named, writer: &Name) -> bool {
    reader.name.simple() == writer.simple() || usable_aliases(reader).any(|alias| alias == writer)
}

/// An alias without namespace never matches when the type itself has one: Java keeps such an alias apart.
fn usable_aliases(named: &Named) -> impl Iterator<Item = &Name> {
    let has_namespace = named.name.namespace().is_some();
    named
        .aliases
        .iter()
        .filter(move |alias| alias.namespace().is_some() || !has_namespace)
}

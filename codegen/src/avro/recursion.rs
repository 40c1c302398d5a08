//! Recursive types: which items contain themselves, and where a box must stand so that their size is finite.
//!
//! Boxes go where a walk in depth, along what items hold by value, comes back to an item that it is still inside of. So
//! no box stands outside of a cycle, and without any one of them there would be a cycle again.

use super::{
    items::{Body, Item, Items},
    ty::{ItemId, Ty},
};

pub(super) fn box_recursive_types(items: &mut Items) {
    let by_value = edges(&items.all, Ty::by_value);
    for (from, to) in back_edges(&by_value) {
        for ty in items.all[from].body.types_mut() {
            ty.put_in_box(to);
        }
    }
    let all = edges(&items.all, Ty::items);
    for (item, component) in components(&all).into_iter().enumerate() {
        items.all[item].is_recursive = component;
    }
}

type Edges = Vec<Vec<ItemId>>;

fn edges(items: &[Item], targets: impl Fn(&Ty, &mut dyn FnMut(ItemId))) -> Edges {
    let of = |item: &Item| {
        let mut found = Vec::new();
        for ty in item.body.types() {
            targets(ty, &mut |target| found.push(target));
        }
        found
    };
    items.iter().map(of).collect()
}

/// The edges that lead back to where the walk still is.
fn back_edges(edges: &Edges) -> Vec<(ItemId, ItemId)> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        Unseen,
        Inside,
        Done,
    }
    let mut states = vec![State::Unseen; edges.len()];
    let mut found = Vec::new();
    for start in 0..edges.len() {
        if states[start] != State::Unseen {
            continue;
        }
        states[start] = State::Inside;
        let mut stack = vec![(start, 0)];
        while let Some((item, next)) = stack.last_mut() {
            let item = *item;
            let Some(&target) = edges[item].get(*next) else {
                states[item] = State::Done;
                stack.pop();
                continue;
            };
            *next += 1;
            match states[target] {
                State::Unseen => {
                    states[target] = State::Inside;
                    stack.push((target, 0));
                }
                State::Inside => found.push((item, target)),
                State::Done => {}
            }
        }
    }
    found
}

/// Whether each item can reach itself (Tarjan's strongly connected components, with a stack of its own).
fn components(edges: &Edges) -> Vec<bool> {
    const UNSEEN: usize = usize::MAX;
    let mut index = vec![UNSEEN; edges.len()];
    let mut low = vec![0; edges.len()];
    let mut is_open = vec![false; edges.len()];
    let mut open = Vec::new();
    let mut recursive = vec![false; edges.len()];
    let mut count = 0;
    for start in 0..edges.len() {
        if index[start] != UNSEEN {
            continue;
        }
        let mut stack = vec![(start, 0)];
        while let Some(&(item, next)) = stack.last() {
            if next == 0 {
                index[item] = count;
                low[item] = count;
                count += 1;
                open.push(item);
                is_open[item] = true;
            }
            if let Some(&target) = edges[item].get(next) {
                if let Some(top) = stack.last_mut() {
                    top.1 += 1;
                }
                if index[target] == UNSEEN {
                    stack.push((target, 0));
                } else if is_open[target] {
                    low[item] = low[item].min(index[target]);
                    recursive[item] |= target == item;
                }
                continue;
            }
            stack.pop();
            if let Some(&(parent, _)) = stack.last() {
                low[parent] = low[parent].min(low[item]);
            }
            if low[item] == index[item] {
                let from = open.iter().rposition(|&other| other == item).unwrap_or(0);
                let component = open.split_off(from);
                for &member in &component {
                    is_open[member] = false;
                    recursive[member] |= component.len() > 1;
                }
            }
        }
    }
    recursive
}

impl Body {
    /// The types of its parts.
    pub(super) fn types(&self) -> Vec<&Ty> {
        match self {
            Self::Record(fields) => fields.iter().map(|(_, ty)| ty).collect(),
            Self::Union(union) => union.variants.iter().map(|variant| &variant.ty).collect(),
            Self::Root(ty) => vec![ty],
            Self::Enum(_) | Self::Fixed(_) => Vec::new(),
        }
    }

    fn types_mut(&mut self) -> Vec<&mut Ty> {
        match self {
            Self::Record(fields) => fields.iter_mut().map(|(_, ty)| ty).collect(),
            Self::Union(union) => {
                let variants = union.variants.iter_mut();
                variants.map(|variant| &mut variant.ty).collect()
            }
            Self::Root(ty) => vec![ty],
            Self::Enum(_) | Self::Fixed(_) => Vec::new(),
        }
    }
}

//! Twins: which items hold strings or bytes, so that there can be a type beside them that borrows those, and its name.

use std::collections::HashMap;

use dovetail_runtime::schema::Primitive;

use super::{
    items::{Body, Items},
    ty::{ItemId, Ty},
};
use crate::names::Scope;

/// The items that have a twin. There are none unless the options ask for them.
#[derive(Default)]
pub(super) struct Twins {
    of: Vec<bool>,
    /// The names of the twins in each module, by the names that the items have there.
    names: HashMap<Vec<String>, HashMap<String, String>>,
}

impl Twins {
    pub(super) fn new(items: &Items, is_replaced: impl Fn(ItemId) -> bool) -> Self {
        let mut twins = Self {
            of: borrowing(items, is_replaced),
            names: HashMap::new(),
        };
        let own = items.all.iter().enumerate();
        let own = own.map(|(id, item)| (&item.module, &item.identifier, id));
        let used = items.uses.iter();
        let used = used.map(|used| (&used.module, &used.identifier, used.item));
        let here: Vec<_> = own.chain(used).collect();
        let mut scopes: HashMap<&Vec<String>, Scope> = HashMap::new();
        for (module, identifier, _) in &here {
            scopes
                .entry(module)
                .or_default()
                .take(identifier, identifier);
        }
        for (module, identifier, id) in here {
            if twins.of[id] {
                let scope = scopes.entry(module).or_default();
                let (name, _) = scope.take(&usual(identifier), identifier);
                let names = twins.names.entry(module.clone()).or_default();
                names.insert(identifier.clone(), name);
            }
        }
        twins
    }

    pub(super) fn has(&self, item: ItemId) -> bool {
        self.of.get(item).is_some_and(|has| *has)
    }

    /// Whether a type holds something to borrow.
    pub(super) fn borrows(&self, ty: &Ty) -> bool {
        let mut found = false;
        ty.parts(&mut |part| found |= is_borrowed(part));
        ty.items(&mut |item| found |= self.has(item));
        found
    }

    /// The name of the twin of what has a name in a module.
    pub(super) fn name<'a>(&'a self, module: &[String], identifier: &'a str) -> &'a str {
        let names = self.names.get(module);
        let name = names.and_then(|names| names.get(identifier));
        name.map_or(identifier, String::as_str)
    }

    /// Whether a twin has a name in a module.
    pub(super) fn is_taken(&self, module: &[String], name: &str) -> bool {
        let names = self.names.get(module);
        names.is_some_and(|names| names.values().any(|twin| twin == name))
    }
}

/// What a twin is called unless something else is.
pub(super) fn usual(identifier: &str) -> String {
    format!("{identifier}Ref")
}

/// The keys of a map are strings.
fn is_borrowed(ty: &Ty) -> bool {
    matches!(
        ty,
        Ty::Primitive(Primitive::String | Primitive::Bytes) | Ty::Map(_)
    )
}

/// The items that hold strings or bytes, be it through others. A type of somebody else's is taken as it is.
fn borrowing(items: &Items, is_replaced: impl Fn(ItemId) -> bool) -> Vec<bool> {
    let mut users = vec![Vec::new(); items.all.len()];
    let mut borrowing = vec![false; items.all.len()];
    let mut waiting = Vec::new();
    for (id, item) in items.all.iter().enumerate() {
        if is_replaced(id) {
            continue;
        }
        let mut holds = matches!(item.body, Body::Fixed(_));
        for ty in item.body.types() {
            ty.parts(&mut |part| holds |= is_borrowed(part));
            ty.items(&mut |target| users[target].push(id));
        }
        if holds {
            borrowing[id] = true;
            waiting.push(id);
        }
    }
    while let Some(id) = waiting.pop() {
        for &user in &users[id] {
            if !std::mem::replace(&mut borrowing[user], true) {
                waiting.push(user);
            }
        }
    }
    borrowing
}

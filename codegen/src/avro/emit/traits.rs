//! Which of the standard traits each item can have.

use dovetail_runtime::schema::Primitive;

use crate::{
    Map, Options,
    avro::{
        items::Items,
        texts::Text,
        ty::{ItemId, Ty},
    },
};

/// What items can have.
pub(super) struct Traits {
    eq: Vec<bool>,
    hash: Vec<bool>,
}

impl Traits {
    pub(super) fn new(texts: &[Text<'_>], items: &Items, options: &Options) -> Self {
        // What somebody else's type has is not known.
        let replaced: Vec<ItemId> = (0..items.all.len())
            .filter(|&id| {
                let item = &items.all[id];
                let kind = texts[item.text].schema.kind(item.node);
                options.replacements.contains_key(kind.full_name())
            })
            .collect();
        let is_float = |ty: &Ty| matches!(ty, Ty::Primitive(Primitive::Float | Primitive::Double));
        let is_unhashable =
            |ty: &Ty| is_float(ty) || (matches!(ty, Ty::Map(_)) && options.map == Map::HashMap);
        Self {
            eq: without(items, &replaced, is_float),
            hash: without(items, &replaced, is_unhashable),
        }
    }

    /// The derives of an item.
    pub(super) fn derives(&self, item: ItemId) -> Vec<&'static str> {
        let mut derives = vec!["Clone", "Debug", "PartialEq"];
        if self.eq[item] {
            derives.push("Eq");
        }
        if self.hash[item] {
            derives.push("Hash");
        }
        derives
    }
}

/// The items that have no part of a kind, not even through others.
fn without(items: &Items, replaced: &[ItemId], is_such: impl Fn(&Ty) -> bool) -> Vec<bool> {
    let mut users = vec![Vec::new(); items.all.len()];
    let mut without = vec![true; items.all.len()];
    let mut waiting = replaced.to_vec();
    for &id in replaced {
        without[id] = false;
    }
    for (id, item) in items.all.iter().enumerate() {
        for ty in item.body.types() {
            ty.parts(&mut |part| {
                if is_such(part) && std::mem::take(&mut without[id]) {
                    waiting.push(id);
                }
            });
            ty.items(&mut |target| users[target].push(id));
        }
    }
    while let Some(id) = waiting.pop() {
        for user in std::mem::take(&mut users[id]) {
            if std::mem::take(&mut without[user]) {
                waiting.push(user);
            }
        }
    }
    without
}

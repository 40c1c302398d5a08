//! Which named types of all texts are the same type, so that each is emitted once.
//!
//! Two types are the same when their definitions say the same, down to documentation and attributes, and so do all types
//! that they are made of. This is found by refining classes: first by what a definition says itself, with other types by
//! name, and then by the classes of those until nothing changes.

use std::{collections::HashMap, fmt::Write as _};

use dovetail_runtime::schema::{Kind, NodeId, Schema};

use super::texts::Text;

/// The class of each named type: by text and node.
pub(super) type Classes = HashMap<(usize, NodeId), usize>;

pub(super) fn classes(texts: &[Text<'_>]) -> Classes {
    let mut types = Vec::new();
    let mut uses = Vec::new();
    let mut keys = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        for id in text.reachable() {
            if text.schema.kind(id).named().is_some() {
                let (said, named) = definition(&text.schema, id);
                types.push((index, id));
                keys.push(said);
                uses.push(named.into_iter().map(|id| (index, id)).collect::<Vec<_>>());
            }
        }
    }
    let mut classes: Classes = types.iter().copied().zip(numbered(&keys)).collect();
    let mut count = 0;
    loop {
        let refined: Vec<Vec<usize>> = types
            .iter()
            .zip(&uses)
            .map(|(of, uses)| {
                let own = std::iter::once(classes[of]);
                own.chain(uses.iter().map(|used| classes[used])).collect()
            })
            .collect();
        classes = types.iter().copied().zip(numbered(&refined)).collect();
        let new_count = classes.values().max().map_or(0, |highest| highest + 1);
        if new_count == count {
            return classes;
        }
        count = new_count;
    }
}

/// A number for each different key, in the order in which they come.
fn numbered<K: std::hash::Hash + Eq>(keys: &[K]) -> Vec<usize> {
    let mut known = HashMap::new();
    keys.iter()
        .map(|key| {
            let next = known.len();
            *known.entry(key).or_insert(next)
        })
        .collect()
}

/// What a definition says itself, and the named types that it uses, in the order of their use.
fn definition(schema: &Schema, id: NodeId) -> (String, Vec<NodeId>) {
    let mut said = String::new();
    let mut named = Vec::new();
    let mut waiting = vec![id];
    let mut is_first = true;
    while let Some(id) = waiting.pop() {
        let node = schema.node(id);
        let kind = &node.kind;
        said.push_str(kind.type_name());
        said.push('\u{1}');
        said.push_str(kind.full_name());
        if kind.named().is_some() && !std::mem::take(&mut is_first) {
            named.push(id);
            continue;
        }
        is_first = false;
        let _ = write!(said, "\u{1}{:?}", node.attributes);
        said.push_str(&own_words(kind));
        waiting.extend(kind.parts().into_iter().rev());
    }
    (said, named)
}

/// What a type says but for its parts.
fn own_words(kind: &Kind) -> String {
    let named = kind.named().map(|named| (&named.doc, &named.aliases));
    let own = match kind {
        Kind::Record(record) => {
            let fields = record.fields.iter().map(|field| {
                format!(
                    "{:?}",
                    (
                        &field.name,
                        &field.doc,
                        &field.default,
                        &field.aliases,
                        &field.attributes
                    )
                )
            });
            fields.collect()
        }
        Kind::Enum(symbols) => format!("{:?}{:?}", symbols.symbols, symbols.default),
        Kind::Fixed(fixed) => fixed.size.to_string(),
        Kind::Union(branches) => branches.len().to_string(),
        Kind::Primitive(_) | Kind::Array(_) | Kind::Map(_) => String::new(),
    };
    format!("{named:?}{own}")
}

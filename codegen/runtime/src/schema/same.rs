//! Whether two nodes are the same type.

use alloc::collections::BTreeSet;
use alloc::vec;

use super::{Field, Kind, NodeId, Schema};

impl Schema {
    /// Whether a type is the same as one of another schema, down to every default and attribute.
    pub fn is_same_as(&self, one: NodeId, other_schema: &Self, other: NodeId) -> bool {
        let mut visited = BTreeSet::new();
        let mut waiting = vec![(one, other)];
        while let Some((one, other)) = waiting.pop() {
            if !visited.insert((one, other)) {
                continue;
            }
            let (one, other) = (self.node(one), other_schema.node(other));
            if one.attributes != other.attributes || !is_alike(&one.kind, &other.kind) {
                return false;
            }
            let (parts, other_parts) = (one.kind.parts(), other.kind.parts());
            if parts.len() != other_parts.len() {
                return false;
            }
            waiting.extend(parts.into_iter().zip(other_parts));
        }
        true
    }
}

/// Whether two types are the same but for their parts.
fn is_alike(one: &Kind, other: &Kind) -> bool {
    let named = match (one.named(), other.named()) {
        (Some(one), Some(other)) => {
            one.name == other.name && one.doc == other.doc && one.aliases == other.aliases
        }
        (None, None) => true,
        _ => false,
    };
    let own = match (one, other) {
        (Kind::Primitive(one), Kind::Primitive(other)) => one == other,
        (Kind::Record(one), Kind::Record(other)) => {
            let mut fields = one.fields.iter().zip(&other.fields);
            one.fields.len() == other.fields.len()
                && fields.all(|(one, other)| is_alike_field(one, other))
        }
        (Kind::Enum(one), Kind::Enum(other)) => {
            one.symbols == other.symbols && one.default == other.default
        }
        (Kind::Fixed(one), Kind::Fixed(other)) => one.size == other.size,
        (Kind::Array(_), Kind::Array(_))
        | (Kind::Map(_), Kind::Map(_))
        | (Kind::Union(_), Kind::Union(_)) => true,
        _ => false,
    };
    named && own
}

fn is_alike_field(one: &Field, other: &Field) -> bool {
    one.name == other.name
        && one.doc == other.doc
        && one.default == other.default
        && one.aliases == other.aliases
        && one.attributes == other.attributes
}

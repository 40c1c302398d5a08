//! The one model all drafts are translated to, and the walk compares.
//!
//! Compatibility rules speak of *classes* of schemas: a schema with `type: string` is a string schema, one with
//! `properties` but no type is an object schema, and one that says several such things at once is an `allOf` of them.
//! The classes, and the order of the members such an `allOf` is made of, are those of the protocol's reference, because
//! the paths of differences show them (`#/allOf/1/…`).
//!
//! A new keyword gets a field here, its reading in `translate.rs`, its rows in `rules.rs` and its comparison in `walk/`.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use super::{decimal::Decimal, place::Place};

/// A node of one model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct NodeId(pub(super) u32);

/// A schema with everything it refers to. Cyclic where the schema is.
#[derive(Debug)]
pub(super) struct Model {
    pub(super) root: NodeId,
    pub(super) nodes: Vec<Node>,
}

/// One schema.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) place: Place,
    /// Which of [`NAMED_IN_PLACES`] stand there.
    pub(super) written: Written,
    pub(super) labels: Option<Box<Labels>>,
    pub(super) kind: Kind,
}

/// The keywords that the place of a difference can name.
const NAMED_IN_PLACES: [&str; 24] = [
    "additionalItems",
    "additionalProperties",
    "const",
    "enum",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "items",
    "maxContains",
    "maximum",
    "maxItems",
    "maxLength",
    "maxProperties",
    "minContains",
    "minimum",
    "minItems",
    "minLength",
    "minProperties",
    "multipleOf",
    "not",
    "pattern",
    "unevaluatedItems",
    "unevaluatedProperties",
    "uniqueItems",
    "contains",
];

/// A set of [`NAMED_IN_PLACES`].
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Written(u32);

impl Written {
    pub(super) fn of(keywords: Option<&serde_json::Map<String, serde_json::Value>>) -> Self {
        let Some(keywords) = keywords else {
            return Self::default();
        };
        let bits = NAMED_IN_PLACES
            .iter()
            .enumerate()
            .filter(|(_, name)| keywords.contains_key(**name));
        Self(bits.fold(0, |set, (bit, _)| set | 1 << bit))
    }

    pub(super) fn contains(self, keyword: &str) -> bool {
        let bit = NAMED_IN_PLACES.iter().position(|name| *name == keyword);
        bit.is_some_and(|bit| self.0 & (1 << bit) != 0)
    }
}

/// What does not constrain a value.
#[derive(Debug, Default)]
pub(super) struct Labels {
    pub(super) id: Option<Box<str>>,
    pub(super) title: Option<Box<str>>,
    pub(super) description: Option<Box<str>>,
    /// The key of the value.
    pub(super) default: Option<Box<str>>,
    /// Kafka Connect's remark that the value stands for bytes, whatever JSON type carries them.
    pub(super) is_connect_bytes: bool,
}

/// The class of a schema, with what it constrains.
#[derive(Debug)]
pub(super) enum Kind {
    /// `{}`: no constraint that counts.
    Empty,
    /// The boolean schema.
    True,
    /// The boolean schema.
    False,
    Null,
    Boolean,
    String(StringRules),
    Number(NumberRules),
    Object(Box<ObjectRules>),
    Array(Box<ArrayRules>),
    /// The keys of its values.
    Enum(HashSet<Box<str>>),
    /// The key of its value.
    Const(Box<str>),
    Not(NodeId),
    Combined(Combined),
    /// `if`, `then`, `else`: its contents are not compared.
    Conditional,
    Reference(NodeId),
}

/// How many members of a combined schema must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Criterion {
    All,
    Any,
    One,
}

impl Criterion {
    pub(super) const fn keyword(self) -> &'static str {
        match self {
            Self::All => "allOf",
            Self::Any => "anyOf",
            Self::One => "oneOf",
        }
    }
}

#[derive(Debug)]
pub(super) struct Combined {
    pub(super) criterion: Criterion,
    /// As written, duplicates included.
    pub(super) written: usize,
    /// The distinct members.
    pub(super) members: Vec<Member>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Member {
    pub(super) node: NodeId,
    /// Equal members have equal digests; none for members that no one wrote as such.
    pub(super) digest: Option<[u8; 16]>,
}

#[derive(Debug, Default)]
pub(super) struct StringRules {
    pub(super) max_length: Option<Decimal>,
    pub(super) min_length: Option<Decimal>,
    pub(super) pattern: Option<Box<str>>,
}

#[derive(Debug, Default)]
pub(super) struct NumberRules {
    pub(super) requires_integer: bool,
    pub(super) maximum: Option<Decimal>,
    pub(super) minimum: Option<Decimal>,
    pub(super) exclusive_maximum: Option<Decimal>,
    pub(super) exclusive_minimum: Option<Decimal>,
    pub(super) multiple_of: Option<Decimal>,
}

/// What is said of properties or items without a schema of their own.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Rest {
    /// Nothing is said.
    #[default]
    Unsaid,
    Allowed,
    Forbidden,
    Schema(NodeId),
}

impl Rest {
    pub(super) const fn is_permitted(self) -> bool {
        !matches!(self, Self::Forbidden)
    }

    pub(super) const fn schema(self) -> Option<NodeId> {
        match self {
            Self::Schema(node) => Some(node),
            _ => None,
        }
    }
}

#[derive(Debug, Default)]
pub(super) struct ObjectRules {
    /// In the order they are written.
    pub(super) properties: Vec<(Arc<str>, NodeId)>,
    pub(super) by_name: HashMap<Arc<str>, NodeId>,
    pub(super) required: HashSet<Box<str>>,
    pub(super) patterns: Vec<(Box<str>, NodeId)>,
    pub(super) additional: Rest,
    pub(super) unevaluated: Option<NodeId>,
    pub(super) required_with: BTreeMap<Arc<str>, BTreeSet<Box<str>>>,
    pub(super) schema_with: BTreeMap<Arc<str>, NodeId>,
    pub(super) max_properties: Option<Decimal>,
    pub(super) min_properties: Option<Decimal>,
}

#[derive(Debug, Default)]
pub(super) struct ArrayRules {
    /// One schema for all items.
    pub(super) all: Option<NodeId>,
    /// A schema for each of the first items.
    pub(super) tuple: Vec<NodeId>,
    pub(super) additional: Rest,
    pub(super) unevaluated: Option<NodeId>,
    pub(super) max_items: Option<Decimal>,
    pub(super) min_items: Option<Decimal>,
    pub(super) unique: bool,
    pub(super) max_contains: Option<Decimal>,
    pub(super) min_contains: Option<Decimal>,
}

impl Kind {
    pub(super) const fn is_anything(&self) -> bool {
        matches!(self, Self::Empty | Self::True)
    }

    pub(super) const fn is_false(&self) -> bool {
        matches!(self, Self::False)
    }

    /// Whether two schemas are of one class.
    pub(super) fn is_same_class(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

impl Node {
    pub(super) fn has_default(&self) -> bool {
        self.labels
            .as_ref()
            .is_some_and(|labels| labels.default.is_some())
    }

    pub(super) fn is_connect_bytes(&self) -> bool {
        self.labels
            .as_ref()
            .is_some_and(|labels| labels.is_connect_bytes)
    }
}

impl Model {
    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }
}

//! A parsed schema: an arena of nodes, in which a named type is one node however often it is used.
//!
//! Every node knows its parent in its text and the step that leads to it, so a JSON pointer is built only when someone
//! asks for it. The nodes of referenced texts come first; what follows `own_from` stands in the schema's own text.

use std::{
    collections::{HashMap, HashSet},
    fmt::Write as _,
};

use serde_json::Value;

use super::names::Name;

/// The number of a node.
pub(super) type NodeId = u32;

/// A parsed Avro schema with everything its references define.
#[derive(Debug)]
pub(crate) struct AvroSchema {
    pub(super) nodes: Vec<Node>,
    pub(super) root: NodeId,
    pub(super) own_from: NodeId,
    /// The full names that references define.
    pub(super) of_references: HashSet<Name>,
}

impl AvroSchema {
    /// The names of the fields, where the schema is a record.
    pub(crate) fn top_level_fields(&self) -> Vec<&str> {
        match &self.nodes[self.root as usize].kind {
            Kind::Record(record) => record.fields.iter().map(|field| &*field.name).collect(),
            _ => Vec::new(),
        }
    }
}

#[derive(Debug)]
pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) at: At,
    /// Attributes the specification does not reserve, logical types among them, in the order of the text.
    pub(super) props: Vec<(String, Value)>,
}

/// Where something stands in its text: a parent and the step down from it. The root is its own parent.
#[derive(Debug, Clone, Copy)]
pub(super) struct At {
    pub(super) parent: NodeId,
    pub(super) step: Step,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    Root,
    Field(u32),
    Items,
    Values,
    Branch(u32),
    /// Inside an object that only wraps a definition.
    Wrapped,
}

#[derive(Debug)]
pub(super) enum Kind {
    Primitive(Primitive),
    Array(NodeId),
    Map(NodeId),
    Union(Box<Union>),
    Record(Box<Record>),
    Enum(Box<Enum>),
    Fixed(Box<Fixed>),
    /// A name used before its definition. Gone once the whole text is read.
    Forward,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Primitive {
    Null,
    Boolean,
    Int,
    Long,
    Float,
    Double,
    Bytes,
    String,
}

/// What named types have in common.
#[derive(Debug)]
pub(super) struct Named {
    pub(super) name: Name,
    pub(super) doc: Option<String>,
    pub(super) aliases: Vec<Name>,
}

#[derive(Debug)]
pub(super) struct Record {
    pub(super) named: Named,
    pub(super) is_error: bool,
    pub(super) fields: Vec<Field>,
    pub(super) by_name: HashMap<Box<str>, u32>,
}

#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: Box<str>,
    pub(super) type_id: NodeId,
    pub(super) doc: Option<String>,
    pub(super) default: Option<Value>,
    pub(super) order: Order,
    pub(super) aliases: Vec<String>,
    pub(super) props: Vec<(String, Value)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Ascending,
    Descending,
    Ignore,
}

#[derive(Debug)]
pub(super) struct Enum {
    pub(super) named: Named,
    pub(super) symbols: Vec<String>,
    pub(super) default: Option<String>,
}

#[derive(Debug)]
pub(super) struct Fixed {
    pub(super) named: Named,
    pub(super) size: u32,
}

#[derive(Debug, Default)]
pub(super) struct Union {
    pub(super) branches: Vec<NodeId>,
    /// The branches by what a reader can be matched on, for unions too large to try every branch.
    pub(super) by_match: HashMap<Match, Vec<u32>>,
}

/// What a branch of a reader's union can be found by.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Match {
    /// A type without a name.
    Type(&'static str),
    /// A named type by its simple name.
    Simple(&'static str, Box<str>),
    /// A named type by an alias, which is a full name.
    Alias(&'static str, Box<str>),
}

impl Primitive {
    pub(super) const ALL: [Self; 8] = [
        Self::Null,
        Self::Boolean,
        Self::Int,
        Self::Long,
        Self::Float,
        Self::Double,
        Self::Bytes,
        Self::String,
    ];

    pub(super) fn from_name(name: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|primitive| primitive.name() == name)
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "boolean",
            Self::Int => "int",
            Self::Long => "long",
            Self::Float => "float",
            Self::Double => "double",
            Self::Bytes => "bytes",
            Self::String => "string",
        }
    }

    /// Whether a reader of this type reads what a writer of the other wrote (specification, "Schema Resolution").
    pub(super) const fn reads(self, writer: Self) -> bool {
        use Primitive::{Bytes, Double, Float, Int, Long, String};
        self as u8 == writer as u8
            || matches!(
                (self, writer),
                (Long, Int)
                    | (Float, Int | Long)
                    | (Double, Int | Long | Float)
                    | (Bytes, String)
                    | (String, Bytes)
            )
    }
}

impl Kind {
    /// The type as a schema spells it; an error is a record.
    pub(super) const fn type_name(&self) -> &'static str {
        match self {
            Self::Primitive(primitive) => primitive.name(),
            Self::Array(_) => "array",
            Self::Map(_) => "map",
            Self::Union(_) => "union",
            Self::Record(_) | Self::Forward => "record",
            Self::Enum(_) => "enum",
            Self::Fixed(_) => "fixed",
        }
    }

    pub(super) fn named(&self) -> Option<&Named> {
        match self {
            Self::Record(record) => Some(&record.named),
            Self::Enum(symbols) => Some(&symbols.named),
            Self::Fixed(fixed) => Some(&fixed.named),
            _ => None,
        }
    }

    /// What a union tells its branches apart by: the full name, or the name of the type.
    pub(super) fn full_name(&self) -> &str {
        self.named()
            .map_or(self.type_name(), |named| named.name.full())
    }
}

impl Named {
    /// Whether a reader of this name reads a writer's type called `writer`. The namespace may differ, an alias must not.
    pub(super) fn reads(&self, writer: &Name) -> bool {
        self.name.simple() == writer.simple() || self.has_alias(writer)
    }

    /// An alias without namespace never matches when the type itself has one: Java keeps such an alias apart.
    fn has_alias(&self, writer: &Name) -> bool {
        self.aliases.iter().any(|alias| {
            alias == writer && (alias.namespace().is_some() || self.name.namespace().is_none())
        })
    }
}

impl AvroSchema {
    pub(super) fn kind(&self, id: NodeId) -> &Kind {
        &self.nodes[id as usize].kind
    }

    /// A branch of a union, if it has that many.
    pub(super) fn branch(&self, id: NodeId, index: u32) -> Option<NodeId> {
        match self.kind(id) {
            Kind::Union(union) => union.branches.get(index as usize).copied(),
            _ => None,
        }
    }

    pub(super) fn defines_in_reference(&self, full: &str) -> bool {
        self.of_references.contains(&Name::unchecked(full, None))
    }

    /// Whether the node stands in the schema's own text and not in a referenced one.
    pub(super) const fn is_own(&self, id: NodeId) -> bool {
        id >= self.own_from
    }

    /// The JSON pointer of a node in its text.
    pub(super) fn pointer(&self, id: NodeId) -> String {
        pointer(&self.nodes, self.nodes[id as usize].at)
    }
}

/// The JSON pointer of a place.
pub(super) fn pointer(nodes: &[Node], at: At) -> String {
    let mut steps = Vec::new();
    let mut at = at;
    while at.step != Step::Root {
        steps.push(at.step);
        at = nodes[at.parent as usize].at;
    }
    let mut text = String::new();
    for step in steps.into_iter().rev() {
        step.push_to(&mut text);
    }
    text
}

impl Step {
    /// Appends the step as tokens of a JSON pointer.
    pub(super) fn push_to(self, pointer: &mut String) {
        let _ = match self {
            Self::Root => Ok(()),
            Self::Field(index) => write!(pointer, "/fields/{index}/type"),
            Self::Wrapped => write!(pointer, "/type"),
            Self::Items => write!(pointer, "/items"),
            Self::Values => write!(pointer, "/values"),
            Self::Branch(index) => write!(pointer, "/{index}"),
        };
    }
}

//! Avro schemas: read from their texts into a tree of numbered nodes, in which a named type is one node however often it
//! is used, so that recursive types are cycles of numbers.
//!
//! Reading is lenient: what a registry took is not refused again. Whatever would make a schema mean nothing is refused:
//! types that are defined nowhere, unions inside unions, fields without a type.

mod canonical;
mod fingerprint;
mod json;
mod logical;
mod name;
mod parse;
mod same;

use alloc::{borrow::ToOwned, collections::BTreeMap, format, string::String, vec, vec::Vec};
use core::fmt;

use serde_json::Value;

pub use fingerprint::{rabin, sha256};
pub use logical::Logical;
pub use name::Name;

/// The number of a node.
pub type NodeId = u32;

/// A schema with everything that its text and its references define.
#[derive(Debug, Clone)]
pub struct Schema {
    nodes: Vec<Node>,
    root: NodeId,
}

/// A type at a place in a text.
#[derive(Debug, Clone)]
pub struct Node {
    /// The type.
    pub kind: Kind,
    /// The attributes that the specification does not reserve, in the order of the text.
    pub attributes: Vec<(String, Value)>,
    place: Place,
}

/// A place in one of the texts: a parent and the step down from it. A root is its own parent.
#[derive(Debug, Clone, Copy)]
struct Place {
    parent: NodeId,
    step: Step,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Root,
    Field(u32),
    Items,
    Values,
    Branch(u32),
    /// Inside an object that only wraps a type.
    Wrapped,
}

/// A type.
#[derive(Debug, Clone)]
pub enum Kind {
    /// A type without parts.
    Primitive(Primitive),
    /// An array of a type.
    Array(NodeId),
    /// A map to a type.
    Map(NodeId),
    /// One of several types.
    Union(Vec<NodeId>),
    /// A record; an error of a protocol is one, too.
    Record(Record),
    /// An enum.
    Enum(Enum),
    /// A fixed number of bytes.
    Fixed(Fixed),
}

/// A type without parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Primitive {
    /// `null`
    Null,
    /// `boolean`
    Boolean,
    /// `int`
    Int,
    /// `long`
    Long,
    /// `float`
    Float,
    /// `double`
    Double,
    /// `bytes`
    Bytes,
    /// `string`
    String,
}

/// A record.
#[derive(Debug, Clone)]
pub struct Record {
    /// Name, documentation and aliases.
    pub named: Named,
    /// The fields, in the order in which they are written.
    pub fields: Vec<Field>,
    by_name: BTreeMap<String, u32>,
}

/// A field of a record.
#[derive(Debug, Clone)]
pub struct Field {
    /// The name.
    pub name: String,
    /// The type.
    pub type_id: NodeId,
    /// The documentation.
    pub doc: Option<String>,
    /// What a reader takes where the writer has no such field.
    pub default: Option<Value>,
    /// Other names.
    pub aliases: Vec<String>,
    /// The attributes that the specification does not reserve.
    pub attributes: Vec<(String, Value)>,
}

/// An enum.
#[derive(Debug, Clone)]
pub struct Enum {
    /// Name, documentation and aliases.
    pub named: Named,
    /// The symbols.
    pub symbols: Vec<String>,
    /// The symbol that a reader takes for one it does not know.
    pub default: Option<String>,
}

/// A fixed number of bytes.
#[derive(Debug, Clone)]
pub struct Fixed {
    /// Name, documentation and aliases.
    pub named: Named,
    /// The number.
    pub size: usize,
}

/// What records, enums and fixed types have in common.
#[derive(Debug, Clone)]
pub struct Named {
    /// The full name.
    pub name: Name,
    /// The documentation.
    pub doc: Option<String>,
    /// Other full names.
    pub aliases: Vec<Name>,
}

/// Why a text is no schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaError {
    /// The place in the text, as a JSON pointer.
    pub place: String,
    /// What is wrong.
    pub message: String,
}

impl Schema {
    /// Reads a schema from its text.
    ///
    /// ```
    /// use dovetail_runtime::schema::Schema;
    /// let schema = Schema::parse(r#"{"type": "fixed", "name": "a.Hash", "size": 16, "doc": "…"}"#).unwrap();
    /// assert_eq!(schema.canonical_form(), r#"{"name":"a.Hash","type":"fixed","size":16}"#);
    /// ```
    pub fn parse(text: &str) -> Result<Self, SchemaError> {
        Self::parse_with(text, &[])
    }

    /// Reads a schema from its text and the texts it refers to, each after those that it refers to itself.
    pub fn parse_with(text: &str, references: &[&str]) -> Result<Self, SchemaError> {
        parse::parse(text, references)
    }

    /// The type that the text stands for.
    pub fn root(&self) -> NodeId {
        self.root
    }

    /// A node by its number, which must be one of this schema.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id as usize]
    }

    /// The type of a node.
    pub fn kind(&self, id: NodeId) -> &Kind {
        &self.node(id).kind
    }

    /// The logical type of a node, if it has one that is known and valid for its type.
    pub fn logical(&self, id: NodeId) -> Option<Logical> {
        logical::logical(self.node(id))
    }

    /// The place of a node in its text, as a JSON pointer.
    pub fn pointer(&self, id: NodeId) -> String {
        pointer(&self.nodes, self.node(id).place)
    }

    /// CRC-64-AVRO of the parsing canonical form.
    pub fn rabin(&self) -> u64 {
        rabin(self.canonical_form().as_bytes())
    }

    /// SHA-256 of the parsing canonical form.
    pub fn sha256(&self) -> [u8; 32] {
        sha256(self.canonical_form().as_bytes())
    }
}

impl Node {
    /// The value of an attribute that the specification does not reserve.
    pub fn attribute(&self, name: &str) -> Option<&Value> {
        let mut attributes = self.attributes.iter();
        attributes
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    }
}

impl Kind {
    /// The type as a schema spells it.
    pub const fn type_name(&self) -> &'static str {
        match self {
            Self::Primitive(primitive) => primitive.name(),
            Self::Array(_) => "array",
            Self::Map(_) => "map",
            Self::Union(_) => "union",
            Self::Record(_) => "record",
            Self::Enum(_) => "enum",
            Self::Fixed(_) => "fixed",
        }
    }

    /// Name, documentation and aliases of a named type.
    pub const fn named(&self) -> Option<&Named> {
        match self {
            Self::Record(record) => Some(&record.named),
            Self::Enum(symbols) => Some(&symbols.named),
            Self::Fixed(fixed) => Some(&fixed.named),
            _ => None,
        }
    }

    /// What a union tells its branches apart by: the full name, or the name of the type.
    pub fn full_name(&self) -> &str {
        self.named()
            .map_or(self.type_name(), |named| named.name.full())
    }

    /// The types that this one is made of, one step down.
    pub fn parts(&self) -> Vec<NodeId> {
        match self {
            Self::Primitive(_) | Self::Enum(_) | Self::Fixed(_) => Vec::new(),
            Self::Array(inner) | Self::Map(inner) => vec![*inner],
            Self::Union(branches) => branches.clone(),
            Self::Record(record) => record.fields.iter().map(|field| field.type_id).collect(),
        }
    }
}

impl Primitive {
    /// The type as a schema spells it.
    pub const fn name(self) -> &'static str {
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

    /// The type of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name {
            "null" => Self::Null,
            "boolean" => Self::Boolean,
            "int" => Self::Int,
            "long" => Self::Long,
            "float" => Self::Float,
            "double" => Self::Double,
            "bytes" => Self::Bytes,
            "string" => Self::String,
            _ => return None,
        })
    }
}

impl Record {
    /// The index of a field by its name.
    pub fn field(&self, name: &str) -> Option<u32> {
        self.by_name.get(name).copied()
    }
}

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        if self.place.is_empty() {
            Ok(())
        } else {
            write!(f, " (at {})", self.place)
        }
    }
}

impl core::error::Error for SchemaError {}

fn pointer(nodes: &[Node], place: Place) -> String {
    let mut steps = Vec::new();
    let mut place = place;
    while place.step != Step::Root {
        steps.push(place.step);
        place = nodes[place.parent as usize].place;
    }
    steps.into_iter().rev().map(Step::pointer).collect()
}

impl Step {
    fn pointer(self) -> String {
        match self {
            Self::Root => String::new(),
            Self::Field(index) => format!("/fields/{index}/type"),
            Self::Wrapped => "/type".to_owned(),
            Self::Items => "/items".to_owned(),
            Self::Values => "/values".to_owned(),
            Self::Branch(index) => format!("/{index}"),
        }
    }
}

/// A count of things that each took at least a byte of a text, which is far smaller than 4 GiB.
fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

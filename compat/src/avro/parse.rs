//! From JSON to the tree, taking and refusing what Java's parser takes and refuses.
//!
//! Texts are read one after the other into one arena: the references in their order, then the schema itself. A name may
//! be used before its definition inside one text; such uses are marked and resolved when the text ends, and only then
//! are unions and defaults checked. A new attribute that means something is a slot in `attributes.rs`; all others are kept.
//!
//! Where this is stricter than Java on purpose: enums without symbols, unions of more than [`BRANCH_LIMIT`] branches, and
//! what `json.rs` refuses. Where it is laxer: a referenced text may repeat a definition of an earlier one, which happens
//! when two referenced schemas share a type; and an object may wrap a definition, as `{"type": {"type": "record", …}}`.

mod end;
mod named;

use std::collections::HashMap;

use serde_json::{Map, Value};

use crate::{NamedText, SchemaError};

use super::{
    attributes::{Parts, what_is},
    canonical::{self, Form},
    json,
    names::{Name, Strictness},
    tree::{At, AvroSchema, Kind, Node, NodeId, Primitive, Step, Union, pointer},
};

/// Branches a union may have.
const BRANCH_LIMIT: usize = 10_000;

/// Branches up to which a reader's union is tried branch by branch, as Java does. Larger ones are matched by name.
pub(super) const TRIED_BRANCHES: usize = 64;

impl AvroSchema {
    pub(crate) fn parse(text: &str, references: &[NamedText]) -> Result<Self, SchemaError> {
        Self::parse_with(text, references, Strictness::Strict)
    }

    /// As [`Self::parse`], but for names and defaults, which are taken as they are.
    pub(crate) fn parse_lax(text: &str, references: &[NamedText]) -> Result<Self, SchemaError> {
        Self::parse_with(text, references, Strictness::Lax)
    }

    /// What is referred to was registered once, so only the text itself is looked at closely.
    fn parse_with(
        text: &str,
        references: &[NamedText],
        strictness: Strictness,
    ) -> Result<Self, SchemaError> {
        let mut parser = Parser {
            strictness: Strictness::Lax,
            ..Parser::default()
        };
        for reference in references {
            parser.read_text(&reference.text).map_err(|error| {
                SchemaError(format!("the reference \"{}\": {error}", reference.name))
            })?;
        }
        let own_from = parser.next_id();
        parser.is_own = true;
        parser.strictness = strictness;
        let of_references = parser.names.keys().cloned().collect();
        let root = parser.read_text(text)?;
        let schema = Self {
            nodes: parser.nodes,
            root,
            own_from,
            of_references,
        };
        if parser.had_forward {
            schema.refuse_deep_canonical()?;
        }
        Ok(schema)
    }

    /// The canonical form defines a type at its first use, so uses before definitions may nest what the text does not.
    fn refuse_deep_canonical(&self) -> Result<(), SchemaError> {
        canonical::print(self, self.root, Form::Canonical)
            .map(drop)
            .map_err(|_| {
                SchemaError(format!(
                    "types are used before they are defined, in a chain that nests deeper than {} levels when \
                     written out; define types before using them", json::NESTING_LIMIT
                ))
            })
    }
}

#[derive(Default)]
struct Parser {
    strictness: Strictness,
    nodes: Vec<Node>,
    names: HashMap<Name, NodeId>,
    is_own: bool,
    /// The first node of the text being read.
    text_from: NodeId,
    /// Uses before the definition in this text: the node that stands for the type, and the full name.
    forward: Vec<(NodeId, String)>,
    had_forward: bool,
    /// Definitions of this text that repeat one of an earlier text, and the earlier one.
    repeated: Vec<(NodeId, NodeId)>,
}

/// A whole text.
impl Parser {
    fn read_text(&mut self, text: &str) -> Result<NodeId, SchemaError> {
        let value = json::read(text)?;
        self.text_from = self.next_id();
        let at = At {
            parent: self.text_from,
            step: Step::Root,
        };
        let root = self.schema(value, at, None)?;
        self.resolve_forward()?;
        self.check_unions()?;
        if self.strictness == Strictness::Strict {
            self.check_defaults()?;
        }
        self.check_repeated()?;
        Ok(root)
    }
}

/// Schemas of every kind.
impl Parser {
    fn schema(
        &mut self,
        value: Value,
        at: At,
        namespace: Option<&str>,
    ) -> Result<NodeId, SchemaError> {
        match value {
            Value::String(name) => Ok(self.by_name(&name, at, namespace)),
            Value::Object(object) => self.object(object, at, namespace),
            Value::Array(branches) => self.union(branches, at, namespace),
            other => Err(self.fail(
                at,
                &format!(
                    "a schema is a name, an object or an array of branches, not {}",
                    what_is(&other)
                ),
            )),
        }
    }

    /// A type by its name: of the namespace first, then one without namespace, then perhaps one that comes later.
    fn by_name(&mut self, name: &str, at: At, namespace: Option<&str>) -> NodeId {
        if let Some(primitive) = Primitive::from_name(name) {
            return self.push(Kind::Primitive(primitive), at, Vec::new());
        }
        let known = |space| {
            self.strictness
                .name(name, space)
                .ok()
                .and_then(|name| self.names.get(&name).copied())
        };
        if let Some(id) = known(namespace).or_else(|| known(None)) {
            return id;
        }
        let full = match namespace {
            Some(namespace) if !name.contains('.') => format!("{namespace}.{name}"),
            _ => name.to_owned(),
        };
        let id = self.push(Kind::Forward, at, Vec::new());
        self.forward.push((id, full));
        id
    }

    fn object(
        &mut self,
        object: Map<String, Value>,
        at: At,
        namespace: Option<&str>,
    ) -> Result<NodeId, SchemaError> {
        let type_name = match object.get("type") {
            Some(Value::String(name)) => name.clone(),
            Some(inner) if is_definition(inner) => return self.wrapped(object, at, namespace),
            Some(other) => {
                return Err(self.fail(at, &format!(
                    "the \"type\" of a schema is the name of a type, not {}; write the inner schema in place of this \
                     object", what_is(other)
                )));
            }
            None => return Err(self.fail(at, "a schema object has no \"type\"")),
        };
        let parts = Parts::of(object);
        match type_name.as_str() {
            "record" => self.record(parts, false, at, namespace),
            "error" => self.record(parts, true, at, namespace),
            "enum" => self.symbols(parts, at, namespace),
            "fixed" => self.fixed(parts, at, namespace),
            "array" => self.array(parts, at, namespace),
            "map" => self.map(parts, at, namespace),
            name => Ok(match Primitive::from_name(name) {
                Some(primitive) => self.push(Kind::Primitive(primitive), at, parts.props),
                None => self.by_name(name, at, namespace),
            }),
        }
    }

    /// An object around a definition stands for it. Java refuses this, but schemas in use have it.
    fn wrapped(
        &mut self,
        mut object: Map<String, Value>,
        at: At,
        namespace: Option<&str>,
    ) -> Result<NodeId, SchemaError> {
        let parent = self.push(Kind::Forward, at, Vec::new());
        let inner = object.get_mut("type").map(Value::take).unwrap_or_default();
        let step = Step::Wrapped;
        self.schema(inner, At { parent, step }, namespace)
    }

    fn array(
        &mut self,
        parts: Parts,
        at: At,
        namespace: Option<&str>,
    ) -> Result<NodeId, SchemaError> {
        let items = parts
            .items
            .ok_or_else(|| self.fail(at, "an array has no \"items\""))?;
        let id = self.push(Kind::Forward, at, parts.props);
        let inner = self.schema(
            items,
            At {
                parent: id,
                step: Step::Items,
            },
            namespace,
        )?;
        self.nodes[id as usize].kind = Kind::Array(inner);
        Ok(id)
    }

    fn map(
        &mut self,
        parts: Parts,
        at: At,
        namespace: Option<&str>,
    ) -> Result<NodeId, SchemaError> {
        let values = parts
            .values
            .ok_or_else(|| self.fail(at, "a map has no \"values\""))?;
        let id = self.push(Kind::Forward, at, parts.props);
        let inner = self.schema(
            values,
            At {
                parent: id,
                step: Step::Values,
            },
            namespace,
        )?;
        self.nodes[id as usize].kind = Kind::Map(inner);
        Ok(id)
    }

    fn union(
        &mut self,
        branches: Vec<Value>,
        at: At,
        namespace: Option<&str>,
    ) -> Result<NodeId, SchemaError> {
        if branches.len() > BRANCH_LIMIT {
            return Err(self.fail(
                at,
                &format!(
                    "the union has {} branches; the limit is {BRANCH_LIMIT} branches",
                    branches.len()
                ),
            ));
        }
        let id = self.push(Kind::Forward, at, Vec::new());
        let mut ids = Vec::with_capacity(branches.len());
        for (index, branch) in branches.into_iter().enumerate() {
            ids.push(self.schema(
                branch,
                At {
                    parent: id,
                    step: Step::Branch(number(index)),
                },
                namespace,
            )?);
        }
        self.nodes[id as usize].kind = Kind::Union(Box::new(Union {
            branches: ids,
            by_match: HashMap::new(),
        }));
        Ok(id)
    }
}

/// Whether an object defines a type or is around one that does; `{"type": "int"}` and a union are no definitions.
fn is_definition(value: &Value) -> bool {
    match value.get("type") {
        Some(Value::String(name)) => matches!(
            name.as_str(),
            "record" | "error" | "enum" | "fixed" | "array" | "map"
        ),
        Some(inner) => is_definition(inner),
        None => false,
    }
}

/// Nodes and messages.
impl Parser {
    fn next_id(&self) -> NodeId {
        number(self.nodes.len())
    }

    fn push(&mut self, kind: Kind, at: At, props: Vec<(String, Value)>) -> NodeId {
        let id = self.next_id();
        self.nodes.push(Node { kind, at, props });
        id
    }

    fn fail(&self, at: At, wrong: &str) -> SchemaError {
        let place = pointer(&self.nodes, at);
        SchemaError(if place.is_empty() {
            wrong.to_owned()
        } else {
            format!("{wrong} (at {place})")
        })
    }

    fn fail_field(&self, record: NodeId, index: usize, wrong: &str) -> SchemaError {
        let place = pointer(&self.nodes, self.nodes[record as usize].at);
        SchemaError(format!("{wrong} (at {place}/fields/{index})"))
    }

    fn redefined(&self, id: NodeId) -> SchemaError {
        let node = &self.nodes[id as usize];
        self.fail(
            node.at,
            &format!(
                "the type \"{}\" is defined more than once, differently",
                node.kind.full_name()
            ),
        )
    }
}

/// A count of things that each took at least a byte of a text; texts are far smaller than 4 GiB, and the counts of a
/// larger one would only make places wrong.
pub(super) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

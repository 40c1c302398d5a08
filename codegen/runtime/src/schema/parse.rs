//! From JSON to the tree.
//!
//! Texts are read one after the other into one arena, the references first. A name may be used before its definition
//! inside one text; such uses are noted and filled in when the text ends.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::{borrow::ToOwned, format, string::String, vec::Vec};

use serde_json::{Map, Value};

use super::{
    Enum, Field, Fixed, Kind, Name, Named, Node, NodeId, Place, Primitive, Record, Schema,
    SchemaError, Step, json, number, pointer,
};

pub(super) fn parse(text: &str, references: &[&str]) -> Result<Schema, SchemaError> {
    let mut parser = Parser::default();
    for reference in references {
        parser.text(reference).map_err(|error| SchemaError {
            place: String::new(),
            message: format!("in a referenced schema: {error}"),
        })?;
    }
    let root = parser.text(text)?;
    let schema = Schema {
        nodes: parser.nodes,
        root,
    };
    let mut repeated = parser.repeated.into_iter();
    match repeated.find(|&(new, old)| !repeats(&schema, new, old)) {
        None => Ok(schema),
        Some((new, _)) => Err(SchemaError {
            place: schema.pointer(new),
            message: format!(
                "the type \"{}\" is defined more than once, differently; give one of them another name",
                schema.kind(new).full_name()
            ),
        }),
    }
}

/// Whether a definition says the same as an earlier one of its name. Java lets enums and fixed types repeat what is written.
fn repeats(schema: &Schema, new: NodeId, old: NodeId) -> bool {
    match (schema.kind(new), schema.kind(old)) {
        (Kind::Enum(new), Kind::Enum(old)) => new.symbols == old.symbols,
        (Kind::Fixed(new), Kind::Fixed(old)) => new.size == old.size,
        _ => schema.is_same_as(new, schema, old),
    }
}

#[derive(Default)]
struct Parser {
    nodes: Vec<Node>,
    names: BTreeMap<Name, NodeId>,
    /// Uses before the definition: the placeholder's number and the full name.
    forward: Vec<(NodeId, Name)>,
    /// Definitions that repeat an earlier one, and the earlier one.
    repeated: Vec<(NodeId, NodeId)>,
}

type Object = Map<String, Value>;

/// What a node is until its parts are read.
const UNREAD: Kind = Kind::Primitive(Primitive::Null);

impl Parser {
    fn text(&mut self, text: &str) -> Result<NodeId, SchemaError> {
        let value = json::read(text)?;
        let place = Place {
            parent: number(self.nodes.len()),
            step: Step::Root,
        };
        let root = self.schema(value, place, None)?;
        self.fill_in_forward_uses(root)
    }

    /// Puts the types in place of the names that were used before their definition.
    fn fill_in_forward_uses(&mut self, root: NodeId) -> Result<NodeId, SchemaError> {
        if self.forward.is_empty() {
            return Ok(root);
        }
        let mut meant = BTreeMap::new();
        for (id, name) in core::mem::take(&mut self.forward) {
            let bare = Name::new(name.simple(), None);
            let found = self.names.get(&name).or_else(|| self.names.get(&bare));
            let Some(&found) = found else {
                let wrong = format!(
                    "the type \"{}\" is defined nowhere; define it or add the schema that does as a reference",
                    name.full()
                );
                return Err(self.fail(self.nodes[id as usize].place, wrong));
            };
            meant.insert(id, found);
        }
        let fill_in = |id: &mut NodeId| *id = meant.get(id).copied().unwrap_or(*id);
        for node in &mut self.nodes {
            match &mut node.kind {
                Kind::Array(inner) | Kind::Map(inner) => fill_in(inner),
                Kind::Union(branches) => branches.iter_mut().for_each(fill_in),
                Kind::Record(record) => record
                    .fields
                    .iter_mut()
                    .for_each(|field| fill_in(&mut field.type_id)),
                Kind::Primitive(_) | Kind::Enum(_) | Kind::Fixed(_) => {}
            }
        }
        Ok(meant.get(&root).copied().unwrap_or(root))
    }

    fn schema(
        &mut self,
        value: Value,
        place: Place,
        namespace: Option<&str>,
    ) -> Result<NodeId, SchemaError> {
        match value {
            Value::String(name) => Ok(self.by_name(&name, place, namespace, Vec::new())),
            Value::Object(object) => self.object(object, place, namespace),
            Value::Array(branches) => self.union(branches, place, namespace),
            other => {
                let wrong = format!(
                    "a schema is a name, an object or an array of branches, not {}",
                    what_is(&other)
                );
                Err(self.fail(place, wrong))
            }
        }
    }

    /// A type by its name: of the namespace first, then one without namespace, then perhaps one that comes later.
    fn by_name(
        &mut self,
        name: &str,
        place: Place,
        namespace: Option<&str>,
        attributes: Vec<(String, Value)>,
    ) -> NodeId {
        if let Some(primitive) = Primitive::from_name(name) {
            return self.push(Kind::Primitive(primitive), place, attributes);
        }
        let full = Name::new(name, namespace);
        let known = self.names.get(&full);
        if let Some(&id) = known.or_else(|| self.names.get(&Name::new(name, None))) {
            return id;
        }
        let id = self.push(UNREAD, place, attributes);
        self.forward.push((id, full));
        id
    }

    fn object(
        &mut self,
        mut object: Object,
        place: Place,
        namespace: Option<&str>,
    ) -> Result<NodeId, SchemaError> {
        let name = match object.get_mut("type").map(Value::take) {
            Some(Value::String(name)) => name,
            Some(inner) => {
                let parent = self.push(UNREAD, place, Vec::new());
                let step = Step::Wrapped;
                return self.schema(inner, Place { parent, step }, namespace);
            }
            None => return Err(self.fail(place, "a schema object has no \"type\"".to_owned())),
        };
        match name.as_str() {
            "record" | "error" => self.record(object, place, namespace),
            "enum" => self.symbols(object, place, namespace),
            "fixed" => self.fixed(object, place, namespace),
            "array" => self.container(object, "items", place, namespace),
            "map" => self.container(object, "values", place, namespace),
            name => Ok(self.by_name(name, place, namespace, attributes(object))),
        }
    }

    fn container(
        &mut self,
        mut object: Object,
        key: &str,
        place: Place,
        namespace: Option<&str>,
    ) -> Result<NodeId, SchemaError> {
        let is_array = key == "items";
        let Some(inner) = object.remove(key) else {
            let kind = if is_array { "an array" } else { "a map" };
            return Err(self.fail(place, format!("{kind} has no \"{key}\"")));
        };
        let parent = self.push(UNREAD, place, attributes(object));
        let step = if is_array { Step::Items } else { Step::Values };
        let inner = self.schema(inner, Place { parent, step }, namespace)?;
        self.nodes[parent as usize].kind = if is_array {
            Kind::Array(inner)
        } else {
            Kind::Map(inner)
        };
        Ok(parent)
    }

    fn union(
        &mut self,
        branches: Vec<Value>,
        place: Place,
        namespace: Option<&str>,
    ) -> Result<NodeId, SchemaError> {
        let parent = self.push(UNREAD, place, Vec::new());
        let mut ids = Vec::with_capacity(branches.len());
        for (index, branch) in branches.into_iter().enumerate() {
            let step = Step::Branch(number(index));
            let id = self.schema(branch, Place { parent, step }, namespace)?;
            if matches!(self.nodes[id as usize].kind, Kind::Union(_)) {
                let wrong =
                    "a union cannot be a branch of a union; list its branches in the outer one";
                return Err(self.fail(Place { parent, step }, wrong.to_owned()));
            }
            ids.push(id);
        }
        self.nodes[parent as usize].kind = Kind::Union(ids);
        Ok(parent)
    }
}

/// Definitions.
impl Parser {
    fn record(
        &mut self,
        mut object: Object,
        place: Place,
        namespace: Option<&str>,
    ) -> Result<NodeId, SchemaError> {
        let named = self.named(&mut object, place, namespace)?;
        let Some(Value::Array(fields)) = object.remove("fields") else {
            let name = named.name.full();
            let wrong = format!("the record \"{name}\" has no array of \"fields\"");
            return Err(self.fail(place, wrong));
        };
        let name = named.name.clone();
        let record = Record {
            named,
            fields: Vec::new(),
            by_name: BTreeMap::new(),
        };
        let id = self.push(Kind::Record(record), place, attributes(object));
        let used = self.define(name.clone(), id);
        let mut read = Vec::with_capacity(fields.len());
        let mut by_name = BTreeMap::new();
        for (index, field) in (0..).zip(fields) {
            let field = self.field(field, id, index, name.namespace())?;
            if by_name.insert(field.name.clone(), index).is_some() {
                let wrong = format!("the record has the field \"{}\" twice", field.name);
                return Err(self.fail_field(id, index, wrong));
            }
            read.push(field);
        }
        if let Kind::Record(record) = &mut self.nodes[id as usize].kind {
            record.fields = read;
            record.by_name = by_name;
        }
        Ok(used)
    }

    fn field(
        &mut self,
        value: Value,
        parent: NodeId,
        index: u32,
        namespace: Option<&str>,
    ) -> Result<Field, SchemaError> {
        let Value::Object(mut object) = value else {
            let wrong = format!("a field is an object, not {}", what_is(&value));
            return Err(self.fail_field(parent, index, wrong));
        };
        let Some(name) = text(object.remove("name")).filter(|name| !name.is_empty()) else {
            return Err(self.fail_field(parent, index, "a field has no \"name\"".to_owned()));
        };
        let Some(type_value) = object.remove("type") else {
            let wrong = format!("the field \"{name}\" has no \"type\"");
            return Err(self.fail_field(parent, index, wrong));
        };
        let step = Step::Field(index);
        let type_id = self.schema(type_value, Place { parent, step }, namespace)?;
        Ok(Field {
            name,
            type_id,
            doc: text(object.remove("doc")),
            default: object.remove("default"),
            aliases: texts(object.remove("aliases")),
            attributes: attributes(object),
        })
    }

    fn symbols(
        &mut self,
        mut object: Object,
        place: Place,
        namespace: Option<&str>,
    ) -> Result<NodeId, SchemaError> {
        let named = self.named(&mut object, place, namespace)?;
        let full = named.name.full();
        let Some(Value::Array(listed)) = object.remove("symbols") else {
            let wrong = format!("the enum \"{full}\" has no array of \"symbols\"");
            return Err(self.fail(place, wrong));
        };
        let count = listed.len();
        let symbols = texts(Some(Value::Array(listed)));
        if symbols.len() != count {
            let wrong = format!("the symbols of the enum \"{full}\" are not different strings");
            return Err(self.fail(place, wrong));
        }
        let default = text(object.remove("default"));
        if let Some(unknown) = default.as_ref().filter(|it| !symbols.contains(it)) {
            let wrong = format!("the default \"{unknown}\" of the enum \"{full}\" is no symbol");
            return Err(self.fail(place, wrong));
        }
        let name = named.name.clone();
        let kind = Kind::Enum(Enum {
            named,
            symbols,
            default,
        });
        let id = self.push(kind, place, attributes(object));
        Ok(self.define(name, id))
    }

    fn fixed(
        &mut self,
        mut object: Object,
        place: Place,
        namespace: Option<&str>,
    ) -> Result<NodeId, SchemaError> {
        let named = self.named(&mut object, place, namespace)?;
        let size = object.remove("size").as_ref().and_then(Value::as_u64);
        let Some(size) = size.and_then(|size| i32::try_from(size).ok()) else {
            let name = named.name.full();
            let wrong =
                format!("the fixed type \"{name}\" has no \"size\" that is a number of bytes");
            return Err(self.fail(place, wrong));
        };
        let name = named.name.clone();
        let size = size.unsigned_abs() as usize;
        let kind = Kind::Fixed(Fixed { named, size });
        let id = self.push(kind, place, attributes(object));
        Ok(self.define(name, id))
    }

    /// Name, documentation and aliases of a definition. Aliases without a dot take the namespace of the type.
    fn named(
        &self,
        object: &mut Object,
        place: Place,
        namespace: Option<&str>,
    ) -> Result<Named, SchemaError> {
        let name = text(object.remove("name"));
        let own_namespace = text(object.remove("namespace"));
        let Some(name) = name.filter(|name| !name.is_empty() && !name.ends_with('.')) else {
            let wrong = "the definition of a type has no \"name\"".to_owned();
            return Err(self.fail(place, wrong));
        };
        let name = Name::new(&name, own_namespace.as_deref().or(namespace));
        let aliases = texts(object.remove("aliases"));
        Ok(Named {
            aliases: aliases
                .iter()
                .map(|alias| Name::new(alias, name.namespace()))
                .collect(),
            name,
            doc: text(object.remove("doc")),
        })
    }

    /// Makes a definition known and says which node stands for it: this one, or an earlier one of the same name.
    fn define(&mut self, name: Name, id: NodeId) -> NodeId {
        let old = *self.names.entry(name).or_insert(id);
        if old != id {
            self.repeated.push((id, old));
        }
        old
    }
}

/// Nodes and messages.
impl Parser {
    fn push(&mut self, kind: Kind, place: Place, attributes: Vec<(String, Value)>) -> NodeId {
        let id = number(self.nodes.len());
        self.nodes.push(Node {
            kind,
            attributes,
            place,
        });
        id
    }

    fn fail(&self, place: Place, message: String) -> SchemaError {
        SchemaError {
            place: pointer(&self.nodes, place),
            message,
        }
    }

    fn fail_field(&self, record: NodeId, index: u32, message: String) -> SchemaError {
        let record = pointer(&self.nodes, self.nodes[record as usize].place);
        SchemaError {
            place: format!("{record}/fields/{index}"),
            message,
        }
    }
}

/// What is left of an object when everything that the specification reserves is taken out.
fn attributes(mut object: Object) -> Vec<(String, Value)> {
    object.remove("type");
    object.into_iter().collect()
}

/// The text of a string. A name, namespace or doc that is none does not count, as in Java.
fn text(value: Option<Value>) -> Option<String> {
    match value {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

/// The different strings of an array, in their order.
fn texts(value: Option<Value>) -> Vec<String> {
    let Some(Value::Array(items)) = value else {
        return Vec::new();
    };
    let mut seen = BTreeSet::new();
    items
        .into_iter()
        .filter_map(|item| text(Some(item)))
        .filter(|text| seen.insert(text.clone()))
        .collect()
}

const fn what_is(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

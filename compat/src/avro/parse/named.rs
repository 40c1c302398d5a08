//! Records and their fields, enums and fixed types: the definitions.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use crate::SchemaError;

use super::{Parser, number};
use crate::avro::{
    attributes::{self, Parts, text, what_is},
    names::{Name, Strictness},
    numbers,
    tree::{At, Enum, Field, Fixed, Kind, Named, NodeId, Order, Primitive, Record, Step},
};

impl Parser {
    pub(super) fn record(
        &mut self,
        mut parts: Parts,
        is_error: bool,
        at: At,
        namespace: Option<&str>,
    ) -> Result<NodeId, SchemaError> {
        let named = self.named(&mut parts, at, namespace)?;
        let Some(Value::Array(fields)) = parts.fields else {
            return Err(self.fail(
                at,
                &format!(
                    "the record \"{}\" has no array of \"fields\"",
                    named.name.full()
                ),
            ));
        };
        let namespace = named.name.namespace().map(str::to_owned);
        let name = named.name.clone();
        let id = self.push(
            Kind::Record(Box::new(Record {
                named,
                is_error,
                fields: Vec::new(),
                by_name: HashMap::new(),
            })),
            at,
            parts.props,
        );
        let used = self.define(name, id)?;
        self.fields(fields, id, namespace.as_deref())?;
        Ok(used)
    }

    fn fields(
        &mut self,
        fields: Vec<Value>,
        id: NodeId,
        namespace: Option<&str>,
    ) -> Result<(), SchemaError> {
        let mut read = Vec::with_capacity(fields.len());
        let mut by_name = HashMap::with_capacity(fields.len());
        for (index, field) in fields.into_iter().enumerate() {
            let field = self.field(field, id, index, namespace)?;
            if by_name.insert(field.name.clone(), number(index)).is_some() {
                let wrong = format!("the record has the field \"{}\" twice", field.name);
                return Err(self.fail_field(id, index, &wrong));
            }
            read.push(field);
        }
        if let Kind::Record(record) = &mut self.nodes[id as usize].kind {
            record.fields = read;
            record.by_name = by_name;
        }
        Ok(())
    }

    fn field(
        &mut self,
        value: Value,
        record: NodeId,
        index: usize,
        namespace: Option<&str>,
    ) -> Result<Field, SchemaError> {
        let fail = |parser: &Self, wrong: &str| Err(parser.fail_field(record, index, wrong));
        let Value::Object(mut object) = value else {
            return fail(
                self,
                &format!("a field is an object, not {}", what_is(&value)),
            );
        };
        let Some(name) = object.get("name").and_then(Value::as_str).map(Box::from) else {
            return fail(self, "a field has no \"name\"");
        };
        if let Err(wrong) = self.strictness.check(&name) {
            return fail(self, &wrong);
        }
        let Some(type_value) = object.get_mut("type").map(Value::take) else {
            return fail(self, &format!("the field \"{name}\" has no \"type\""));
        };
        let step = Step::Field(number(index));
        let type_id = self.schema(
            type_value,
            At {
                parent: record,
                step,
            },
            namespace,
        )?;
        let read = self.field_of(name, type_id, object);
        read.or_else(|wrong| fail(self, &wrong))
    }

    /// A field whose name and type are known, with its other attributes.
    fn field_of(
        &self,
        name: Box<str>,
        type_id: NodeId,
        attributes: Map<String, Value>,
    ) -> Result<Field, String> {
        let mut field = Field {
            name,
            type_id,
            doc: None,
            default: None,
            order: Order::Ascending,
            aliases: Vec::new(),
            props: Vec::new(),
        };
        for (key, value) in attributes {
            let name = &field.name;
            let wrong = |wrong| format!("the field \"{name}\": {wrong}");
            match key.as_str() {
                "name" | "type" => {}
                "doc" => field.doc = text(value),
                "default" => field.default = Some(self.default(type_id, value).map_err(wrong)?),
                "order" => field.order = attributes::order(&value).map_err(wrong)?,
                "aliases" => field.aliases = attributes::aliases(value).map_err(wrong)?,
                _ => field.props.push((key, value)),
            }
        }
        Ok(field)
    }

    /// A default as it is kept: Java reads a text as the number when the field is a float or a double.
    fn default(&self, type_id: NodeId, value: Value) -> Result<Value, String> {
        let floating = matches!(
            self.nodes[type_id as usize].kind,
            Kind::Primitive(Primitive::Float | Primitive::Double)
        );
        match &value {
            Value::String(text) if floating => match numbers::parse_double(text) {
                Some(number) => Ok(numbers::double_value(number)),
                None if self.strictness == Strictness::Lax => Ok(value),
                None => Err(format!("the default \"{text}\" is not a number")),
            },
            _ => Ok(value),
        }
    }

    pub(super) fn symbols(
        &mut self,
        mut parts: Parts,
        at: At,
        namespace: Option<&str>,
    ) -> Result<NodeId, SchemaError> {
        let named = self.named(&mut parts, at, namespace)?;
        let name = named.name.clone();
        let symbols = attributes::symbols(parts.symbols, self.strictness)
            .map_err(|wrong| self.fail(at, &wrong))?;
        let default = attributes::default_symbol(&mut parts.props, &symbols)
            .map_err(|wrong| self.fail(at, &wrong))?;
        let kind = Kind::Enum(Box::new(Enum {
            named,
            symbols,
            default,
        }));
        let id = self.push(kind, at, parts.props);
        self.define(name, id)
    }

    pub(super) fn fixed(
        &mut self,
        mut parts: Parts,
        at: At,
        namespace: Option<&str>,
    ) -> Result<NodeId, SchemaError> {
        let named = self.named(&mut parts, at, namespace)?;
        let name = named.name.clone();
        let size = attributes::size(parts.size).map_err(|wrong| self.fail(at, &wrong))?;
        let id = self.push(
            Kind::Fixed(Box::new(Fixed { named, size })),
            at,
            parts.props,
        );
        self.define(name, id)
    }

    /// Name, doc and aliases of a definition. Aliases without a dot take the namespace of the type.
    fn named(
        &self,
        parts: &mut Parts,
        at: At,
        namespace: Option<&str>,
    ) -> Result<Named, SchemaError> {
        let fail = |wrong: String| self.fail(at, &wrong);
        let Some(name) = parts.name.take() else {
            return Err(fail("the definition of a type has no \"name\"".to_owned()));
        };
        let namespace = parts.namespace.as_deref().or(namespace);
        let name = self.strictness.name(&name, namespace).map_err(fail)?;
        if self.strictness == Strictness::Strict {
            name.check_namespace().map_err(fail)?;
        }
        if Primitive::from_name(name.full()).is_some() {
            return Err(fail(format!(
                "a type cannot be named after the primitive type \"{}\"",
                name.full()
            )));
        }
        let mut aliases: Vec<Name> = Vec::new();
        let mut seen = HashSet::new();
        for alias in parts
            .aliases
            .take()
            .map_or(Ok(Vec::new()), attributes::aliases)
            .map_err(fail)?
        {
            let alias = self
                .strictness
                .name(&alias, name.namespace())
                .map_err(fail)?;
            if seen.insert(alias.clone()) {
                aliases.push(alias);
            }
        }
        Ok(Named {
            name,
            doc: parts.doc.take(),
            aliases,
        })
    }

    /// Makes a definition known and says which node stands for it: this one, or an earlier one that says the same.
    ///
    /// As in Java, one text may repeat an enum or a fixed type word for word, but not a record.
    fn define(&mut self, name: Name, id: NodeId) -> Result<NodeId, SchemaError> {
        let Some(&old) = self.names.get(&name) else {
            self.names.insert(name, id);
            return Ok(id);
        };
        let of_earlier_text = old < self.text_from;
        if of_earlier_text && !self.is_own {
            self.repeated.push((id, old));
            return Ok(old);
        }
        let (new_node, old_node) = (&self.nodes[id as usize], &self.nodes[old as usize]);
        let same = match (&new_node.kind, &old_node.kind) {
            (Kind::Enum(new), Kind::Enum(old)) => new.symbols == old.symbols,
            (Kind::Fixed(new), Kind::Fixed(old)) => new.size == old.size,
            _ => false,
        };
        if same && new_node.props == old_node.props {
            Ok(old)
        } else {
            Err(self.fail(
                new_node.at,
                &format!("the type \"{}\" is defined twice", name.full()),
            ))
        }
    }
}

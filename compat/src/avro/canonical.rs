//! Prints a tree as Confluent's registry stores it, which is how Java's `Schema.toString` prints it: no whitespace, a
//! fixed order of keys, nothing lost. (It is not the specification's "Parsing Canonical Form".)
//!
//! The normalized form first rewrites what has several spellings: attributes and aliases are sorted, defaults take the
//! spelling of their type, and then the result is printed the same way. The resolved form writes out referenced types.

use std::{collections::HashSet, fmt::Write as _};

use serde_json::Value;

use crate::TooComplex;

use super::{
    json::NESTING_LIMIT,
    names::Name,
    normalize, numbers,
    tree::{AvroSchema, Enum, Field, Fixed, Kind, Named, Node, NodeId, Order, Record},
};

/// What to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Canonical,
    Normalized,
    Resolved,
    /// Resolved and normalized: equal for schemas that say the same.
    Comparable,
}

/// The levels of brackets that a text may have and this one would not keep to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct TooDeep;

impl AvroSchema {
    pub(crate) fn canonical(&self) -> String {
        self.shallow(Form::Canonical)
    }

    pub(crate) fn normalized(&self) -> String {
        self.shallow(Form::Normalized)
    }

    /// The canonical form with everything that references define written out at its first use.
    pub(crate) fn resolved(&self) -> Result<String, TooComplex> {
        print(self, self.root, Form::Resolved)
            .map_err(|_| TooComplex("writing out the references of an Avro schema"))
    }

    /// Whether both say the same, in whatever spelling. Schemas too deep to write out count as different.
    pub(super) fn says_the_same(&self, other: &Self) -> bool {
        let print = |schema: &Self| print(schema, schema.root, Form::Comparable).ok();
        print(self).is_some_and(|text| print(other) == Some(text))
    }

    /// Prints what is known to be no deeper than the text it came from: parsing checked that where it could be otherwise.
    fn shallow(&self, form: Form) -> String {
        print(self, self.root, form)
            .expect("parsing refuses schemas whose canonical form nests too deeply")
    }
}

/// Prints one node as the root of a text.
pub(super) fn print(schema: &AvroSchema, root: NodeId, form: Form) -> Result<String, TooDeep> {
    let mut printer = Printer {
        schema,
        form,
        known: HashSet::new(),
        depth: 0,
        out: String::new(),
    };
    printer.node(root, None)?;
    Ok(printer.out)
}

struct Printer<'a> {
    schema: &'a AvroSchema,
    form: Form,
    /// Full names that were defined further up in the output.
    known: HashSet<&'a str>,
    depth: usize,
    out: String,
}

impl<'a> Printer<'a> {
    fn node(&mut self, id: NodeId, namespace: Option<&str>) -> Result<(), TooDeep> {
        let schema = self.schema;
        let node = &schema.nodes[id as usize];
        if let Some(named) = node.kind.named() {
            let resolves = matches!(self.form, Form::Resolved | Form::Comparable);
            let referenced = !resolves && !schema.is_own(id);
            if referenced || !self.known.insert(named.name.full()) {
                self.name(&named.name, namespace);
                return Ok(());
            }
        }
        match &node.kind {
            Kind::Primitive(primitive) if node.props.is_empty() => {
                write_string(primitive.name(), &mut self.out);
                Ok(())
            }
            Kind::Union(union) => {
                self.open('[')?;
                for &branch in &union.branches {
                    self.comma();
                    self.node(branch, namespace)?;
                }
                self.close(']');
                Ok(())
            }
            _ => self.object(node, namespace),
        }
    }

    /// The use of a defined name. One without namespace is printed bare; where that would mean another type, a leading
    /// dot tells them apart (Java prints it bare even then).
    fn name(&mut self, name: &Name, namespace: Option<&str>) {
        let means_another = |namespace: &str| {
            let inherited = format!("{namespace}.{}", name.full());
            self.known.contains(inherited.as_str()) || self.schema.defines_in_reference(&inherited)
        };
        if name.namespace().is_none() && namespace.is_some_and(means_another) {
            write_string(&format!(".{}", name.full()), &mut self.out);
        } else {
            write_string(name.relative_to(namespace), &mut self.out);
        }
    }

    fn object(&mut self, node: &'a Node, namespace: Option<&str>) -> Result<(), TooDeep> {
        self.open('{')?;
        match &node.kind {
            Kind::Array(inner) | Kind::Map(inner) => {
                let kind = node.kind.type_name();
                self.entry("type", kind);
                self.key(if kind == "array" { "items" } else { "values" });
                self.node(*inner, namespace)?;
            }
            Kind::Record(record) => self.record(record, namespace)?,
            Kind::Enum(symbols) => self.symbols(symbols, namespace)?,
            Kind::Fixed(fixed) => self.fixed(fixed, namespace),
            Kind::Primitive(_) | Kind::Union(_) | Kind::Forward => {
                self.entry("type", node.kind.type_name());
            }
        }
        self.props(&node.props, &normalize::leading(node))?;
        if let Some(named) = node.kind.named() {
            self.type_aliases(named)?;
        }
        self.close('}');
        Ok(())
    }

    fn record(&mut self, record: &'a Record, namespace: Option<&str>) -> Result<(), TooDeep> {
        let is_error = record.is_error && !self.is_normalized();
        self.head(
            if is_error { "error" } else { "record" },
            &record.named,
            namespace,
        );
        self.key("fields");
        self.open('[')?;
        for field in &record.fields {
            self.comma();
            self.field(field, record.named.name.namespace())?;
        }
        self.close(']');
        Ok(())
    }

    fn field(&mut self, field: &'a Field, namespace: Option<&str>) -> Result<(), TooDeep> {
        self.open('{')?;
        self.entry("name", &field.name);
        self.key("type");
        self.node(field.type_id, namespace)?;
        if let Some(doc) = &field.doc {
            self.entry("doc", doc);
        }
        if let Some(default) = &field.default {
            self.key("default");
            if self.is_normalized() {
                self.value(&normalize::default(self.schema, field.type_id, default))?;
            } else {
                self.value(default)?;
            }
        }
        match field.order {
            Order::Ascending => {}
            Order::Descending => self.entry("order", "descending"),
            Order::Ignore => self.entry("order", "ignore"),
        }
        let mut aliases: Vec<&str> = field.aliases.iter().map(String::as_str).collect();
        if self.is_normalized() {
            aliases.sort_by(|one, other| normalize::java_order(one, other));
        }
        self.aliases(&aliases)?;
        self.props(&field.props, &[])?;
        self.close('}');
        Ok(())
    }

    fn symbols(&mut self, symbols: &'a Enum, namespace: Option<&str>) -> Result<(), TooDeep> {
        self.head("enum", &symbols.named, namespace);
        self.key("symbols");
        self.strings(symbols.symbols.iter().map(String::as_str))?;
        if let Some(default) = &symbols.default {
            self.entry("default", default);
        }
        Ok(())
    }

    fn fixed(&mut self, fixed: &'a Fixed, namespace: Option<&str>) {
        self.head("fixed", &fixed.named, namespace);
        self.key("size");
        self.out.push_str(&fixed.size.to_string());
    }

    /// Type, name, namespace where it is not inherited, and doc.
    fn head(&mut self, kind: &str, named: &Named, inherited: Option<&str>) {
        self.entry("type", kind);
        self.entry("name", named.name.simple());
        if named.name.namespace() != inherited {
            self.entry("namespace", named.name.namespace().unwrap_or_default());
        }
        match &named.doc {
            Some(doc) if !(doc.is_empty() && self.is_normalized()) => self.entry("doc", doc),
            _ => {}
        }
    }
}

/// Attributes, aliases and values.
impl Printer<'_> {
    fn type_aliases(&mut self, named: &Named) -> Result<(), TooDeep> {
        let mut aliases: Vec<&Name> = named.aliases.iter().collect();
        if self.is_normalized() {
            aliases.sort_by(|one, other| normalize::java_order(one.full(), other.full()));
        }
        let namespace = named.name.namespace();
        // Java prints an alias without namespace bare and reads it back as one of the type's namespace; a leading dot
        // keeps what it means.
        let spelled: Vec<String> = aliases
            .into_iter()
            .map(|alias| match alias.namespace() {
                None if namespace.is_some() => format!(".{}", alias.full()),
                _ => alias.relative_to(namespace).to_owned(),
            })
            .collect();
        self.aliases(&spelled)
    }

    fn aliases(&mut self, aliases: &[impl AsRef<str>]) -> Result<(), TooDeep> {
        if aliases.is_empty() {
            return Ok(());
        }
        self.key("aliases");
        self.strings(aliases.iter().map(AsRef::as_ref))
    }

    fn props(&mut self, props: &[(String, Value)], leading: &[&str]) -> Result<(), TooDeep> {
        if !self.is_normalized() {
            for (key, value) in props {
                self.key(key);
                self.value(value)?;
            }
            return Ok(());
        }
        for (key, value) in normalize::props(props, leading) {
            self.key(key);
            self.value(&normalize::sorted(value))?;
        }
        Ok(())
    }

    fn value(&mut self, value: &Value) -> Result<(), TooDeep> {
        match value {
            Value::Null => self.out.push_str("null"),
            Value::Bool(true) => self.out.push_str("true"),
            Value::Bool(false) => self.out.push_str("false"),
            Value::Number(number) => numbers::print(number, &mut self.out),
            Value::String(text) => write_string(text, &mut self.out),
            Value::Array(items) => {
                self.open('[')?;
                for item in items {
                    self.comma();
                    self.value(item)?;
                }
                self.close(']');
            }
            Value::Object(entries) => {
                self.open('{')?;
                for (key, value) in entries {
                    self.key(key);
                    self.value(value)?;
                }
                self.close('}');
            }
        }
        Ok(())
    }

    fn strings<'s>(&mut self, strings: impl Iterator<Item = &'s str>) -> Result<(), TooDeep> {
        self.open('[')?;
        for string in strings {
            self.comma();
            write_string(string, &mut self.out);
        }
        self.close(']');
        Ok(())
    }
}

/// Brackets, commas and keys.
impl Printer<'_> {
    fn is_normalized(&self) -> bool {
        matches!(self.form, Form::Normalized | Form::Comparable)
    }

    fn open(&mut self, bracket: char) -> Result<(), TooDeep> {
        self.depth += 1;
        if self.depth > NESTING_LIMIT {
            return Err(TooDeep);
        }
        self.out.push(bracket);
        Ok(())
    }

    fn close(&mut self, bracket: char) {
        self.depth -= 1;
        self.out.push(bracket);
    }

    /// A comma, unless nothing stands before it in the brackets.
    fn comma(&mut self) {
        if !self.out.ends_with(['{', '[']) {
            self.out.push(',');
        }
    }

    fn key(&mut self, key: &str) {
        self.comma();
        write_string(key, &mut self.out);
        self.out.push(':');
    }

    fn entry(&mut self, key: &str, value: &str) {
        self.key(key);
        write_string(value, &mut self.out);
    }
}

/// A string with the escapes that Java's JSON library writes: only what must be, with capital hexadecimal digits.
fn write_string(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            control if control < ' ' => {
                let _ = write!(out, "\\u{:04X}", u32::from(control));
            }
            other => out.push(other),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::AvroSchema;
    use crate::NamedText;

    #[test]
    fn resolved_writes_out_references_at_their_first_use() {
        let reference = NamedText {
            name: "a.F".to_owned(),
            text: r#"{"type":"fixed","name":"a.F","size":1}"#.into(),
        };
        let text = r#"{"type":"record","name":"a.R","fields":[{"name":"f","type":"F"},{"name":"g","type":"F"}]}"#;
        let resolved = AvroSchema::parse(text, &[reference])
            .unwrap()
            .resolved()
            .unwrap();
        assert_eq!(
            resolved,
            r#"{"type":"record","name":"R","namespace":"a","fields":[{"name":"f","type":{"type":"fixed","name":"F","size":1}},{"name":"g","type":"F"}]}"#
        );
    }
}

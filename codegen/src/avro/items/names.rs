//! The names of items and their parts.
//!
//! Items are named in the order in which the text defines them, so that what is appended renames nothing. A union takes
//! the name of the place where it stands: the record and the field, and what lies between.

use std::collections::{HashMap, HashSet};

use dovetail_runtime::schema::{Kind, Logical, NodeId, Primitive, Record};

use super::{
    Notes, Text,
    ty::{self, Branches},
};
use crate::{Options, names};

/// Names in all modules.
pub(super) struct Names<'a> {
    texts: &'a [Text<'a>],
    options: &'a Options,
    /// The types of each module.
    types: HashMap<Vec<String>, names::Scope>,
    /// The modules inside each module.
    modules: HashMap<Vec<String>, names::Scope>,
    /// The module of each segment of a namespace inside a module.
    segments: HashMap<(Vec<String>, String), String>,
}

/// Something that becomes an item, and where.
pub(super) struct Placed {
    pub(super) node: NodeId,
    /// The named type that a union stands in, and the how many-eth it is there.
    pub(super) owner: Option<(NodeId, u32)>,
    pub(super) module: Vec<String>,
    pub(super) identifier: String,
    /// A root without a name of its own, which is a type around what it is.
    pub(super) is_wrapper: bool,
}

/// The walk through one text.
struct Walk<'n, 'a> {
    names: &'n mut Names<'a>,
    text: &'a Text<'a>,
    notes: &'n mut Notes,
    seen: HashSet<NodeId>,
    placed: Vec<Placed>,
    waiting: Vec<Visit>,
    unions: HashMap<NodeId, u32>,
}

/// A type to look at, with what a union there is called after.
struct Visit {
    node: NodeId,
    module: Vec<String>,
    site: String,
    owner: Option<NodeId>,
}

impl<'a> Names<'a> {
    pub(super) fn new(texts: &'a [Text<'a>], options: &'a Options) -> Self {
        let mut names = Self {
            texts,
            options,
            types: HashMap::new(),
            modules: HashMap::new(),
            segments: HashMap::new(),
        };
        for text in texts {
            if let [unit, version] = &*text.module {
                let scope = names.modules.entry(vec![unit.clone()]).or_default();
                scope.take(version, version);
            }
        }
        names
    }

    /// Names everything of one text that becomes an item.
    pub(super) fn place(&mut self, index: usize, notes: &mut Notes) -> Vec<Placed> {
        let text = &self.texts[index];
        let unit = text.module[0].clone();
        let root = text.schema.root();
        let mut walk = Walk {
            names: self,
            text,
            notes,
            seen: HashSet::new(),
            placed: Vec::new(),
            waiting: vec![Visit {
                node: root,
                module: text.module.clone(),
                site: names::type_identifier(&unit),
                owner: None,
            }],
            unions: HashMap::new(),
        };
        while let Some(visit) = walk.waiting.pop() {
            walk.visit(visit);
        }
        walk.placed
    }

    /// The module of a namespace, inside that of a text.
    fn module(&mut self, text: &Text<'_>, namespace: Option<&str>) -> Vec<String> {
        let mut path = text.module.clone();
        let mut rest = namespace.unwrap_or_default();
        if let Some(prefix) = &self.options.strip_namespace
            && let Some(behind) = rest.strip_prefix(prefix.as_str())
            && (behind.is_empty() || behind.starts_with('.'))
        {
            rest = behind.trim_start_matches('.');
        }
        for segment in rest.split('.').filter(|segment| !segment.is_empty()) {
            let key = (path.clone(), segment.to_owned());
            let modules = &mut self.modules;
            let module = self
                .segments
                .entry(key)
                .or_insert_with_key(|(parent, segment)| {
                    let scope = modules.entry(parent.clone()).or_default();
                    scope.take(&module_identifier(segment), segment).0
                });
            path.push(module.clone());
        }
        path
    }

    /// The identifiers of a record's fields.
    pub(super) fn fields(
        &self,
        text: &Text<'_>,
        node: NodeId,
        record: &Record,
        notes: &mut Notes,
    ) -> Vec<String> {
        let mut scope = names::Scope::default();
        let full = record.named.name.full();
        let fields = record.fields.iter().enumerate().map(|(index, field)| {
            let key = format!("{full}.{}", field.name);
            let renamed = self.options.renames.get(&key);
            notes.renamed.insert(key);
            let wanted = match renamed {
                Some(renamed) => renamed.clone(),
                None => names::value_identifier(&field.name),
            };
            let (identifier, clash) = scope.take(&wanted, &field.name);
            if let Some(clash) = clash {
                let place = format!("{}/fields/{index}", text.schema.pointer(node));
                let message = renamed_message("field", &field.name, &identifier, &clash);
                notes.warn(&text.label, place, message);
            }
            identifier
        });
        fields.collect()
    }

    /// The identifiers of an enum's symbols.
    pub(super) fn symbols(
        &self,
        text: &Text<'_>,
        node: NodeId,
        symbols: &[String],
        notes: &mut Notes,
    ) -> Vec<String> {
        let mut scope = names::Scope::default();
        let full = text.schema.kind(node).full_name();
        let symbols = symbols.iter().enumerate().map(|(index, symbol)| {
            let key = format!("{full}.{symbol}");
            let renamed = self.options.renames.get(&key);
            notes.renamed.insert(key);
            let wanted = match renamed {
                Some(renamed) => renamed.clone(),
                None => names::type_identifier(symbol),
            };
            let (identifier, clash) = scope.take(&wanted, symbol);
            if let Some(clash) = clash {
                let place = format!("{}/symbols/{index}", text.schema.pointer(node));
                let message = renamed_message("symbol", symbol, &identifier, &clash);
                notes.warn(&text.label, place, message);
            }
            identifier
        });
        symbols.collect()
    }
}

/// The identifiers of a union's branches.
pub(super) fn variants(text: &Text<'_>, branches: &[NodeId]) -> Vec<String> {
    let mut scope = names::Scope::default();
    let variants = branches.iter().map(|&branch| {
        let wanted = branch_identifier(text, branch);
        scope.take(&wanted, text.schema.kind(branch).full_name()).0
    });
    variants.collect()
}

impl Walk<'_, '_> {
    fn visit(&mut self, visit: Visit) {
        let Visit {
            node,
            module,
            site,
            owner,
        } = visit;
        if !self.seen.insert(node) {
            return;
        }
        let schema = &self.text.schema;
        let is_root = node == schema.root();
        let has_logical = ty::logical(schema, node).is_some();
        match schema.kind(node) {
            Kind::Record(record) => {
                let name = &record.named.name;
                let module = self.names.module(self.text, name.namespace());
                let identifier = self.take(node, None, module.clone(), name.full(), name.simple());
                for field in record.fields.iter().rev() {
                    let site = format!("{identifier}{}", names::type_identifier(&field.name));
                    self.waiting.push(Visit {
                        node: field.type_id,
                        module: module.clone(),
                        site,
                        owner: Some(node),
                    });
                }
            }
            Kind::Enum(_) | Kind::Fixed(_) if !has_logical => {
                if let Some(named) = schema.kind(node).named() {
                    let name = &named.name;
                    let module = self.names.module(self.text, name.namespace());
                    self.take(node, None, module, name.full(), name.simple());
                }
            }
            Kind::Union(branches) => {
                let (is_enum, has_null) = match ty::branches(schema, branches) {
                    Branches::Several { null } => (true, null.is_some()),
                    _ => (false, false),
                };
                let mut site = site;
                if is_root && (!is_enum || has_null) {
                    self.wrap(node, &module, &site);
                    site.push_str("Value");
                }
                if is_enum {
                    let owner = owner.map(|owner| (owner, self.nth(owner)));
                    site = self.take(node, owner, module.clone(), &site, &site);
                }
                for &branch in branches.iter().rev() {
                    let mut site = site.clone();
                    if is_enum {
                        site.push_str(&branch_identifier(self.text, branch));
                    }
                    self.inner(branch, &module, site, owner);
                }
            }
            Kind::Array(inner) => {
                if is_root {
                    self.wrap(node, &module, &site);
                }
                self.inner(*inner, &module, format!("{site}Item"), owner);
            }
            Kind::Map(inner) => {
                if is_root {
                    self.wrap(node, &module, &site);
                }
                self.inner(*inner, &module, format!("{site}Value"), owner);
            }
            Kind::Primitive(_) | Kind::Enum(_) | Kind::Fixed(_) => {
                if is_root {
                    self.wrap(node, &module, &site);
                }
            }
        }
    }

    fn inner(&mut self, node: NodeId, module: &[String], site: String, owner: Option<NodeId>) {
        self.waiting.push(Visit {
            node,
            module: module.to_vec(),
            site,
            owner,
        });
    }

    /// Makes a root that has no name of its own a type.
    fn wrap(&mut self, node: NodeId, module: &[String], site: &str) {
        self.take(node, None, module.to_vec(), site, site);
        if let Some(placed) = self.placed.last_mut() {
            placed.is_wrapper = true;
        }
    }

    fn nth(&mut self, owner: NodeId) -> u32 {
        let nth = self.unions.entry(owner).or_default();
        *nth += 1;
        *nth - 1
    }

    /// Takes a name for an item in a module.
    fn take(
        &mut self,
        node: NodeId,
        owner: Option<(NodeId, u32)>,
        module: Vec<String>,
        full: &str,
        simple: &str,
    ) -> String {
        let renamed = self.names.options.renames.get(full);
        self.notes.renamed.insert(full.to_owned());
        let wanted = match renamed {
            Some(renamed) => renamed.clone(),
            None => names::type_identifier(simple),
        };
        let scope = self.names.types.entry(module.clone()).or_default();
        let (identifier, clash) = scope.take(&wanted, full);
        if let Some(clash) = clash {
            let place = self.text.schema.pointer(node);
            let message = renamed_message("type", full, &identifier, &clash);
            self.notes.warn(&self.text.label, place, message);
        }
        self.placed.push(Placed {
            node,
            owner,
            module,
            identifier: identifier.clone(),
            is_wrapper: false,
        });
        identifier
    }
}

fn renamed_message(what: &str, name: &str, identifier: &str, clash: &names::Clash) -> String {
    format!(
        "the {what} \"{name}\" is called {identifier}, because \"{}\" has the same name in Rust and comes first; \
         the option `renames` gives it a better one",
        clash.first
    )
}

/// Modules must not hide the primitive types.
fn module_identifier(segment: &str) -> String {
    let identifier = names::value_identifier(segment);
    match identifier.as_str() {
        "bool" | "char" | "str" | "u8" | "u16" | "u32" | "u64" | "u128" | "usize" | "i8"
        | "i16" | "i32" | "i64" | "i128" | "isize" | "f32" | "f64" => format!("{identifier}_"),
        _ => identifier,
    }
}

/// What a branch is called in its union.
fn branch_identifier(text: &Text<'_>, branch: NodeId) -> String {
    let schema = &text.schema;
    let kind = schema.kind(branch);
    if let Some(named) = kind.named() {
        return names::type_identifier(named.name.simple());
    }
    let name = match schema.logical(branch) {
        Some(logical) => logical_name(logical),
        None => match kind {
            Kind::Primitive(Primitive::Null) => "Null",
            Kind::Primitive(Primitive::Boolean) => "Boolean",
            Kind::Primitive(Primitive::Int) => "Int",
            Kind::Primitive(Primitive::Long) => "Long",
            Kind::Primitive(Primitive::Float) => "Float",
            Kind::Primitive(Primitive::Double) => "Double",
            Kind::Primitive(Primitive::Bytes) => "Bytes",
            Kind::Primitive(Primitive::String) => "String",
            Kind::Array(_) => "Array",
            _ => "Map",
        },
    };
    name.to_owned()
}

/// What a logical type is called.
fn logical_name(logical: Logical) -> &'static str {
    match logical {
        Logical::Decimal { .. } => "Decimal",
        Logical::Uuid => "Uuid",
        Logical::Date => "Date",
        Logical::TimeMillis => "TimeMillis",
        Logical::TimeMicros => "TimeMicros",
        Logical::TimestampMillis => "TimestampMillis",
        Logical::TimestampMicros => "TimestampMicros",
        Logical::TimestampNanos => "TimestampNanos",
        Logical::LocalTimestampMillis => "LocalTimestampMillis",
        Logical::LocalTimestampMicros => "LocalTimestampMicros",
        Logical::LocalTimestampNanos => "LocalTimestampNanos",
        Logical::Duration => "Duration",
        _ => "Value",
    }
}

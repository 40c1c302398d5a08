//! Schemas and what becomes of them, step by step: the steps that developers take, safe ones and others.
//!
//! A new kind of step is a line in [`Program::step`].

use serde_json::{Map, Value, json};

use super::values::Choices;

/// A schema whose named types stand in a list, so that they can be used anywhere, themselves included.
#[derive(Debug, Clone)]
pub(super) struct Program {
    root: Type,
    named: Vec<Named>,
    /// Numbers new names.
    next: usize,
}

#[derive(Debug, Clone, PartialEq)]
enum Type {
    Primitive(&'static str),
    Array(Box<Self>),
    Map(Box<Self>),
    Union(Vec<Self>),
    Named(usize),
}

#[derive(Debug, Clone)]
struct Named {
    space: &'static str,
    name: String,
    aliases: Vec<String>,
    shape: Shape,
}

#[derive(Debug, Clone)]
enum Shape {
    Record(Vec<Field>),
    Enum(Vec<&'static str>, Option<&'static str>),
    Fixed(usize),
}

#[derive(Debug, Clone)]
struct Field {
    name: String,
    aliases: Vec<String>,
    kind: Type,
    has_default: bool,
}

const PRIMITIVES: [&str; 8] = [
    "int", "null", "boolean", "long", "float", "double", "bytes", "string",
];
const PROMOTIONS: [(&str, &str); 8] = [
    ("int", "long"),
    ("int", "float"),
    ("int", "double"),
    ("long", "float"),
    ("long", "double"),
    ("float", "double"),
    ("string", "bytes"),
    ("bytes", "string"),
];
const SYMBOLS: [&str; 5] = ["A", "B", "C", "D", "E"];
const SPACES: [&str; 3] = ["", "a", "b"];

impl Program {
    pub(super) fn make(choices: &mut Choices<'_>) -> Self {
        let mut program = Self {
            root: Type::Named(0),
            named: Vec::new(),
            next: 0,
        };
        program.declare_record(choices, 0);
        if choices.pick(8) == 1 {
            program.root = program.kind(choices, 1);
        }
        program
    }

    fn new_name(&mut self, with: &str) -> String {
        self.next += 1;
        format!("{with}{}", self.next)
    }

    fn declare(&mut self, with: &str, shape: Shape, choices: &mut Choices<'_>) -> usize {
        let name = self.new_name(with);
        self.named.push(Named {
            space: choices.one(&SPACES),
            name,
            aliases: Vec::new(),
            shape,
        });
        self.named.len() - 1
    }

    fn declare_record(&mut self, choices: &mut Choices<'_>, depth: usize) -> usize {
        let id = self.declare("R", Shape::Record(Vec::new()), choices);
        let count = 1 + choices.pick(4);
        let fields = (0..count).map(|_| self.field(choices, depth + 1)).collect();
        self.named[id].shape = Shape::Record(fields);
        id
    }

    fn field(&mut self, choices: &mut Choices<'_>, depth: usize) -> Field {
        Field {
            name: self.new_name("f"),
            aliases: Vec::new(),
            kind: self.kind(choices, depth),
            has_default: choices.pick(2) == 1,
        }
    }

    fn kind(&mut self, choices: &mut Choices<'_>, depth: usize) -> Type {
        let deep = depth > 4;
        match choices.pick(if deep { 4 } else { 12 }) {
            4 => Type::Array(Box::new(self.kind(choices, depth + 1))),
            5 => Type::Map(Box::new(self.kind(choices, depth + 1))),
            6 | 7 => self.union(choices, depth),
            8 => Type::Named(self.declare_record(choices, depth)),
            9 => {
                let symbols = SYMBOLS[..=choices.pick(3)].to_vec();
                let default = (choices.pick(2) == 1).then(|| symbols[0]);
                Type::Named(self.declare("E", Shape::Enum(symbols, default), choices))
            }
            10 => {
                let shape = Shape::Fixed(choices.pick(4));
                Type::Named(self.declare("F", shape, choices))
            }
            // A type that is there already, perhaps one that is being made: behind a union it may be recursive.
            11 => {
                let used = Type::Named(choices.pick(self.named.len()));
                Type::Union(vec![Type::Primitive("null"), used])
            }
            _ => Type::Primitive(choices.one(&PRIMITIVES)),
        }
    }

    fn union(&mut self, choices: &mut Choices<'_>, depth: usize) -> Type {
        let mut branches = Vec::new();
        for _ in 0..=choices.pick(4) {
            let branch = self.kind(choices, depth + 1);
            add_branch(&mut branches, branch);
        }
        Type::Union(branches)
    }

    /// The next version.
    pub(super) fn evolve(&self, choices: &mut Choices<'_>) -> Self {
        let mut next = self.clone();
        for _ in 0..=choices.pick(4) {
            next.step(choices);
        }
        next
    }

    fn step(&mut self, choices: &mut Choices<'_>) {
        match choices.pick(12) {
            0..=4 => self.change_record(choices),
            5..=8 => self.change_type(choices),
            _ => self.change_named(choices),
        }
    }

    fn change_record(&mut self, choices: &mut Choices<'_>) {
        let records: Vec<usize> = (0..self.named.len())
            .filter(|&id| matches!(self.named[id].shape, Shape::Record(_)))
            .collect();
        let id = choices.one(&records);
        let step = choices.pick(6);
        let added = (step < 2).then(|| self.field(choices, 3));
        let new_name = self.new_name("f");
        let Shape::Record(fields) = &mut self.named[id].shape else {
            return;
        };
        let at = choices.pick(fields.len());
        match (step, added) {
            (_, Some(mut added)) => {
                added.has_default |= step == 0;
                fields.insert(at, added);
            }
            _ if fields.is_empty() => {}
            (2, _) => drop(fields.remove(at)),
            (3, _) => {
                let old = std::mem::replace(&mut fields[at].name, new_name);
                fields[at].aliases.push(old);
            }
            (4, _) if choices.pick(2) == 1 => fields[at].name = new_name,
            (4, _) => fields[at].has_default ^= true,
            _ => {
                let field = fields.remove(at);
                fields.push(field);
            }
        }
    }

    fn change_named(&mut self, choices: &mut Choices<'_>) {
        let new_name = self.new_name("N");
        let id = choices.pick(self.named.len());
        let named = &mut self.named[id];
        let full = if named.space.is_empty() {
            named.name.clone()
        } else {
            format!("{}.{}", named.space, named.name)
        };
        match (choices.pick(4), &mut named.shape) {
            (0, _) => {
                named.aliases.push(full);
                named.name = new_name;
            }
            (1, _) => named.space = choices.one(&SPACES),
            (_, Shape::Enum(symbols, default)) => match choices.pick(4) {
                0 => {
                    let new = choices.one(&SYMBOLS);
                    if !symbols.contains(&new) {
                        symbols.push(new);
                    }
                }
                1 if symbols.len() > 1 => {
                    let removed = symbols.remove(choices.pick(symbols.len()));
                    *default = default.filter(|default| *default != removed);
                }
                2 => *default = Some(symbols[0]),
                _ => symbols.reverse(),
            },
            (2, Shape::Fixed(size)) => *size = choices.pick(4),
            (3, _) if choices.pick(3) == 1 => named.name = new_name,
            _ => {}
        }
    }

    /// Changes one type somewhere.
    fn change_type(&mut self, choices: &mut Choices<'_>) {
        let step = choices.pick(8);
        let other = self.kind(choices, 3);
        let mut places: Vec<&mut Type> = Vec::new();
        collect(&mut self.root, &mut places);
        for named in &mut self.named {
            if let Shape::Record(fields) = &mut named.shape {
                for field in fields {
                    collect(&mut field.kind, &mut places);
                }
            }
        }
        let at = choices.pick(places.len());
        let place = places.swap_remove(at);
        match (step, &mut *place) {
            (0..=2, Type::Primitive(name)) => {
                let targets: Vec<&str> = PROMOTIONS
                    .iter()
                    .filter(|(from, _)| from == name)
                    .map(|(_, to)| *to)
                    .collect();
                if !targets.is_empty() {
                    *name = choices.one(&targets);
                }
            }
            (0 | 3, Type::Union(branches)) => add_branch(branches, other),
            (1, Type::Union(branches)) if branches.len() > 1 => {
                branches.remove(choices.pick(branches.len()));
            }
            (2, Type::Union(branches)) => branches.reverse(),
            (4, Type::Union(branches)) => *place = branches[choices.pick(branches.len())].clone(),
            (7, _) => *place = other,
            (_, Type::Union(_)) => {}
            _ => {
                let mut branches = vec![Type::Primitive("null")];
                add_branch(&mut branches, place.clone());
                if choices.pick(2) == 1 {
                    branches.reverse();
                }
                *place = Type::Union(branches);
            }
        }
    }

    /// The text, each type defined where it is first used.
    pub(super) fn text(&self) -> String {
        let mut defined = vec![false; self.named.len()];
        self.print(&self.root, &mut defined).to_string()
    }

    fn print(&self, kind: &Type, defined: &mut [bool]) -> Value {
        match kind {
            Type::Primitive(name) => json!(name),
            Type::Array(items) => json!({"type": "array", "items": self.print(items, defined)}),
            Type::Map(values) => json!({"type": "map", "values": self.print(values, defined)}),
            Type::Union(branches) => branches
                .iter()
                .map(|branch| self.print(branch, defined))
                .collect(),
            Type::Named(id) if defined[*id] => json!(self.full(*id)),
            Type::Named(id) => self.define(*id, defined),
        }
    }

    fn full(&self, id: usize) -> String {
        let Named { space, name, .. } = &self.named[id];
        if space.is_empty() {
            name.clone()
        } else {
            format!("{space}.{name}")
        }
    }

    fn define(&self, id: usize, defined: &mut [bool]) -> Value {
        defined[id] = true;
        let named = &self.named[id];
        let mut text =
            json!({"name": named.name, "namespace": named.space, "aliases": named.aliases});
        match &named.shape {
            Shape::Record(fields) => {
                text["type"] = json!("record");
                text["fields"] = fields
                    .iter()
                    .map(|field| self.print_field(field, defined))
                    .collect();
            }
            Shape::Enum(symbols, default) => {
                text["type"] = json!("enum");
                text["symbols"] = json!(symbols);
                if let Some(default) = default {
                    text["default"] = json!(default);
                }
            }
            Shape::Fixed(size) => {
                text["type"] = json!("fixed");
                text["size"] = json!(size);
            }
        }
        text
    }

    fn print_field(&self, field: &Field, defined: &mut [bool]) -> Value {
        let mut text = json!({"name": field.name, "aliases": field.aliases});
        if field.has_default
            && let Some(default) = self.default(&field.kind, 0)
        {
            text["default"] = default;
        }
        text["type"] = self.print(&field.kind, defined);
        text
    }

    /// A default of the type, of the first branch where it is a union.
    fn default(&self, kind: &Type, depth: usize) -> Option<Value> {
        if depth > 6 {
            return None;
        }
        Some(match kind {
            Type::Primitive("null") => Value::Null,
            Type::Primitive("boolean") => json!(true),
            Type::Primitive("bytes" | "string") => json!("d"),
            Type::Primitive(_) => json!(7),
            Type::Array(_) => json!([]),
            Type::Map(_) => json!({}),
            Type::Union(branches) => self.default(branches.first()?, depth + 1)?,
            Type::Named(id) => match &self.named[*id].shape {
                Shape::Enum(symbols, _) => json!(symbols[0]),
                Shape::Fixed(size) => json!("f".repeat(*size)),
                Shape::Record(fields) => {
                    let fields = fields.iter().map(|field| {
                        let value = self.default(&field.kind, depth + 1)?;
                        Some((field.name.clone(), value))
                    });
                    Value::Object(fields.collect::<Option<Map<_, _>>>()?)
                }
            },
        })
    }
}

/// Adds a branch that a union may have beside those it has.
fn add_branch(branches: &mut Vec<Type>, branch: Type) {
    let same = |one: &Type, other: &Type| match (one, other) {
        (Type::Array(_), Type::Array(_)) | (Type::Map(_), Type::Map(_)) => true,
        _ => one == other,
    };
    match branch {
        Type::Union(inner) => inner.into_iter().for_each(|one| add_branch(branches, one)),
        branch if branches.iter().any(|known| same(known, &branch)) => {}
        branch => branches.push(branch),
    }
}

/// Every place a type may stand at.
fn collect<'a>(kind: &'a mut Type, places: &mut Vec<&'a mut Type>) {
    match kind {
        Type::Array(inner) | Type::Map(inner) => collect(inner, places),
        _ => places.push(kind),
    }
}

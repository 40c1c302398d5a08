//! Values of any schema, made from its text alone: nothing here knows the code that reads and writes them.

use std::collections::{HashMap, HashSet};

use serde_json::{Value, json};

/// A source of decisions. When it runs out every decision is the first one, so whatever is made comes to an end.
pub(super) struct Choices<'a> {
    bytes: &'a [u8],
}

impl<'a> Choices<'a> {
    pub(super) const fn new(bytes: &'a [u8]) -> Self {
        Self { bytes }
    }

    /// A number below `count`.
    pub(super) fn pick(&mut self, count: usize) -> usize {
        match self.bytes.split_first() {
            Some((first, rest)) => {
                self.bytes = rest;
                usize::from(*first) % count.max(1)
            }
            None => 0,
        }
    }

    pub(super) fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.pick(of.len())]
    }
}

/// How deep values go before they take the short way out.
const DEEP: usize = 5;

/// How deep they may go at all; types without finite values end here.
const TOO_DEEP: usize = 40;

/// The definitions of a text, by full name, each with the namespace inside it.
pub(super) struct Values {
    root: Value,
    named: HashMap<String, (Value, String)>,
}

impl Values {
    pub(super) fn of(text: &str) -> Self {
        let root: Value = serde_json::from_str(text).expect("a schema is JSON");
        let mut named = HashMap::new();
        collect(&root, "", &mut named);
        Self { root, named }
    }

    /// A value in Avro's JSON encoding; nothing where it would not end.
    pub(super) fn make(&self, choices: &mut Choices<'_>) -> Option<Value> {
        self.value(&self.root, "", choices, 0)
    }

    /// Whether there is any value that ends: whether the types without one are found not to be needed.
    pub(super) fn exist(&self) -> bool {
        let mut endless: HashSet<&str> = self.named.keys().map(String::as_str).collect();
        loop {
            let left: HashSet<&str> = endless
                .iter()
                .copied()
                .filter(|name| {
                    let (schema, space) = &self.named[*name];
                    !self.ends(schema, space, &endless, true)
                })
                .collect();
            if left.len() == endless.len() {
                return self.ends(&self.root, "", &endless, false);
            }
            endless = left;
        }
    }

    /// Whether a value of the type ends when those of some named types do not.
    fn ends(&self, schema: &Value, space: &str, endless: &HashSet<&str>, defining: bool) -> bool {
        let (full, inner) = names(schema, space);
        let ends = |schema: &Value| self.ends(schema, &inner, endless, false);
        match schema {
            Value::Array(branches) => branches.iter().any(ends),
            Value::String(name) => {
                let full = qualified(name, space);
                let full = if self.named.contains_key(&full) {
                    &full
                } else {
                    name
                };
                !endless.contains(full.as_str())
            }
            _ if !full.is_empty() && !defining => !endless.contains(full.as_str()),
            _ => match schema["fields"].as_array() {
                Some(fields) => fields.iter().all(|field| ends(&field["type"])),
                None if matches!(
                    schema["type"].as_str(),
                    Some("array" | "map" | "enum" | "fixed")
                ) =>
                {
                    true
                }
                None => ends(&schema["type"]),
            },
        }
    }

    /// Whether a type is used inside its own definition.
    pub(super) fn contain_themselves(&self) -> bool {
        self.named.iter().any(|(name, (schema, _))| {
            let simple = name.rsplit('.').next().unwrap_or(name);
            uses(schema, name) || uses(schema, simple)
        })
    }

    /// Whether a union has several branches beside null.
    pub(super) fn has_wide_union(&self) -> bool {
        is_wide_somewhere(&self.root)
    }

    fn definition(&self, name: &str, space: &str) -> &(Value, String) {
        self.named
            .get(&qualified(name, space))
            .or_else(|| self.named.get(name))
            .unwrap_or_else(|| panic!("{name} is defined"))
    }

    fn value(
        &self,
        schema: &Value,
        space: &str,
        choices: &mut Choices<'_>,
        depth: usize,
    ) -> Option<Value> {
        if depth == TOO_DEEP {
            return None;
        }
        let is_deep = depth > DEEP;
        let count = |choices: &mut Choices<'_>| if is_deep { 0 } else { choices.pick(3) };
        match schema {
            Value::Array(branches) => return self.branch(branches, space, choices, depth),
            Value::String(name) => {
                return primitive(name, choices).or_else(|| {
                    let (schema, space) = self.definition(name, space);
                    self.value(schema, space, choices, depth + 1)
                });
            }
            _ => {}
        }
        let kind = schema["type"].as_str()?;
        let (_, space) = names(schema, space);
        match kind {
            "record" | "error" => {
                let fields = schema["fields"].as_array()?;
                let fields = fields.iter().map(|field| {
                    let value = self.value(&field["type"], &space, choices, depth + 1)?;
                    Some((field["name"].as_str()?.to_owned(), value))
                });
                Some(Value::Object(fields.collect::<Option<_>>()?))
            }
            "array" => {
                let count = count(choices);
                let items =
                    (0..count).map(|_| self.value(&schema["items"], &space, choices, depth + 1));
                Some(Value::Array(items.collect::<Option<_>>()?))
            }
            // One entry at most, so that no order of entries matters.
            "map" => {
                let count = count(choices).min(1);
                let entries = (0..count).map(|_| {
                    let value = self.value(&schema["values"], &space, choices, depth + 1)?;
                    Some(("key".to_owned(), value))
                });
                Some(Value::Object(entries.collect::<Option<_>>()?))
            }
            "enum" => {
                let symbols = schema["symbols"].as_array()?;
                Some(symbols[choices.pick(symbols.len())].clone())
            }
            "fixed" => {
                let size = usize::try_from(schema["size"].as_u64()?).ok()?;
                let byte = char::from(choices.one(&[0, b'a', 0xFF]));
                Some(json!(byte.to_string().repeat(size)))
            }
            name => self.value(&json!(name), &space, choices, depth),
        }
    }

    fn branch(
        &self,
        branches: &[Value],
        space: &str,
        choices: &mut Choices<'_>,
        depth: usize,
    ) -> Option<Value> {
        let null = branches
            .iter()
            .position(|branch| branch == "null" || branch["type"] == "null");
        let index = match null {
            Some(index) if depth > DEEP => index,
            _ if depth > DEEP => 0,
            _ => choices.pick(branches.len()),
        };
        let branch = branches.get(index)?;
        let value = self.value(branch, space, choices, depth + 1)?;
        if value.is_null() {
            return Some(value);
        }
        let name = match branch {
            Value::String(name) if primitive(name, &mut Choices::new(&[])).is_some() => {
                name.clone()
            }
            Value::String(name) => {
                let (schema, inner) = self.definition(name, space);
                names(schema, inner).0
            }
            Value::Object(object) if object.contains_key("name") => names(branch, space).0,
            _ => branch["type"].as_str()?.to_owned(),
        };
        Some(json!({ name: value }))
    }
}

fn primitive(name: &str, choices: &mut Choices<'_>) -> Option<Value> {
    Some(match name {
        "null" => Value::Null,
        "boolean" => json!(choices.pick(2) == 1),
        "int" => json!(choices.one(&[0, 1, -1, 64, i32::MAX, i32::MIN])),
        "long" => json!(choices.one(&[0, 1, -65, 1 << 40, i64::MAX, i64::MIN])),
        "float" => json!(choices.one(&[0.0, 1.5, -0.25])),
        "double" => json!(choices.one(&[0.0, 1.5, -1024.5])),
        "bytes" => json!(choices.one(&["", "a", "xyz"])),
        "string" => json!(choices.one(&["", "a", "é€"])),
        _ => return None,
    })
}

fn qualified(name: &str, space: &str) -> String {
    if name.contains('.') || space.is_empty() {
        name.to_owned()
    } else {
        format!("{space}.{name}")
    }
}

/// The full name of a definition and the namespace inside it; what is no definition keeps its namespace.
fn names(schema: &Value, space: &str) -> (String, String) {
    let Some(name) = schema["name"].as_str() else {
        return (String::new(), space.to_owned());
    };
    let full = qualified(name, schema["namespace"].as_str().unwrap_or(space));
    let inner = full
        .rsplit_once('.')
        .map_or(String::new(), |(space, _)| space.to_owned());
    (full, inner)
}

fn collect(schema: &Value, space: &str, named: &mut HashMap<String, (Value, String)>) {
    match schema {
        Value::Array(branches) => {
            for branch in branches {
                collect(branch, space, named);
            }
        }
        Value::Object(object) => {
            let (full, inner) = names(schema, space);
            if !full.is_empty() {
                named.insert(full, (schema.clone(), inner.clone()));
            }
            for key in ["type", "items", "values"] {
                if let Some(child) = object.get(key) {
                    collect(child, &inner, named);
                }
            }
            for field in object
                .get("fields")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
            {
                collect(&field["type"], &inner, named);
            }
        }
        _ => {}
    }
}

fn is_wide_somewhere(schema: &Value) -> bool {
    match schema {
        Value::Array(branches)
            if branches.iter().filter(|branch| *branch != "null").count() > 1 =>
        {
            true
        }
        _ => children(schema).any(is_wide_somewhere),
    }
}

/// The schemas right inside a schema; of a record, its fields, whose types are inside them.
fn children(schema: &Value) -> impl Iterator<Item = &Value> {
    let fields = schema["fields"].as_array();
    ["type", "items", "values"]
        .into_iter()
        .filter_map(|key| schema.get(key))
        .chain(fields.into_iter().flatten())
        .chain(schema.as_array().into_iter().flatten())
}

/// Whether a name is used as a type anywhere in a schema.
fn uses(schema: &Value, name: &str) -> bool {
    schema == name || children(schema).any(|child| uses(child, name))
}

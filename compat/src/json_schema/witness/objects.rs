//! Small objects.

use serde_json::{Map, Value};

use super::maker::{Applied, Item, Maker, Shape, Step, Type};

/// Larger ones nobody looks at.
const LARGEST: usize = 500;

impl Maker {
    /// The object that some schemas may accept together, in a shape.
    pub(super) fn object<'b>(
        &mut self,
        applied: &Applied<'b>,
        shape: &Shape<'b>,
        depth: usize,
    ) -> Option<Value> {
        let mut applied = Applied::of(applied.items.clone());
        let mut names: Vec<String> = Vec::new();
        for (step, _) in &shape.below {
            if let Step::Key(name) = step {
                push(&mut names, name);
            }
        }
        for name in &shape.present {
            push(&mut names, name);
        }
        self.close(&mut applied, &mut names)?;
        let mut entries = Map::new();
        let mut next = 0;
        while let Some(name) = names.get(next).cloned() {
            let value = self.member(&applied, shape, &name, depth)?;
            entries.insert(name, value);
            next += 1;
        }
        let size = applied.largest("minProperties").max(shape.length);
        if size > entries.len() {
            self.fill(&applied, shape, size, &mut entries, depth)?;
        }
        (entries.len() <= applied.smallest("maxProperties")).then_some(Value::Object(entries))
    }

    /// Adds what is required, and what the names there bring with them.
    fn close<'b>(&mut self, applied: &mut Applied<'b>, names: &mut Vec<String>) -> Option<()> {
        let mut before = (usize::MAX, usize::MAX);
        while before != (applied.items.len(), names.len()) {
            before = (applied.items.len(), names.len());
            if !self.step() || names.len() > LARGEST {
                return None;
            }
            let mut brought: Vec<Item<'b>> = Vec::new();
            for (item, keywords) in &applied.items {
                push_all(names, keywords.get("required"));
                for keyword in ["dependencies", "dependentRequired", "dependentSchemas"] {
                    let rules = keywords.get(keyword).and_then(Value::as_object);
                    for (name, rule) in rules.into_iter().flatten() {
                        if !names.contains(name) {
                        } else if rule.is_array() {
                            push_all(names, Some(rule));
                        } else {
                            brought.push(item.with(rule));
                        }
                    }
                }
            }
            let known = |applied: &Applied<'b>, item: Item<'b>| {
                applied
                    .items
                    .iter()
                    .any(|(other, _)| other.address() == item.address())
            };
            let more = self.apply(&brought, &[])?;
            for (item, keywords) in more.items {
                if !known(applied, item) {
                    applied.items.push((item, keywords));
                }
            }
        }
        Some(())
    }

    fn member<'b>(
        &mut self,
        applied: &Applied<'b>,
        shape: &Shape<'b>,
        name: &str,
        depth: usize,
    ) -> Option<Value> {
        let step = Step::Key(name.to_owned());
        let child = shape.below.iter().find(|(other, _)| *other == step);
        let schemas = self.schemas_under(applied, name);
        let default = Shape::default();
        let child = child.map_or(&default, |(_, shape)| shape);
        self.make(&schemas, child, depth + 1)
    }

    /// What a member must fit. What is not evaluated by anyone is up to `unevaluatedProperties`.
    fn schemas_under<'b>(&mut self, applied: &Applied<'b>, name: &str) -> Vec<Item<'b>> {
        let mut schemas = Vec::new();
        for (item, _) in &applied.items {
            schemas.extend(self.member_schemas(*item, name));
        }
        if schemas.is_empty() {
            let rest = applied.items.iter().filter_map(|(item, keywords)| {
                Some(item.with(keywords.get("unevaluatedProperties")?))
            });
            schemas.extend(rest);
        }
        schemas
    }

    /// Adds members until there are enough: known ones, then some with names of our own.
    fn fill<'b>(
        &mut self,
        applied: &Applied<'b>,
        shape: &Shape<'b>,
        size: usize,
        entries: &mut Map<String, Value>,
        depth: usize,
    ) -> Option<()> {
        if size > LARGEST {
            return None;
        }
        let mut names: Vec<String> = Vec::new();
        for (_, keywords) in &applied.items {
            let properties = keywords.get("properties").and_then(Value::as_object);
            names.extend(properties.into_iter().flat_map(Map::keys).cloned());
        }
        names.extend(self.names(applied, size));
        for name in names {
            if entries.len() >= size {
                return Some(());
            }
            if entries.contains_key(&name) || !self.is_permitted(applied, &name) {
                continue;
            }
            let mut with = vec![name.clone()];
            let mut closed = Applied::of(applied.items.clone());
            self.close(&mut closed, &mut with)?;
            if with
                .iter()
                .all(|name| *name == with[0] || entries.contains_key(name))
                && let Some(value) = self.member(&closed, shape, &name, depth)
            {
                entries.insert(name, value);
            }
        }
        (entries.len() >= size).then_some(())
    }

    /// Whether all schemas of names accept one.
    fn is_permitted(&mut self, applied: &Applied<'_>, name: &str) -> bool {
        let value = Value::String(name.to_owned());
        applied.items.iter().all(|(item, keywords)| {
            keywords
                .get("propertyNames")
                .is_none_or(|names| self.fits(&value, item.with(names)))
        })
    }

    /// Names that some schemas may accept together, and that nobody describes.
    pub(super) fn names<'b>(&mut self, applied: &Applied<'b>, count: usize) -> Vec<String> {
        let mut names = Vec::new();
        let schemas: Vec<Item<'b>> = applied
            .items
            .iter()
            .filter_map(|(item, keywords)| Some(item.with(keywords.get("propertyNames")?)))
            .collect();
        if !schemas.is_empty() {
            for variant in 0..count.min(20) {
                let shape = Shape {
                    variant,
                    ..Shape::of(Type::String)
                };
                if let Some(Value::String(name)) = self.make(&schemas, &shape, 1) {
                    names.push(name);
                }
            }
        }
        for (_, keywords) in &applied.items {
            let patterns = keywords.get("patternProperties").and_then(Value::as_object);
            for pattern in patterns.into_iter().flat_map(Map::keys) {
                names.extend(super::texts::matching(pattern, 0, count.min(6)));
            }
        }
        names.extend(('a'..='z').map(String::from));
        names.extend((0..count).map(|number| format!("a{number}")));
        names
    }
}

fn push(names: &mut Vec<String>, name: &str) {
    if !names.iter().any(|other| other == name) {
        names.push(name.to_owned());
    }
}

fn push_all(names: &mut Vec<String>, list: Option<&Value>) {
    let list = list.and_then(Value::as_array).into_iter().flatten();
    for name in list.filter_map(Value::as_str) {
        push(names, name);
    }
}

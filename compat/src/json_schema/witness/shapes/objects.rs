//! What objects may look like: members missing, present, too many, unknown, and of every type.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::{
    super::{
        fits::size_of,
        maker::{Applied, Maker, Shape, Step, Type},
        texts::matching,
    },
    Shapes,
};

/// Names that are looked at.
const MOST: usize = 60;

const NAMING: [&str; 4] = [
    "properties",
    "dependencies",
    "dependentRequired",
    "dependentSchemas",
];

const OTHERS: [&str; 4] = [
    "patternProperties",
    "additionalProperties",
    "unevaluatedProperties",
    "propertyNames",
];

impl<'b> Shapes<'b> {
    pub(super) fn objects(&mut self, maker: &mut Maker) {
        let names = self.described_names();
        let sizes = self.sizes();
        let speaks_of_objects = self.keywords().iter().any(|(_, keywords)| {
            OTHERS.iter().any(|name| keywords.contains_key(*name))
                || keywords.get("type").is_some_and(|of| of == "object")
        });
        if names.is_empty() && sizes.is_empty() && !speaks_of_objects {
            return;
        }
        self.found.push(Shape::of(Type::Object));
        for size in sizes {
            for length in [size.saturating_add(1), size, size.saturating_sub(1)] {
                self.found.push(Shape {
                    length,
                    ..Shape::of(Type::Object)
                });
            }
        }
        self.members(&names);
        let others = self.other_names(&names, maker);
        let names = names.into_iter().map(str::to_owned);
        for name in names.chain(others) {
            let key = Step::Key(name);
            let member = |of| Shape::of(of).under(key.clone());
            self.found.extend(Type::ALL.map(member));
        }
    }

    /// Each member that is described alone, and all but each.
    fn members(&mut self, names: &[&str]) {
        const MOST_WITHOUT: usize = 10;
        let present = |names: Vec<&str>| Shape {
            present: names.into_iter().map(str::to_owned).collect(),
            ..Shape::of(Type::Object)
        };
        for name in names {
            self.found.push(present(vec![name]));
        }
        for without in names.iter().take(MOST_WITHOUT) {
            let others = names.iter().copied().filter(|name| name != without);
            self.found.push(present(others.collect()));
        }
    }

    fn described_names(&self) -> Vec<&'b str> {
        let mut names: Vec<&'b str> = Vec::new();
        for (_, keywords) in self.keywords() {
            for keyword in NAMING {
                let map = keywords.get(keyword).and_then(Value::as_object);
                let described = map.into_iter().flat_map(Map::keys);
                names.extend(described.map(String::as_str));
            }
            let required = keywords.get("required").and_then(Value::as_array);
            names.extend(required.into_iter().flatten().filter_map(Value::as_str));
        }
        let mut seen = HashSet::new();
        names.retain(|name| seen.insert(*name));
        names.truncate(MOST);
        names
    }

    fn sizes(&self) -> Vec<usize> {
        let size = |(_, keywords): &(_, &Map<String, Value>)| {
            ["maxProperties", "minProperties"].map(|name| size_of(keywords, name))
        };
        let sizes = self.keywords();
        sizes.iter().flat_map(size).flatten().collect()
    }

    /// Names that nobody describes: such as match a pattern, such as the writer may use, and a few odd ones.
    fn other_names(&self, described: &[&str], maker: &mut Maker) -> Vec<String> {
        let mut names = Vec::new();
        for (_, keywords) in self.keywords() {
            let patterns = keywords.get("patternProperties").and_then(Value::as_object);
            for pattern in patterns.into_iter().flat_map(Map::keys) {
                names.extend(matching(pattern, 0, 2));
            }
        }
        let mut letters = ('a'..='z').map(String::from);
        names.extend(letters.find(|name| !described.contains(&name.as_str())));
        let writer = self.writer.iter();
        let writer = writer.filter_map(|item| Some((*item, item.keywords()?)));
        let names_of_writer = maker.names(&Applied::of(writer.collect()), 2);
        names.extend(names_of_writer.into_iter().take(4));
        names.extend(["0", "A", "_", ""].map(str::to_owned));
        names
    }
}

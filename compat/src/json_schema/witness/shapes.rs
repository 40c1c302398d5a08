//! What documents may look like that a reader rejects, in the order in which they are tried.
//!
//! Each keyword of the two schemas at a place suggests some: one more character than a greatest length, the value that
//! an enumeration no longer has, an item twice, a member nobody knows. Which of them the writer accepts is up to the
//! [`Maker`], and which of them the reader rejects is up to the validator; a suggestion that serves for nothing costs
//! only its try.

use serde_json::{Map, Value};

use super::{
    fits::size_of,
    maker::{Applied, Item, Maker, Shape, Step, Type},
    numbers::{around, json},
    texts::{PROBES, matching},
};
use crate::json_schema::value_key::value_key;

/// Suggestions for one place.
const MOST: usize = 400;
/// Suggestions that are taken over from one member or item.
const MOST_BELOW: usize = 40;

/// Collects suggestions.
struct Shapes<'b> {
    writer: Vec<Item<'b>>,
    reader: Vec<Item<'b>>,
    found: Vec<Shape<'b>>,
}

impl Maker {
    /// Suggestions for a place, given the schemas of both sides there. `below` is how much further down they may go.
    pub(super) fn shapes<'b>(
        &mut self,
        writer: &[Item<'b>],
        reader: &[Item<'b>],
        below: usize,
    ) -> Vec<Shape<'b>> {
        let mut shapes = Shapes {
            writer: writer.to_vec(),
            reader: reader.to_vec(),
            found: Vec::new(),
        };
        shapes.values();
        shapes.found.push(Shape::default());
        shapes.texts();
        shapes.numbers();
        shapes.arrays();
        shapes.objects(self);
        shapes.combinations();
        shapes.found.extend(Type::ALL.map(Shape::of));
        for variant in 1..6 {
            shapes.found.push(Shape {
                variant,
                ..Shape::default()
            });
        }
        if below > 0 {
            shapes.below(self, below - 1);
        }
        shapes.found.truncate(MOST);
        shapes.found
    }
}

impl<'b> Shapes<'b> {
    /// The keywords of both sides, the reader's first.
    fn keywords(&self) -> Vec<(Item<'b>, &'b Map<String, Value>)> {
        let items = self.reader.iter().chain(&self.writer);
        items
            .filter_map(|item| Some((*item, item.keywords()?)))
            .collect()
    }

    /// The values that are named: those of the writer that the reader does not name come first.
    fn values(&mut self) {
        const MOST: usize = 60;
        let named = |items: &[Item<'b>]| {
            let mut values: Vec<&'b Value> = Vec::new();
            for keywords in items.iter().filter_map(|item| item.keywords()) {
                values.extend(
                    keywords
                        .get("enum")
                        .and_then(Value::as_array)
                        .into_iter()
                        .flatten(),
                );
                values.extend(keywords.get("const"));
                values.extend(keywords.get("default"));
                values.extend(
                    keywords
                        .get("examples")
                        .and_then(Value::as_array)
                        .into_iter()
                        .flatten(),
                );
            }
            values
        };
        let theirs = named(&self.reader);
        let known: std::collections::HashSet<_> =
            theirs.iter().map(|value| value_key(value)).collect();
        let (shared, gone): (Vec<&Value>, Vec<&Value>) = named(&self.writer)
            .into_iter()
            .partition(|value| known.contains(&value_key(value)));
        for values in [gone, shared, theirs] {
            let values = values.into_iter().take(MOST);
            self.found
                .extend(values.map(|value| Shape::exactly(value.clone())));
        }
    }

    fn texts(&mut self) {
        let mut patterns = Vec::new();
        for (_, keywords) in self.keywords() {
            for keyword in ["maxLength", "minLength"] {
                if let Some(size) = size_of(keywords, keyword) {
                    for length in [size.saturating_sub(1), size, size.saturating_add(1)] {
                        self.found.push(Shape {
                            length,
                            ..Shape::of(Type::String)
                        });
                    }
                }
            }
            patterns.extend(keywords.get("pattern").and_then(Value::as_str));
        }
        if patterns.is_empty() {
            return;
        }
        for variant in 0..6 {
            self.found.push(Shape {
                variant,
                ..Shape::of(Type::String)
            });
        }
        for pattern in patterns.into_iter().take(10) {
            let texts = matching(pattern, 0, 4)
                .into_iter()
                .flat_map(|text| [format!("{text}~"), text]);
            self.found
                .extend(texts.map(|text| Shape::exactly(text.into())));
        }
        self.found
            .extend(PROBES.map(|text| Shape::exactly(text.into())));
    }

    fn numbers(&mut self) {
        let mut numbers = Vec::new();
        let mut factors = Vec::new();
        for (_, keywords) in self.keywords() {
            for keyword in ["maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum"] {
                let limit = keywords.get(keyword).and_then(Value::as_f64);
                numbers.extend(limit.into_iter().flat_map(around));
            }
            factors.extend(keywords.get("multipleOf").and_then(Value::as_f64));
        }
        for factor in factors {
            numbers.extend([1.0, 2.0, 3.0, 5.0, 7.0, 0.5].map(|times| times * factor));
            numbers.extend([1.0, factor + 1.0, 0.5]);
        }
        let values = numbers.into_iter().filter_map(json);
        self.found.extend(values.map(Shape::exactly));
    }

    fn arrays(&mut self) {
        let is_array = |keywords: &Map<String, Value>| {
            [
                "items",
                "prefixItems",
                "additionalItems",
                "minItems",
                "maxItems",
                "contains",
                "uniqueItems",
                "unevaluatedItems",
            ]
            .iter()
            .any(|keyword| keywords.contains_key(*keyword))
                || keywords.get("type").is_some_and(|of| of == "array")
        };
        let all: Vec<_> = self
            .keywords()
            .into_iter()
            .filter(|(_, keywords)| is_array(keywords))
            .collect();
        if all.is_empty() {
            return;
        }
        let mut lengths = vec![0, 1, 2];
        let mut tuple = 0;
        for (item, keywords) in &all {
            for keyword in ["maxItems", "minItems", "maxContains", "minContains"] {
                if let Some(size) = size_of(keywords, keyword) {
                    lengths.extend([size.saturating_add(1), size.saturating_sub(1), size]);
                }
            }
            for keyword in ["items", "prefixItems"] {
                let length = keywords
                    .get(keyword)
                    .and_then(Value::as_array)
                    .map_or(0, Vec::len);
                tuple = tuple.max(length);
            }
            let Some(contained) = keywords.get("contains").map(|schema| item.with(schema)) else {
                continue;
            };
            let most = size_of(keywords, "maxContains").unwrap_or(1);
            let least = size_of(keywords, "minContains").unwrap_or(1);
            for length in [
                0,
                1,
                2,
                least,
                most,
                least.saturating_sub(1),
                most.saturating_add(1),
            ] {
                let fitting = Shape {
                    also: vec![contained],
                    ..Shape::default()
                };
                let other = Shape {
                    not: vec![contained],
                    ..Shape::default()
                };
                for items in [fitting, other] {
                    self.found.push(Shape {
                        length,
                        items: Some(Box::new(items)),
                        ..Shape::of(Type::Array)
                    });
                }
            }
            // Some that fit and one that does not.
            for fitting in [least.saturating_sub(1), least, most]
                .into_iter()
                .filter(|count| *count < 20)
            {
                let fits = Shape {
                    also: vec![contained],
                    ..Shape::default()
                };
                let below = (0..fitting).map(|at| (Step::Index(at), fits.clone()));
                let other = Shape {
                    not: vec![contained],
                    ..Shape::default()
                };
                let below = below.chain([(Step::Index(fitting), other)]);
                self.found.push(Shape {
                    below: below.collect(),
                    ..Shape::of(Type::Array)
                });
            }
        }
        lengths.extend([tuple, tuple + 1]);
        for length in lengths {
            self.found.push(Shape {
                length,
                ..Shape::of(Type::Array)
            });
            // All of them alike, where the items of the writer differ.
            for of in Type::ALL {
                let items = Some(Box::new(Shape::of(of)));
                if length <= 3 {
                    self.found.push(Shape {
                        length,
                        items,
                        ..Shape::of(Type::Array)
                    });
                }
            }
        }
        for position in 0..=tuple.min(20) {
            self.found
                .extend(Type::ALL.map(|of| Shape::of(of).under(Step::Index(position))));
        }
    }

    fn objects(&mut self, maker: &mut Maker) {
        const MOST_NAMES: usize = 60;
        let mut names: Vec<&str> = Vec::new();
        let mut sizes = Vec::new();
        let mut own = Vec::new();
        let mut is_any = false;
        for (item, keywords) in self.keywords() {
            let map = |keyword: &str| keywords.get(keyword).and_then(Value::as_object);
            for keyword in [
                "properties",
                "dependencies",
                "dependentRequired",
                "dependentSchemas",
            ] {
                names.extend(
                    map(keyword)
                        .into_iter()
                        .flat_map(Map::keys)
                        .map(String::as_str),
                );
            }
            let required = keywords.get("required").and_then(Value::as_array);
            names.extend(required.into_iter().flatten().filter_map(Value::as_str));
            for keyword in ["maxProperties", "minProperties"] {
                sizes.extend(size_of(keywords, keyword));
            }
            for pattern in map("patternProperties").into_iter().flat_map(Map::keys) {
                own.extend(matching(pattern, 0, 2));
            }
            is_any |= [
                "patternProperties",
                "additionalProperties",
                "unevaluatedProperties",
                "propertyNames",
            ]
            .iter()
            .any(|keyword| keywords.contains_key(*keyword))
                || keywords.get("type").is_some_and(|of| of == "object");
            let _ = item;
        }
        if names.is_empty() && sizes.is_empty() && !is_any {
            return;
        }
        let mut seen = std::collections::HashSet::new();
        names.retain(|name| seen.insert(*name));
        names.truncate(MOST_NAMES);
        self.found.push(Shape::of(Type::Object));
        for size in sizes {
            for length in [size.saturating_add(1), size, size.saturating_sub(1)] {
                self.found.push(Shape {
                    length,
                    ..Shape::of(Type::Object)
                });
            }
        }
        let present = |names: &[&str]| Shape {
            present: names.iter().map(|name| (*name).to_owned()).collect(),
            ..Shape::of(Type::Object)
        };
        for name in &names {
            self.found.push(present(&[name]));
        }
        // All that are described but one.
        for name in names.iter().take(10) {
            let others: Vec<&str> = names
                .iter()
                .copied()
                .filter(|other| other != name)
                .collect();
            self.found.push(present(&others));
        }
        let free = ('a'..='z')
            .map(String::from)
            .find(|name| !names.contains(&name.as_str()));
        own.extend(free);
        let writer = self.writer.iter();
        let writer = writer.filter_map(|item| Some((*item, item.keywords()?)));
        let names_of_writer = maker.names(&Applied::of(writer.collect()), 2);
        own.extend(names_of_writer.into_iter().take(4));
        own.extend(["0", "A", "_", ""].map(str::to_owned));
        for name in names.into_iter().map(str::to_owned).chain(own) {
            let key = Step::Key(name);
            self.found
                .extend(Type::ALL.map(|of| Shape::of(of).under(key.clone())));
        }
    }

    /// Values that what is excluded accepts, that two alternatives accept, and that a condition holds for, or does not.
    fn combinations(&mut self) {
        const MOST: usize = 8;
        for (item, keywords) in self.keywords() {
            for keyword in ["not", "if"] {
                if let Some(schema) = keywords.get(keyword).map(|schema| item.with(schema)) {
                    for variant in 0..3 {
                        self.found.push(Shape {
                            also: vec![schema],
                            variant,
                            ..Shape::default()
                        });
                        self.found.push(Shape {
                            not: vec![schema],
                            variant,
                            ..Shape::default()
                        });
                    }
                }
            }
            for keyword in ["allOf", "anyOf", "oneOf"] {
                let members = keywords.get(keyword).and_then(Value::as_array);
                let members: Vec<Item<'b>> = members
                    .into_iter()
                    .flatten()
                    .take(MOST)
                    .map(|member| item.with(member))
                    .collect();
                if keyword == "anyOf"
                    && self
                        .reader
                        .iter()
                        .any(|other| other.address() == item.address())
                {
                    self.found.push(Shape {
                        not: members.clone(),
                        ..Shape::default()
                    });
                }
                for (position, &one) in members.iter().enumerate() {
                    self.found.push(Shape {
                        also: vec![one],
                        ..Shape::default()
                    });
                    self.found.push(Shape {
                        not: vec![one],
                        ..Shape::default()
                    });
                    if keyword == "oneOf" {
                        let others = &members[position + 1..];
                        self.found.extend(others.iter().map(|&other| Shape {
                            also: vec![one, other],
                            ..Shape::default()
                        }));
                    }
                }
            }
        }
    }

    /// What is suggested for members and items.
    fn below(&mut self, maker: &mut Maker, below: usize) {
        const MOST_STEPS: usize = 12;
        let mut steps: Vec<Step> = Vec::new();
        for (_, keywords) in self.keywords() {
            let names = keywords.get("properties").and_then(Value::as_object);
            steps.extend(
                names
                    .into_iter()
                    .flat_map(Map::keys)
                    .cloned()
                    .map(Step::Key),
            );
            for keyword in ["additionalProperties", "unevaluatedProperties"] {
                steps.extend(keywords.get(keyword).map(|_| Step::Key("a".to_owned())));
            }
            for keyword in [
                "items",
                "prefixItems",
                "additionalItems",
                "unevaluatedItems",
            ] {
                let positions = match keywords.get(keyword) {
                    Some(Value::Array(items)) => 0..items.len() + 1,
                    Some(_) => 0..1,
                    None => 0..0,
                };
                steps.extend(positions.map(Step::Index));
            }
        }
        let mut known = Vec::new();
        steps.retain(|step| {
            let is_new = !known.contains(step);
            if is_new && known.len() < MOST_STEPS {
                known.push(step.clone());
                return true;
            }
            false
        });
        for step in steps {
            let reach = |maker: &mut Maker, items: &[Item<'b>]| {
                let mut found = Vec::new();
                for item in items {
                    found.extend(maker.step_down(*item, &step));
                }
                found
            };
            let (writer, reader) = (reach(maker, &self.writer), reach(maker, &self.reader));
            let shapes = maker.shapes(&writer, &reader, below);
            let shapes = shapes.into_iter().take(MOST_BELOW);
            self.found
                .extend(shapes.map(|shape| shape.under(step.clone())));
        }
    }
}

//! What documents may look like that a reader rejects, in the order in which they are tried.
//!
//! Each keyword of the two schemas at a place suggests some: one more character than a greatest length, the value that
//! an enumeration no longer has, an item twice, a member nobody knows. Which of them the writer accepts is up to the
//! [`Maker`], and which of them the reader rejects is up to the validator; a suggestion that serves for nothing costs
//! only its try.

mod arrays;
mod objects;

use serde_json::{Map, Value};

use super::{
    fits::size_of,
    maker::{Item, Maker, Shape, Step, Type},
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
            let writer = maker.reach_below(&self.writer, &step);
            let reader = maker.reach_below(&self.reader, &step);
            let shapes = maker.shapes(&writer, &reader, below);
            let shapes = shapes.into_iter().take(MOST_BELOW);
            self.found
                .extend(shapes.map(|shape| shape.under(step.clone())));
        }
    }
}

//! What arrays may look like: too short, too long, items twice, items nobody describes, and what must be contained.

use serde_json::{Map, Value};

use super::{
    super::{
        fits::size_of,
        maker::{Item, Shape, Step, Type},
    },
    Shapes,
};

const KEYWORDS: [&str; 8] = [
    "items",
    "prefixItems",
    "additionalItems",
    "minItems",
    "maxItems",
    "contains",
    "uniqueItems",
    "unevaluatedItems",
];

impl<'b> Shapes<'b> {
    pub(super) fn arrays(&mut self) {
        let mut keywords = self.keywords();
        keywords.retain(|(_, keywords)| {
            KEYWORDS.iter().any(|name| keywords.contains_key(*name))
                || keywords.get("type").is_some_and(|of| of == "array")
        });
        if keywords.is_empty() {
            return;
        }
        let mut lengths = vec![0, 1, 2];
        let mut tuple = 0;
        for (item, keywords) in &keywords {
            for name in ["maxItems", "minItems", "maxContains", "minContains"] {
                if let Some(size) = size_of(keywords, name) {
                    lengths.extend([size.saturating_add(1), size.saturating_sub(1), size]);
                }
            }
            for name in ["items", "prefixItems"] {
                let list = keywords.get(name).and_then(Value::as_array);
                tuple = tuple.max(list.map_or(0, Vec::len));
            }
            if let Some(contained) = keywords.get("contains") {
                self.contained(item.with(contained), keywords);
            }
        }
        lengths.extend([tuple, tuple + 1]);
        for length in lengths {
            self.of_length(length, None);
            // All of them of one type, so that they may be alike.
            for of in Type::ALL.into_iter().filter(|_| length <= 3) {
                self.of_length(length, Some(Shape::of(of)));
            }
        }
        for position in 0..=tuple.min(20) {
            let at = |of| Shape::of(of).under(Step::Index(position));
            self.found.extend(Type::ALL.map(at));
        }
    }

    fn of_length(&mut self, length: usize, items: Option<Shape<'b>>) {
        self.found.push(Shape {
            length,
            items: items.map(Box::new),
            ..Shape::of(Type::Array)
        });
    }

    /// Arrays in which all, none, or some items are such as must be contained.
    fn contained(&mut self, contained: Item<'b>, keywords: &Map<String, Value>) {
        const LONGEST: usize = 20;
        let fitting = Shape {
            also: vec![contained],
            ..Shape::default()
        };
        let other = Shape {
            not: vec![contained],
            ..Shape::default()
        };
        let most = size_of(keywords, "maxContains").unwrap_or(1);
        let least = size_of(keywords, "minContains").unwrap_or(1);
        let fewer = least.saturating_sub(1);
        for length in [0, 1, 2, least, most, fewer, most.saturating_add(1)] {
            self.of_length(length, Some(fitting.clone()));
            self.of_length(length, Some(other.clone()));
        }
        for count in [fewer, least, most] {
            if count < LONGEST {
                let some = (0..count).map(|position| (Step::Index(position), fitting.clone()));
                let below = some.chain([(Step::Index(count), other.clone())]);
                self.found.push(Shape {
                    below: below.collect(),
                    ..Shape::of(Type::Array)
                });
            }
        }
    }
}

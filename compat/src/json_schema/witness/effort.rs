//! How much work it is to validate a document.
//!
//! A validator holds a value against every schema that applies to it as often as there are ways to it, and layers of
//! schemas that each apply the next twice double the ways. So each document is measured before it is validated, by going
//! the same ways with a number of steps.

use serde_json::{Map, Value};

use super::{
    bundle::Bundle,
    maker::{Item, Maker},
};

/// How many schemas deep a validator may go.
const DEEPEST: usize = 150;

impl Maker {
    /// Whether a document can be validated with reasonable effort.
    pub(super) fn is_cheap(&mut self, document: &Value, bundle: &Bundle) -> bool {
        const STEPS: u32 = 50_000;
        self.refill(STEPS);
        self.measure(document, Item::root(bundle), 0)
    }

    fn measure(&mut self, value: &Value, item: Item<'_>, depth: usize) -> bool {
        if depth > DEEPEST || !self.step() {
            return false;
        }
        if let Some(target) = item.target()
            && !self.measure(value, target, depth + 1)
        {
            return false;
        }
        let Some(keywords) = item.keywords() else {
            return true;
        };
        self.measure_here(value, item, keywords, depth)
            && match value {
                Value::Array(items) => self.measure_items(items, item, keywords, depth),
                Value::Object(entries) => self.measure_members(entries, item, keywords, depth),
                _ => true,
            }
    }

    /// The schemas that apply to the same value.
    fn measure_here(
        &mut self,
        value: &Value,
        item: Item<'_>,
        keywords: &Map<String, Value>,
        depth: usize,
    ) -> bool {
        let list = |name: &str| keywords.get(name).and_then(Value::as_array);
        let map = |name: &str| keywords.get(name).and_then(Value::as_object);
        let members = ["allOf", "anyOf", "oneOf"].into_iter().filter_map(list);
        let single = ["not", "if", "then", "else"].into_iter();
        let single = single.filter_map(|name| keywords.get(name));
        let brought = ["dependencies", "dependentSchemas"].into_iter();
        let brought = brought.filter_map(map).flat_map(Map::values);
        members
            .flatten()
            .chain(single)
            .chain(brought)
            .all(|schema| self.measure(value, item.with(schema), depth + 1))
    }

    fn measure_items(
        &mut self,
        items: &[Value],
        item: Item<'_>,
        keywords: &Map<String, Value>,
        depth: usize,
    ) -> bool {
        let others = ["contains", "unevaluatedItems"].into_iter();
        let others: Vec<Item<'_>> = others
            .filter_map(|name| Some(item.with(keywords.get(name)?)))
            .collect();
        items.iter().enumerate().all(|(position, value)| {
            let schemas = item.item_schema(position).into_iter();
            schemas
                .chain(others.iter().copied())
                .all(|schema| self.measure(value, schema, depth + 1))
        })
    }

    fn measure_members(
        &mut self,
        entries: &Map<String, Value>,
        item: Item<'_>,
        keywords: &Map<String, Value>,
        depth: usize,
    ) -> bool {
        let rest = keywords.get("unevaluatedProperties");
        let rest = rest.map(|schema| item.with(schema));
        entries.iter().all(|(name, value)| {
            let schemas = self.member_schemas(item, name);
            schemas
                .into_iter()
                .chain(rest)
                .all(|schema| self.measure(value, schema, depth + 1))
        })
    }
}

//! Small arrays.

use serde_json::Value;

use super::maker::{Applied, Item, Maker, Shape, Step};
use crate::json_schema::value_key::value_key;

/// Longer ones nobody looks at.
const LONGEST: usize = 2_000;

impl Maker {
    /// Arrays that some schemas may accept together, in a shape.
    pub(super) fn array<'b>(
        &mut self,
        applied: &Applied<'b>,
        shape: &Shape<'b>,
        depth: usize,
    ) -> Vec<Value> {
        let below = shape.below.iter().filter_map(|(step, _)| match step {
            Step::Index(position) => Some(position + 1),
            Step::Key(_) => None,
        });
        let length = applied
            .largest("minItems")
            .max(shape.length)
            .max(below.max().unwrap_or(0));
        let contained = contained(applied);
        let enough = contained.iter().map(|(_, least)| *least).max().unwrap_or(0);
        let mut arrays = Vec::new();
        arrays.extend(self.items(applied, shape, length, &[], depth));
        if enough > 0 {
            // At the front, and behind all that was asked for.
            let front = vec![0; contained.len()];
            let back = vec![length; contained.len()];
            for starts in [front, back] {
                let places: Vec<_> = contained
                    .iter()
                    .zip(starts)
                    .map(|(&(item, least), start)| (item, start, start.saturating_add(least)))
                    .collect();
                let ends = places.iter().map(|(_, _, end)| *end);
                let length = length.max(ends.max().unwrap_or(0));
                arrays.extend(self.items(applied, shape, length, &places, depth));
            }
        }
        arrays
    }

    /// An array of one length, some of its items fitting what must be contained.
    fn items<'b>(
        &mut self,
        applied: &Applied<'b>,
        shape: &Shape<'b>,
        length: usize,
        contained: &[(Item<'b>, usize, usize)],
        depth: usize,
    ) -> Option<Value> {
        if length > LONGEST.min(applied.smallest("maxItems")) {
            return None;
        }
        let is_unique = applied
            .items
            .iter()
            .any(|(_, keywords)| keywords.get("uniqueItems") == Some(&Value::Bool(true)));
        let mut items: Vec<Value> = Vec::new();
        let mut known = std::collections::HashSet::new();
        for position in 0..length {
            let mut child = shape
                .below
                .iter()
                .find(|(step, _)| *step == Step::Index(position))
                .map(|(_, shape)| shape.clone())
                .or_else(|| shape.items.as_deref().cloned())
                .unwrap_or_default();
            let within = contained
                .iter()
                .filter(|(_, start, end)| (*start..*end).contains(&position));
            child.also.extend(within.map(|(item, _, _)| *item));
            let schemas = schemas_at(applied, position);
            let mut item = self.make(&schemas, &child, depth + 1)?;
            while is_unique && known.contains(&value_key(&item)) {
                child.variant += 1;
                item = self.make(&schemas, &child, depth + 1)?;
            }
            known.insert(value_key(&item));
            items.push(item);
        }
        Some(Value::Array(items))
    }
}

/// What the item at a position must fit. What is not evaluated by anyone is up to `unevaluatedItems`.
fn schemas_at<'b>(applied: &Applied<'b>, position: usize) -> Vec<Item<'b>> {
    let mut schemas: Vec<Item<'b>> = applied
        .items
        .iter()
        .filter_map(|(item, _)| item.item_schema(position))
        .collect();
    if schemas.is_empty() {
        let rest = applied
            .items
            .iter()
            .filter_map(|(item, keywords)| Some(item.with(keywords.get("unevaluatedItems")?)));
        schemas.extend(rest);
    }
    schemas
}

/// What must be contained, and how often.
fn contained<'b>(applied: &Applied<'b>) -> Vec<(Item<'b>, usize)> {
    let contained = applied.items.iter().filter_map(|(item, keywords)| {
        let schema = keywords.get("contains")?;
        let least = if item.bundle.draft.is_modern() {
            super::fits::size_of(keywords, "minContains")
        } else {
            None
        };
        Some((item.with(schema), least.unwrap_or(1)))
    });
    contained.collect()
}

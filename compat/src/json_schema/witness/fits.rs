//! Whether a part of a document fits a part of a schema, well enough to choose between candidates while one is built.
//!
//! It knows nothing of formats and of `unevaluated…`. What is built in the end is held against the real validator.

use serde_json::{Map, Value};

use super::maker::{Item, Maker};
use crate::json_schema::{decimal::Decimal, draft::Draft, value_key::value_key};

/// How far a part is looked into.
const DEEPEST: usize = 48;

impl Maker {
    /// Whether a value fits a schema.
    pub(super) fn fits(&mut self, value: &Value, item: Item<'_>) -> bool {
        self.fits_at(value, item, 0)
    }

    fn fits_at(&mut self, value: &Value, item: Item<'_>, depth: usize) -> bool {
        let Value::Object(keywords) = item.schema else {
            return item.schema != &Value::Bool(false);
        };
        if depth > DEEPEST || !self.step() {
            return false;
        }
        if let Some(target) = item.target() {
            if !self.fits_at(value, target, depth + 1) {
                return false;
            }
            if !item.bundle.draft.is_modern() {
                return true;
            }
        }
        fits_values(value, keywords, item.bundle.draft)
            && self.fits_combinations(value, item, keywords, depth)
            && match value {
                Value::String(text) => self.fits_text(text, keywords),
                Value::Number(number) => fits_number(&Decimal::of(number), keywords),
                Value::Array(items) => self.fits_items(items, item, keywords, depth),
                Value::Object(entries) => self.fits_entries(entries, item, keywords, depth),
                Value::Null | Value::Bool(_) => true,
            }
    }

    fn fits_combinations(
        &mut self,
        value: &Value,
        item: Item<'_>,
        keywords: &Map<String, Value>,
        depth: usize,
    ) -> bool {
        let mut count = |keyword: &str| {
            let members = keywords.get(keyword)?.as_array()?;
            let fitting = members
                .iter()
                .filter(|member| self.fits_at(value, item.with(member), depth + 1));
            Some((fitting.count(), members.len()))
        };
        if count("allOf").is_some_and(|(fitting, all)| fitting < all)
            || count("anyOf").is_some_and(|(fitting, _)| fitting == 0)
            || count("oneOf").is_some_and(|(fitting, _)| fitting != 1)
        {
            return false;
        }
        if let Some(excluded) = keywords.get("not")
            && self.fits_at(value, item.with(excluded), depth + 1)
        {
            return false;
        }
        let Some(condition) = keywords.get("if") else {
            return true;
        };
        let branch = if self.fits_at(value, item.with(condition), depth + 1) {
            "then"
        } else {
            "else"
        };
        keywords
            .get(branch)
            .is_none_or(|branch| self.fits_at(value, item.with(branch), depth + 1))
    }

    fn fits_text(&mut self, text: &str, keywords: &Map<String, Value>) -> bool {
        let length = text.chars().count();
        within(length, keywords, "minLength", "maxLength")
            && keywords
                .get("pattern")
                .and_then(Value::as_str)
                .is_none_or(|pattern| self.finds(pattern, text))
    }

    fn fits_items(
        &mut self,
        items: &[Value],
        item: Item<'_>,
        keywords: &Map<String, Value>,
        depth: usize,
    ) -> bool {
        if !within(items.len(), keywords, "minItems", "maxItems") {
            return false;
        }
        if keywords.get("uniqueItems") == Some(&Value::Bool(true)) {
            let distinct: std::collections::HashSet<_> = items.iter().map(value_key).collect();
            if distinct.len() < items.len() {
                return false;
            }
        }
        let fits = items.iter().enumerate().all(|(position, value)| {
            item.item_schema(position)
                .is_none_or(|schema| self.fits_at(value, schema, depth + 1))
        });
        let Some(contained) = keywords.get("contains").filter(|_| fits) else {
            return fits;
        };
        let count = items
            .iter()
            .filter(|value| self.fits_at(value, item.with(contained), depth + 1))
            .count();
        let is_modern = item.bundle.draft.is_modern();
        let is_enough = count > 0 || (is_modern && keywords.contains_key("minContains"));
        is_enough && (!is_modern || within(count, keywords, "minContains", "maxContains"))
    }

    fn fits_entries(
        &mut self,
        entries: &Map<String, Value>,
        item: Item<'_>,
        keywords: &Map<String, Value>,
        depth: usize,
    ) -> bool {
        let has = |name: &Value| name.as_str().is_none_or(|name| entries.contains_key(name));
        let has_all = |names: &Value| names.as_array().is_none_or(|names| names.iter().all(has));
        if !within(entries.len(), keywords, "minProperties", "maxProperties")
            || !keywords.get("required").is_none_or(has_all)
        {
            return false;
        }
        for keyword in ["dependencies", "dependentRequired", "dependentSchemas"] {
            let rules = keywords.get(keyword).and_then(Value::as_object);
            for (name, rule) in rules.into_iter().flatten() {
                let holds = !entries.contains_key(name)
                    || match rule {
                        Value::Array(_) => has_all(rule),
                        schema => {
                            let whole = Value::Object(entries.clone());
                            self.fits_at(&whole, item.with(schema), depth + 1)
                        }
                    };
                if !holds {
                    return false;
                }
            }
        }
        let names = keywords.get("propertyNames");
        entries.iter().all(|(name, value)| {
            names.is_none_or(|names| {
                self.fits_at(&Value::String(name.clone()), item.with(names), depth + 1)
            }) && self
                .member_schemas(item, name)
                .into_iter()
                .all(|schema| self.fits_at(value, schema, depth + 1))
        })
    }
}

fn fits_values(value: &Value, keywords: &Map<String, Value>, draft: Draft) -> bool {
    let is_type = |name: &Value| name.as_str().is_none_or(|name| is_of_type(value, name));
    let types = match keywords.get("type") {
        Some(Value::Array(names)) => names.iter().any(is_type),
        Some(name) => is_type(name),
        None => true,
    };
    let key = || value_key(value);
    types
        && keywords
            .get("enum")
            .and_then(Value::as_array)
            .is_none_or(|values| values.iter().any(|other| value_key(other) == key()))
        && keywords
            .get("const")
            .filter(|_| draft >= Draft::Six)
            .is_none_or(|other| value_key(other) == key())
}

fn is_of_type(value: &Value, name: &str) -> bool {
    match (name, value) {
        ("null", Value::Null)
        | ("boolean", Value::Bool(_))
        | ("string", Value::String(_))
        | ("number", Value::Number(_))
        | ("array", Value::Array(_))
        | ("object", Value::Object(_)) => true,
        ("integer", Value::Number(number)) => {
            Decimal::of(number).is_multiple_of(&Decimal::of(&1.into()))
        }
        _ => false,
    }
}

fn fits_number(number: &Decimal, keywords: &Map<String, Value>) -> bool {
    let limit = |keyword: &str| match keywords.get(keyword) {
        Some(Value::Number(limit)) => Some(Decimal::of(limit)),
        _ => None,
    };
    let is_exclusive = |keyword: &str| keywords.get(keyword) == Some(&Value::Bool(true));
    limit("minimum").is_none_or(|limit| {
        *number > limit || (*number == limit && !is_exclusive("exclusiveMinimum"))
    }) && limit("maximum").is_none_or(|limit| {
        *number < limit || (*number == limit && !is_exclusive("exclusiveMaximum"))
    }) && limit("exclusiveMinimum").is_none_or(|limit| *number > limit)
        && limit("exclusiveMaximum").is_none_or(|limit| *number < limit)
        && limit("multipleOf").is_none_or(|factor| number.is_multiple_of(&factor))
}

/// Whether a size lies within two keywords.
fn within(size: usize, keywords: &Map<String, Value>, least: &str, most: &str) -> bool {
    size_of(keywords, least).is_none_or(|least| size >= least)
        && size_of(keywords, most).is_none_or(|most| size <= most)
}

/// The size a keyword says. One that is too large for this machine counts as its largest.
pub(super) fn size_of(keywords: &Map<String, Value>, keyword: &str) -> Option<usize> {
    let Value::Number(number) = keywords.get(keyword)? else {
        return None;
    };
    let size = number.as_u64().or_else(|| whole(number.as_f64()?));
    Some(size.map_or(usize::MAX, |size| {
        usize::try_from(size).unwrap_or(usize::MAX)
    }))
}

/// Some write `2.0` where a whole number is meant.
fn whole(number: f64) -> Option<u64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the range was checked"
    )]
    (number.fract() == 0.0 && (0.0..EXACT).contains(&number)).then_some(number as u64)
}

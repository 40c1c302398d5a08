//! A place in one of the texts a schema is made of, and the schemas directly inside it.

use std::{ptr, sync::Arc};

use serde_json::{Map, Value};

use super::{draft::Draft, place::Place, uri};

/// A schema where it stands.
#[derive(Debug, Clone)]
pub(super) struct Location<'a> {
    pub(super) value: &'a Value,
    pub(super) draft: Draft,
    /// What relative references in here resolve against: the innermost `$id`, this schema's own included.
    pub(super) base: Arc<str>,
    pub(super) place: Place,
}

/// Keywords whose value is a schema.
const SINGLE: [&str; 12] = [
    "not",
    "additionalProperties",
    "propertyNames",
    "contains",
    "if",
    "then",
    "else",
    "unevaluatedItems",
    "unevaluatedProperties",
    "contentSchema",
    "additionalItems",
    "items",
];

/// Keywords whose value is a list of schemas.
const LISTS: [&str; 5] = ["allOf", "anyOf", "oneOf", "prefixItems", "items"];

/// Keywords whose value maps names to schemas.
const MAPS: [&str; 6] = [
    "properties",
    "patternProperties",
    "definitions",
    "$defs",
    "dependentSchemas",
    "dependencies",
];

impl<'a> Location<'a> {
    /// The root of a text. `base` is its name or empty; its own `$id` is taken into account.
    pub(super) fn root(
        value: &'a Value,
        draft: Draft,
        document: Option<Arc<str>>,
        base: &Arc<str>,
    ) -> Self {
        Self {
            value,
            draft,
            base: inner_base(value, draft, base),
            place: Place::root(document),
        }
    }

    /// What identifies this place while the texts are borrowed.
    pub(super) fn address(&self) -> usize {
        ptr::from_ref(self.value).addr()
    }

    /// The keywords, if this is not a boolean schema.
    pub(super) fn keywords(&self) -> Option<&'a Map<String, Value>> {
        self.value.as_object()
    }

    /// A place below this one.
    pub(super) fn child(&self, segments: &[&str], value: &'a Value) -> Self {
        let mut place = self.place.clone();
        for segment in segments {
            place = place.below(segment);
        }
        Self {
            value,
            draft: self.draft,
            base: inner_base(value, self.draft, &self.base),
            place,
        }
    }

    /// The place for people.
    pub(super) fn in_words(&self) -> String {
        self.place.in_words("")
    }

    /// Every schema directly inside this one, wherever the drafts allow one.
    pub(super) fn subschemas(&self) -> Vec<Self> {
        let Some(keywords) = self.keywords() else {
            return Vec::new();
        };
        let mut found = Vec::new();
        let is_schema = |value: &Value| value.is_object() || value.is_boolean();
        for (keyword, value) in keywords {
            let keyword = keyword.as_str();
            match value {
                Value::Array(items) if LISTS.contains(&keyword) => {
                    let schemas = items.iter().enumerate().filter(|(_, item)| is_schema(item));
                    found.extend(
                        schemas.map(|(i, item)| self.child(&[keyword, &i.to_string()], item)),
                    );
                }
                Value::Object(entries) if MAPS.contains(&keyword) => {
                    let schemas = entries.iter().filter(|(_, entry)| is_schema(entry));
                    found.extend(schemas.map(|(name, entry)| self.child(&[keyword, name], entry)));
                }
                value if SINGLE.contains(&keyword) && is_schema(value) => {
                    found.push(self.child(&[keyword], value));
                }
                _ => {}
            }
        }
        found
    }

    /// The text of `$id`, where it counts: up to draft 7, a `$ref` hides it.
    pub(super) fn id(&self) -> Option<&'a str> {
        id(self.value, self.draft)
    }
}

fn id(value: &Value, draft: Draft) -> Option<&str> {
    if !draft.is_modern() && value.get("$ref").is_some_and(Value::is_string) {
        return None;
    }
    value.get(draft.id_keyword())?.as_str()
}

fn inner_base(value: &Value, draft: Draft, outer: &Arc<str>) -> Arc<str> {
    match id(value, draft).map(uri::split_fragment) {
        Some((without_fragment, _)) if !without_fragment.is_empty() => {
            uri::resolve(outer, without_fragment).into()
        }
        _ => Arc::clone(outer),
    }
}

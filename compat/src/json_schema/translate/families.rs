//! The four families of keywords that constrain one JSON type each, and their reading.

use std::{collections::HashMap, sync::Arc};

use serde_json::{Map, Value};

use super::Translation;
use crate::json_schema::{
    decimal::Decimal,
    draft::Draft,
    location::Location,
    model::{ArrayRules, Kind, NumberRules, ObjectRules, Rest, StringRules},
};

/// A family, in the order in which they are taken out of a schema without a type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Array,
    Object,
    Number,
    String,
}

const NUMBER: &[&str] = &[
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
];

impl Family {
    const ALL: [Self; 4] = [Self::Array, Self::Object, Self::Number, Self::String];

    /// The families that a schema has keywords of.
    pub(super) fn present(keywords: &Map<String, Value>, draft: Draft) -> Vec<Self> {
        Self::ALL
            .into_iter()
            .filter(|family| {
                family.keywords(draft).iter().any(|keyword| {
                    keywords
                        .get(*keyword)
                        .is_some_and(|value| counts(keyword, value, draft))
                })
            })
            .collect()
    }

    const fn keywords(self, draft: Draft) -> &'static [&'static str] {
        match (self, draft) {
            (Self::Array, Draft::Four) => &[
                "items",
                "additionalItems",
                "minItems",
                "maxItems",
                "uniqueItems",
            ],
            (Self::Array, Draft::Six | Draft::Seven) => &[
                "items",
                "additionalItems",
                "minItems",
                "maxItems",
                "uniqueItems",
                "contains",
            ],
            (Self::Array, Draft::Y2019) => &[
                "items",
                "additionalItems",
                "minItems",
                "maxItems",
                "uniqueItems",
                "contains",
                "unevaluatedItems",
            ],
            (Self::Array, Draft::Y2020) => &[
                "items",
                "prefixItems",
                "minItems",
                "maxItems",
                "uniqueItems",
                "contains",
                "unevaluatedItems",
            ],
            (Self::Object, Draft::Four) => &[
                "properties",
                "required",
                "minProperties",
                "maxProperties",
                "dependencies",
                "patternProperties",
                "additionalProperties",
            ],
            (Self::Object, Draft::Six | Draft::Seven) => &[
                "properties",
                "required",
                "minProperties",
                "maxProperties",
                "dependencies",
                "patternProperties",
                "additionalProperties",
                "propertyNames",
            ],
            (Self::Object, Draft::Y2019 | Draft::Y2020) => &[
                "properties",
                "required",
                "minProperties",
                "maxProperties",
                "dependentRequired",
                "dependentSchemas",
                "patternProperties",
                "additionalProperties",
                "propertyNames",
                "unevaluatedProperties",
            ],
            (Self::Number, _) => NUMBER,
            (Self::String, Draft::Four | Draft::Six | Draft::Seven) => {
                &["minLength", "maxLength", "pattern", "format"]
            }
            (Self::String, Draft::Y2019 | Draft::Y2020) => &["minLength", "maxLength", "pattern"],
        }
    }
}

/// The newer drafts see nothing in an empty map of properties.
fn counts(keyword: &str, value: &Value, draft: Draft) -> bool {
    let is_empty_map = value.as_object().is_some_and(Map::is_empty);
    !(draft.is_modern() && is_empty_map && matches!(keyword, "properties" | "patternProperties"))
}

fn decimal(keywords: &Map<String, Value>, keyword: &str) -> Option<Decimal> {
    match keywords.get(keyword)? {
        Value::Number(number) => Some(Decimal::of(number)),
        _ => None,
    }
}

impl<'a> Translation<'_, 'a> {
    /// The schema of one family.
    pub(super) fn family(
        &mut self,
        location: &Location<'a>,
        keywords: &'a Map<String, Value>,
        family: Family,
    ) -> Kind {
        match family {
            Family::String => Kind::String(StringRules {
                max_length: decimal(keywords, "maxLength"),
                min_length: decimal(keywords, "minLength"),
                pattern: keywords
                    .get("pattern")
                    .and_then(Value::as_str)
                    .map(Box::from),
            }),
            Family::Number => Kind::Number(number(keywords)),
            Family::Object => Kind::Object(Box::new(self.object(location, keywords))),
            Family::Array => Kind::Array(Box::new(self.array(location, keywords))),
        }
    }

    fn object(&mut self, location: &Location<'a>, keywords: &'a Map<String, Value>) -> ObjectRules {
        let map = |keyword: &str| {
            keywords
                .get(keyword)
                .and_then(Value::as_object)
                .into_iter()
                .flatten()
        };
        let properties: Vec<_> = map("properties")
            .map(|(name, value)| {
                let child = location.child(&["properties", name], value);
                (Arc::from(name.as_str()), self.node(child))
            })
            .collect();
        let by_name: HashMap<_, _> = properties.iter().cloned().collect();
        let patterns = map("patternProperties")
            .map(|(pattern, value)| {
                let child = location.child(&["patternProperties", pattern], value);
                (Box::from(pattern.as_str()), self.node(child))
            })
            .collect();
        let mut rules = ObjectRules {
            properties,
            by_name,
            patterns,
            required: texts(keywords.get("required")).collect(),
            additional: self.rest(location, keywords, "additionalProperties"),
            max_properties: decimal(keywords, "maxProperties"),
            min_properties: decimal(keywords, "minProperties"),
            ..ObjectRules::default()
        };
        if location.draft.is_modern() {
            rules.unevaluated = self.single(location, keywords, "unevaluatedProperties");
            self.dependencies(location, keywords, "dependentRequired", &mut rules);
            self.dependencies(location, keywords, "dependentSchemas", &mut rules);
        } else {
            self.dependencies(location, keywords, "dependencies", &mut rules);
        }
        rules
    }

    /// Lists of names and schemas alike; an empty list asks for nothing.
    fn dependencies(
        &mut self,
        location: &Location<'a>,
        keywords: &'a Map<String, Value>,
        keyword: &str,
        rules: &mut ObjectRules,
    ) {
        let entries = keywords.get(keyword).and_then(Value::as_object);
        for (name, value) in entries.into_iter().flatten() {
            let key = Arc::from(name.as_str());
            if value.is_array() {
                let names: std::collections::BTreeSet<Box<str>> = texts(Some(value)).collect();
                if !names.is_empty() {
                    rules.required_with.insert(key, names);
                }
            } else {
                let node = self.node(location.child(&[keyword, name], value));
                rules.schema_with.insert(key, node);
            }
        }
    }

    fn array(&mut self, location: &Location<'a>, keywords: &'a Map<String, Value>) -> ArrayRules {
        let draft = location.draft;
        let mut rules = ArrayRules {
            max_items: decimal(keywords, "maxItems"),
            min_items: decimal(keywords, "minItems"),
            unique: keywords.get("uniqueItems") == Some(&Value::Bool(true)),
            ..ArrayRules::default()
        };
        let tuple_keyword = if draft == Draft::Y2020 {
            "prefixItems"
        } else {
            "items"
        };
        if let Some(Value::Array(items)) = keywords.get(tuple_keyword) {
            let nodes = items.iter().enumerate().map(|(position, value)| {
                self.node(location.child(&[tuple_keyword, &position.to_string()], value))
            });
            rules.tuple = nodes.collect();
        }
        if draft != Draft::Y2020 {
            rules.additional = self.rest(location, keywords, "additionalItems");
        }
        match keywords.get("items") {
            None | Some(Value::Array(_)) => {}
            // From 2019-09 on, what `items` says holds for all items a tuple leaves over, also where there is none.
            Some(Value::Bool(_)) if draft.is_modern() => {
                rules.additional = self.rest(location, keywords, "items");
            }
            Some(_) if draft == Draft::Y2020 && !rules.tuple.is_empty() => {
                rules.additional = self.rest(location, keywords, "items");
            }
            Some(value) => rules.all = Some(self.node(location.child(&["items"], value))),
        }
        if draft.is_modern() {
            rules.unevaluated = self.single(location, keywords, "unevaluatedItems");
        }
        if draft.is_modern() && keywords.contains_key("contains") {
            rules.max_contains = decimal(keywords, "maxContains");
            // One is what it is when nothing is said (2019-09 validation, section 6.4.5).
            rules.min_contains =
                decimal(keywords, "minContains").or_else(|| Some(Decimal::of(&1.into())));
        }
        rules
    }

    fn single(
        &mut self,
        location: &Location<'a>,
        keywords: &'a Map<String, Value>,
        keyword: &str,
    ) -> Option<crate::json_schema::model::NodeId> {
        let value = keywords.get(keyword)?;
        Some(self.node(location.child(&[keyword], value)))
    }

    fn rest(
        &mut self,
        location: &Location<'a>,
        keywords: &'a Map<String, Value>,
        keyword: &str,
    ) -> Rest {
        match keywords.get(keyword) {
            None => Rest::Unsaid,
            Some(Value::Bool(true)) => Rest::Allowed,
            Some(Value::Bool(false)) => Rest::Forbidden,
            Some(value) => Rest::Schema(self.node(location.child(&[keyword], value))),
        }
    }
}

fn number(keywords: &Map<String, Value>) -> NumberRules {
    let mut rules = NumberRules {
        requires_integer: false,
        maximum: decimal(keywords, "maximum"),
        minimum: decimal(keywords, "minimum"),
        exclusive_maximum: decimal(keywords, "exclusiveMaximum"),
        exclusive_minimum: decimal(keywords, "exclusiveMinimum"),
        multiple_of: decimal(keywords, "multipleOf"),
    };
    // Draft 4 says `true` beside the bound. Then the bound counts as both, so that a change of either shows.
    let is_true = |keyword: &str| keywords.get(keyword) == Some(&Value::Bool(true));
    if is_true("exclusiveMaximum") {
        rules.exclusive_maximum.clone_from(&rules.maximum);
    }
    if is_true("exclusiveMinimum") {
        rules.exclusive_minimum.clone_from(&rules.minimum);
    }
    rules
}

fn texts(value: Option<&Value>) -> impl Iterator<Item = Box<str>> {
    let items = value.and_then(Value::as_array).into_iter().flatten();
    items.filter_map(Value::as_str).map(Box::from)
}

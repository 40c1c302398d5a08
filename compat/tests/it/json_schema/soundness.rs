//! What is called compatible survives: schemas are generated and evolved, and documents of the old one that the new one
//! is said to accept are held against it.
//!
//! The rules are those of the protocol's reference, and some of its verdicts are too lax. [`UNSOUND`] lists every class
//! of them that is known, each with its reason and an example that shows it; the generated schemas leave out exactly
//! these. A class that is mended is noticed, because its example must still fail.

use dovetail_compat::{
    check,
    explain::{Containment, containment},
};
use dovetail_model::{CompatibilityPolicy, Direction};
use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::schema;

/// A class of changes that the reference calls compatible although they break.
struct Unsound {
    name: &'static str,
    reason: &'static str,
    old: &'static str,
    new: &'static str,
    /// Valid before, invalid after.
    document: &'static str,
}

const UNSOUND: [Unsound; 16] = [
    Unsound {
        name: "required without a description",
        reason: "REQUIRED_ATTRIBUTE_ADDED looks at names under `properties` only",
        old: r#"{"type": "object"}"#,
        new: r#"{"type": "object", "required": ["a"]}"#,
        document: "{}",
    },
    Unsound {
        name: "required with a default",
        reason: "REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED trusts consumers to fill the default in, which a validator does not",
        old: r#"{"type": "object", "properties": {"a": {"type": "string", "default": ""}}}"#,
        new: r#"{"type": "object", "properties": {"a": {"type": "string", "default": ""}}, "required": ["a"]}"#,
        document: "{}",
    },
    Unsound {
        name: "required with a default, in a closed object",
        reason: "REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_UNOPEN_CONTENT_MODEL trusts consumers likewise",
        old: r#"{"type": "object", "additionalProperties": false}"#,
        new: r#"{"type": "object", "properties": {"a": {"default": 0}}, "required": ["a"], "additionalProperties": false}"#,
        document: "{}",
    },
    Unsound {
        name: "required with an empty schema",
        reason: "PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL does not ask whether the property is required",
        old: r#"{"type": "object"}"#,
        new: r#"{"type": "object", "properties": {"a": {}}, "required": ["a"]}"#,
        document: "{}",
    },
    Unsound {
        name: "a type is added to its keywords",
        reason: "keywords of one type make a schema one of that type, although they accept values of all others",
        old: r#"{"minimum": 1}"#,
        new: r#"{"type": "number", "minimum": 1}"#,
        document: r#""a""#,
    },
    Unsound {
        name: "bytes of Kafka Connect",
        reason: "`connect.type` exempts a change of type",
        old: r#"{"type": "string", "connect.type": "bytes"}"#,
        new: r#"{"type": "number", "connect.type": "bytes"}"#,
        document: r#""a""#,
    },
    Unsound {
        name: "alternatives of `oneOf` overlap",
        reason: "SUM_TYPE_EXTENDED does not ask whether a value now fits two alternatives",
        old: r#"{"oneOf": [{"type": "integer"}]}"#,
        new: r#"{"oneOf": [{"type": "integer"}, {"type": "number"}]}"#,
        document: "1",
    },
    Unsound {
        name: "an alternative of `oneOf` grows into another",
        reason: "alternatives are compared one by one",
        old: r#"{"oneOf": [{"enum": [1]}, {"enum": ["a"]}]}"#,
        new: r#"{"oneOf": [{"enum": [1]}, {"enum": ["a", 1]}]}"#,
        document: "1",
    },
    Unsound {
        name: "an alternative of `oneOf` twice",
        reason: "equal members count once, but a value that fits them fits two",
        old: r#"{"oneOf": [{"type": "string"}]}"#,
        new: r#"{"oneOf": [{"type": "string"}, {"type": "string"}]}"#,
        document: r#""a""#,
    },
    Unsound {
        name: "additional items without a tuple",
        reason: "up to 2019-09, `additionalItems` says nothing unless `items` is a list, but it is taken for closed",
        old: r#"{"type": "array", "additionalItems": false}"#,
        new: r#"{"type": "array", "items": [{"type": "string"}]}"#,
        document: "[0]",
    },
    Unsound {
        name: "patternProperties",
        reason: "what patterns say is not compared",
        old: r#"{"type": "object", "patternProperties": {"a": {"type": "string"}}}"#,
        new: r#"{"type": "object", "patternProperties": {"a": {"type": "number"}}}"#,
        document: r#"{"a": ""}"#,
    },
    Unsound {
        name: "propertyNames",
        reason: "what is said of names is not compared",
        old: r#"{"type": "object"}"#,
        new: r#"{"type": "object", "propertyNames": {"maxLength": 0}}"#,
        document: r#"{"a": 0}"#,
    },
    Unsound {
        name: "if, then, else",
        reason: "the contents of conditions are not compared",
        old: r#"{"if": {"type": "string"}, "then": {"maxLength": 1}}"#,
        new: r#"{"if": {"type": "string"}, "then": {"maxLength": 0}}"#,
        document: r#""a""#,
    },
    Unsound {
        name: "format",
        reason: "formats are not compared",
        old: r#"{"type": "string"}"#,
        new: r#"{"type": "string", "format": "date"}"#,
        document: r#""a""#,
    },
    Unsound {
        name: "contains",
        reason: "what must be contained is not compared, only how often",
        old: r#"{"type": "array", "contains": {"type": "string"}}"#,
        new: r#"{"type": "array", "contains": {"type": "number"}}"#,
        document: r#"[""]"#,
    },
    Unsound {
        name: "unevaluated beside others",
        reason: "what a combinator evaluates is not taken into account",
        old: r#"{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "allOf": [{"type": "object", "properties": {"a": {}}}], "unevaluatedProperties": false}"#,
        new: r#"{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "allOf": [{"type": "object"}], "unevaluatedProperties": false}"#,
        document: r#"{"a": 0}"#,
    },
];

fn validator(schema: &Value) -> Validator {
    let draft = if schema.get("$schema").is_some() {
        jsonschema::options()
    } else {
        jsonschema::draft7::options()
    };
    draft.should_validate_formats(true).build(schema).unwrap()
}

fn is_compatible(new: &Value, old: &Value) -> bool {
    let (new, old) = (schema(&new.to_string()), schema(&old.to_string()));
    let policy = CompatibilityPolicy::Strict;
    check(&new, &old, &[Direction::Backward], policy)
        .unwrap()
        .is_compatible()
}

#[test]
fn known_unsound_verdicts_are_still_those_of_the_reference() {
    for class in &UNSOUND {
        let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
        let (old, new, document) = (read(class.old), read(class.new), read(class.document));
        assert!(
            is_compatible(&new, &old),
            "{} is no longer called compatible: take it off the list",
            class.name
        );
        assert!(validator(&old).is_valid(&document), "{}", class.name);
        assert!(!validator(&new).is_valid(&document), "{}", class.name);
        println!("{}: {}", class.name, class.reason);
    }
}

/// A source of choices.
struct Choices(u64);

impl Choices {
    fn below(&mut self, count: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % count.max(1)
    }

    fn coin(&mut self) -> bool {
        self.below(2) == 0
    }
}

/// A schema without what [`UNSOUND`] lists. The type is always said, alternatives of `oneOf` are of different types.
fn generate(choices: &mut Choices, depth: usize) -> Value {
    let kinds = if depth == 0 { 6 } else { 11 };
    match choices.below(kinds) {
        0 => json!({"type": "null"}),
        1 => json!({"type": "boolean"}),
        2 => string(choices),
        3 => number(choices),
        4 => {
            let mut values = vec![json!("a"), json!("b"), json!(1), json!(null)];
            values.truncate(1 + choices.below(4));
            json!({"enum": values})
        }
        5 => [
            json!(true),
            json!({}),
            json!(false),
            json!({"const": choices.below(3)}),
        ][choices.below(4)]
        .clone(),
        6 | 7 => object(choices, depth),
        8 => array(choices, depth),
        9 => {
            let keyword = ["anyOf", "allOf"][choices.below(2)];
            let members: Vec<Value> = (0..=choices.below(3))
                .map(|_| generate(choices, depth - 1))
                .collect();
            json!({keyword: members})
        }
        _ => match choices.below(3) {
            0 => json!({"not": generate(choices, depth - 1)}),
            1 => json!({"type": ["string", "null"], "maxLength": choices.below(4)}),
            _ => {
                let mut members = vec![
                    string(choices),
                    number(choices),
                    object(choices, depth - 1),
                    array(choices, depth - 1),
                ];
                members.truncate(1 + choices.below(4));
                json!({"oneOf": members})
            }
        },
    }
}

fn string(choices: &mut Choices) -> Value {
    let mut schema = json!({"type": "string"});
    for keyword in ["minLength", "maxLength"] {
        if choices.coin() {
            schema[keyword] = json!(choices.below(4));
        }
    }
    if choices.below(4) == 0 {
        schema["pattern"] = json!(["^a*$", "b", "^[ab]"][choices.below(3)]);
    }
    schema
}

fn number(choices: &mut Choices) -> Value {
    let mut schema = json!({"type": if choices.coin() { "number" } else { "integer" }});
    for keyword in ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"] {
        if choices.below(3) == 0 {
            schema[keyword] = json!(choices.below(6));
        }
    }
    if choices.below(3) == 0 {
        schema["multipleOf"] = [json!(1), json!(2), json!(0.5), json!(4)][choices.below(4)].clone();
    }
    schema
}

fn object(choices: &mut Choices, depth: usize) -> Value {
    let depth = depth.saturating_sub(1);
    let mut properties = Map::new();
    for name in ["a", "b", "c"] {
        if choices.coin() {
            properties.insert(name.to_owned(), generate(choices, depth));
        }
    }
    // An empty schema that is required is one of the unsound classes.
    let required: Vec<Value> = properties
        .iter()
        .filter(|(_, value)| !matches!(value, Value::Bool(true)) && value != &&json!({}))
        .filter(|_| choices.below(3) == 0)
        .map(|(name, _)| Value::from(name.as_str()))
        .collect();
    let mut schema = json!({"type": "object", "properties": properties, "required": required});
    match choices.below(4) {
        0 => schema["additionalProperties"] = json!(false),
        1 => schema["additionalProperties"] = generate(choices, depth),
        _ => {}
    }
    for keyword in ["minProperties", "maxProperties"] {
        if choices.below(5) == 0 {
            schema[keyword] = json!(choices.below(4));
        }
    }
    if choices.below(5) == 0 {
        schema["dependencies"] = json!({"a": &["b", "c"][..choices.below(3)]});
    }
    if choices.below(6) == 0 {
        schema["dependencies"] = json!({"b": generate(choices, depth)});
    }
    schema
}

fn array(choices: &mut Choices, depth: usize) -> Value {
    let depth = depth.saturating_sub(1);
    let mut schema = json!({"type": "array"});
    match choices.below(3) {
        0 => schema["items"] = generate(choices, depth),
        1 => {
            let items: Vec<Value> = (0..=choices.below(2))
                .map(|_| generate(choices, depth))
                .collect();
            schema["items"] = json!(items);
            match choices.below(3) {
                0 => schema["additionalItems"] = json!(false),
                1 => schema["additionalItems"] = generate(choices, depth),
                _ => {}
            }
        }
        _ => {}
    }
    for keyword in ["minItems", "maxItems"] {
        if choices.below(4) == 0 {
            schema[keyword] = json!(choices.below(4));
        }
    }
    if choices.below(4) == 0 {
        schema["uniqueItems"] = json!(true);
    }
    schema
}

/// The schema with something in it changed: somewhere a number, a member of a list, a keyword, or a whole schema.
fn evolve(schema: &Value, choices: &mut Choices) -> Value {
    let mut pointers = vec![String::new()];
    let mut next = 0;
    while next < pointers.len() {
        let here = pointers[next].clone();
        match schema.pointer(&here) {
            Some(Value::Object(entries)) => {
                pointers.extend(entries.keys().map(|key| format!("{here}/{key}")));
            }
            Some(Value::Array(items)) => {
                pointers.extend((0..items.len()).map(|at| format!("{here}/{at}")));
            }
            _ => {}
        }
        next += 1;
    }
    let mut evolved = schema.clone();
    let place = pointers[choices.below(pointers.len())].clone();
    let keyword = place.rsplit('/').next().unwrap_or_default().to_owned();
    let Some(value) = evolved.pointer_mut(&place) else {
        return evolved;
    };
    match value {
        Value::Number(number) if keyword != "const" => {
            let number = number.as_f64().unwrap();
            let changed = if choices.coin() {
                number + 1.0
            } else {
                (number - 1.0).max(0.5)
            };
            *value = if changed.fract() == 0.0 || keyword == "multipleOf" {
                json!(changed)
            } else {
                json!(1)
            };
        }
        Value::Array(items) if keyword == "enum" || keyword == "anyOf" || keyword == "allOf" => {
            if choices.coin() && items.len() > 1 {
                let at = choices.below(items.len());
                items.remove(at);
            } else if keyword == "enum" {
                items.push(json!("new"));
            } else {
                let member = generate(choices, 1);
                items.push(member);
            }
        }
        Value::Array(items) if keyword == "required" => {
            items.pop();
        }
        Value::Object(entries) if keyword == "properties" => {
            let name = ["a", "b", "c"][choices.below(3)];
            if entries.shift_remove(name).is_none() {
                entries.insert(name.to_owned(), generate(choices, 1));
            }
        }
        Value::Object(entries) => {
            let optional = [
                "minLength",
                "maxLength",
                "minimum",
                "maximum",
                "exclusiveMinimum",
                "exclusiveMaximum",
                "multipleOf",
                "pattern",
                "minItems",
                "maxItems",
                "uniqueItems",
                "minProperties",
                "maxProperties",
                "dependencies",
                "additionalProperties",
                "additionalItems",
                "required",
            ];
            let present: Vec<String> = entries
                .keys()
                .filter(|key| optional.contains(&key.as_str()))
                .cloned()
                .collect();
            match choices.below(3) {
                0 if !present.is_empty() => {
                    entries.shift_remove(&present[choices.below(present.len())]);
                }
                1 if entries.get("type") == Some(&json!("integer")) => {
                    entries.insert("type".to_owned(), json!("number"));
                }
                _ if is_schema(entries) => {
                    let whole = Value::Object(entries.clone());
                    *value = json!({"anyOf": [whole, generate(choices, 1)]});
                }
                _ => {}
            }
        }
        _ => {}
    }
    mend(&mut evolved);
    evolved
}

fn is_schema(entries: &Map<String, Value>) -> bool {
    ["type", "enum", "const", "anyOf", "allOf", "oneOf", "not"]
        .iter()
        .any(|keyword| entries.contains_key(*keyword))
}

/// Takes out of an evolved schema what the generated ones do not have: required names without a description or with an
/// empty one, additional items without a tuple, broken limits, and overlapping alternatives of `oneOf`.
fn mend(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(mend),
        Value::Object(entries) => {
            entries.values_mut().for_each(mend);
            let properties = entries
                .get("properties")
                .and_then(Value::as_object)
                .cloned();
            if let (Some(properties), Some(Value::Array(required))) =
                (properties, entries.get_mut("required"))
            {
                required.retain(|name| {
                    let described = properties.get(name.as_str().unwrap_or_default());
                    described.is_some_and(|schema| schema != &json!(true) && schema != &json!({}))
                });
            }
            if !entries.get("items").is_some_and(Value::is_array) {
                entries.shift_remove("additionalItems");
            }
            if let Some(Value::Array(members)) = entries.get_mut("oneOf") {
                let mut types: Vec<Value> = Vec::new();
                members.retain(|member| {
                    let of = member.get("type").filter(|of| of.is_string());
                    let of = of.map(|of| {
                        if of == "integer" {
                            json!("number")
                        } else {
                            of.clone()
                        }
                    });
                    of.is_some_and(|of| {
                        !types.contains(&of) && {
                            types.push(of);
                            true
                        }
                    })
                });
                if members.is_empty() {
                    members.push(json!({"type": "null"}));
                }
            }
        }
        _ => {}
    }
}

/// A document that has a chance of being valid.
fn document(schema: &Value, choices: &mut Choices, depth: usize) -> Value {
    let any = |choices: &mut Choices| {
        [
            json!(null),
            json!(false),
            json!(0),
            json!(1.5),
            json!(2),
            json!(""),
            json!("a"),
            json!("new"),
            json!([]),
            json!([0, 0]),
            json!({}),
            json!({"a": 0}),
            json!({"z": ""}),
        ][choices.below(13)]
        .clone()
    };
    let Some(entries) = schema
        .as_object()
        .filter(|_| depth > 0 && choices.below(12) > 0)
    else {
        return any(choices);
    };
    for keyword in ["enum", "anyOf", "oneOf", "allOf"] {
        if let Some(Value::Array(items)) = entries.get(keyword).filter(|items| items != &&json!([]))
        {
            let item = &items[choices.below(items.len())];
            return if keyword == "enum" {
                item.clone()
            } else {
                document(item, choices, depth - 1)
            };
        }
    }
    let size = |choices: &mut Choices, least: &str, most: &str| {
        let limit = |keyword: &str| {
            entries
                .get(keyword)
                .and_then(Value::as_u64)
                .map(|limit| usize::try_from(limit).unwrap())
        };
        let most = limit(most).unwrap_or(3);
        let least = limit(least).unwrap_or(0);
        [least, most, choices.below(5)][choices.below(3)]
    };
    let of = match entries.get("type") {
        Some(Value::Array(names)) => names[choices.below(names.len())].clone(),
        Some(name) => name.clone(),
        None => {
            return entries
                .get("const")
                .cloned()
                .unwrap_or_else(|| any(choices));
        }
    };
    match of.as_str().unwrap_or_default() {
        "null" => Value::Null,
        "boolean" => json!(choices.coin()),
        "string" => {
            let length = size(choices, "minLength", "maxLength");
            json!(
                (0..length)
                    .map(|_| ['a', 'b', 'c'][choices.below(3)])
                    .collect::<String>()
            )
        }
        "integer" => json!(choices.below(9)),
        "number" => [
            json!(choices.below(9)),
            json!(0.5),
            json!(2.5),
            json!(-1),
            json!(0.25),
        ][choices.below(5)]
        .clone(),
        "array" => {
            let length = size(choices, "minItems", "maxItems");
            let items = (0..length).map(|at| {
                let schema = match entries.get("items") {
                    Some(Value::Array(tuple)) => tuple.get(at).or(entries.get("additionalItems")),
                    other => other,
                };
                document(schema.unwrap_or(&Value::Bool(true)), choices, depth - 1)
            });
            json!(items.collect::<Vec<_>>())
        }
        _ => object_of(entries, choices, depth),
    }
}

fn object_of(entries: &Map<String, Value>, choices: &mut Choices, depth: usize) -> Value {
    let mut members = Map::new();
    for name in ["a", "b", "c", "d"] {
        let schema = entries["properties"].get(name);
        let is_required = entries
            .get("required")
            .is_some_and(|names| names.as_array().unwrap().contains(&json!(name)));
        if is_required || choices.below(3) == 0 {
            let schema = schema
                .or(entries.get("additionalProperties"))
                .unwrap_or(&Value::Bool(true));
            members.insert(name.to_owned(), document(schema, choices, depth - 1));
        }
    }
    Value::Object(members)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_called_compatible_survives(seed in any::<u64>()) {
        let mut choices = Choices(seed);
        let mut old = generate(&mut choices, 3);
        mend(&mut old);
        let mut new = old.clone();
        for _ in 0..=choices.below(3) {
            new = evolve(&new, &mut choices);
        }
        for (old, new) in [(&old, &new), (&new, &old)] {
            if old == new || !is_compatible(new, old) {
                continue;
            }
            let (before, after) = (validator(old), validator(new));
            for _ in 0..60 {
                let document = document(old, &mut choices, 6);
                prop_assert!(!before.is_valid(&document) || after.is_valid(&document), "{document}\n  old {old}\n  new {new}");
            }
            let (writer, reader) = (schema(&old.to_string()), schema(&new.to_string()));
            let found = containment(&reader, &writer);
            prop_assert!(!matches!(found, Some(Containment::Refuted(_))), "{found:?}\n  old {old}\n  new {new}");
        }
    }
}

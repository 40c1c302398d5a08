//! Small answers about one schema: which types it allows, which values, and whether its type needs a name.

use serde_json::{Map, Value, json};

use super::translate::Part;

/// Adds what a schema says about itself, and its default where a type can have it.
pub(super) fn described(mut made: Value, map: &Map<String, Value>) -> Value {
    let Some(target) = made.as_object_mut() else {
        return made;
    };
    let text = |key: &str| {
        map.get(key)
            .and_then(Value::as_str)
            .filter(|text| !text.trim().is_empty())
    };
    if let Some(text) = text("description").or_else(|| text("title")) {
        target.insert("description".to_owned(), text.into());
    }
    if let Some(default) = map.get("default")
        && fits(default, target)
    {
        target.insert("default".to_owned(), default.clone());
    }
    made
}

/// A schema that also allows null.
pub(super) fn nullable(made: Value) -> Value {
    match made.get("type").and_then(Value::as_str) {
        Some(kind @ ("string" | "integer" | "number" | "boolean")) if !made["enum"].is_array() => {
            let kind = kind.to_owned();
            let mut made = made;
            made["type"] = json!([kind, "null"]);
            made
        }
        _ => json!({ "oneOf": [made, { "type": "null" }] }),
    }
}

/// The values that are allowed, where they are listed.
pub(super) fn values(parts: &[Part]) -> Option<Vec<Value>> {
    parts.iter().find_map(|part| {
        if let Some(one) = part.map.get("const") {
            return Some(vec![one.clone()]);
        }
        let values = part.map.get("enum")?.as_array()?;
        (!values.is_empty()).then(|| values.clone())
    })
}

/// Strings stay a list; of other values only the kind is left.
pub(super) fn enumeration(values: &[Value]) -> Value {
    let mut strings: Vec<&str> = Vec::new();
    for value in values.iter().filter_map(Value::as_str) {
        if !strings.contains(&value) {
            strings.push(value);
        }
    }
    let others = values
        .iter()
        .filter(|value| !value.is_string() && !value.is_null());
    let mut kinds: Vec<&str> = others.map(kind).collect();
    kinds.sort_unstable();
    kinds.dedup();
    if kinds == ["integer", "number"] {
        kinds = vec!["number"];
    }
    let has_null = values.iter().any(Value::is_null);
    let mut made = match (&kinds[..], strings.is_empty()) {
        ([], true) => return json!({ "type": "null" }),
        ([], false) => json!({ "type": "string", "enum": strings }),
        ([one], true) if !["object", "array"].contains(one) => json!({ "type": one }),
        _ => return json!({}),
    };
    if !has_null {
        return made;
    }
    if !strings.is_empty() {
        made["enum"] = strings
            .iter()
            .map(|one| Value::from(*one))
            .chain([Value::Null])
            .collect();
        made["type"] = json!(["string", "null"]);
        return made;
    }
    nullable(made)
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}

/// The types a schema allows; what it constrains tells where it does not say.
pub(super) fn types(parts: &[Part]) -> Vec<String> {
    let said = parts.iter().find_map(|part| match part.map.get("type")? {
        Value::String(one) => Some(vec![one.clone()]),
        Value::Array(many) => {
            let names = many.iter().map(|one| one.as_str().map(str::to_owned));
            names.collect::<Option<Vec<_>>>()
        }
        _ => None,
    });
    if let Some(mut said) = said {
        said.dedup();
        if said.iter().any(|one| one == "number") {
            said.retain(|one| one != "integer");
        }
        let all = ["object", "array", "string", "number", "boolean"];
        let is_any = said.iter().any(|one| one == "any")
            || all.iter().all(|one| said.iter().any(|said| said == one));
        return if is_any { Vec::new() } else { said };
    }
    let has = |keys: &[&str]| {
        parts
            .iter()
            .any(|part| keys.iter().any(|key| part.map.contains_key(*key)))
    };
    let implied = if has(&["properties", "additionalProperties", "patternProperties"]) {
        "object"
    } else if has(&["items", "prefixItems"]) {
        "array"
    } else if has(&["pattern", "minLength", "maxLength", "format"]) {
        "string"
    } else {
        return Vec::new();
    };
    vec![implied.to_owned()]
}

/// Integers keep their width where the format names it, and lose their sign where there is none.
pub(super) fn integer(parts: &[Part]) -> Value {
    let mut made = json!({ "type": "integer" });
    let format = parts
        .iter()
        .find_map(|part| part.map.get("format")?.as_str());
    if let Some(format @ ("int32" | "int64" | "uint32" | "uint64")) = format {
        made["format"] = format.into();
        return made;
    }
    let minimum = |key: &str| parts.iter().find_map(|part| part.map.get(key)?.as_f64());
    let lowest = minimum("minimum").or_else(|| minimum("exclusiveMinimum"));
    if lowest.is_some_and(|lowest| lowest >= 0.0) {
        made["minimum"] = json!(0);
    }
    made
}

/// Whether a default is a value of its type. Only simple ones are kept: the others are seldom meant, and often wrong.
fn fits(default: &Value, made: &Map<String, Value>) -> bool {
    let Some(kind) = made.get("type").and_then(Value::as_str) else {
        return false;
    };
    match (kind, default) {
        ("boolean", Value::Bool(_)) => true,
        ("integer", Value::Number(number)) => {
            number.as_i64().is_some_and(|number| {
                i32::try_from(number).is_ok() && (number >= 0 || made.get("minimum").is_none())
            }) && !made.contains_key("format")
        }
        ("number", Value::Number(number)) => number.as_f64().is_some(),
        ("string", Value::String(text)) => {
            let listed = made.get("enum").and_then(Value::as_array);
            listed.map_or(!made.contains_key("format"), |listed| {
                listed.iter().any(|one| one == text)
            })
        }
        _ => false,
    }
}

/// Whether a schema could become a type with a name.
pub(super) fn may_need_name(schema: &Value) -> bool {
    let named = [
        "properties",
        "oneOf",
        "anyOf",
        "allOf",
        "enum",
        "const",
        "patternProperties",
        "additionalProperties",
    ];
    let Value::Object(map) = schema else {
        return false;
    };
    !map.contains_key("$ref")
        && (named.iter().any(|key| map.contains_key(*key))
            || map.get("type").is_some_and(Value::is_array))
}

/// Whether alternatives are one thing and null.
pub(super) fn is_option(alternatives: &Value) -> bool {
    let alternatives = alternatives.as_array();
    alternatives.is_some_and(|alternatives| {
        alternatives.len() == 2
            && alternatives[1].get("type").and_then(Value::as_str) == Some("null")
    })
}

/// Whether what was made is a type with a name.
pub(super) fn needs_name(made: &Value) -> bool {
    let single = made["enum"]
        .as_array()
        .is_some_and(|values| values.len() == 1);
    let has = |key: &str| made.get(key).is_some();
    has("properties")
        || has("oneOf")
        || has("anyOf")
        || has("allOf")
        || (has("enum") && !single)
        || made["additionalProperties"] == Value::Bool(false)
}

pub(super) fn list<'a>(map: &'a Map<String, Value>, key: &str) -> &'a [Value] {
    map.get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

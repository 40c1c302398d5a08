//! What is tried when typify cannot make a type of a definition.

use serde_json::{Map, Value, json};

/// The same shape with everything left out that most often goes wrong: lists of strings become strings, alternatives
/// become any value, defaults go.
pub(super) fn weaken(schema: &Value) -> Value {
    let Value::Object(map) = schema else {
        return schema.clone();
    };
    if map.contains_key("oneOf") || map.contains_key("anyOf") || map.contains_key("allOf") {
        return described(json!({}), map);
    }
    let mut made = Map::new();
    for (key, value) in map {
        match key.as_str() {
            "enum" | "default" | "format" | "additionalProperties" => {}
            "properties" => {
                let properties = value.as_object().into_iter().flatten();
                let weak = properties.map(|(key, one)| (key.clone(), weaken(one)));
                made.insert(key.clone(), Value::Object(weak.collect()));
            }
            "items" => {
                made.insert(key.clone(), weaken(value));
            }
            _ => {
                made.insert(key.clone(), value.clone());
            }
        }
    }
    Value::Object(made)
}

fn described(mut made: Value, map: &Map<String, Value>) -> Value {
    if let Some(text) = map.get("description") {
        made["description"] = text.clone();
    }
    made
}

//! Where tags may stand in a JSON Schema: on an object, and on a property. A path says what lies on the way: `object` and
//! the name of a property, `array`, `allof`, `anyof` or `oneof` with the place in it, `not`.

use dovetail_model::EntityType;
use serde_json::{Map, Value};

use crate::tags::{Visit, entity};

/// Visits every place of a text, whose nesting was bounded when it was parsed.
pub(crate) fn visit_places(text: &mut Value, visit: Visit<'_>) {
    schema(text, "", visit);
}

fn schema(text: &mut Value, path: &str, visit: Visit<'_>) {
    let Some(object) = text.as_object_mut() else {
        return;
    };
    if is_object(object) {
        let path = joined(path, "object");
        visit(entity(EntityType::Record, path.clone()), object);
        let properties = object.get_mut("properties").and_then(Value::as_object_mut);
        for (name, property) in properties.into_iter().flatten() {
            let path = joined(&path, name);
            if let Some(place) = property.as_object_mut() {
                visit(entity(EntityType::Field, path.clone()), place);
            }
            schema(property, &path, visit);
        }
    }
    for key in ["items", "prefixItems"] {
        match object.get_mut(key) {
            Some(Value::Array(items)) => each(items, &joined(path, "array"), visit),
            Some(item) => schema(item, &joined(path, "array"), visit),
            None => {}
        }
    }
    for (key, step) in [("allOf", "allof"), ("anyOf", "anyof"), ("oneOf", "oneof")] {
        if let Some(members) = object.get_mut(key).and_then(Value::as_array_mut) {
            each(members, &joined(path, step), visit);
        }
    }
    if let Some(inner) = object.get_mut("not") {
        schema(inner, &joined(path, "not"), visit);
    }
}

fn each(members: &mut [Value], path: &str, visit: Visit<'_>) {
    for (place, member) in members.iter_mut().enumerate() {
        schema(member, &joined(path, &place.to_string()), visit);
    }
}

fn is_object(schema: &Map<String, Value>) -> bool {
    schema.contains_key("properties")
        || match schema.get("type") {
            Some(Value::String(kind)) => kind == "object",
            Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "object"),
            _ => false,
        }
}

fn joined(path: &str, step: &str) -> String {
    if path.is_empty() {
        step.to_owned()
    } else {
        format!("{path}.{step}")
    }
}

//! Where tags may stand in an Avro text: on a record, by its full name, and on a field, by that and its own.

use dovetail_model::EntityType;
use serde_json::Value;

use crate::tags::{Visit, entity};

/// Visits every place of a canonical text, whose nesting was bounded when it was parsed.
pub(crate) fn visit_places(text: &mut Value, visit: Visit<'_>) {
    schema(text, "", visit);
}

fn schema(text: &mut Value, namespace: &str, visit: Visit<'_>) {
    match text {
        Value::Array(branches) => {
            for branch in branches {
                schema(branch, namespace, visit);
            }
        }
        Value::Object(object) => match object.get("type").and_then(Value::as_str) {
            Some("record" | "error") => record(object, namespace, visit),
            Some("array") => inside(object, "items", namespace, visit),
            Some("map") => inside(object, "values", namespace, visit),
            Some(_) => {}
            None => inside(object, "type", namespace, visit),
        },
        _ => {}
    }
}

type Object = serde_json::Map<String, Value>;

fn inside(object: &mut Object, key: &str, namespace: &str, visit: Visit<'_>) {
    if let Some(inner) = object.get_mut(key) {
        schema(inner, namespace, visit);
    }
}

fn record(object: &mut Object, inherited: &str, visit: Visit<'_>) {
    let text = |key| object.get(key).and_then(Value::as_str);
    let name = text("name").unwrap_or_default();
    let (namespace, name) = match (name.rsplit_once('.'), text("namespace")) {
        (Some((namespace, name)), _) => (namespace.to_owned(), name),
        (None, Some(namespace)) => (namespace.to_owned(), name),
        (None, None) => (inherited.to_owned(), name),
    };
    let full = if namespace.is_empty() {
        name.to_owned()
    } else {
        format!("{namespace}.{name}")
    };
    visit(entity(EntityType::Record, full.clone()), object);
    let fields = object.get_mut("fields").and_then(Value::as_array_mut);
    for field in fields
        .into_iter()
        .flatten()
        .filter_map(Value::as_object_mut)
    {
        let name = field
            .get("name")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let path = format!("{full}.{name}");
        visit(entity(EntityType::Field, path), field);
        inside(field, "type", &namespace, visit);
    }
}

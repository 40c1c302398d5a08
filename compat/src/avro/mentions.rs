//! The full names a text defines, and those it uses without defining them.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::{json, names::Name, tree::Primitive};
use crate::{Mentions, SchemaError, link::Need};

/// Reads what a text defines and needs. It need not be a valid schema, only JSON: what is wrong with it is said when it
/// is parsed.
pub(crate) fn mentions(text: &str) -> Result<Mentions, SchemaError> {
    let mut found = Found::default();
    found.schema(&json::read(text)?, None);
    let needs = found
        .uses
        .into_iter()
        .filter(|name| !found.defines.contains(name))
        .map(|name| Need {
            absolute: name.clone(),
            name,
        });
    Ok(Mentions {
        needs: needs.collect(),
        defines: found.defines.into_iter().collect(),
    })
}

#[derive(Default)]
struct Found {
    defines: BTreeSet<String>,
    uses: BTreeSet<String>,
}

impl Found {
    fn schema(&mut self, value: &Value, namespace: Option<&str>) {
        match value {
            Value::String(name) => self.used(name, namespace),
            Value::Array(branches) => {
                for branch in branches {
                    self.schema(branch, namespace);
                }
            }
            Value::Object(object) => self.object(object, namespace),
            _ => {}
        }
    }

    fn object(&mut self, object: &Map<String, Value>, namespace: Option<&str>) {
        match object.get("type") {
            Some(Value::String(kind)) => match kind.as_str() {
                "record" | "error" | "enum" | "fixed" => self.definition(object, namespace),
                "array" => self.schema(object.get("items").unwrap_or(&Value::Null), namespace),
                "map" => self.schema(object.get("values").unwrap_or(&Value::Null), namespace),
                name => self.used(name, namespace),
            },
            Some(inner) => self.schema(inner, namespace),
            None => {}
        }
    }

    fn definition(&mut self, object: &Map<String, Value>, outer: Option<&str>) {
        let text = |key: &str| object.get(key).and_then(Value::as_str);
        let Some(name) = text("name") else { return };
        let namespace = text("namespace").or(outer);
        let Ok(name) = Name::new(name, namespace) else {
            return;
        };
        self.defines.insert(name.full().to_owned());
        let fields = object.get("fields").and_then(Value::as_array);
        for field in fields.into_iter().flatten() {
            if let Some(inner) = field.get("type") {
                self.schema(inner, name.namespace());
            }
        }
    }

    fn used(&mut self, name: &str, namespace: Option<&str>) {
        if Primitive::from_name(name).is_some() {
            return;
        }
        if let Ok(name) = Name::new(name, namespace) {
            self.uses.insert(name.full().to_owned());
        }
    }
}

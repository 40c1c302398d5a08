//! What a schema of one kind becomes: an object, an array, a string or a number.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::{
    shapes::{integer, list},
    translate::{Part, Translator},
};
use crate::{Time, Uuid, names::snake};

impl Translator<'_> {
    pub(super) fn of_type(&mut self, kind: &str, parts: &[Part], name: &str) -> Value {
        match kind {
            "object" => self.object(parts, name),
            "array" => self.array(parts, name),
            "string" => self.string(parts),
            "integer" => integer(parts),
            "number" => json!({ "type": "number" }),
            "boolean" | "null" => json!({ "type": kind }),
            _ => json!({}),
        }
    }

    pub(super) fn object(&mut self, parts: &[Part], name: &str) -> Value {
        let mut properties = Map::new();
        let mut required: BTreeSet<String> = BTreeSet::new();
        let mut fields: BTreeMap<String, String> = BTreeMap::new();
        let mut overflows = false;
        for part in parts {
            required.extend(
                list(&part.map, "required")
                    .iter()
                    .filter_map(Value::as_str)
                    .map(str::to_owned),
            );
            let Some(Value::Object(map)) = part.map.get("properties") else {
                continue;
            };
            let place = part.place.under("properties");
            for (key, schema) in map {
                if properties.contains_key(key) || *schema == Value::Bool(false) {
                    continue;
                }
                let place = place.under(key);
                let field = snake(key);
                if let Some(other) = fields.get(&field) {
                    let message = format!(
                        "{key:?} would be the same field as {other:?}, so it is kept among the properties without a field"
                    );
                    self.note(&place, &message);
                    overflows = true;
                    continue;
                }
                fields.insert(field, key.clone());
                if schema.get("required") == Some(&Value::Bool(true)) {
                    required.insert(key.clone());
                }
                let made = self.inner(schema, &place, &part.name, key);
                properties.insert(key.clone(), made);
            }
        }
        required.retain(|key| properties.contains_key(key) || !fields.contains_key(&snake(key)));
        let additional = self.additional(parts, name, &properties);
        let keeps = overflows
            || (self.options.preserve_unknown && additional.is_none() && !properties.is_empty());
        let mut made = json!({ "type": "object" });
        match additional {
            _ if keeps && !properties.contains_key("extra") => {
                made["additionalProperties"] = json!({});
            }
            Some(Value::Bool(true)) | None => {}
            Some(_) if fields.contains_key("extra") => {}
            Some(additional) => made["additionalProperties"] = additional,
        }
        if !properties.is_empty() {
            made["properties"] = Value::Object(properties);
        }
        if !required.is_empty() {
            made["required"] = required.into_iter().collect();
        }
        made
    }

    /// What properties without a schema of their own look like; none where nothing is said.
    fn additional(
        &mut self,
        parts: &[Part],
        name: &str,
        properties: &Map<String, Value>,
    ) -> Option<Value> {
        let mut closed = true;
        let mut said = false;
        for part in parts {
            let patterns = part.map.get("patternProperties").and_then(Value::as_object);
            let everything = patterns.and_then(|patterns| {
                patterns.iter().find(|(pattern, _)| {
                    ["", ".*", "^.*$", ".+", "^.+$", "^.*", "^"].contains(&pattern.as_str())
                })
            });
            if let Some((pattern, schema)) = everything {
                let place = part.place.under("patternProperties").under(pattern);
                return Some(self.inner(schema, &place, name, "value"));
            }
            match (part.map.get("additionalProperties"), patterns) {
                (Some(Value::Bool(false)), Some(patterns))
                    if patterns.len() == 1 && properties.is_empty() =>
                {
                    let (pattern, schema) = patterns.iter().next()?;
                    let place = part.place.under("patternProperties").under(pattern);
                    return Some(self.inner(schema, &place, name, "value"));
                }
                (_, Some(patterns)) if !patterns.is_empty() => return Some(json!({})),
                (Some(Value::Object(schema)), _) => {
                    let place = part.place.under("additionalProperties");
                    let schema = Value::Object(schema.clone());
                    return Some(self.inner(&schema, &place, name, "value"));
                }
                (Some(Value::Bool(false)), _) => said = true,
                _ => {
                    let adds = part.map.contains_key("properties") || part.map.contains_key("type");
                    closed &= !adds;
                }
            }
        }
        (said && closed).then_some(Value::Bool(false))
    }

    fn array(&mut self, parts: &[Part], name: &str) -> Value {
        let found = parts
            .iter()
            .find_map(|part| Some((part, part.map.get("items")?)));
        match found {
            Some((part, Value::Object(items))) if !part.map.contains_key("prefixItems") => {
                let place = part.place.under("items");
                let items = self.inner(&Value::Object(items.clone()), &place, name, "item");
                json!({ "type": "array", "items": items })
            }
            _ => json!({ "type": "array", "items": {} }),
        }
    }

    fn string(&self, parts: &[Part]) -> Value {
        let format = parts
            .iter()
            .find_map(|part| part.map.get("format")?.as_str());
        let kept = match format {
            Some("uuid") => self.options.uuid == Uuid::Uuid,
            Some("date-time") => self.options.time == Time::Chrono,
            Some("date") => self.options.time != Time::Runtime,
            _ => false,
        };
        match format {
            Some(format) if kept => json!({ "type": "string", "format": format }),
            _ => json!({ "type": "string" }),
        }
    }

    /// Notes keywords that no type can hold.
    pub(super) fn note_dropped(&mut self, part: &Part) {
        const DROPPED: [&str; 16] = [
            "if",
            "then",
            "else",
            "not",
            "dependencies",
            "dependentRequired",
            "dependentSchemas",
            "contains",
            "propertyNames",
            "unevaluatedProperties",
            "unevaluatedItems",
            "prefixItems",
            "contentEncoding",
            "contentMediaType",
            "contentSchema",
            "disallow",
        ];
        let dropped: Vec<&str> = DROPPED
            .into_iter()
            .filter(|key| part.map.contains_key(*key))
            .collect();
        if !dropped.is_empty() {
            let message = format!(
                "types do not hold {}; only validation does",
                dropped.join(", ")
            );
            self.note(&part.place, &message);
        }
    }
}

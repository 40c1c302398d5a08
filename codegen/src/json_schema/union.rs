//! `oneOf` and `anyOf`: alternatives that become an enum, and constraints that only look like alternatives.

use serde_json::{Value, json};

use super::{
    names::is_name,
    shapes::{list, nullable},
    translate::{Part, Translator},
};

impl Translator<'_> {
    /// The enum that a schema's alternatives make; none where they are no types, but conditions on one.
    pub(super) fn union(&mut self, parts: &[Part], name: &str) -> Option<Value> {
        let (part, keyword) = parts.iter().find_map(|part| {
            let keywords = ["oneOf", "anyOf"].into_iter();
            let mut with = keywords.filter(|keyword| !list(&part.map, keyword).is_empty());
            Some((part, with.next()?))
        })?;
        let base: Vec<Part> = parts.iter().map(without_alternatives).collect();
        let has_properties = base.iter().any(|part| part.map.contains_key("properties"));
        let branches = list(&part.map, keyword);
        if branches.iter().all(is_condition) {
            return None;
        }
        let mut made: Vec<Value> = Vec::new();
        for (at, branch) in branches.iter().enumerate() {
            let place = part.place.under(keyword).under(&at.to_string());
            let one = if has_properties {
                self.with_base(&base, branch, &place, name, at)
            } else {
                self.branch(branch, &place, name, at)
            };
            if !made.contains(&one) {
                made.push(one);
            }
        }
        // An alternative that allows everything makes the others pointless.
        let is_any = |one: &Value| {
            *one == Value::Bool(true) || one.as_object().is_some_and(serde_json::Map::is_empty)
        };
        if made.iter().any(is_any) {
            return Some(json!({}));
        }
        let nulls = made.len();
        made.retain(|one| one.get("type").and_then(Value::as_str) != Some("null"));
        let has_null = made.len() < nulls;
        let one = match made.len() {
            0 => return Some(json!({ "type": "null" })),
            1 => made.remove(0),
            _ => json!({ "oneOf": made }),
        };
        Some(if has_null { nullable(one) } else { one })
    }

    /// An alternative that adds to what all alternatives share.
    fn with_base(
        &mut self,
        base: &[Part],
        branch: &Value,
        place: &super::documents::Place,
        name: &str,
        at: usize,
    ) -> Value {
        let Value::Object(map) = branch else {
            return self.object(base, name);
        };
        let own = format!("{name}Variant{at}");
        let target = map.get("$ref").and_then(Value::as_str);
        let target = target.and_then(|reference| self.documents.resolve(reference, place));
        let (map, place) = match target
            .and_then(|target| Some((self.documents.get(&target)?.as_object()?.clone(), target)))
        {
            Some((map, place)) => (map, place),
            None => (map.clone(), place.clone()),
        };
        let mut parts = vec![Part {
            map,
            place,
            name: own.clone(),
        }];
        parts.extend(base.iter().cloned());
        let made = self.object(&parts, &own);
        self.named(branch, made)
    }

    fn branch(
        &mut self,
        branch: &Value,
        place: &super::documents::Place,
        name: &str,
        at: usize,
    ) -> Value {
        let made = self.schema(branch, place, &format!("{name}Variant{at}"));
        self.named(branch, made)
    }

    /// An alternative with a title is a type of that name.
    fn named(&mut self, branch: &Value, made: Value) -> Value {
        let title = branch.get("title").and_then(Value::as_str);
        match title
            .filter(|title| is_name(title) && made.get("properties").is_some() && !has_tag(&made))
        {
            Some(title) => {
                let name = self.names.take(title);
                self.define(&name, made);
                json!({ "$ref": format!("#/definitions/{name}") })
            }
            None => made,
        }
    }
}

fn without_alternatives(part: &Part) -> Part {
    let mut part = part.clone();
    for keyword in ["oneOf", "anyOf", "allOf", "$ref"] {
        part.map.remove(keyword);
    }
    part
}

/// Whether an alternative only says which properties must be there, or what must not be.
fn is_condition(branch: &Value) -> bool {
    let Value::Object(map) = branch else {
        return true;
    };
    let shaping = [
        "type",
        "properties",
        "$ref",
        "enum",
        "const",
        "items",
        "oneOf",
        "anyOf",
        "allOf",
        "pattern",
        "format",
        "additionalProperties",
        "patternProperties",
    ];
    !shaping.iter().any(|key| map.contains_key(*key))
}

/// Whether one property tells the alternative apart by its only value.
fn has_tag(made: &Value) -> bool {
    let properties = made["properties"].as_object();
    properties.into_iter().flatten().any(|(_, one)| {
        one["enum"]
            .as_array()
            .is_some_and(|values| values.len() == 1)
    })
}

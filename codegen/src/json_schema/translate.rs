//! From the schemas of several documents and drafts to plain definitions that typify can read.
//!
//! What comes out has no reference but `#/definitions/<Name>`, names nothing twice, and holds only what shapes a type.
//! Everything else that a schema says is left out and noted: types hold the shape, validation holds the rest.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::{Map, Value, json};

use super::{
    documents::{Documents, Place},
    names::{Names, is_name},
    shapes::{
        described, enumeration, is_option, list, may_need_name, needs_name, nullable, types, values,
    },
};
use crate::Options;

/// The most definitions that are made of one schema.
const MAX_DEFINITIONS: usize = 4_000;

/// The most schemas that one `allOf` may lead to.
const MAX_PARTS: usize = 64;

/// Keywords that say something about a schema and nothing about its values.
const ANNOTATIONS: [&str; 16] = [
    "$schema",
    "$id",
    "id",
    "$anchor",
    "$comment",
    "title",
    "description",
    "default",
    "examples",
    "example",
    "definitions",
    "$defs",
    "deprecated",
    "readOnly",
    "writeOnly",
    "$vocabulary",
];

/// A schema made plain.
pub(super) struct Translated {
    /// The name of the schema's own type.
    pub(super) root: String,
    /// Every definition by its name.
    pub(super) definitions: BTreeMap<String, Value>,
    /// What one should know.
    pub(super) notes: Vec<Note>,
    /// What could have been called otherwise.
    pub(super) renamed: BTreeSet<String>,
}

/// Something that a type does not hold, and where.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Note {
    pub(super) place: String,
    pub(super) message: String,
}

/// Makes a schema plain.
pub(super) fn translate(documents: &Documents, unit: &str, options: &Options) -> Translated {
    let mut translator = Translator {
        documents,
        options,
        names: Names::new(&options.renames),
        definitions: BTreeMap::new(),
        by_place: BTreeMap::new(),
        queue: VecDeque::new(),
        notes: BTreeSet::new(),
    };
    let place = documents.root();
    let title = documents
        .get(&place)
        .and_then(|root| root.get("title"))
        .and_then(Value::as_str);
    let wanted = title.filter(|title| is_name(title)).unwrap_or(unit);
    let root = translator.names.take(wanted);
    translator.enqueue(place.clone(), root.clone());
    translator.name_definitions(&place);
    let mut count = 0;
    while let Some((place, name)) = translator.queue.pop_front() {
        count += 1;
        if count > MAX_DEFINITIONS {
            // It waits as any value already.
            let message = format!(
                "it leads to more than {MAX_DEFINITIONS} types, and those beyond are any JSON value"
            );
            translator.note(&documents.root(), &message);
            continue;
        }
        let schema = documents.get(&place).cloned().unwrap_or(Value::Bool(true));
        let made = translator.schema(&schema, &place, &name);
        let made = translator.named_inside(made, &format!("{name}_value"));
        translator.definitions.insert(name, made);
    }
    Translated {
        root,
        definitions: translator.definitions,
        notes: translator.notes.into_iter().collect(),
        renamed: translator.names.renamed,
    }
}

pub(super) struct Translator<'a> {
    pub(super) documents: &'a Documents,
    pub(super) options: &'a Options,
    pub(super) names: Names<'a>,
    definitions: BTreeMap<String, Value>,
    by_place: BTreeMap<(usize, String), String>,
    queue: VecDeque<(Place, String)>,
    notes: BTreeSet<Note>,
}

/// A schema object with the place it stands at and the name its parts are called after.
#[derive(Clone)]
pub(super) struct Part {
    pub(super) map: Map<String, Value>,
    pub(super) place: Place,
    pub(super) name: String,
}

impl Translator<'_> {
    /// Has a definition made. It counts as made from now on, so that one that refers to itself is made once.
    fn enqueue(&mut self, place: Place, name: String) {
        let key = (place.document, place.pointer.clone());
        self.by_place.insert(key, name.clone());
        self.definitions.insert(name.clone(), Value::Bool(true));
        self.queue.push_back((place, name));
    }

    /// Definitions keep their names, whatever is called like them elsewhere.
    fn name_definitions(&mut self, root: &Place) {
        for keyword in ["definitions", "$defs"] {
            let place = root.under(keyword);
            let Some(Value::Object(map)) = self.documents.get(&place) else {
                continue;
            };
            for key in map.keys() {
                let name = self.names.take(key);
                let key = (place.document, place.under(key).pointer);
                self.by_place.insert(key, name);
            }
        }
    }

    /// The name of the definition that stands for a place.
    fn definition(&mut self, place: Place) -> String {
        let key = (place.document, place.pointer.clone());
        let known = self.by_place.get(&key).cloned();
        let name = known.unwrap_or_else(|| {
            let stem = self.documents.name(place.document);
            let stem = stem.rsplit('/').next().unwrap_or(stem);
            let stem = stem.trim_end_matches(".json").trim_end_matches(".schema");
            let schema = self.documents.get(&place);
            let title = schema
                .and_then(|schema| schema.get("title"))
                .and_then(Value::as_str);
            let wanted = match (place.last(), title) {
                (Some(last), _) => last,
                (None, Some(title)) if is_name(title) => title.to_owned(),
                _ => stem.to_owned(),
            };
            self.names.take(&wanted)
        });
        if !self.definitions.contains_key(&name) {
            self.enqueue(place, name.clone());
        }
        name
    }

    /// Adds a definition that has no place of its own.
    pub(super) fn define(&mut self, name: &str, made: Value) {
        self.definitions.insert(name.to_owned(), made);
    }

    pub(super) fn note(&mut self, place: &Place, message: &str) {
        let document = self.documents.name(place.document);
        self.notes.insert(Note {
            place: format!("{document}{}", place.pointer),
            message: message.to_owned(),
        });
    }

    /// A schema that needs no name of its own, or has one already.
    pub(super) fn schema(&mut self, schema: &Value, place: &Place, name: &str) -> Value {
        let Value::Object(map) = schema else {
            return Value::Bool(true);
        };
        if let Some(reference) = self.plain_reference(map, place) {
            return described(reference, map);
        }
        let part = Part {
            map: map.clone(),
            place: place.clone(),
            name: name.to_owned(),
        };
        let mut parts = Vec::new();
        self.flatten(part, &mut BTreeSet::new(), &mut parts);
        let made = self.merged(&parts, name);
        described(made, map)
    }

    /// A part of a schema. Where it needs a type with a name, it becomes a definition.
    pub(super) fn inner(
        &mut self,
        schema: &Value,
        place: &Place,
        parent: &str,
        key: &str,
    ) -> Value {
        if !may_need_name(schema) {
            return self.schema(schema, place, parent);
        }
        let at = (place.document, place.pointer.clone());
        if let Some(name) = self.by_place.get(&at) {
            return json!({ "$ref": format!("#/definitions/{name}") });
        }
        let name = self.names.take(&format!("{parent}_{key}"));
        self.by_place.insert(at.clone(), name.clone());
        let made = self.schema(schema, place, &name);
        if made.get("oneOf").is_some_and(is_option) {
            self.by_place.remove(&at);
            return self.named_inside(made, &format!("{parent}_{key}"));
        }
        // Somebody inside may have referred to it already.
        if !needs_name(&made) && !self.definitions.contains_key(&name) {
            self.by_place.remove(&at);
            return made;
        }
        self.definitions.insert(name.clone(), made);
        json!({ "$ref": format!("#/definitions/{name}") })
    }

    /// What is one thing or null is an option, and the one thing needs the name.
    fn named_inside(&mut self, mut made: Value, wanted: &str) -> Value {
        if made.get("oneOf").is_some_and(is_option) && needs_name(&made["oneOf"][0]) {
            let name = self.names.take(wanted);
            let inner = std::mem::take(&mut made["oneOf"][0]);
            self.definitions.insert(name.clone(), inner);
            made["oneOf"][0] = json!({ "$ref": format!("#/definitions/{name}") });
        }
        made
    }

    /// The definition that a schema stands for, where it says nothing else.
    fn plain_reference(&mut self, map: &Map<String, Value>, place: &Place) -> Option<Value> {
        let is_annotation = |key: &String| ANNOTATIONS.contains(&key.as_str());
        if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
            let shapes =
                |key: &String| ["properties", "allOf", "oneOf", "anyOf"].contains(&key.as_str());
            if map.keys().any(shapes) {
                return None;
            }
            return Some(self.reference(reference, place));
        }
        if let Some(reference) = map.get("$recursiveRef").or_else(|| map.get("$dynamicRef")) {
            return Some(self.reference(reference.as_str()?, place));
        }
        let mut keys = map.keys().filter(|key| !is_annotation(key));
        let only = keys.next().filter(|_| keys.next().is_none())?;
        let branches = map.get(only).and_then(Value::as_array)?;
        if !["allOf", "anyOf", "oneOf"].contains(&only.as_str()) || branches.len() != 1 {
            return None;
        }
        let inner = branches[0].as_object()?;
        let place = place.under(only).under("0");
        inner
            .contains_key("$ref")
            .then(|| self.plain_reference(inner, &place))
            .flatten()
    }

    fn reference(&mut self, reference: &str, place: &Place) -> Value {
        let found = self.documents.resolve(reference, place);
        let found = found.filter(|found| self.documents.get(found).is_some());
        let Some(found) = found else {
            self.note(
                place,
                &format!(
                    "{reference:?} is found in none of the references, so it is any JSON value; nothing is ever fetched"
                ),
            );
            return json!({});
        };
        if self.leads_nowhere(&found) {
            self.note(
                place,
                &format!("{reference:?} leads back to itself, so it is any JSON value"),
            );
            return json!({});
        }
        let name = self.definition(found);
        json!({ "$ref": format!("#/definitions/{name}") })
    }

    /// Whether a place refers, without adding anything, to itself.
    fn leads_nowhere(&self, place: &Place) -> bool {
        let mut seen = BTreeSet::new();
        let mut at = place.clone();
        while seen.insert((at.document, at.pointer.clone())) {
            let target = self
                .documents
                .get(&at)
                .and_then(|schema| schema.get("$ref"))
                .and_then(Value::as_str)
                .and_then(|reference| self.documents.resolve(reference, &at));
            match target {
                Some(target) => at = target,
                None => return false,
            }
        }
        true
    }

    /// A schema and everything its `allOf` adds to it, each once.
    fn flatten(&mut self, part: Part, seen: &mut BTreeSet<(usize, String)>, found: &mut Vec<Part>) {
        let key = (part.place.document, part.place.pointer.clone());
        if !seen.insert(key) || found.len() >= MAX_PARTS {
            return;
        }
        let Part { map, place, name } = part.clone();
        found.push(part);
        if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
            let target = self.documents.resolve(reference, &place);
            if let Some((target, Value::Object(map))) = target
                .and_then(|target| Some((target.clone(), self.documents.get(&target)?.clone())))
            {
                let key = (target.document, target.pointer.clone());
                let stem = target.last();
                let name = self
                    .by_place
                    .get(&key)
                    .cloned()
                    .or(stem)
                    .unwrap_or_else(|| name.clone());
                let part = Part {
                    map,
                    place: target,
                    name,
                };
                self.flatten(part, seen, found);
            }
        }
        for (at, branch) in list(&map, "allOf").iter().enumerate() {
            if let Value::Object(map) = branch {
                let part = Part {
                    map: map.clone(),
                    place: place.under("allOf").under(&at.to_string()),
                    name: name.clone(),
                };
                self.flatten(part, seen, found);
            }
        }
    }

    fn merged(&mut self, parts: &[Part], name: &str) -> Value {
        for part in parts {
            self.note_dropped(part);
        }
        if let Some(values) = values(parts) {
            return enumeration(&values);
        }
        if let Some(made) = self.union(parts, name) {
            return made;
        }
        match &types(parts)[..] {
            [] => json!({}),
            [one] => self.of_type(one, parts, name),
            [one, null] | [null, one] if null == "null" => {
                let made = self.of_type(one, parts, name);
                nullable(made)
            }
            many => {
                let branches: Vec<Value> = many
                    .iter()
                    .map(|one| self.of_type(one, parts, name))
                    .collect();
                json!({ "oneOf": branches })
            }
        }
    }
}

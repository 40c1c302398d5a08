//! The texts a schema is made of (the submitted one, its references, and the meta-schemas it names), and where each
//! `$ref` in them leads.
//!
//! Everything is found here or refused: no reference is ever looked for in files or on the network. The index visits
//! each schema once with a list of its own instead of recursion, so no chain of references is too long for it.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use jsonschema::Registry;
use serde_json::Value;

use super::{
    draft::Draft,
    location::Location,
    parse::check_meta_schema,
    pattern::PatternCheck,
    text::{percent_decoded, quoted, unescape_segment},
    uri,
};
use crate::SchemaError;

/// One text.
#[derive(Debug)]
pub(super) struct Document {
    /// The name it is referred to by; none for the submitted text.
    pub(super) name: Option<Arc<str>>,
    pub(super) draft: Draft,
    pub(super) value: Value,
}

/// The keywords that refer to another schema. Dynamic references are followed as if they were static: what they reach
/// without a dynamic scope is what a reader of the schema alone can know.
pub(super) fn reference_keywords(draft: Draft) -> &'static [&'static str] {
    match draft {
        Draft::Y2020 => &["$ref", "$dynamicRef"],
        Draft::Y2019 => &["$ref", "$recursiveRef"],
        _ => &["$ref"],
    }
}

/// All texts with an index of what can be referred to.
pub(super) struct Documents<'a> {
    /// The root of the submitted text.
    pub(super) root: Location<'a>,
    /// Texts by the name their referrers use.
    names: HashMap<Arc<str>, Location<'a>>,
    /// Schemas with an identity, by the absolute URI of their `$id`.
    resources: HashMap<Arc<str>, Location<'a>>,
    /// Schemas with an anchor, by the base they stand under.
    anchors: HashMap<(Arc<str>, &'a str), Location<'a>>,
}

impl<'a> Documents<'a> {
    /// Indexes the texts, the submitted one being the last, and checks that every reference leads somewhere and every
    /// pattern is one.
    pub(super) fn index(documents: &'a [Document]) -> Result<Self, SchemaError> {
        let (submitted, others) = documents
            .split_last()
            .ok_or_else(|| SchemaError("there is no text".to_owned()))?;
        let root = Location::root(&submitted.value, submitted.draft, None, &Arc::from(""));
        let mut index = Self {
            root: root.clone(),
            names: HashMap::new(),
            resources: HashMap::new(),
            anchors: HashMap::new(),
        };
        index.resources.insert(Arc::from(""), root.clone());
        let mut pending = vec![root];
        for document in others {
            let name = document.name.clone().unwrap_or_default();
            let base: Arc<str> =
                uri::resolve(&index.root.base, uri::split_fragment(&name).0).into();
            let location = Location::root(
                &document.value,
                document.draft,
                document.name.clone(),
                &base,
            );
            index.resources.insert(base, location.clone());
            index.names.insert(name, location.clone());
            pending.push(location);
        }
        index.visit(pending)?;
        Ok(index)
    }

    /// Visits all schemas, then all references, until neither leads to a schema not seen yet.
    fn visit(&mut self, mut pending: Vec<Location<'a>>) -> Result<(), SchemaError> {
        let mut seen = HashSet::new();
        let mut patterns = PatternCheck::default();
        let mut referrers: Vec<Location<'a>> = Vec::new();
        loop {
            while let Some(location) = pending.pop() {
                if !seen.insert(location.address()) {
                    continue;
                }
                self.register(&location);
                check_patterns(&location, &mut patterns)?;
                pending.extend(location.subschemas());
                referrers.push(location);
            }
            for referrer in referrers.drain(..) {
                for reference in references(&referrer)? {
                    let target = self.resolve(&referrer, reference)?;
                    if !seen.contains(&target.address()) {
                        // It stands where no draft looks for schemas, so nobody has checked it yet.
                        check_meta_schema(&target)?;
                        pending.push(target);
                    }
                }
            }
            if pending.is_empty() {
                return Ok(());
            }
        }
    }

    /// Remembers what a schema calls itself.
    fn register(&mut self, location: &Location<'a>) {
        let mut anchor = |name: &'a str| {
            let key = (Arc::clone(&location.base), name);
            self.anchors.entry(key).or_insert_with(|| location.clone());
        };
        if let Some(id) = location.id() {
            let (without_fragment, fragment) = uri::split_fragment(id);
            if let Some(name) =
                fragment.filter(|name| !name.is_empty() && !location.draft.is_modern())
            {
                anchor(name);
            }
            if !without_fragment.is_empty() {
                self.resources
                    .entry(Arc::clone(&location.base))
                    .or_insert_with(|| location.clone());
            }
        }
        if location.draft.is_modern() {
            let mut anchor = |name: &'a str| {
                let key = (Arc::clone(&location.base), name);
                self.anchors.entry(key).or_insert_with(|| location.clone());
            };
            for keyword in ["$anchor", "$dynamicAnchor"] {
                if let Some(name) = location.value.get(keyword).and_then(Value::as_str) {
                    anchor(name);
                }
            }
        }
    }

    /// Where a reference leads.
    pub(super) fn resolve(
        &self,
        referrer: &Location<'a>,
        reference: &str,
    ) -> Result<Location<'a>, SchemaError> {
        let (uri, fragment) = uri::split_fragment(reference);
        let target = self.resource(referrer, reference, uri).ok_or_else(|| {
            unresolved(
                referrer,
                reference,
                "nothing is fetched from the network or from files, so it must be among the references of the schema",
            )
        })?;
        let fragment = percent_decoded(fragment.unwrap_or_default());
        if fragment.is_empty() {
            return Ok(target.clone());
        }
        if fragment.starts_with('/') {
            return descend(target, &fragment)
                .ok_or_else(|| unresolved(referrer, reference, "its text has nothing there"));
        }
        self.anchors
            .get(&(Arc::clone(&target.base), fragment.as_str()))
            .cloned()
            .ok_or_else(|| unresolved(referrer, reference, "its text has no such anchor"))
    }

    /// The text or the embedded resource a reference is about. Names given as references win over URIs.
    fn resource(
        &self,
        referrer: &Location<'a>,
        reference: &str,
        uri: &str,
    ) -> Option<&Location<'a>> {
        if uri.is_empty() {
            return self.resources.get(&referrer.base);
        }
        let absolute = uri::resolve(&referrer.base, uri);
        self.names
            .get(reference)
            .or_else(|| self.names.get(uri))
            .or_else(|| self.resources.get(absolute.as_str()))
            .or_else(|| self.names.get(absolute.as_str()))
            .or_else(|| self.names.get(uri.strip_prefix("./")?))
    }
}

/// The references a schema makes itself.
pub(super) fn references<'a>(location: &Location<'a>) -> Result<Vec<&'a str>, SchemaError> {
    let Some(keywords) = location.keywords() else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for keyword in reference_keywords(location.draft) {
        match keywords.get(*keyword) {
            None => {}
            Some(Value::String(reference)) => found.push(reference.as_str()),
            Some(_) => {
                return Err(SchemaError(format!(
                    "the {keyword} at {} must be a string",
                    location.place()
                )));
            }
        }
    }
    Ok(found)
}

fn check_patterns<'a>(
    location: &Location<'a>,
    patterns: &mut PatternCheck<'a>,
) -> Result<(), SchemaError> {
    let Some(keywords) = location.keywords() else {
        return Ok(());
    };
    if let Some(pattern) = keywords.get("pattern").and_then(Value::as_str) {
        patterns.check(pattern, &|| format!("{}/pattern", location.pointer))?;
    }
    if let Some(entries) = keywords.get("patternProperties").and_then(Value::as_object) {
        for pattern in entries.keys() {
            patterns.check(pattern, &|| {
                format!("{}/patternProperties", location.pointer)
            })?;
        }
    }
    Ok(())
}

/// Follows a JSON pointer below a resource.
fn descend<'a>(from: &Location<'a>, pointer: &str) -> Option<Location<'a>> {
    let mut location = from.clone();
    for segment in pointer.split('/').skip(1) {
        let segment = unescape_segment(segment);
        let value = match location.value {
            Value::Object(entries) => entries.get(&segment)?,
            Value::Array(items) => items.get(segment.parse::<usize>().ok()?)?,
            _ => return None,
        };
        location = location.child(&[&segment], value);
    }
    Some(location)
}

fn unresolved(referrer: &Location<'_>, reference: &str, why: &str) -> SchemaError {
    SchemaError(format!(
        "the reference {} at {} cannot be resolved: {why}",
        quoted(reference),
        referrer.place()
    ))
}

/// The meta-schemas that the texts refer to, and those these refer to in turn. They come with the `jsonschema` crate.
pub(super) fn named_meta_schemas(documents: &[Document]) -> Vec<Document> {
    let mut found: Vec<Document> = Vec::new();
    let mut known: HashSet<String> = HashSet::new();
    let mut pending: Vec<String> = documents
        .iter()
        .flat_map(|document| meta_schema_uris(&document.value, ""))
        .collect();
    if pending.is_empty() {
        return found;
    }
    let Ok(registry) = Registry::new().prepare() else {
        return found;
    };
    while let Some(name) = pending.pop() {
        if !known.insert(name.clone()) {
            continue;
        }
        let Ok(base) = jsonschema::uri::from_str(&name) else {
            continue;
        };
        let Ok(resolved) = registry.resolver(base).lookup(&name) else {
            continue;
        };
        let value = resolved.contents().clone();
        if let Ok(draft) = Draft::of(&value, Draft::Y2020) {
            pending.extend(meta_schema_uris(&value, &name));
            found.push(Document {
                name: Some(name.into()),
                draft,
                value,
            });
        }
    }
    found
}

/// Every reference to `json-schema.org` in a text, wherever it stands.
fn meta_schema_uris(value: &Value, base: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut pending = vec![value];
    while let Some(value) = pending.pop() {
        match value {
            Value::Array(items) => pending.extend(items),
            Value::Object(entries) => {
                let reference = entries
                    .get("$ref")
                    .and_then(Value::as_str)
                    .unwrap_or_default();
                let absolute = uri::resolve(base, uri::split_fragment(reference).0);
                let host = absolute
                    .strip_prefix("https://")
                    .or_else(|| absolute.strip_prefix("http://"));
                if host.is_some_and(|rest| rest.starts_with("json-schema.org/draft")) {
                    found.push(absolute);
                }
                pending.extend(entries.values());
            }
            _ => {}
        }
    }
    found
}

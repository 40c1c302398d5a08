//! The texts a schema is made of (the submitted one and its references), and where each `$ref` in them leads.
//!
//! Everything is found here or refused: no reference is ever looked for in files or on the network. The index visits
//! each schema once with a list of its own instead of recursion, so no chain of references is too long for it.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

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
                check_base(&location)?;
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

    /// Remembers what a schema calls itself. Up to draft 7, an anchor is an `$id` that is a fragment.
    fn register(&mut self, location: &Location<'a>) {
        let mut anchors: Vec<&'a str> = Vec::new();
        if location.draft.is_modern() {
            let named = ["$anchor", "$dynamicAnchor"].map(|keyword| location.value.get(keyword));
            anchors.extend(named.into_iter().flatten().filter_map(Value::as_str));
        }
        if let Some(id) = location.id() {
            let (without_fragment, fragment) = uri::split_fragment(id);
            if !location.draft.is_modern() {
                anchors.extend(fragment.filter(|name| !name.is_empty()));
            }
            if !without_fragment.is_empty() {
                self.resources
                    .entry(Arc::clone(&location.base))
                    .or_insert_with(|| location.clone());
            }
        }
        for name in anchors {
            let key = (Arc::clone(&location.base), name);
            self.anchors.entry(key).or_insert_with(|| location.clone());
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
                    location.in_words()
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
        patterns.check(pattern, &|| location.place.in_words("/pattern"))?;
    }
    if let Some(entries) = keywords.get("patternProperties").and_then(Value::as_object) {
        for pattern in entries.keys() {
            patterns.check(pattern, &|| location.place.in_words("/patternProperties"))?;
        }
    }
    Ok(())
}

/// Identifiers resolve against those around them, so a long one would be repeated in all that it contains.
fn check_base(location: &Location<'_>) -> Result<(), SchemaError> {
    const LONGEST: usize = 1_000;
    if location.base.len() <= LONGEST {
        return Ok(());
    }
    Err(SchemaError(format!(
        "the {} at {} makes a URI of more than {LONGEST} bytes",
        location.draft.id_keyword(),
        location.in_words()
    )))
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
        referrer.in_words()
    ))
}

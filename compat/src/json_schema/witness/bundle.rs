//! All texts of a schema in one that refers to nothing outside: `{"$ref": "#/definitions/0", "definitions": {…}}`.
//!
//! Documents are built from it, validated with it, and it is what the set algebra compares. Every schema that something
//! refers to is a definition of its own, found as the walk finds it; names, anchors and identifiers are gone.

use std::collections::HashMap;

use jsonschema::Validator;
use serde_json::{Map, Value, json};

use crate::json_schema::{
    documents::{Document, Documents, references},
    draft::Draft,
    location::Location,
    pattern::{Refuse, accepted_engine},
    text::unescape_segment,
};

/// A schema without references to the outside.
#[derive(Debug)]
pub(in crate::json_schema) struct Bundle {
    pub(super) draft: Draft,
    /// The whole text.
    pub(super) schema: Value,
    /// Where each definition stands in the original texts.
    places: Vec<String>,
    /// Schemas in it.
    pub(super) count: usize,
    validators: Validators,
}

/// What a document is held against. Not everyone asserts formats, so a document counts as valid, or invalid, only where
/// it is so with and without them.
#[derive(Debug)]
struct Validators {
    without_formats: Validator,
    /// None where no format is written.
    with_formats: Option<Validator>,
}

impl Bundle {
    /// Bundles the texts; none where they are too large to build documents from, of different drafts, or where references
    /// depend on how one came to them.
    pub(in crate::json_schema) fn of(documents: &[Document]) -> Option<Self> {
        let draft = documents.last()?.draft;
        let is_dynamic = |document: &Document| {
            mentions(&document.value, &["$dynamicAnchor", "$recursiveAnchor"])
        };
        if documents.iter().any(|document| document.draft != draft)
            || documents.iter().any(is_dynamic)
            || documents
                .iter()
                .any(|document| has_vast_numbers(&document.value))
        {
            return None;
        }
        let index = Documents::index(documents).ok()?;
        let mut bundling = Bundling {
            documents: &index,
            numbers: HashMap::new(),
            places: Vec::new(),
            pending: Vec::new(),
            count: 0,
        };
        bundling.number(index.root.clone())?;
        let mut definitions = Map::new();
        while let Some((number, location)) = bundling.pending.pop() {
            definitions.insert(number.to_string(), bundling.rewrite(&location)?);
        }
        let schema = json!({
            "$schema": draft.uri(),
            "$ref": format!("#/{}/0", definitions_keyword(draft)),
            definitions_keyword(draft): definitions,
        });
        Some(Self {
            draft,
            validators: Validators::of(&schema)?,
            schema,
            places: bundling.places,
            count: bundling.count,
        })
    }

    /// The submitted schema.
    pub(super) fn root(&self) -> &Value {
        self.definition("0").unwrap_or(&Value::Null)
    }

    fn definition(&self, number: &str) -> Option<&Value> {
        self.schema
            .get(definitions_keyword(self.draft))?
            .get(number)
    }

    /// All definitions, the submitted schema among them.
    pub(super) fn schemas(&self) -> impl Iterator<Item = &Value> {
        let definitions = self.schema.get(definitions_keyword(self.draft));
        let definitions = definitions.and_then(Value::as_object);
        definitions.into_iter().flat_map(Map::values)
    }

    /// Where a `$ref` of the bundle leads.
    pub(super) fn target(&self, reference: &str) -> Option<&Value> {
        self.definition(reference.rsplit('/').next()?)
    }

    /// The schemas that stand at a place of the original texts. There may be several: one alone, and one inside of others.
    pub(super) fn at_place(&self, place: &str) -> impl Iterator<Item = &Value> {
        let found = self
            .places
            .iter()
            .enumerate()
            .filter_map(|(number, start)| {
                let pointer = place.strip_prefix(start.as_str())?;
                let definition = self.definition(&number.to_string())?;
                descend(definition, pointer)
            });
        found.collect::<Vec<_>>().into_iter()
    }

    /// Whether a document is valid, whatever one thinks of formats.
    pub(super) fn accepts(&self, document: &Value) -> bool {
        let validators = &self.validators;
        validators.without_formats.is_valid(document)
            && validators
                .with_formats
                .as_ref()
                .is_none_or(|validator| validator.is_valid(document))
    }

    /// Why a document is invalid, whatever one thinks of formats; none if it is not.
    pub(super) fn errors<'d>(
        &'d self,
        document: &'d Value,
    ) -> Vec<jsonschema::ValidationError<'d>> {
        /// More are not looked at.
        const MOST: usize = 50;
        let with_formats = self.validators.with_formats.as_ref();
        if with_formats.is_some_and(|validator| validator.is_valid(document)) {
            return Vec::new();
        }
        let errors = self.validators.without_formats.iter_errors(document);
        errors.take(MOST).collect()
    }
}

impl Validators {
    fn of(schema: &Value) -> Option<Self> {
        let build = |formats| {
            jsonschema::options()
                .with_retriever(Refuse)
                .with_pattern_options(accepted_engine())
                .should_validate_formats(formats)
                .build(schema)
                .ok()
        };
        Some(Self {
            without_formats: build(false)?,
            with_formats: if mentions(schema, &["format"]) {
                Some(build(true)?)
            } else {
                None
            },
        })
    }
}

/// Whether some number has so large an exponent that to compute with it would take all memory.
fn has_vast_numbers(value: &Value) -> bool {
    const LONGEST: usize = 40;
    const LARGEST: u32 = 400;
    let is_vast = |number: &serde_json::Number| {
        let text = number.to_string();
        let exponent = text.split(['e', 'E']).nth(1);
        let exponent = exponent.map_or("0", |power| power.trim_start_matches(['+', '-']));
        text.len() > LONGEST
            || exponent
                .parse::<u32>()
                .map_or(true, |power| power > LARGEST)
    };
    let mut pending = vec![value];
    while let Some(value) = pending.pop() {
        match value {
            Value::Array(items) => pending.extend(items),
            Value::Object(entries) => pending.extend(entries.values()),
            Value::Number(number) if is_vast(number) => return true,
            _ => {}
        }
    }
    false
}

/// Where the definitions of a bundle stand.
pub(super) const fn definitions_keyword(draft: Draft) -> &'static str {
    match draft {
        Draft::Y2019 | Draft::Y2020 => "$defs",
        _ => "definitions",
    }
}

/// Whether an object somewhere in a value has one of some keys.
fn mentions(value: &Value, keys: &[&str]) -> bool {
    let mut pending = vec![value];
    while let Some(value) = pending.pop() {
        match value {
            Value::Array(items) => pending.extend(items),
            Value::Object(entries) => {
                if keys.iter().any(|key| entries.contains_key(*key)) {
                    return true;
                }
                pending.extend(entries.values());
            }
            _ => {}
        }
    }
    false
}

fn descend<'v>(from: &'v Value, pointer: &str) -> Option<&'v Value> {
    if !pointer.is_empty() && !pointer.starts_with('/') {
        return None;
    }
    pointer
        .split('/')
        .skip(1)
        .try_fold(from, |value, segment| match value {
            Value::Object(entries) => entries.get(&unescape_segment(segment)),
            Value::Array(items) => items.get(segment.parse::<usize>().ok()?),
            _ => None,
        })
}

struct Bundling<'d, 'a> {
    documents: &'d Documents<'a>,
    /// Definitions by the address of their text.
    numbers: HashMap<usize, usize>,
    places: Vec<String>,
    pending: Vec<(usize, Location<'a>)>,
    count: usize,
}

impl<'a> Bundling<'_, 'a> {
    /// The number of a definition, which is written later if it is new.
    fn number(&mut self, location: Location<'a>) -> Option<usize> {
        /// References that chain on one value are followed by recursion when it is validated.
        const MOST: usize = 400;
        if let Some(&known) = self.numbers.get(&location.address()) {
            return Some(known);
        }
        let number = self.places.len();
        if number >= MOST {
            return None;
        }
        self.numbers.insert(location.address(), number);
        self.places.push(location.place.to_string());
        self.pending.push((number, location));
        Some(number)
    }

    /// A schema with its references led to definitions. Recursion is bounded by the nesting limit of the parser.
    fn rewrite(&mut self, location: &Location<'a>) -> Option<Value> {
        const MOST: usize = 5_000;
        self.count += 1;
        if self.count > MOST {
            return None;
        }
        let Some(keywords) = location.keywords() else {
            return Some(location.value.clone());
        };
        let mut targets = Vec::new();
        for reference in references(location).ok()? {
            let target = self.documents.resolve(location, reference).ok()?;
            let number = self.number(target)?;
            targets.push(format!(
                "#/{}/{number}",
                definitions_keyword(location.draft)
            ));
        }
        if let (false, Some(target)) = (location.draft.is_modern(), targets.first()) {
            return Some(json!({ "$ref": target }));
        }
        let children: HashMap<usize, Location<'a>> = location
            .subschemas()
            .into_iter()
            .map(|child| (child.address(), child))
            .collect();
        let mut rewritten = Map::new();
        for (keyword, value) in keywords {
            if !is_name(keyword, location.draft) {
                rewritten.insert(keyword.clone(), self.rewrite_in(&children, value)?);
            }
        }
        let mut targets = targets.into_iter();
        if let Some(target) = targets.next() {
            rewritten.insert("$ref".to_owned(), target.into());
        }
        for target in targets {
            let members = rewritten.entry("allOf").or_insert_with(|| json!([]));
            members.as_array_mut()?.push(json!({ "$ref": target }));
        }
        Some(Value::Object(rewritten))
    }

    /// What a keyword says, with the schemas in it rewritten.
    fn rewrite_in(
        &mut self,
        children: &HashMap<usize, Location<'a>>,
        value: &'a Value,
    ) -> Option<Value> {
        let child = |value: &Value| children.get(&std::ptr::from_ref(value).addr());
        if let Some(child) = child(value) {
            return self.rewrite(child);
        }
        match value {
            Value::Array(items) => items
                .iter()
                .map(|item| match child(item) {
                    Some(child) => self.rewrite(child),
                    None => Some(item.clone()),
                })
                .collect::<Option<Vec<_>>>()
                .map(Value::Array),
            Value::Object(entries) => entries
                .iter()
                .map(|(name, entry)| {
                    let entry = match child(entry) {
                        Some(child) => self.rewrite(child)?,
                        None => entry.clone(),
                    };
                    Some((name.clone(), entry))
                })
                .collect::<Option<Map<_, _>>>()
                .map(Value::Object),
            other => Some(other.clone()),
        }
    }
}

/// Keywords that name a schema or hold others to refer to, and those that are replaced by a plain reference.
fn is_name(keyword: &str, draft: Draft) -> bool {
    const NAMES: [&str; 9] = [
        "$schema",
        "$id",
        "$anchor",
        "$dynamicAnchor",
        "$recursiveAnchor",
        "definitions",
        "$defs",
        "$dynamicRef",
        "$recursiveRef",
    ];
    NAMES.contains(&keyword) || keyword == "$ref" || keyword == draft.id_keyword()
}

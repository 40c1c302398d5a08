//! Reads a text: JSON, its draft, its meta-schema, the texts it refers to, and finally the model that is compared.
//!
//! What is refused here is refused for a reason a person can act on; what passes can be compared without a further
//! error but [`TooComplex`](crate::TooComplex).

use std::sync::{Arc, OnceLock};

use jsonschema::{ValidationError, error::ValidationErrorKind};
use serde_json::Value;

use super::{
    canonical,
    documents::{Document, Documents},
    draft::Draft,
    location::Location,
    model::Model,
    text::{kind, quoted},
    translate,
    witness::Bundle,
};
use crate::{NamedText, SchemaError, limits::json_nesting_within};

/// How deep a text may nest. Jackson allows more, but nobody writes it, and it keeps every recursion over a value short.
const DEEPEST: usize = 100;

/// A schema that was read, in both shapes it is needed in.
#[derive(Debug)]
pub(crate) struct JsonSchema {
    /// The referenced texts and, last, the submitted one.
    documents: Vec<Document>,
    pub(super) model: Model,
    bundle: OnceLock<Option<Bundle>>,
}

impl JsonSchema {
    /// Reads a text with everything it refers to.
    pub(crate) fn parse(text: &str, references: &[NamedText]) -> Result<Self, SchemaError> {
        let documents = read_all(text, references)?;
        let model = translate::translate(&Documents::index(&documents)?)?;
        Ok(Self {
            documents,
            model,
            bundle: OnceLock::new(),
        })
    }

    pub(crate) fn canonical(&self) -> String {
        canonical::print(self.submitted())
    }

    pub(crate) fn normalized(&self) -> String {
        canonical::print(&canonical::sorted(self.submitted()))
    }

    /// The names of the properties that the root declares.
    pub(crate) fn top_level_fields(&self) -> Vec<&str> {
        let properties = self
            .submitted()
            .get("properties")
            .and_then(Value::as_object);
        properties
            .into_iter()
            .flat_map(|properties| properties.keys().map(String::as_str))
            .collect()
    }

    fn submitted(&self) -> &Value {
        self.documents
            .last()
            .map_or(&Value::Null, |document| &document.value)
    }

    /// All texts in one, to build and to validate documents with. Made when it is first asked for; none where it would be
    /// too large, or where one text cannot say it.
    pub(super) fn bundle(&self) -> Option<&Bundle> {
        self.bundle
            .get_or_init(|| Bundle::of(&self.documents))
            .as_ref()
    }
}

/// The referenced texts and, last, the submitted one. A text that names no draft has that of the submitted one.
fn read_all(text: &str, references: &[NamedText]) -> Result<Vec<Document>, SchemaError> {
    let submitted = read(text)?;
    let draft = Draft::of(&submitted, Draft::Seven)?;
    let mut documents = Vec::with_capacity(references.len() + 1);
    for NamedText { name, text } in references {
        let in_reference =
            |SchemaError(error)| SchemaError(format!("the reference {}: {error}", quoted(name)));
        let value = read(text).map_err(in_reference)?;
        documents.push(Document {
            name: Some(Arc::from(name.as_str())),
            draft: Draft::of(&value, draft).map_err(in_reference)?,
            value,
        });
    }
    documents.push(Document {
        name: None,
        draft,
        value: submitted,
    });
    for document in &documents {
        let name = document.name.clone();
        check_meta_schema(&Location::root(
            &document.value,
            document.draft,
            name,
            &Arc::from(""),
        ))?;
    }
    Ok(documents)
}

pub(super) fn read(text: &str) -> Result<Value, SchemaError> {
    if !json_nesting_within(text, DEEPEST) {
        return Err(SchemaError(format!(
            "the JSON nests deeper than {DEEPEST} objects and arrays; move inner schemas to definitions and refer to them"
        )));
    }
    let value: Value = serde_json::from_str(text)
        .map_err(|error| SchemaError(format!("the text is not JSON: {error}")))?;
    if value.is_object() || value.is_boolean() {
        Ok(value)
    } else {
        Err(SchemaError(format!(
            "a JSON Schema is an object, true or false, not {}",
            kind(&value)
        )))
    }
}

/// Checks one schema against the meta-schema of its draft.
pub(super) fn check_meta_schema(location: &Location<'_>) -> Result<(), SchemaError> {
    // Draft 4 has no boolean schemas, but readers take them everywhere, and so does the walk.
    if location.value.is_boolean() {
        return Ok(());
    }
    location.draft.check(location.value).map_err(|error| {
        let (pointer, problem) = problem(&error);
        SchemaError(format!(
            "the schema is not valid at {}: {problem}",
            location.place.in_words(&pointer)
        ))
    })
}

/// Where a schema breaks its meta-schema, and how. Where a value had to fit one of several rules, what is wrong is what
/// stands deepest.
fn problem(error: &ValidationError<'_>) -> (String, String) {
    let depth = |error: &ValidationError<'_>| error.instance_path().as_str().len();
    let pointer = error.instance_path().as_str().to_owned();
    match error.kind() {
        ValidationErrorKind::PropertyNames { error } => return (pointer, problem(error).1),
        ValidationErrorKind::AnyOf { context } | ValidationErrorKind::OneOfNotValid { context } => {
            let deepest = context.iter().flatten().max_by_key(|inner| depth(inner));
            if let Some(inner) = deepest.filter(|inner| depth(inner) > depth(error)) {
                return problem(inner);
            }
        }
        _ => {}
    }
    let found = match error.instance().as_ref() {
        Value::String(text) => quoted(text),
        scalar @ (Value::Null | Value::Bool(_) | Value::Number(_)) => scalar.to_string(),
        other => kind(other).to_owned(),
    };
    let rule = error.schema_path().as_str();
    let problem = format!("{found} does not fit the rule {rule} of the meta-schema of its draft");
    (pointer, problem)
}

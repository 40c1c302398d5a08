//! The drafts of JSON Schema, and what they call things.
//!
//! Nothing else in this folder compares `$schema` texts. A new draft is a variant here, its row in [`Draft::of`], and
//! its meta-schema in [`Draft::check`].

use std::{collections::HashMap, sync::LazyLock};

use jsonschema::{ValidationError, Validator};
use serde_json::{Value, json};

use super::pattern::Refuse;
use crate::SchemaError;

/// A draft this crate reads, oldest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Draft {
    Four,
    Six,
    Seven,
    Y2019,
    Y2020,
}

/// Named in errors.
const SUPPORTED: &str =
    "supported are draft-04, draft-06, draft-07 (also without $schema), 2019-09 and 2020-12";

impl Draft {
    /// The draft a text names in `$schema`; `otherwise` where it names none.
    pub(super) fn of(schema: &Value, otherwise: Self) -> Result<Self, SchemaError> {
        let Some(named) = schema.get("$schema") else {
            return Ok(otherwise);
        };
        let Some(uri) = named.as_str() else {
            return Err(SchemaError(format!(
                "$schema must be a string; {SUPPORTED}"
            )));
        };
        let without_scheme = uri
            .strip_prefix("https://")
            .or_else(|| uri.strip_prefix("http://"))
            .unwrap_or(uri);
        match without_scheme.trim_end_matches('#') {
            // What the specification once called its newest draft names none in particular.
            "json-schema.org/schema" => Ok(otherwise),
            "json-schema.org/draft-04/schema" => Ok(Self::Four),
            "json-schema.org/draft-06/schema" => Ok(Self::Six),
            "json-schema.org/draft-07/schema" => Ok(Self::Seven),
            "json-schema.org/draft/2019-09/schema" => Ok(Self::Y2019),
            "json-schema.org/draft/2020-12/schema" => Ok(Self::Y2020),
            _ => Err(SchemaError(format!(
                "the draft $schema names, {}, is not known; {SUPPORTED}",
                super::text::quoted(uri)
            ))),
        }
    }

    /// Drafts from 2019-09 on: `$ref` no longer hides its siblings, and `unevaluated…` exists.
    pub(super) fn is_modern(self) -> bool {
        self >= Self::Y2019
    }

    /// The keyword that names a schema.
    pub(super) const fn id_keyword(self) -> &'static str {
        match self {
            Self::Four => "id",
            _ => "$id",
        }
    }

    /// The URI of the draft, as `$schema` says it.
    pub(super) const fn uri(self) -> &'static str {
        match self {
            Self::Four => "http://json-schema.org/draft-04/schema#",
            Self::Six => "http://json-schema.org/draft-06/schema#",
            Self::Seven => "http://json-schema.org/draft-07/schema#",
            Self::Y2019 => "https://json-schema.org/draft/2019-09/schema",
            Self::Y2020 => "https://json-schema.org/draft/2020-12/schema",
        }
    }

    /// Checks a schema against the draft's meta-schema, but for formats: a reference such as `#/definitions/List<A>` is
    /// no URI, yet leads somewhere, and patterns are compiled elsewhere.
    pub(super) fn check(self, schema: &Value) -> Result<(), ValidationError<'_>> {
        static VALIDATORS: LazyLock<HashMap<&'static str, Validator>> = LazyLock::new(|| {
            let drafts = [
                Draft::Four,
                Draft::Six,
                Draft::Seven,
                Draft::Y2019,
                Draft::Y2020,
            ];
            drafts.map(|draft| (draft.uri(), draft.validator())).into()
        });
        VALIDATORS[self.uri()].validate(schema)
    }

    /// The `jsonschema` crate has the meta-schemas compiled in and puts that of `$schema` beside a schema it builds, so
    /// that nothing is looked up anywhere.
    fn validator(self) -> Validator {
        jsonschema::options()
            .with_retriever(Refuse)
            .should_validate_formats(false)
            .build(&json!({ "$schema": self.uri(), "$ref": self.uri() }))
            .expect("the meta-schemas of all drafts are part of the crate, and a test builds each")
    }
}

//! Terms: what the settings of a subject add to its schemas, and what they ask of them beside compatibility.

use std::borrow::Cow;

use dovetail_model::{Metadata, RuleSet, Version, bodies::RegisterRequest};

use super::{RegistryError, Result, Validation, candidate::Candidate};
use crate::core::{Content, Scope, View};

/// What holds for the schemas of one subject at one moment.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Terms {
    /// Schemas arrive as they are: nothing is added and nothing is asked.
    pub(super) is_import: bool,
    pub(super) normalize: bool,
    validate_rules: bool,
    pub(super) validation: Validation,
    metadata: Layers<Metadata>,
    rule_set: Layers<RuleSet>,
}

/// What lies under and over what a schema says itself.
#[derive(Debug, Clone, PartialEq)]
struct Layers<T> {
    default: Option<T>,
    over: Option<T>,
}

impl Terms {
    pub(super) fn of(view: &View, scope: &Scope, validation: Validation) -> Self {
        let configs = view.configs(scope);
        Self {
            is_import: view.mode(scope).is_import(),
            normalize: configs.first(|config| config.normalize) == Some(true),
            validation: Validation {
                fields: configs
                    .first(|config| config.validate_fields)
                    .unwrap_or(validation.fields),
                new_schemas: configs
                    .first(|config| config.validate_new_schemas)
                    .unwrap_or(validation.new_schemas),
                ..validation
            },
            validate_rules: configs
                .first(|config| config.validate_rules)
                .unwrap_or(true),
            metadata: Layers {
                default: configs.first(|config| config.default_metadata.clone()),
                over: configs.first(|config| config.override_metadata.clone()),
            },
            rule_set: Layers {
                default: configs.first(|config| config.default_rule_set.clone()),
                over: configs.first(|config| config.override_rule_set.clone()),
            },
        }
    }

    /// Whether a schema may become another one by what is added to it.
    pub(super) fn add_something(&self) -> bool {
        !self.is_import && (self.metadata.say_something() || self.rule_set.say_something())
    }

    /// Refuses rules that clients could not run.
    pub(super) fn check_rules(&self, request: &RegisterRequest) -> Result<()> {
        match &request.rule_set {
            Some(rules) if self.validate_rules => Ok(rules.validate()?),
            _ => Ok(()),
        }
    }

    /// The schema with all that belongs to it: what it says, or else what the version before it says, between the layers
    /// of the settings. `noted` is the version it is to become, where that is to be noted.
    pub(super) fn complete(
        &self,
        bare: &Candidate,
        earlier: Option<&Content>,
        noted: impl FnOnce(bool) -> Option<Version>,
    ) -> Candidate {
        let metadata = bare
            .metadata
            .as_ref()
            .or_else(|| earlier?.metadata.as_ref());
        let rule_set = bare
            .rule_set
            .as_ref()
            .or_else(|| earlier?.rule_set.as_ref());
        let mut metadata = self.metadata.around(metadata, Metadata::merged);
        let rule_set = self.rule_set.around(rule_set, RuleSet::merged);
        let notes = metadata.as_deref().is_some_and(Metadata::notes_version);
        if let Some(version) = noted(notes) {
            metadata = Some(Cow::Owned(
                metadata.unwrap_or_default().with_version(version),
            ));
        }
        bare.with(metadata.as_deref(), rule_set.as_deref())
    }
}

impl<T: Clone> Layers<T> {
    fn say_something(&self) -> bool {
        self.default.is_some() || self.over.is_some()
    }

    fn around<'a>(&'a self, own: Option<&'a T>, merged: impl Fn(T, &T) -> T) -> Option<Cow<'a, T>> {
        let layers = [self.default.as_ref(), own, self.over.as_ref()];
        let mut layers = layers.into_iter().flatten().map(Cow::Borrowed);
        let first = layers.next()?;
        Some(layers.fold(first, |under, over| {
            Cow::Owned(merged(under.into_owned(), &over))
        }))
    }
}

/// What is wrong with the fields that a schema may not use: those it uses, and those its predecessor kept free and it does
/// not.
pub(super) fn reserved_fields(candidate: &Candidate, earlier: Option<&Content>) -> Vec<String> {
    let empty = Metadata::default();
    let now = candidate
        .metadata
        .as_ref()
        .unwrap_or(&empty)
        .reserved_fields();
    let before = earlier
        .and_then(|content| content.metadata.as_ref())
        .unwrap_or(&empty)
        .reserved_fields();
    let released = before.difference(&now).map(|name| {
        format!(
            "{{errorType:'RESERVED_FIELD_REMOVED', description:'the new schema no longer reserves the field '{name}', which \
             the old schema reserves', additionalInfo:'{name}'}}"
        )
    });
    let used = candidate.parsed.schema.top_level_fields();
    let used = now.iter().filter(|name| used.contains(name)).map(|name| {
        format!(
            "{{errorType:'FIELD_CONFLICTS_WITH_RESERVED_FIELD', description:'the new schema has the field '{name}', which is \
             reserved', additionalInfo:'{name}'}}"
        )
    });
    released.chain(used).collect()
}

/// What stricter reading refuses: JSON Schema properties that begin like keywords of tools.
pub(super) fn check_fields(candidate: &Candidate) -> Result<()> {
    use dovetail_model::SchemaType;
    let schema = &candidate.parsed.schema;
    if schema.schema_type() != SchemaType::Json {
        return Ok(());
    }
    match schema
        .top_level_fields()
        .into_iter()
        .find(|name| name.starts_with("$$"))
    {
        Some(name) => Err(RegistryError::InvalidSchema(format!(
            "the property '{}' begins with $$, which validateFields does not allow",
            name.chars().take(64).collect::<String>()
        ))),
        None => Ok(()),
    }
}

//! Bodies of the settings and compatibility routes.

use serde::{Deserialize, Deserializer, Serialize};

use super::patch_object;
use crate::{CompatibilityLevel, CompatibilityPolicy, Metadata, RuleSet};

/// The settings of one scope. What is absent is inherited from the scope above, but for the aliases, which are a subject's own.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Config {
    /// The subject that is meant where this one is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// The same for encryption keys, which live elsewhere; kept for clients.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias_for_deks: Option<String>,
    /// What new versions owe to earlier ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compatibility_level: Option<CompatibilityLevel>,
    /// How strictly JSON Schema content models are judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compatibility_policy: Option<CompatibilityPolicy>,
    /// The metadata property by whose value versions are told apart: only those with the same value are compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compatibility_group: Option<String>,
    /// Whether schemas are normalized before they are registered or looked up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub normalize: Option<bool>,
    /// Whether reserved fields are held free, and formats are read more strictly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validate_fields: Option<bool>,
    /// Whether names and defaults of new schemas must be right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validate_new_schemas: Option<bool>,
    /// Whether rule sets must be right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub validate_rules: Option<bool>,
    /// Metadata of schemas that do not say otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_metadata: Option<Metadata>,
    /// Metadata of all schemas, whatever they say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub override_metadata: Option<Metadata>,
    /// Rules of schemas that do not say otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_rule_set: Option<RuleSet>,
    /// Rules of all schemas, whatever they say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub override_rule_set: Option<RuleSet>,
}

/// One field of a three-state update: absent keeps, `null` clears, a value sets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Patch<T> {
    /// The key was absent.
    #[default]
    Keep,
    /// The key was `null`.
    Clear,
    /// The key had a value.
    Set(T),
}

/// The body of a settings update, with the level still as text so that a wrong one gets its own error.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct ConfigUpdate {
    /// The subject that is meant.
    pub alias: Patch<String>,
    /// The same for encryption keys.
    pub alias_for_deks: Patch<String>,
    /// The level.
    pub compatibility: Patch<serde_json::Value>,
    /// The policy; an unknown one clears.
    pub compatibility_policy: Patch<String>,
    /// Whether to normalize.
    pub normalize: Patch<bool>,
    /// The property by whose value versions are told apart.
    pub compatibility_group: Patch<String>,
    /// Whether reserved fields are held free.
    pub validate_fields: Patch<bool>,
    /// Whether names and defaults of new schemas must be right.
    pub validate_new_schemas: Patch<bool>,
    /// Whether rule sets must be right.
    pub validate_rules: Patch<bool>,
    /// Metadata of schemas that do not say otherwise.
    #[serde(deserialize_with = "patch_object")]
    pub default_metadata: Patch<Metadata>,
    /// Metadata of all schemas.
    #[serde(deserialize_with = "patch_object")]
    pub override_metadata: Patch<Metadata>,
    /// Rules of schemas that do not say otherwise.
    #[serde(deserialize_with = "patch_object")]
    pub default_rule_set: Patch<RuleSet>,
    /// Rules of all schemas.
    #[serde(deserialize_with = "patch_object")]
    pub override_rule_set: Patch<RuleSet>,
}

/// The body of the mode routes, both ways. Text on the way in, so that an unknown mode gets its own error.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ModeBody {
    /// The mode.
    #[serde(default, skip_serializing_if = "serde_json::Value::is_null")]
    pub mode: serde_json::Value,
}

/// The verdict of a compatibility check. Without `verbose` there are no messages at all; with it there may be none.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct CompatibilityResponse {
    /// Whether registering would pass the check.
    pub is_compatible: bool,
    /// Why not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub messages: Option<Vec<String>>,
}

impl<T: Clone> Patch<T> {
    /// The field's value after the update.
    pub fn apply(&self, current: Option<T>) -> Option<T> {
        match self {
            Self::Keep => current,
            Self::Clear => None,
            Self::Set(value) => Some(value.clone()),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(deserializer)?.map_or(Self::Clear, Self::Set))
    }
}

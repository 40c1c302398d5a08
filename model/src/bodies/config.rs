//! Bodies of the settings and compatibility routes.

use serde::{Deserialize, Deserializer, Serialize};

use crate::{CompatibilityLevel, CompatibilityPolicy};

/// The settings of one scope. What is absent is inherited from the scope above.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Config {
    /// What new versions owe to earlier ones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compatibility_level: Option<CompatibilityLevel>,
    /// How strictly JSON Schema content models are judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compatibility_policy: Option<CompatibilityPolicy>,
    /// Whether schemas are normalized before they are registered or looked up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub normalize: Option<bool>,
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
#[serde(rename_all = "camelCase")]
pub struct ConfigUpdate {
    /// The level.
    #[serde(default)]
    pub compatibility: Patch<serde_json::Value>,
    /// The policy; an unknown one clears.
    #[serde(default)]
    pub compatibility_policy: Patch<String>,
    /// Whether to normalize.
    #[serde(default)]
    pub normalize: Patch<bool>,
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

//! Rule sets: the data-contract rules that clients run on their messages. The registry keeps and returns them.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, Serialize};

use crate::bodies::{null_as_default, objects};

/// The rules of a schema, in the three groups in which clients run them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RuleSet {
    /// Rules between versions.
    #[serde(
        default,
        deserialize_with = "objects",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub migration_rules: Vec<Rule>,
    /// Rules on messages.
    #[serde(
        default,
        deserialize_with = "objects",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub domain_rules: Vec<Rule>,
    /// Rules on encoded messages.
    #[serde(
        default,
        deserialize_with = "objects",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub encoding_rules: Vec<Rule>,
    /// When the rules start to hold, in the words of the client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enable_at: Option<String>,
}

/// One rule. Its fields mean something to clients only, so they stay text.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Rule {
    /// Unique inside the set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// For people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
    /// `TRANSFORM`, which is what absence means, or `CONDITION`.
    #[serde(default = "transform", deserialize_with = "or_transform")]
    pub kind: String,
    /// `UPGRADE`, `DOWNGRADE`, `UPDOWN`, `WRITE`, `READ` or `WRITEREAD`, which is what absence means.
    #[serde(default = "write_and_read", deserialize_with = "or_write_and_read")]
    pub mode: String,
    /// The executor that understands the rule.
    #[serde(default, rename = "type", skip_serializing_if = "Option::is_none")]
    pub executor: Option<String>,
    /// The field tags it applies to.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "BTreeSet::is_empty"
    )]
    pub tags: BTreeSet<String>,
    /// Parameters of the executor.
    #[serde(
        default,
        deserialize_with = "null_as_default",
        skip_serializing_if = "BTreeMap::is_empty"
    )]
    pub params: BTreeMap<String, String>,
    /// The expression to run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expr: Option<String>,
    /// What to do on success.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_success: Option<String>,
    /// What to do on failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_failure: Option<String>,
    /// Switched off.
    #[serde(default, deserialize_with = "null_as_default")]
    pub disabled: bool,
}

/// The longest name of a rule, in characters.
const LONGEST_NAME: usize = 256;

/// The modes of rules between versions, and of those on messages.
const MIGRATION_MODES: [&str; 3] = ["UPGRADE", "DOWNGRADE", "UPDOWN"];
const DOMAIN_MODES: [&str; 3] = ["WRITE", "READ", "WRITEREAD"];

/// What is wrong with a rule set, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("Invalid rule set: {0}")]
pub struct InvalidRuleSet(String);

impl RuleSet {
    /// Both together; a rule of `over` takes the place of one with the same name in the same group.
    #[must_use]
    pub fn merged(self, over: &Self) -> Self {
        Self {
            migration_rules: merged(self.migration_rules, &over.migration_rules),
            domain_rules: merged(self.domain_rules, &over.domain_rules),
            encoding_rules: merged(self.encoding_rules, &over.encoding_rules),
            enable_at: over.enable_at.clone().or(self.enable_at),
        }
    }

    /// Whether every rule has a name of its own, a type, a kind, and a mode that fits its group.
    pub fn validate(&self) -> Result<(), InvalidRuleSet> {
        validate("migrationRules", &self.migration_rules, MIGRATION_MODES)?;
        validate("domainRules", &self.domain_rules, DOMAIN_MODES)?;
        validate("encodingRules", &self.encoding_rules, DOMAIN_MODES)
    }
}

fn merged(mut rules: Vec<Rule>, over: &[Rule]) -> Vec<Rule> {
    let names: BTreeSet<&Option<String>> = over.iter().map(|rule| &rule.name).collect();
    rules.retain(|rule| !names.contains(&rule.name));
    rules.extend(over.iter().cloned());
    rules
}

fn validate(group: &str, rules: &[Rule], modes: [&str; 3]) -> Result<(), InvalidRuleSet> {
    let mut names = BTreeSet::new();
    for (place, rule) in rules.iter().enumerate() {
        let wrong = |reason: String| Err(InvalidRuleSet(format!("{group}[{place}]: {reason}")));
        let name = rule.name.as_deref().unwrap_or_default();
        if let Some(reason) = wrong_name(name) {
            return wrong(reason);
        }
        if !names.insert(name) {
            return wrong(format!("two rules have the name '{name}'"));
        }
        if rule.executor.is_none() {
            return wrong(format!("rule '{name}' has no type"));
        }
        if !["TRANSFORM", "CONDITION"].contains(&rule.kind.as_str()) {
            return wrong(format!(
                "the kind of rule '{name}' is neither TRANSFORM nor CONDITION"
            ));
        }
        if !modes.contains(&rule.mode.as_str()) {
            let modes = modes.join(", ");
            return wrong(format!("the mode of rule '{name}' is none of {modes}"));
        }
    }
    Ok(())
}

/// Letters, digits, underscores and hyphens, a letter or an underscore first.
fn wrong_name(name: &str) -> Option<String> {
    let mut characters = name.chars();
    match characters.next() {
        None => return Some("it has no name".to_owned()),
        Some(first) if !(first.is_alphabetic() || first == '_') => {
            return Some("its name begins with neither a letter nor an underscore".to_owned());
        }
        Some(_) => {}
    }
    if name.chars().count() > LONGEST_NAME {
        return Some(format!("its name is longer than {LONGEST_NAME} characters"));
    }
    let strange = characters.find(|character| {
        !(character.is_alphanumeric() || *character == '_' || *character == '-')
    })?;
    Some(format!(
        "its name contains {strange:?}, which is no letter, digit, underscore or hyphen"
    ))
}

impl Default for Rule {
    fn default() -> Self {
        Self {
            name: None,
            doc: None,
            kind: transform(),
            mode: write_and_read(),
            executor: None,
            tags: BTreeSet::new(),
            params: BTreeMap::new(),
            expr: None,
            on_success: None,
            on_failure: None,
            disabled: false,
        }
    }
}

fn transform() -> String {
    "TRANSFORM".to_owned()
}

fn write_and_read() -> String {
    "WRITEREAD".to_owned()
}

fn or_transform<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_else(transform))
}

fn or_write_and_read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_else(write_and_read))
}

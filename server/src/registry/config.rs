//! Configuration of a subject, a context, or the level above all contexts: what new versions owe to earlier ones, and what
//! is added to them.

use std::str::FromStr;

use dovetail_model::{
    CompatibilityLevel, CompatibilityPolicy, QualifiedSubject, RuleSet,
    bodies::{Config, ConfigUpdate, Patch},
};
use serde_json::Value;

use super::{Registry, RegistryError, Result};
use crate::core::{ChangeKind, Decision, Mutation, Scope, View};

/// The settings that hold in a scope, or its own.
pub type ConfigAnswer = Config;

impl Registry {
    /// A scope's own settings; those that hold there with `effective`, and always of the default context, where the server's
    /// own settings end up.
    pub async fn config(&self, scope: &Scope, effective: bool) -> Result<ConfigAnswer> {
        let view = self.view().await?;
        let own = view.own_config(scope);
        if effective || *scope == Scope::default_context() {
            return Ok(self.effective_config(&view, scope));
        }
        own.cloned()
            .ok_or_else(|| RegistryError::ConfigNotFound(scope.to_string()))
    }

    /// Merges an update into a scope's own settings and returns what they are then.
    pub async fn update_config(&self, scope: &Scope, update: ConfigUpdate) -> Result<Config> {
        let level = level(&update.compatibility)?;
        validate(&update, scope)?;
        let scope = scope.clone();
        let decide = move |view: &View| {
            changeable(view, &scope)?;
            let own = view.own_config(&scope).cloned().unwrap_or_default();
            let config = merged(own, &level, &update);
            if view.own_config(&scope) == Some(&config) {
                return Ok(Decision::Keep(config));
            }
            Ok(set_config(&scope, Some(config.clone()), config))
        };
        self.committer
            .submit(move |moment| decide(moment.view))
            .await
    }

    /// Removes a scope's own settings and returns what they were.
    pub async fn delete_config(&self, scope: &Scope) -> Result<Config> {
        let scope = scope.clone();
        let default = Config {
            compatibility_level: Some(self.default_level),
            ..Config::default()
        };
        let decide = move |view: &View| {
            changeable(view, &scope)?;
            match view.own_config(&scope).cloned() {
                Some(own) => Ok(set_config(&scope, None, own)),
                None if scope == Scope::default_context() => Ok(Decision::Keep(default.clone())),
                None => Err(RegistryError::SubjectNotFound(scope.to_string())),
            }
        };
        self.committer
            .submit(move |moment| decide(moment.view))
            .await
    }

    /// Every setting as it holds in a scope. Aliases are not inherited: they say what one subject is.
    fn effective_config(&self, view: &View, scope: &Scope) -> Config {
        let own = view.own_config(scope);
        let configs = view.configs(scope);
        Config {
            alias: own.and_then(|config| config.alias.clone()),
            alias_for_deks: own.and_then(|config| config.alias_for_deks.clone()),
            compatibility_level: Some(view.level(scope).unwrap_or(self.default_level)),
            compatibility_policy: configs.first(|config| config.compatibility_policy),
            compatibility_group: configs.first(|config| config.compatibility_group.clone()),
            normalize: configs.first(|config| config.normalize),
            validate_fields: configs.first(|config| config.validate_fields),
            validate_new_schemas: configs.first(|config| config.validate_new_schemas),
            validate_rules: configs.first(|config| config.validate_rules),
            default_metadata: configs.first(|config| config.default_metadata.clone()),
            override_metadata: configs.first(|config| config.override_metadata.clone()),
            default_rule_set: configs.first(|config| config.default_rule_set.clone()),
            override_rule_set: configs.first(|config| config.override_rule_set.clone()),
        }
    }
}

/// What a scope's own settings are after an update.
fn merged(own: Config, level: &Patch<CompatibilityLevel>, update: &ConfigUpdate) -> Config {
    Config {
        alias: named(update.alias.apply(own.alias)),
        alias_for_deks: named(update.alias_for_deks.apply(own.alias_for_deks)),
        compatibility_level: level.apply(own.compatibility_level),
        compatibility_policy: policy(&update.compatibility_policy).apply(own.compatibility_policy),
        compatibility_group: named(update.compatibility_group.apply(own.compatibility_group)),
        normalize: update.normalize.apply(own.normalize),
        validate_fields: update.validate_fields.apply(own.validate_fields),
        validate_new_schemas: update.validate_new_schemas.apply(own.validate_new_schemas),
        validate_rules: update.validate_rules.apply(own.validate_rules),
        default_metadata: update.default_metadata.apply(own.default_metadata),
        override_metadata: update.override_metadata.apply(own.override_metadata),
        default_rule_set: update.default_rule_set.apply(own.default_rule_set),
        override_rule_set: update.override_rule_set.apply(own.override_rule_set),
    }
}

/// An empty name is none.
fn named(name: Option<String>) -> Option<String> {
    name.filter(|name| !name.is_empty())
}

/// Rule sets must be right, and aliases must be subjects.
fn validate(update: &ConfigUpdate, scope: &Scope) -> Result<()> {
    for rules in [&update.default_rule_set, &update.override_rule_set] {
        if let Patch::Set(rules) = rules {
            RuleSet::validate(rules)?;
        }
    }
    for alias in [&update.alias, &update.alias_for_deks] {
        if let Patch::Set(alias) = alias
            && !alias.is_empty()
        {
            QualifiedSubject::parse_within(alias, &scope.context)?;
        }
    }
    Ok(())
}

fn changeable(view: &View, scope: &Scope) -> Result<()> {
    if view.mode(scope).is_read_only() {
        Err(RegistryError::read_only(scope))
    } else {
        Ok(())
    }
}

fn set_config(scope: &Scope, config: Option<Config>, answer: Config) -> Decision<Config> {
    let kind = ChangeKind::ConfigChanged {
        scope: scope.clone(),
        config: config.map(Box::new),
    };
    Decision::Write(
        vec![Mutation {
            kind,
            content: None,
        }],
        answer,
    )
}

fn level(patch: &Patch<Value>) -> Result<Patch<CompatibilityLevel>> {
    match patch {
        Patch::Keep => Ok(Patch::Keep),
        Patch::Clear => Ok(Patch::Clear),
        Patch::Set(value) => {
            let level = CompatibilityLevel::from_str(value.as_str().unwrap_or_default());
            level
                .map(Patch::Set)
                .map_err(|error| RegistryError::InvalidLevel(error.to_string()))
        }
    }
}

/// An unknown policy clears, as the protocol has it.
fn policy(patch: &Patch<String>) -> Patch<CompatibilityPolicy> {
    let Patch::Set(text) = patch else {
        return if *patch == Patch::Keep {
            Patch::Keep
        } else {
            Patch::Clear
        };
    };
    match text.to_ascii_uppercase().as_str() {
        "STRICT" => Patch::Set(CompatibilityPolicy::Strict),
        "LENIENT" => Patch::Set(CompatibilityPolicy::Lenient),
        _ => Patch::Clear,
    }
}

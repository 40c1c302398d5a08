//! Settings: compatibility and modes, of a subject, a context, or the level above all contexts.

use std::str::FromStr;

use dovetail_model::{
    CompatibilityLevel, CompatibilityPolicy, Mode, QualifiedSubject,
    bodies::{Config, ConfigUpdate, Patch},
};
use serde_json::Value;

use super::{Registry, RegistryError, Result, delete};
use crate::core::{ChangeKind, Decision, Mutation, Scope, Usage, View};

/// Why import mode is refused for a scope that is in use.
pub const IMPORT_NEEDS_EMPTY: &str = "Cannot import since found existing subjects; delete them first, or set the mode with force=true";

/// The settings that hold in a scope, or its own.
pub type ConfigAnswer = Config;

impl Registry {
    /// A scope's own settings; those that hold there with `effective`.
    pub async fn config(&self, scope: &Scope, effective: bool) -> Result<ConfigAnswer> {
        let view = self.view().await?;
        let own = view.own_config(scope);
        if scope.subject.is_none() || effective {
            return Ok(self.effective_config(&view, scope));
        }
        own.cloned()
            .ok_or_else(|| RegistryError::ConfigNotFound(scope.to_string()))
    }

    /// Merges an update into a scope's own settings and returns what they are then.
    pub async fn update_config(&self, scope: &Scope, update: ConfigUpdate) -> Result<Config> {
        let level = level(&update.compatibility)?;
        let policy = policy(&update.compatibility_policy);
        let scope = scope.clone();
        let decide = move |view: &View| {
            changeable(view, &scope)?;
            let own = view.own_config(&scope).cloned().unwrap_or_default();
            let config = Config {
                compatibility_level: level.apply(own.compatibility_level),
                compatibility_policy: policy.apply(own.compatibility_policy),
                normalize: update.normalize.apply(own.normalize),
            };
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
            match (view.own_config(&scope).cloned(), &scope.subject) {
                (Some(own), _) => Ok(set_config(&scope, None, own)),
                (None, None) => Ok(Decision::Keep(default.clone())),
                (None, Some(_)) => Err(RegistryError::SubjectNotFound(scope.to_string())),
            }
        };
        self.committer
            .submit(move |moment| decide(moment.view))
            .await
    }

    fn effective_config(&self, view: &View, scope: &Scope) -> Config {
        let policy = view.policy(scope);
        Config {
            compatibility_level: Some(view.level(scope).unwrap_or(self.default_level)),
            compatibility_policy: (policy != CompatibilityPolicy::default()).then_some(policy),
            normalize: view.normalizes(scope).then_some(true),
        }
    }

    /// A scope's own mode; the one that holds there with `effective`.
    pub async fn mode(&self, scope: &Scope, effective: bool) -> Result<Mode> {
        let view = self.view().await?;
        if scope.subject.is_none() || effective {
            return Ok(view.mode(scope));
        }
        view.own_mode(scope)
            .ok_or_else(|| RegistryError::ModeNotFound(scope.to_string()))
    }

    /// Sets a scope's mode. Import mode wants an empty scope, unless it is forced.
    pub async fn set_mode(&self, scope: &Scope, mode: &Value, force: bool) -> Result<Mode> {
        let mode = parse_mode(mode, scope)?;
        let scope = scope.clone();
        let decide = move |view: &View| {
            if view.own_mode(&scope) == Some(mode) {
                return Ok(Decision::Keep(mode));
            }
            let mut mutations = Vec::new();
            if mode == Mode::Import && !force && !view.mode(&scope).is_import() {
                empty_for_import(view, &scope, &mut mutations)?;
            }
            let kind = ChangeKind::ModeChanged {
                scope: scope.clone(),
                mode: Some(mode),
            };
            mutations.push(Mutation {
                kind,
                content: None,
            });
            Ok(Decision::Write(mutations, mode))
        };
        self.committer
            .submit(move |moment| decide(moment.view))
            .await
    }

    /// Removes a scope's own mode and returns what it was.
    pub async fn delete_mode(&self, scope: &Scope) -> Result<Mode> {
        let scope = scope.clone();
        let decide = move |view: &View| match (view.own_mode(&scope), &scope.subject) {
            (Some(own), _) => {
                let kind = ChangeKind::ModeChanged {
                    scope: scope.clone(),
                    mode: None,
                };
                Ok(Decision::Write(
                    vec![Mutation {
                        kind,
                        content: None,
                    }],
                    own,
                ))
            }
            (None, None) => Ok(Decision::Keep(Mode::default())),
            (None, Some(_)) => Err(RegistryError::SubjectNotFound(scope.to_string())),
        };
        self.committer
            .submit(move |moment| decide(moment.view))
            .await
    }
}

/// Refuses while anything is live in the scope, and else removes what is left of deleted subjects.
fn empty_for_import(view: &View, scope: &Scope, mutations: &mut Vec<Mutation>) -> Result<()> {
    let Some(context) = view.context(&scope.context) else {
        return Ok(());
    };
    // What the next subject's deletion means depends on those before it: a schema that two of them share goes with the last.
    let mut staged = view.clone();
    let in_scope = |name: &dovetail_model::Subject| {
        scope.subject.as_ref().is_none_or(|subject| subject == name)
    };
    for (name, holder) in context.subjects().filter(|(name, _)| in_scope(name)) {
        if holder.latest().is_some() {
            return Err(RegistryError::OperationNotPermitted(
                IMPORT_NEEDS_EMPTY.to_owned(),
            ));
        }
        let subject = QualifiedSubject {
            context: scope.context.clone(),
            subject: name.clone(),
        };
        let versions: Vec<_> = holder
            .versions()
            .iter()
            .map(|entry| entry.version)
            .collect();
        for version in &versions {
            let usage = Usage {
                subject: subject.clone(),
                version: *version,
            };
            if delete::referenced_from_outside(view, &usage, true) {
                return Err(RegistryError::ReferenceExists(usage));
            }
        }
        if !versions.is_empty() {
            let deleted = delete::deletion(&staged, &subject, versions, true);
            let kind = ChangeKind::SubjectDeleted(deleted);
            staged.apply_next(&kind);
            mutations.push(Mutation {
                kind,
                content: None,
            });
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
        config,
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

fn parse_mode(value: &Value, scope: &Scope) -> Result<Mode> {
    let mode = Mode::from_str(value.as_str().unwrap_or_default())
        .map_err(|error| RegistryError::InvalidMode(error.to_string()))?;
    if mode == Mode::Forward && !scope.context.is_global() {
        return Err(RegistryError::InvalidMode(
            "Mode FORWARD can be set on :.__GLOBAL: only".to_owned(),
        ));
    }
    Ok(mode)
}

//! Modes: which writes a subject, a context, or everything takes.

use std::str::FromStr;

use dovetail_model::{Mode, QualifiedSubject};
use serde_json::Value;

use super::{Registry, RegistryError, Result, delete};
use crate::core::{ChangeKind, ContextView, Decision, Mutation, Scope, Usage, View};

/// Why import mode is refused for a scope that is in use.
pub const IMPORT_NEEDS_EMPTY: &str = "Cannot import since found existing subjects; delete them first, or set the mode with force=true";

impl Registry {
    /// A scope's own mode; the one that holds there with `effective`, and always of the default context.
    pub async fn mode(&self, scope: &Scope, effective: bool) -> Result<Mode> {
        let view = self.view().await?;
        if effective || *scope == Scope::default_context() {
            return Ok(view.mode(scope));
        }
        view.own_mode(scope)
            .ok_or_else(|| RegistryError::ModeNotFound(scope.to_string()))
    }

    /// Sets a scope's mode. Import mode wants an empty scope, unless it is forced.
    pub async fn set_mode(&self, scope: &Scope, mode: &Value, force: bool) -> Result<Mode> {
        let mode = parse_mode(mode, scope)?;
        self.mutable_modes()?;
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
        self.mutable_modes()?;
        let scope = scope.clone();
        let decide = move |view: &View| match view.own_mode(&scope) {
            Some(own) => {
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
            None if scope == Scope::default_context() => Ok(Decision::Keep(Mode::default())),
            None => Err(RegistryError::SubjectNotFound(scope.to_string())),
        };
        self.committer
            .submit(move |moment| decide(moment.view))
            .await
    }
}

impl Registry {
    /// Removes the mode of a context and of every subject in it, or of one subject, and returns what the scope's own was.
    pub async fn delete_modes(&self, scope: &Scope) -> Result<Option<Mode>> {
        self.mutable_modes()?;
        let scope = scope.clone();
        let decide = move |view: &View| {
            let own = view.own_mode(&scope);
            let inside = view
                .context(&scope.context)
                .filter(|_| scope.subject.is_none())
                .into_iter()
                .flat_map(ContextView::subjects);
            let inside = inside
                .filter(|(_, holder)| holder.has_mode())
                .map(|(name, _)| Scope {
                    context: scope.context.clone(),
                    subject: Some(name.clone()),
                });
            let all = own.map(|_| scope.clone()).into_iter().chain(inside);
            let mutations: Vec<_> = all
                .map(|scope| Mutation {
                    kind: ChangeKind::ModeChanged { scope, mode: None },
                    content: None,
                })
                .collect();
            Ok::<_, RegistryError>(if mutations.is_empty() {
                Decision::Keep(own)
            } else {
                Decision::Write(mutations, own)
            })
        };
        self.committer
            .submit(move |moment| decide(moment.view))
            .await
    }

    fn mutable_modes(&self) -> Result<()> {
        if self.mode_mutability {
            return Ok(());
        }
        Err(RegistryError::OperationNotPermitted(
            "Modes cannot be changed: mode_mutability is off".to_owned(),
        ))
    }
}

/// Refuses while anything is live in the scope, and else removes what is left of deleted subjects.
fn empty_for_import(view: &View, scope: &Scope, mutations: &mut Vec<Mutation>) -> Result<()> {
    // The level above all contexts is all of them.
    let contexts = view
        .contexts()
        .filter(|(context, _)| scope.context.is_global() || **context == scope.context);
    let in_scope = |name: &dovetail_model::Subject| {
        scope.subject.as_ref().is_none_or(|subject| subject == name)
    };
    let subjects: Vec<_> = contexts
        .flat_map(|(context, slot)| {
            slot.subjects()
                .map(move |(name, holder)| (context, name, holder))
        })
        .filter(|(_, name, _)| in_scope(name))
        .collect();
    if subjects
        .iter()
        .any(|(_, _, holder)| holder.latest().is_some())
    {
        return Err(RegistryError::OperationNotPermitted(
            IMPORT_NEEDS_EMPTY.to_owned(),
        ));
    }
    // What the next subject's deletion means depends on those before it: a schema that two of them share goes with the last.
    let mut staged = view.clone();
    for (context, name, holder) in subjects {
        let subject = QualifiedSubject {
            context: context.clone(),
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

//! Objects: properties, what is said of those not mentioned, what is required, and what depends on what.
//!
//! The *content model* says what a schema accepts under a name it does not describe: anything (open), nothing (closed), or
//! what another schema says (partially open). A property that is added is compared with the content model of the original,
//! one that is removed with that of the update. It is asked name by name: under a name that no pattern matches, a schema
//! with patterns is as open as one without. (The reference takes such a schema for closed there, and calls changes
//! compatible that break.)

use std::{collections::BTreeMap, sync::Arc};

use super::{
    bounds::{self, Limit, limit},
    comparison::Comparison,
    engine::{NodeRef, Tail},
};
use crate::{
    Rule, TooComplex,
    json_schema::{
        model::{Kind, NodeId, ObjectRules, Rest},
        rules,
    },
};

static MAX_PROPERTIES: Limit = limit!(
    "maxProperties",
    MAX_PROPERTIES_ADDED,
    MAX_PROPERTIES_REMOVED,
    MAX_PROPERTIES_INCREASED,
    MAX_PROPERTIES_DECREASED
);
static MIN_PROPERTIES: Limit = limit!(
    "minProperties",
    MIN_PROPERTIES_ADDED,
    MIN_PROPERTIES_REMOVED,
    MIN_PROPERTIES_INCREASED,
    MIN_PROPERTIES_DECREASED
);

/// What a schema accepts under a name it does not describe, or behind the items it describes.
pub(super) enum Content {
    Open,
    Closed,
    /// What this schema accepts.
    Schema(NodeId),
}

pub(super) fn compare<'a>(
    pair: &mut Comparison<'_, 'a>,
    original: &'a ObjectRules,
    update: &'a ObjectRules,
) -> Result<(), TooComplex> {
    compare_required(pair, original, update);
    for (name, before) in &original.properties {
        match update.by_name.get(name) {
            Some(after) => {
                pair.below(property(name), *before, *after)?;
            }
            None => property_removed(pair, update, name, *before)?,
        }
    }
    for (name, added) in &update.properties {
        if !original.by_name.contains_key(name) {
            property_added(pair, original, update, name, *added)?;
        }
    }
    compare_lists(pair, &original.required_with, &update.required_with);
    compare_schemas(pair, &original.schema_with, &update.schema_with)?;
    compare_additional(pair, original.additional, update.additional)?;
    compare_unevaluated(
        pair,
        &UNEVALUATED_PROPERTIES,
        original.unevaluated,
        update.unevaluated,
    )?;
    let limits = [
        (
            &MAX_PROPERTIES,
            &original.max_properties,
            &update.max_properties,
        ),
        (
            &MIN_PROPERTIES,
            &original.min_properties,
            &update.min_properties,
        ),
    ];
    for (limit, original, update) in limits {
        bounds::compare(pair, limit, original.as_ref(), update.as_ref());
    }
    Ok(())
}

fn property(name: &Arc<str>) -> Tail {
    Tail::Named("properties", Arc::clone(name))
}

/// Names that both sides describe. Others are compared with the content models.
fn compare_required(pair: &mut Comparison<'_, '_>, original: &ObjectRules, update: &ObjectRules) {
    for (name, before) in &original.properties {
        let Some(after) = update.by_name.get(name) else {
            continue;
        };
        let nodes = (pair.original.with(*before), pair.update.with(*after));
        let rule = match (
            original.required.contains(name.as_ref()),
            update.required.contains(name.as_ref()),
        ) {
            (true, false) => &rules::REQUIRED_ATTRIBUTE_REMOVED,
            (false, true) if pair.walk.node(nodes.1).has_default() => {
                &rules::REQUIRED_ATTRIBUTE_WITH_DEFAULT_ADDED
            }
            (false, true) => &rules::REQUIRED_ATTRIBUTE_ADDED,
            _ => continue,
        };
        let tail = Tail::Named("required", Arc::clone(name));
        pair.report_at(rule, tail, Arc::clone(name), nodes);
    }
}

fn property_removed<'a>(
    pair: &mut Comparison<'_, 'a>,
    update: &'a ObjectRules,
    name: &Arc<str>,
    removed: NodeId,
) -> Result<(), TooComplex> {
    let removed = pair.original.with(removed);
    let rule = match content(pair, pair.update, update, name)? {
        Content::Open => &rules::PROPERTY_REMOVED_FROM_OPEN_CONTENT_MODEL,
        Content::Schema(catch_all) => {
            let below = pair.ask(removed, pair.update.with(catch_all))?;
            pair.adopt(property(name), below);
            if pair.walk.is_compatible(below) {
                &rules::PROPERTY_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL
            } else {
                &rules::PROPERTY_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL
            }
        }
        Content::Closed if pair.walk.node(pair.walk.target(removed)).kind.is_false() => {
            &rules::PROPERTY_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL
        }
        Content::Closed => &rules::PROPERTY_REMOVED_FROM_CLOSED_CONTENT_MODEL,
    };
    pair.report_at(
        rule,
        property(name),
        Arc::clone(name),
        (removed, pair.update),
    );
    Ok(())
}

fn property_added<'a>(
    pair: &mut Comparison<'_, 'a>,
    original: &'a ObjectRules,
    update: &ObjectRules,
    name: &Arc<str>,
    added: NodeId,
) -> Result<(), TooComplex> {
    let added = pair.update.with(added);
    let nodes = (pair.original, added);
    let content = content(pair, pair.original, original, name)?;
    if let Content::Schema(catch_all) = content {
        let below = pair.ask(pair.original.with(catch_all), added)?;
        pair.adopt(property(name), below);
        let rule = if pair.walk.is_compatible(below) {
            &rules::PROPERTY_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL
        } else {
            &rules::PROPERTY_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL
        };
        pair.report_at(rule, property(name), Arc::clone(name), nodes);
    }
    let is_open = matches!(content, Content::Open);
    let accepts_anything = pair.walk.node(pair.walk.target(added)).kind.is_anything();
    let is_required = update.required.contains(name.as_ref());
    let has_default = pair.walk.node(added).has_default();
    let rule = match (is_open, is_required, has_default) {
        (true, _, _) if accepts_anything => {
            &rules::PROPERTY_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL
        }
        (true, true, false) => &rules::REQUIRED_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL,
        (true, true, true) => &rules::REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_OPEN_CONTENT_MODEL,
        (true, false, _) => &rules::OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL,
        (false, true, false) => &rules::REQUIRED_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL,
        (false, true, true) => &rules::REQUIRED_PROPERTY_WITH_DEFAULT_ADDED_TO_UNOPEN_CONTENT_MODEL,
        (false, false, _) => &rules::OPTIONAL_PROPERTY_ADDED_TO_UNOPEN_CONTENT_MODEL,
    };
    pair.report_at(rule, property(name), Arc::clone(name), nodes);
    Ok(())
}

/// What a schema accepts under a name it does not describe. Patterns come first, the first that matches counts.
fn content<'a>(
    pair: &mut Comparison<'_, 'a>,
    side: NodeRef,
    schema: &'a ObjectRules,
    name: &str,
) -> Result<Content, TooComplex> {
    for (pattern, node) in &schema.patterns {
        if pair.walk.finds(pattern, name)? {
            return Ok(Content::Schema(*node));
        }
    }
    Ok(rest(pair, side, schema.additional, schema.unevaluated))
}

/// What is accepted where neither a name nor a position is described. `unevaluated…` counts where `additional…` says
/// nothing.
pub(super) fn rest(
    pair: &Comparison<'_, '_>,
    side: NodeRef,
    additional: Rest,
    unevaluated: Option<NodeId>,
) -> Content {
    match (additional, unevaluated) {
        (Rest::Forbidden, _) => Content::Closed,
        (Rest::Schema(node), _) => Content::Schema(node),
        (Rest::Allowed, _) | (Rest::Unsaid, None) => Content::Open,
        (Rest::Unsaid, Some(node)) => {
            let kind = &pair.walk.node(pair.walk.target(side.with(node))).kind;
            if kind.is_false() {
                Content::Closed
            } else if kind.is_anything() {
                Content::Open
            } else {
                Content::Schema(node)
            }
        }
    }
}

fn compare_lists(
    pair: &mut Comparison<'_, '_>,
    original: &BTreeMap<Arc<str>, std::collections::BTreeSet<Box<str>>>,
    update: &BTreeMap<Arc<str>, std::collections::BTreeSet<Box<str>>>,
) {
    let added = update.keys().filter(|name| !original.contains_key(*name));
    let names: Vec<&Arc<str>> = original.keys().chain(added).collect();
    for name in names {
        let rule: &'static Rule = match (original.get(name), update.get(name)) {
            (_, None) => &rules::DEPENDENCY_ARRAY_REMOVED,
            (None, _) => &rules::DEPENDENCY_ARRAY_ADDED,
            (Some(before), Some(after)) if before == after => continue,
            (Some(before), Some(after)) if after.is_superset(before) => {
                &rules::DEPENDENCY_ARRAY_EXTENDED
            }
            (Some(before), Some(after)) if after.is_subset(before) => {
                &rules::DEPENDENCY_ARRAY_NARROWED
            }
            _ => &rules::DEPENDENCY_ARRAY_CHANGED,
        };
        let tail = Tail::Named("dependencies", Arc::clone(name));
        pair.report(rule, tail, Arc::clone(name));
    }
}

fn compare_schemas(
    pair: &mut Comparison<'_, '_>,
    original: &BTreeMap<Arc<str>, NodeId>,
    update: &BTreeMap<Arc<str>, NodeId>,
) -> Result<(), TooComplex> {
    let added = update.keys().filter(|name| !original.contains_key(*name));
    let names: Vec<&Arc<str>> = original.keys().chain(added).collect();
    for name in names {
        let tail = Tail::Named("dependencies", Arc::clone(name));
        match (original.get(name), update.get(name)) {
            (Some(before), Some(after)) => {
                pair.below(tail, *before, *after)?;
            }
            (_, None) => {
                pair.report(&rules::DEPENDENCY_SCHEMA_REMOVED, tail, Arc::clone(name));
            }
            (None, _) => pair.report(&rules::DEPENDENCY_SCHEMA_ADDED, tail, Arc::clone(name)),
        }
    }
    Ok(())
}

fn compare_additional(
    pair: &mut Comparison<'_, '_>,
    original: Rest,
    update: Rest,
) -> Result<(), TooComplex> {
    let tail = Tail::Keyword("additionalProperties");
    let rule = match (original.is_permitted(), update.is_permitted()) {
        (false, true) => &rules::ADDITIONAL_PROPERTIES_ADDED,
        (true, false) => &rules::ADDITIONAL_PROPERTIES_REMOVED,
        _ => match (original.schema(), update.schema()) {
            (None, None) => return Ok(()),
            (None, Some(_)) => &rules::ADDITIONAL_PROPERTIES_NARROWED,
            (Some(_), None) => &rules::ADDITIONAL_PROPERTIES_EXTENDED,
            (Some(original), Some(update)) => {
                return pair.below(tail, original, update).map(|_| ());
            }
        },
    };
    pair.report(rule, tail, "");
    Ok(())
}

/// The rows for one of the two `unevaluated…` keywords.
pub(super) struct Unevaluated {
    pub(super) keyword: &'static str,
    pub(super) added: &'static Rule,
    pub(super) removed: &'static Rule,
    pub(super) extended: &'static Rule,
    pub(super) narrowed: &'static Rule,
}

static UNEVALUATED_PROPERTIES: Unevaluated = Unevaluated {
    keyword: "unevaluatedProperties",
    added: &rules::UNEVALUATED_PROPERTIES_ADDED,
    removed: &rules::UNEVALUATED_PROPERTIES_REMOVED,
    extended: &rules::UNEVALUATED_PROPERTIES_EXTENDED,
    narrowed: &rules::UNEVALUATED_PROPERTIES_NARROWED,
};

pub(super) fn compare_unevaluated(
    pair: &mut Comparison<'_, '_>,
    rows: &Unevaluated,
    original: Option<NodeId>,
    update: Option<NodeId>,
) -> Result<(), TooComplex> {
    let kind =
        |side: NodeRef, node: NodeId| &pair.walk.node(pair.walk.target(side.with(node))).kind;
    let before = original.map(|node| kind(pair.original, node));
    let after = update.map(|node| kind(pair.update, node));
    let forbids = |kind: Option<&Kind>| kind.is_some_and(Kind::is_false);
    let rule = match (before, after) {
        (None, None) => return Ok(()),
        _ if forbids(before) && !forbids(after) => rows.added,
        _ if !forbids(before) && forbids(after) => rows.removed,
        (None, Some(_)) => rows.narrowed,
        (Some(_), None) => rows.extended,
        (Some(before), Some(after)) => match (before.is_anything(), after.is_anything()) {
            (true, false) => rows.narrowed,
            (false, true) => rows.extended,
            _ => return pair.below_if_any(Tail::Keyword(rows.keyword), original, update),
        },
    };
    pair.report(rule, Tail::Keyword(rows.keyword), "");
    Ok(())
}

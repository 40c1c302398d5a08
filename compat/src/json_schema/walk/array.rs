//! Arrays: one schema for all items or one for each of the first, what is said of further items, and their number.
//! The content model is that of objects, by position instead of name.

use super::{
    bounds::{self, Limit, limit},
    comparison::Comparison,
    engine::Tail,
    object::{Content, Unevaluated, compare_unevaluated, rest},
};
use crate::{
    TooComplex,
    json_schema::{
        model::{ArrayRules, NodeId, Rest},
        rules,
    },
};

static MAX_ITEMS: Limit = limit!(
    "maxItems",
    MAX_ITEMS_ADDED,
    MAX_ITEMS_REMOVED,
    MAX_ITEMS_INCREASED,
    MAX_ITEMS_DECREASED
);
static MIN_ITEMS: Limit = limit!(
    "minItems",
    MIN_ITEMS_ADDED,
    MIN_ITEMS_REMOVED,
    MIN_ITEMS_INCREASED,
    MIN_ITEMS_DECREASED
);
static MAX_CONTAINS: Limit = limit!(
    "maxContains",
    MAX_CONTAINS_ADDED,
    MAX_CONTAINS_REMOVED,
    MAX_CONTAINS_INCREASED,
    MAX_CONTAINS_DECREASED
);
static MIN_CONTAINS: Limit = limit!(
    "minContains",
    MIN_CONTAINS_ADDED,
    MIN_CONTAINS_REMOVED,
    MIN_CONTAINS_INCREASED,
    MIN_CONTAINS_DECREASED
);

static UNEVALUATED_ITEMS: Unevaluated = Unevaluated {
    keyword: "unevaluatedItems",
    added: &rules::UNEVALUATED_ITEMS_ADDED,
    removed: &rules::UNEVALUATED_ITEMS_REMOVED,
    extended: &rules::UNEVALUATED_ITEMS_EXTENDED,
    narrowed: &rules::UNEVALUATED_ITEMS_NARROWED,
};

pub(super) fn compare(
    pair: &mut Comparison<'_, '_>,
    original: &ArrayRules,
    update: &ArrayRules,
) -> Result<(), TooComplex> {
    pair.below_if_any(Tail::Keyword("items"), original.all, update.all)?;
    compare_tuples(pair, original, update)?;
    compare_additional(pair, original.additional, update.additional)?;
    compare_unevaluated(
        pair,
        &UNEVALUATED_ITEMS,
        original.unevaluated,
        update.unevaluated,
    )?;
    for (limit, original, update) in [
        (&MAX_ITEMS, &original.max_items, &update.max_items),
        (&MIN_ITEMS, &original.min_items, &update.min_items),
        (&MAX_CONTAINS, &original.max_contains, &update.max_contains),
        (&MIN_CONTAINS, &original.min_contains, &update.min_contains),
    ] {
        bounds::compare(pair, limit, original.as_ref(), update.as_ref());
    }
    let tail = Tail::Keyword("uniqueItems");
    match (original.unique, update.unique) {
        (true, false) => pair.report(&rules::UNIQUE_ITEMS_REMOVED, tail, ""),
        (false, true) => pair.report(&rules::UNIQUE_ITEMS_ADDED, tail, ""),
        _ => {}
    }
    Ok(())
}

fn compare_tuples(
    pair: &mut Comparison<'_, '_>,
    original: &ArrayRules,
    update: &ArrayRules,
) -> Result<(), TooComplex> {
    let both = original.tuple.iter().zip(&update.tuple).enumerate();
    for (position, (before, after)) in both {
        pair.below(item(position), *before, *after)?;
    }
    let common = original.tuple.len().min(update.tuple.len());
    for (position, removed) in original.tuple.iter().enumerate().skip(common) {
        item_removed(pair, update, position, *removed)?;
    }
    for (position, added) in update.tuple.iter().enumerate().skip(common) {
        item_added(pair, original, position, *added)?;
    }
    Ok(())
}

const fn item(position: usize) -> Tail {
    Tail::Indexed("items", position)
}

fn item_removed(
    pair: &mut Comparison<'_, '_>,
    update: &ArrayRules,
    position: usize,
    removed: NodeId,
) -> Result<(), TooComplex> {
    let removed = pair.original.with(removed);
    let rule = match rest(pair, pair.update, update.additional, update.unevaluated) {
        Content::Open => &rules::ITEM_REMOVED_FROM_OPEN_CONTENT_MODEL,
        Content::Schema(catch_all) => {
            let below = pair.ask(removed, pair.update.with(catch_all))?;
            pair.adopt(item(position), below);
            if pair.walk.is_compatible(below) {
                &rules::ITEM_REMOVED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL
            } else {
                &rules::ITEM_REMOVED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL
            }
        }
        Content::Closed if pair.walk.node(pair.walk.target(removed)).kind.is_false() => {
            &rules::ITEM_WITH_FALSE_REMOVED_FROM_CLOSED_CONTENT_MODEL
        }
        Content::Closed => &rules::ITEM_REMOVED_FROM_CLOSED_CONTENT_MODEL,
    };
    pair.report_at(
        rule,
        item(position),
        position.to_string(),
        (removed, pair.update),
    );
    Ok(())
}

fn item_added(
    pair: &mut Comparison<'_, '_>,
    original: &ArrayRules,
    position: usize,
    added: NodeId,
) -> Result<(), TooComplex> {
    let added = pair.update.with(added);
    let rule = match rest(
        pair,
        pair.original,
        original.additional,
        original.unevaluated,
    ) {
        Content::Open if pair.walk.node(pair.walk.target(added)).kind.is_anything() => {
            &rules::ITEM_WITH_EMPTY_SCHEMA_ADDED_TO_OPEN_CONTENT_MODEL
        }
        Content::Open => &rules::ITEM_ADDED_TO_OPEN_CONTENT_MODEL,
        Content::Schema(catch_all) => {
            let below = pair.ask(pair.original.with(catch_all), added)?;
            pair.adopt(item(position), below);
            if pair.walk.is_compatible(below) {
                &rules::ITEM_ADDED_IS_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL
            } else {
                &rules::ITEM_ADDED_NOT_COVERED_BY_PARTIALLY_OPEN_CONTENT_MODEL
            }
        }
        Content::Closed => &rules::ITEM_ADDED_TO_CLOSED_CONTENT_MODEL,
    };
    pair.report_at(
        rule,
        item(position),
        position.to_string(),
        (pair.original, added),
    );
    Ok(())
}

fn compare_additional(
    pair: &mut Comparison<'_, '_>,
    original: Rest,
    update: Rest,
) -> Result<(), TooComplex> {
    let tail = Tail::Keyword("additionalItems");
    let rule = match (original.is_permitted(), update.is_permitted()) {
        (false, true) => &rules::ADDITIONAL_ITEMS_ADDED,
        (true, false) => &rules::ADDITIONAL_ITEMS_REMOVED,
        _ => match (original.schema(), update.schema()) {
            (None, None) => return Ok(()),
            (None, Some(_)) => &rules::ADDITIONAL_ITEMS_NARROWED,
            (Some(_), None) => &rules::ADDITIONAL_ITEMS_EXTENDED,
            (Some(original), Some(update)) => {
                return pair.below(tail, original, update).map(|_| ());
            }
        },
    };
    pair.report(rule, tail, "");
    Ok(())
}

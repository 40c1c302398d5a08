//! Combinators: `allOf`, `anyOf`, `oneOf`, and `not`.
//!
//! The members of two combined schemas are matched with each other: as many pairs of compatible members as possible, no
//! member in two of them. What differs within the matched pairs is reported; when the smaller side is not covered, the
//! members have changed.

use super::{comparison::Comparison, engine::Tail, matching::Matching};
use crate::{
    Rule, TooComplex,
    json_schema::{
        model::{Combined, Criterion, NodeId},
        rules,
    },
};

pub(super) fn compare(
    pair: &mut Comparison<'_, '_>,
    original: &Combined,
    update: &Combined,
) -> Result<(), TooComplex> {
    if original.criterion != update.criterion {
        let rule = change_of_criterion(original, update);
        let detail = format!(
            "{} instead of {}",
            update.criterion.keyword(),
            original.criterion.keyword()
        );
        pair.report(rule, Tail::Here, detail);
        if rule == &rules::COMBINED_TYPE_CHANGED {
            return Ok(());
        }
    }
    let (before, after) = (original.members.len(), update.members.len());
    let is_product = |combined: &Combined| combined.criterion == Criterion::All;
    let rule = match before.cmp(&after) {
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Less if is_product(update) => Some(&rules::PRODUCT_TYPE_EXTENDED),
        std::cmp::Ordering::Less => Some(&rules::SUM_TYPE_EXTENDED),
        std::cmp::Ordering::Greater if is_product(original) => Some(&rules::PRODUCT_TYPE_NARROWED),
        std::cmp::Ordering::Greater => Some(&rules::SUM_TYPE_NARROWED),
    };
    if let Some(rule) = rule {
        pair.report(rule, Tail::Here, "");
    }
    let matched = Matching::of(pair, original, update)?;
    let count = matched.len();
    // They come in order, so the first gap is the first member without a partner.
    let gap = |&(index, (position, _)): &(usize, &(usize, _))| index != *position;
    let alone = matched
        .iter()
        .enumerate()
        .find(gap)
        .map_or(count, |(index, _)| index);
    for (position, below) in matched {
        pair.adopt(Tail::Indexed(original.criterion.keyword(), position), below);
    }
    if count < before.min(after) {
        let detail = format!("{}/{alone}", original.criterion.keyword());
        pair.report(&rules::COMBINED_TYPE_SUBSCHEMAS_CHANGED, Tail::Here, detail);
    }
    Ok(())
}

/// With one member, all combinators mean the same; otherwise only the way to `anyOf` is open, and the way from an `allOf`
/// to one schema.
fn change_of_criterion(original: &Combined, update: &Combined) -> &'static Rule {
    let is_one = |combined: &Combined| combined.written == 1;
    let is_looser = match update.criterion {
        Criterion::Any => true,
        Criterion::One => is_one(original),
        Criterion::All => false,
    };
    let stays_one = is_one(update) && (is_one(original) || original.criterion == Criterion::All);
    if is_looser || stays_one {
        &rules::COMBINED_TYPE_EXTENDED
    } else {
        &rules::COMBINED_TYPE_CHANGED
    }
}

/// What is excluded now must have been excluded before: the comparison runs the other way round. The narrowing is
/// reported even when nothing changed, as the reference does.
pub(super) fn compare_not(
    pair: &mut Comparison<'_, '_>,
    original: NodeId,
    update: NodeId,
) -> Result<(), TooComplex> {
    let (original, update) = (pair.original.with(original), pair.update.with(update));
    let swapped = pair.ask(update, original)?;
    let rule = if pair.walk.is_compatible(swapped) {
        &rules::NOT_TYPE_NARROWED
    } else {
        &rules::NOT_TYPE_EXTENDED
    };
    pair.report(rule, Tail::Keyword("not"), "");
    Ok(())
}

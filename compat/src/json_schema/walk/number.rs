//! Numbers: bounds, factors, and whether they must be integers.

use super::{
    bounds::{self, Limit, limit},
    comparison::Comparison,
    engine::Tail,
};
use crate::json_schema::{decimal::Decimal, model::NumberRules, rules};

static MAXIMUM: Limit = limit!(
    "maximum",
    MAXIMUM_ADDED,
    MAXIMUM_REMOVED,
    MAXIMUM_INCREASED,
    MAXIMUM_DECREASED
);
static MINIMUM: Limit = limit!(
    "minimum",
    MINIMUM_ADDED,
    MINIMUM_REMOVED,
    MINIMUM_INCREASED,
    MINIMUM_DECREASED
);
// The reference compares a smaller exclusive maximum with the update's `maximum`, and fails where there is none. Here it
// is compared with the exclusive maximum.
static EXCLUSIVE_MAXIMUM: Limit = limit!(
    "exclusiveMaximum",
    EXCLUSIVE_MAXIMUM_ADDED,
    EXCLUSIVE_MAXIMUM_REMOVED,
    EXCLUSIVE_MAXIMUM_INCREASED,
    EXCLUSIVE_MAXIMUM_DECREASED
);
static EXCLUSIVE_MINIMUM: Limit = limit!(
    "exclusiveMinimum",
    EXCLUSIVE_MINIMUM_ADDED,
    EXCLUSIVE_MINIMUM_REMOVED,
    EXCLUSIVE_MINIMUM_INCREASED,
    EXCLUSIVE_MINIMUM_DECREASED
);

pub(super) fn compare(pair: &mut Comparison<'_, '_>, original: &NumberRules, update: &NumberRules) {
    for (limit, original, update) in [
        (&MAXIMUM, &original.maximum, &update.maximum),
        (&MINIMUM, &original.minimum, &update.minimum),
        (
            &EXCLUSIVE_MAXIMUM,
            &original.exclusive_maximum,
            &update.exclusive_maximum,
        ),
        (
            &EXCLUSIVE_MINIMUM,
            &original.exclusive_minimum,
            &update.exclusive_minimum,
        ),
    ] {
        bounds::compare(pair, limit, original.as_ref(), update.as_ref());
    }
    compare_factors(
        pair,
        original.multiple_of.as_ref(),
        update.multiple_of.as_ref(),
    );
    match (original.requires_integer, update.requires_integer) {
        (true, false) => pair.report(&rules::TYPE_EXTENDED, Tail::Here, ""),
        (false, true) => pair.report(&rules::TYPE_NARROWED, Tail::Here, ""),
        _ => {}
    }
}

fn compare_factors(
    pair: &mut Comparison<'_, '_>,
    original: Option<&Decimal>,
    update: Option<&Decimal>,
) {
    let (rule, detail) = match (original, update) {
        (None, Some(added)) => (&rules::MULTIPLE_OF_ADDED, added.to_string()),
        (Some(removed), None) => (&rules::MULTIPLE_OF_REMOVED, removed.to_string()),
        (Some(original), Some(update)) if original != update => {
            let rule = if update.is_multiple_of(original) {
                &rules::MULTIPLE_OF_EXPANDED
            } else if original.is_multiple_of(update) {
                &rules::MULTIPLE_OF_REDUCED
            } else {
                &rules::MULTIPLE_OF_CHANGED
            };
            (rule, format!("{update} instead of {original}"))
        }
        _ => return,
    };
    pair.report(rule, Tail::Keyword("multipleOf"), detail);
}

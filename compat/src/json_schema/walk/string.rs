//! Strings: lengths and patterns. Whether one pattern includes another is not looked into, and `format` constrains
//! nothing.

use super::{
    bounds::{self, Limit, limit},
    comparison::Comparison,
    engine::Tail,
};
use crate::json_schema::{model::StringRules, rules, text::quoted};

static MAX_LENGTH: Limit = limit!(
    "maxLength",
    MAX_LENGTH_ADDED,
    MAX_LENGTH_REMOVED,
    MAX_LENGTH_INCREASED,
    MAX_LENGTH_DECREASED
);
static MIN_LENGTH: Limit = limit!(
    "minLength",
    MIN_LENGTH_ADDED,
    MIN_LENGTH_REMOVED,
    MIN_LENGTH_INCREASED,
    MIN_LENGTH_DECREASED
);

pub(super) fn compare(pair: &mut Comparison<'_, '_>, original: &StringRules, update: &StringRules) {
    bounds::compare(
        pair,
        &MAX_LENGTH,
        original.max_length.as_ref(),
        update.max_length.as_ref(),
    );
    bounds::compare(
        pair,
        &MIN_LENGTH,
        original.min_length.as_ref(),
        update.min_length.as_ref(),
    );
    let (rule, detail) = match (&original.pattern, &update.pattern) {
        (None, Some(added)) => (&rules::PATTERN_ADDED, quoted(added)),
        (Some(removed), None) => (&rules::PATTERN_REMOVED, quoted(removed)),
        (Some(original), Some(update)) if original != update => (
            &rules::PATTERN_CHANGED,
            format!("{} instead of {}", quoted(update), quoted(original)),
        ),
        _ => return,
    };
    pair.report(rule, Tail::Keyword("pattern"), detail);
}

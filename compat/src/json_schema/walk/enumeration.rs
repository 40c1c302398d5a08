//! Fixed values: `enum` as a set, `const` as one value.

use std::collections::HashSet;

use super::{comparison::Comparison, engine::Tail};
use crate::json_schema::rules;

pub(super) fn compare_enum(
    pair: &mut Comparison<'_, '_>,
    original: &HashSet<Box<str>>,
    update: &HashSet<Box<str>>,
) {
    let is_larger = update.is_superset(original);
    let is_smaller = update.is_subset(original);
    let rule = match (is_larger, is_smaller) {
        (true, true) => return,
        (true, false) => &rules::ENUM_ARRAY_EXTENDED,
        (false, true) => &rules::ENUM_ARRAY_NARROWED,
        (false, false) => &rules::ENUM_ARRAY_CHANGED,
    };
    pair.report(rule, Tail::Keyword("enum"), "");
}

pub(super) fn compare_const(pair: &mut Comparison<'_, '_>, original: &str, update: &str) {
    if original != update {
        pair.report(&rules::ENUM_ARRAY_CHANGED, Tail::Keyword("const"), "");
    }
}

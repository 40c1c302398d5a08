//! Limits that are numbers: absent, present, and larger or smaller than before.

use std::cmp::Ordering;

use super::{comparison::Comparison, engine::Tail};
use crate::{Rule, json_schema::decimal::Decimal};

/// The rows for one limit.
pub(super) struct Limit {
    pub(super) keyword: &'static str,
    pub(super) added: &'static Rule,
    pub(super) removed: &'static Rule,
    pub(super) increased: &'static Rule,
    pub(super) decreased: &'static Rule,
}

/// A [`Limit`] by the keyword and the common part of its rows.
macro_rules! limit {
    ($keyword:literal, $added:ident, $removed:ident, $increased:ident, $decreased:ident) => {
        $crate::json_schema::walk::bounds::Limit {
            keyword: $keyword,
            added: &$crate::json_schema::rules::$added,
            removed: &$crate::json_schema::rules::$removed,
            increased: &$crate::json_schema::rules::$increased,
            decreased: &$crate::json_schema::rules::$decreased,
        }
    };
}
pub(super) use limit;

/// Compares one limit.
pub(super) fn compare(
    pair: &mut Comparison<'_, '_>,
    limit: &Limit,
    original: Option<&Decimal>,
    update: Option<&Decimal>,
) {
    let (rule, detail) = match (original, update) {
        (None, None) => return,
        (None, Some(added)) => (limit.added, added.to_string()),
        (Some(removed), None) => (limit.removed, removed.to_string()),
        (Some(original), Some(update)) => {
            let rule = match original.cmp(update) {
                Ordering::Equal => return,
                Ordering::Less => limit.increased,
                Ordering::Greater => limit.decreased,
            };
            (rule, format!("{original} to {update}"))
        }
    };
    pair.report(rule, Tail::Keyword(limit.keyword), detail);
}

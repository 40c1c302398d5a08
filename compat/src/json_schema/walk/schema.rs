//! Where every comparison starts: labels, classes, and the special cases in which schemas of different classes are
//! compatible all the same.

use super::{
    array, combined,
    comparison::Comparison,
    engine::{NodeRef, Tail, Walk},
    enumeration, number, object, string,
};
use crate::{
    TooComplex,
    json_schema::{
        model::{Combined, Criterion, Kind, Labels, Node},
        rules,
    },
};

/// Compares a pair of schemas.
pub(super) fn compare(pair: &mut Comparison<'_, '_>) -> Result<(), TooComplex> {
    let original = pair.walk.node(pair.original);
    let update = pair.walk.node(pair.update);
    let is_settled = match (&original.kind, &update.kind) {
        (Kind::Combined(_), Kind::Combined(_)) => false,
        (_, Kind::Combined(members)) => member_accepts(pair, members)?,
        (Kind::Combined(members), _) => member_is_accepted(pair, members)?,
        _ => false,
    };
    if is_settled {
        return Ok(());
    }
    if !original.kind.is_same_class(&update.kind) {
        if !is_exempt(original, update) {
            let detail = format!(
                "{} instead of {}",
                class(&update.kind),
                class(&original.kind)
            );
            pair.report(&rules::TYPE_CHANGED, Tail::Here, detail);
        }
        return Ok(());
    }
    compare_labels(pair, original.labels.as_deref(), update.labels.as_deref());
    match (&original.kind, &update.kind) {
        (Kind::String(original), Kind::String(update)) => string::compare(pair, original, update),
        (Kind::Number(original), Kind::Number(update)) => number::compare(pair, original, update),
        (Kind::Enum(original), Kind::Enum(update)) => {
            enumeration::compare_enum(pair, original, update);
        }
        (Kind::Const(original), Kind::Const(update)) => {
            enumeration::compare_const(pair, original, update);
        }
        (Kind::Object(original), Kind::Object(update)) => object::compare(pair, original, update)?,
        (Kind::Array(original), Kind::Array(update)) => array::compare(pair, original, update)?,
        (Kind::Combined(original), Kind::Combined(update)) => {
            combined::compare(pair, original, update)?;
        }
        (Kind::Not(original), Kind::Not(update)) => {
            combined::compare_not(pair, *original, *update)?;
        }
        _ => {}
    }
    Ok(())
}

/// A plain schema became a combined one. If it was accepted by a single member, or by an alternative, nothing breaks.
fn member_accepts(pair: &mut Comparison<'_, '_>, update: &Combined) -> Result<bool, TooComplex> {
    let is_sum = update.criterion != Criterion::All && update.written > 1;
    if update.written != 1 && !is_sum {
        return Ok(false);
    }
    for member in &update.members {
        let member = pair.update.with(member.node);
        if surely_differ(pair.walk, pair.original, member) {
            continue;
        }
        let below = pair.ask(pair.original, member)?;
        if pair.walk.is_compatible(below) && !pair.walk.is_new(below) {
            pair.adopt(Tail::Here, below);
            if is_sum {
                pair.report(&rules::SUM_TYPE_EXTENDED, Tail::Here, "");
            }
            return Ok(true);
        }
    }
    Ok(false)
}

/// A combined schema became a plain one. If that accepts its single member, or one of those that all had to hold,
/// nothing breaks.
fn member_is_accepted(
    pair: &mut Comparison<'_, '_>,
    original: &Combined,
) -> Result<bool, TooComplex> {
    let is_product = original.criterion == Criterion::All && original.written > 1;
    if original.written != 1 && !is_product {
        return Ok(false);
    }
    for member in &original.members {
        let member = pair.original.with(member.node);
        if surely_differ(pair.walk, member, pair.update) {
            continue;
        }
        let below = pair.ask(member, pair.update)?;
        if pair.walk.is_compatible(below) && !pair.walk.is_new(below) {
            pair.adopt(Tail::Here, below);
            if is_product {
                pair.report(&rules::PRODUCT_TYPE_NARROWED, Tail::Here, "");
            }
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether two schemas are incompatible for their classes alone, so that no pair needs to be made of them.
pub(super) fn surely_differ(walk: &Walk<'_>, original: NodeRef, update: NodeRef) -> bool {
    let original = walk.node(walk.target(original));
    let update = walk.node(walk.target(update));
    let is_combined = |node: &Node| matches!(node.kind, Kind::Combined(_));
    !original.kind.is_same_class(&update.kind)
        && !is_combined(original)
        && !is_combined(update)
        && !is_exempt(original, update)
}

/// Schemas of different classes that are compatible: nothing was valid, or everything will be, or both stand for bytes.
fn is_exempt(original: &Node, update: &Node) -> bool {
    original.kind.is_false()
        || update.kind.is_anything()
        || (original.is_connect_bytes() && update.is_connect_bytes())
}

fn compare_labels(
    pair: &mut Comparison<'_, '_>,
    original: Option<&Labels>,
    update: Option<&Labels>,
) {
    if original.is_none() && update.is_none() {
        return;
    }
    let none = Labels::default();
    let (original, update) = (original.unwrap_or(&none), update.unwrap_or(&none));
    for (rule, is_changed) in [
        (&rules::ID_CHANGED, original.id != update.id),
        (&rules::TITLE_CHANGED, original.title != update.title),
        (
            &rules::DESCRIPTION_CHANGED,
            original.description != update.description,
        ),
        (&rules::DEFAULT_CHANGED, original.default != update.default),
    ] {
        if is_changed {
            pair.report(rule, Tail::Here, "");
        }
    }
}

/// The class of a schema, for people.
fn class(kind: &Kind) -> &'static str {
    match kind {
        Kind::Empty | Kind::True => "anything",
        Kind::False => "nothing",
        Kind::Null => "null",
        Kind::Boolean => "a boolean",
        Kind::String(_) => "a string",
        Kind::Number(rules) if rules.requires_integer => "an integer",
        Kind::Number(_) => "a number",
        Kind::Object(_) => "an object",
        Kind::Array(_) => "an array",
        Kind::Enum(_) => "an enumeration",
        Kind::Const(_) => "a constant",
        Kind::Not(_) => "a negation",
        Kind::Combined(combined) => combined.criterion.keyword(),
        Kind::Conditional => "a condition",
        Kind::Reference(_) => "a reference",
    }
}

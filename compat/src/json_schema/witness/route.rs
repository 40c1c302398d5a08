//! The way to a difference: through which members and items of a document, and through which schemas of the writer.
//!
//! The path of a difference does not escape the names in it, so the same text may name several ways. They are tried in
//! order, the first that the writer's model has is taken.

use std::collections::HashSet;

use super::{
    bundle::Bundle,
    maker::{Item, Maker, Step},
};
use crate::json_schema::model::{Kind, Model, NodeId, Rest};

/// A way to a difference.
#[derive(Debug, Default, Clone)]
pub(super) struct Route {
    pub(super) steps: Vec<Step>,
    /// Places of the writer's schemas on the way.
    places: Vec<String>,
}

/// A point on the way, and what of the path is left there.
#[derive(Clone)]
struct Point<'p> {
    node: NodeId,
    rest: &'p str,
    route: Route,
}

impl Route {
    /// The way that a path describes; none if the writer has no such way.
    pub(super) fn follow(writer: &Model, path: &str) -> Option<Self> {
        /// Points looked at.
        const MOST: usize = 2_000;
        let mut pending = vec![Point {
            node: writer.root,
            rest: path.trim_start_matches("#/"),
            route: Self::default(),
        }];
        let mut looked_at = 0;
        while let Some(mut point) = pending.pop() {
            looked_at += 1;
            if looked_at > MOST {
                return None;
            }
            let node = writer.node(point.node);
            point.route.places.push(node.place.to_string());
            if let Kind::Reference(target) = node.kind {
                point.node = target;
                pending.push(point);
                continue;
            }
            if is_end(point.rest) {
                return Some(point.route);
            }
            let mut next = next(&node.kind, &point);
            next.reverse();
            pending.extend(next);
        }
        None
    }

    /// The addresses of the schemas on the way.
    pub(super) fn addresses(&self, bundle: &Bundle) -> HashSet<usize> {
        let schemas = self.places.iter().flat_map(|place| bundle.at_place(place));
        schemas
            .map(|schema| std::ptr::from_ref(schema).addr())
            .collect()
    }
}

/// Whether what is left of a path names no schema below.
fn is_end(rest: &str) -> bool {
    let keyword = rest.split('/').next().unwrap_or_default();
    let names_schemas = matches!(
        keyword,
        "properties"
            | "items"
            | "additionalItems"
            | "additionalProperties"
            | "unevaluatedItems"
            | "unevaluatedProperties"
            | "dependencies"
            | "allOf"
            | "anyOf"
            | "oneOf"
    );
    !names_schemas
}

/// Where the path may lead from a point.
fn next<'p>(kind: &Kind, point: &Point<'p>) -> Vec<Point<'p>> {
    let to = |node: Option<NodeId>, rest: &'p str, step: Option<Step>| {
        let mut route = point.route.clone();
        route.steps.extend(step);
        match node {
            Some(node) => Point { node, rest, route },
            // It ends here, whatever is left.
            None => Point {
                node: point.node,
                rest: "",
                route,
            },
        }
    };
    let mut found = Vec::new();
    match kind {
        Kind::Object(rules) => {
            if let Some(rest) = strip(point.rest, "properties") {
                for (name, node) in &rules.properties {
                    if let Some(rest) = strip(rest, name) {
                        found.push(to(Some(*node), rest, Some(Step::Key(name.to_string()))));
                    }
                }
                let catch_all = rules.additional.schema().or(rules.unevaluated);
                let (name, below) = rest.split_once('/').unwrap_or((rest, ""));
                let key = |name: &str| Some(Step::Key(name.to_owned()));
                found.push(to(catch_all, below, key(name)));
                found.push(to(None, "", key(rest)));
            } else if let Some(rest) = strip(point.rest, "dependencies") {
                for (name, node) in &rules.schema_with {
                    if let Some(rest) = strip(rest, name) {
                        found.push(to(Some(*node), rest, None));
                    }
                }
                found.push(to(None, "", None));
            } else if let Some(rest) = strip(point.rest, "additionalProperties") {
                found.push(match rules.additional {
                    Rest::Schema(node) => to(Some(node), rest, other_name(&rules.by_name)),
                    _ => to(None, "", None),
                });
            } else if let Some(rest) = strip(point.rest, "unevaluatedProperties") {
                found.push(match rules.unevaluated {
                    Some(node) if !rest.is_empty() => {
                        to(Some(node), rest, other_name(&rules.by_name))
                    }
                    _ => to(None, "", None),
                });
            }
        }
        Kind::Array(rules) => {
            let behind = rules.tuple.len();
            if let Some(rest) = strip(point.rest, "items") {
                let (number, below) = rest.split_once('/').unwrap_or((rest, ""));
                if let Ok(position) = number.parse::<usize>() {
                    let node = rules
                        .tuple
                        .get(position)
                        .copied()
                        .or(rules.additional.schema());
                    found.push(to(node.or(rules.all), below, Some(Step::Index(position))));
                } else if let Some(all) = rules.all {
                    found.push(to(Some(all), rest, Some(Step::Index(0))));
                } else {
                    found.push(to(None, "", None));
                }
            } else if let Some(rest) = strip(point.rest, "additionalItems") {
                found.push(match rules.additional {
                    Rest::Schema(node) => to(Some(node), rest, Some(Step::Index(behind))),
                    _ => to(None, "", None),
                });
            } else if let Some(rest) = strip(point.rest, "unevaluatedItems") {
                found.push(match rules.unevaluated {
                    Some(node) if !rest.is_empty() => {
                        to(Some(node), rest, Some(Step::Index(behind)))
                    }
                    _ => to(None, "", None),
                });
            }
        }
        Kind::Combined(combined) => {
            let members = strip(point.rest, combined.criterion.keyword());
            if let Some((number, rest)) =
                members.map(|rest| rest.split_once('/').unwrap_or((rest, "")))
                && let Some(member) = number
                    .parse::<usize>()
                    .ok()
                    .and_then(|at| combined.members.get(at))
            {
                found.push(to(Some(member.node), rest, None));
            }
        }
        _ => {}
    }
    found
}

/// What follows a segment of a path.
fn strip<'p>(rest: &'p str, segment: &str) -> Option<&'p str> {
    let rest = rest.strip_prefix(segment)?;
    if rest.is_empty() {
        return Some("");
    }
    rest.strip_prefix('/')
}

/// A name that nobody describes.
fn other_name<T>(known: &std::collections::HashMap<std::sync::Arc<str>, T>) -> Option<Step> {
    let mut names = ('a'..='z').map(String::from);
    names
        .find(|name| !known.contains_key(name.as_str()))
        .map(Step::Key)
}

impl Maker {
    /// All schemas that apply at a place of a document, whichever alternatives are taken; those that are excluded too.
    pub(super) fn reach<'b>(&mut self, root: Item<'b>, steps: &[Step]) -> Vec<Item<'b>> {
        steps.iter().fold(closure(vec![root]), |items, step| {
            self.reach_below(&items, step)
        })
    }

    /// The same for one step further.
    pub(super) fn reach_below<'b>(&mut self, items: &[Item<'b>], step: &Step) -> Vec<Item<'b>> {
        let mut below = Vec::new();
        for item in items {
            below.extend(self.directly_below(*item, step));
        }
        closure(below)
    }

    fn directly_below<'b>(&mut self, item: Item<'b>, step: &Step) -> Vec<Item<'b>> {
        let single = |keyword: &str| {
            let schema = item.keywords()?.get(keyword)?;
            Some(Item { schema, ..item })
        };
        let mut below = Vec::new();
        match step {
            Step::Key(name) => {
                below.extend(self.member_schemas(item, name));
                below.extend(single("unevaluatedProperties"));
            }
            Step::Index(position) => {
                below.extend(item.item_schema(*position));
                below.extend(single("unevaluatedItems"));
                below.extend(single("contains"));
            }
        }
        below
    }
}

/// The schemas that apply where some do, all alternatives included.
fn closure(mut pending: Vec<Item<'_>>) -> Vec<Item<'_>> {
    const MOST: usize = 300;
    pending.reverse();
    let mut seen = HashSet::new();
    let mut found = Vec::new();
    while let Some(item) = pending.pop() {
        if found.len() >= MOST || !seen.insert(item.address()) {
            continue;
        }
        found.push(item);
        let Some(keywords) = item.keywords() else {
            continue;
        };
        for keyword in ["allOf", "anyOf", "oneOf"] {
            let members = keywords.get(keyword).and_then(serde_json::Value::as_array);
            pending.extend(
                members
                    .into_iter()
                    .flatten()
                    .map(|member| item.with(member)),
            );
        }
        for keyword in ["not", "if", "then", "else"] {
            pending.extend(keywords.get(keyword).map(|schema| item.with(schema)));
        }
        for keyword in ["dependencies", "dependentSchemas"] {
            let rules = keywords.get(keyword).and_then(serde_json::Value::as_object);
            let rules = rules.into_iter().flat_map(|rules| rules.values());
            pending.extend(
                rules
                    .filter(|rule| !rule.is_array())
                    .map(|rule| item.with(rule)),
            );
        }
        pending.extend(item.target());
    }
    found
}

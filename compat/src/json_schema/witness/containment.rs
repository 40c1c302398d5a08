//! Whether the reader's schema accepts everything that the writer's accepts, asked of the set algebra of the `jsonschema`
//! crate. It proves where the rules are too strict or too lax; no verdict depends on it.
//!
//! The algebra is experimental and may take exponential time, so it only sees schemas that are small by every measure:
//! in schemas, in bytes, and in the alternatives that meet at one place.

use std::collections::{HashMap, HashSet};

use jsonschema::canonical::{self, CanonicalSchema};
use serde_json::Value;

use super::{
    bundle::Bundle,
    maker::{Item, Maker, Shape, Step},
    pattern_engine,
    search::{self, Search},
};
use crate::{
    explain::Containment,
    json_schema::{JsonSchema, differences},
};
use dovetail_model::CompatibilityPolicy;

/// Whether the reader accepts every document of the writer.
pub(crate) fn containment(reader: &JsonSchema, writer: &JsonSchema) -> Containment {
    let (Some(into), Some(from)) = (reader.bundle(), writer.bundle()) else {
        return Containment::Unknown;
    };
    if let (Some(into), Some(from)) = (algebraic(into), algebraic(from))
        && matches!(into.covers(&from), Ok(canonical::Containment::Yes))
    {
        return Containment::Proven;
    }
    refutation(reader, writer, into, from).map_or(Containment::Unknown, Containment::Refuted)
}

/// A document that the writer accepts and the reader does not: anywhere, where the rules see a difference, or where the
/// algebra finds one.
fn refutation(
    reader: &JsonSchema,
    writer: &JsonSchema,
    into: &Bundle,
    from: &Bundle,
) -> Option<crate::explain::Witness> {
    /// Differences looked at.
    const MOST: usize = 5;
    let mut search = Search::new(into, from, Maker::new(HashSet::new()));
    search.along(&[]);
    if let Some(found) = search.finish() {
        return Some(found);
    }
    let mut found = differences(reader, writer).unwrap_or_default();
    found.retain(|difference| difference.rule.breaks(CompatibilityPolicy::Strict));
    found
        .iter()
        .take(MOST)
        .find_map(|difference| search::witness(reader, writer, difference))
}

/// Documents of what the writer accepts and the reader does not, as the algebra describes it.
pub(super) fn broken_documents(reader: &Bundle, writer: &Bundle, steps: &[Step]) -> Vec<Value> {
    /// The difference is computed without a bound of its own.
    const MOST: usize = 100;
    if reader.count > MOST || writer.count > MOST {
        return Vec::new();
    }
    let (Some(reader), Some(writer)) = (algebraic(reader), algebraic(writer)) else {
        return Vec::new();
    };
    let Ok(broken) = writer.subtract(&reader) else {
        return Vec::new();
    };
    let text = broken.to_json_schema().to_string();
    let Ok(schema) = JsonSchema::parse(&text, &[]) else {
        return Vec::new();
    };
    schema
        .bundle()
        .map_or_else(Vec::new, |bundle| samples(bundle, steps))
}

/// A few documents of a schema, first such as have something at the end of a way.
fn samples(bundle: &Bundle, steps: &[Step]) -> Vec<Value> {
    const STEPS: u32 = 20_000;
    let mut maker = Maker::new(HashSet::new());
    let mut documents = Vec::new();
    for steps in [steps, &[]] {
        for variant in 0..6 {
            let end = Shape {
                variant,
                ..Shape::default()
            };
            let shape = steps
                .iter()
                .rev()
                .fold(end, |shape, step| shape.under(step.clone()));
            maker.refill(STEPS);
            documents.extend(maker.make(&[Item::root(bundle)], &shape, 0));
        }
    }
    documents
}

/// The form the algebra works on, where a schema is small enough for it.
fn algebraic(bundle: &Bundle) -> Option<CanonicalSchema> {
    const SCHEMAS: usize = 300;
    const BYTES: usize = 32 << 10;
    const ALTERNATIVES: u64 = 64;
    const UNFOLDED: u64 = 5_000;
    if bundle.count > SCHEMAS || bundle.schema.to_string().len() > BYTES {
        return None;
    }
    if Unfolded::default().of(Item::root(bundle), 0) > UNFOLDED {
        return None;
    }
    let mut alternatives = Alternatives::default();
    let mut pending: Vec<&Value> = bundle.schemas().collect();
    while let Some(value) = pending.pop() {
        match value {
            Value::Array(items) => pending.extend(items),
            Value::Object(entries) => pending.extend(entries.values()),
            _ => continue,
        }
        let item = Item {
            bundle,
            schema: value,
        };
        if alternatives.of(item, 0) > ALTERNATIVES {
            return None;
        }
    }
    canonical::options()
        .offline()
        .with_pattern_options(pattern_engine())
        .should_validate_formats(false)
        .canonicalize(&bundle.schema)
        .ok()
}

/// Counts the values of a schema with each reference replaced by what it leads to, but for those that lead back.
#[derive(Default)]
struct Unfolded {
    known: HashMap<usize, u64>,
}

impl Unfolded {
    fn of(&mut self, item: Item<'_>, depth: usize) -> u64 {
        /// Longer chains count as too large.
        const DEEPEST: usize = 200;
        if depth > DEEPEST {
            return u64::MAX;
        }
        if let Some(&known) = self.known.get(&item.address()) {
            return known;
        }
        self.known.insert(item.address(), 1);
        let target = item.target().map_or(0, |target| self.of(target, depth + 1));
        let below: Vec<&Value> = match item.schema {
            Value::Array(items) => items.iter().collect(),
            Value::Object(entries) => entries.values().collect(),
            _ => Vec::new(),
        };
        let size = below.into_iter().fold(1_u64, |size, value| {
            size.saturating_add(self.of(item.with(value), depth + 1))
        });
        let size = size.saturating_add(target);
        self.known.insert(item.address(), size);
        size
    }
}

/// Counts in how many ways a schema can be fulfilled, as far as one place of a document goes.
#[derive(Default)]
struct Alternatives {
    known: HashMap<usize, u64>,
}

impl Alternatives {
    fn of(&mut self, item: Item<'_>, depth: usize) -> u64 {
        /// Longer chains on one place count as too many.
        const DEEPEST: usize = 30;
        if depth > DEEPEST {
            return u64::MAX;
        }
        let Some(keywords) = item.keywords() else {
            return 1;
        };
        if let Some(&known) = self.known.get(&item.address()) {
            return known;
        }
        let mut product = 1_u64;
        if let Some(target) = item.target() {
            product = self.of(target, depth + 1);
        }
        for (keyword, value) in keywords {
            let members = value.as_array().into_iter().flatten();
            let members = members.map(|member| item.with(member));
            let ways = match keyword.as_str() {
                "allOf" => members.fold(1, |ways: u64, member| {
                    ways.saturating_mul(self.of(member, depth + 1))
                }),
                "anyOf" | "oneOf" => members.fold(0, |ways: u64, member| {
                    ways.saturating_add(self.of(member, depth + 1))
                }),
                "type" => value.as_array().map_or(1, |names| names.len() as u64),
                "not" | "then" | "else" => self.of(item.with(value), depth + 1),
                "if" => self.of(item.with(value), depth + 1).saturating_mul(2),
                _ => 1,
            };
            product = product.saturating_mul(ways.max(1));
        }
        self.known.insert(item.address(), product);
        product
    }
}

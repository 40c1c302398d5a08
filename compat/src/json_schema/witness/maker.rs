//! Builds small documents of a schema.
//!
//! [`Maker::make`] is asked for a value that a list of schemas accepts together, in a [`Shape`]: of some type, with some
//! length, with some members, or with a shape further down. What the shape leaves open is as small as can be. At every
//! alternative (`anyOf`, `oneOf`, `if`), branches are tried in order, those on the way to a difference first.
//!
//! The work is bounded by a number of steps, the depth by a constant.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use super::{bundle::Bundle, texts::texts};
use crate::json_schema::pattern::Pattern;

/// A schema with the bundle its references lead through.
#[derive(Clone, Copy)]
pub(super) struct Item<'b> {
    pub(super) bundle: &'b Bundle,
    pub(super) schema: &'b Value,
}

/// A type of JSON values. Numbers with a fraction count as a type of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Type {
    Null,
    Boolean,
    Integer,
    Fraction,
    String,
    Array,
    Object,
}

/// A step down into a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

/// What a value must be like, besides what its schemas say.
#[derive(Clone, Default)]
pub(super) struct Shape<'b> {
    /// Its type; any if none.
    pub(super) of: Option<Type>,
    /// The value itself.
    pub(super) exactly: Option<Value>,
    /// How many characters, items or members it has at least.
    pub(super) length: usize,
    /// Members it has.
    pub(super) present: Vec<String>,
    /// What is further down.
    pub(super) below: Vec<(Step, Shape<'b>)>,
    /// Schemas that accept it, too.
    pub(super) also: Vec<Item<'b>>,
    /// Schemas that do not.
    pub(super) not: Vec<Item<'b>>,
    /// What its items are like, those with a shape of their own excepted.
    pub(super) items: Option<Box<Shape<'b>>>,
    /// How many of the values found before are passed over.
    pub(super) variant: usize,
}

impl Shape<'_> {
    pub(super) fn of(kind: Type) -> Self {
        Self {
            of: Some(kind),
            ..Self::default()
        }
    }

    pub(super) fn exactly(value: Value) -> Self {
        Self {
            exactly: Some(value),
            ..Self::default()
        }
    }
}

impl Shape<'_> {
    /// A value with this shape at a step.
    pub(super) fn under(self, step: Step) -> Self {
        Self {
            of: Some(match step {
                Step::Key(_) => Type::Object,
                Step::Index(_) => Type::Array,
            }),
            below: vec![(step, self)],
            ..Self::default()
        }
    }
}

/// The schemas that apply at one place of a document, their alternatives chosen.
pub(super) struct Applied<'b> {
    /// All of these accept the value.
    pub(super) items: Vec<(Item<'b>, &'b Map<String, Value>)>,
    /// How many branches there were at each alternative.
    widths: Vec<usize>,
}

/// The state of building.
pub(super) struct Maker {
    /// What is left for the document at hand.
    steps: u32,
    /// What is left for all of them.
    all_steps: u32,
    /// Addresses of the schemas on the way to the difference.
    pub(super) preferred: HashSet<usize>,
    patterns: HashMap<String, Option<Pattern>>,
}

impl<'b> Item<'b> {
    pub(super) fn root(bundle: &'b Bundle) -> Self {
        Self {
            bundle,
            schema: bundle.root(),
        }
    }

    pub(super) fn with<'c>(self, schema: &'c Value) -> Item<'c>
    where
        'b: 'c,
    {
        Item {
            bundle: self.bundle,
            schema,
        }
    }

    pub(super) fn address(self) -> usize {
        std::ptr::from_ref(self.schema).addr()
    }

    /// Where its reference leads.
    pub(super) fn target(self) -> Option<Self> {
        let reference = self.schema.get("$ref")?.as_str()?;
        Some(Self {
            bundle: self.bundle,
            schema: self.bundle.target(reference)?,
        })
    }

    pub(super) fn keywords(self) -> Option<&'b Map<String, Value>> {
        self.schema.as_object()
    }

    /// The schema it has for the item at a position.
    pub(super) fn item_schema(self, position: usize) -> Option<Self> {
        let keywords = self.keywords()?;
        let all = |keyword: &str| keywords.get(keyword).filter(|value| !value.is_array());
        let tuple = |keyword: &str| keywords.get(keyword).and_then(Value::as_array);
        let schema = if let Some(tuple) = tuple("prefixItems") {
            tuple.get(position).or_else(|| all("items"))
        } else if let Some(tuple) = tuple("items") {
            tuple.get(position).or_else(|| all("additionalItems"))
        } else {
            all("items")
        };
        Some(Self {
            schema: schema?,
            ..self
        })
    }
}

/// Steps for all documents that one search tries. A step is well under a microsecond.
const ALL_STEPS: u32 = 500_000;

impl Maker {
    pub(super) fn new(preferred: HashSet<usize>) -> Self {
        Self {
            steps: 0,
            all_steps: ALL_STEPS,
            preferred,
            patterns: HashMap::new(),
        }
    }

    /// Allows more steps, for the next document.
    pub(super) fn refill(&mut self, steps: u32) {
        self.all_steps += self.steps;
        self.steps = steps.min(self.all_steps);
        self.all_steps -= self.steps;
    }

    /// Whether there are no steps left for any document.
    pub(super) const fn is_exhausted(&self) -> bool {
        self.steps == 0 && self.all_steps == 0
    }

    /// Takes a step; false if there is none left.
    pub(super) fn step(&mut self) -> bool {
        self.steps = self.steps.saturating_sub(1);
        self.steps > 0
    }

    /// Whether a pattern finds something.
    pub(super) fn finds(&mut self, pattern: &str, text: &str) -> bool {
        self.steps = self.steps.saturating_sub(20);
        if !self.patterns.contains_key(pattern) {
            let compiled = Pattern::accepted(pattern);
            self.patterns.insert(pattern.to_owned(), compiled);
        }
        self.patterns
            .get(pattern)
            .and_then(Option::as_ref)
            .is_some_and(|pattern| pattern.finds(text))
    }

    /// The schemas that one has for a member: its own, those of matching patterns, or that for all others.
    pub(super) fn member_schemas<'b>(&mut self, item: Item<'b>, name: &str) -> Vec<Item<'b>> {
        let Some(keywords) = item.keywords() else {
            return Vec::new();
        };
        let map = |keyword: &str| keywords.get(keyword).and_then(Value::as_object);
        let mut found = Vec::new();
        found.extend(map("properties").and_then(|properties| properties.get(name)));
        for (pattern, schema) in map("patternProperties").into_iter().flatten() {
            if self.finds(pattern, name) {
                found.push(schema);
            }
        }
        if found.is_empty() {
            found.extend(keywords.get("additionalProperties"));
        }
        found
            .into_iter()
            .map(|schema| Item { schema, ..item })
            .collect()
    }

    /// Everything that applies where some schemas do, with the branches of a plan. None where that is nothing.
    pub(super) fn apply<'b>(&mut self, items: &[Item<'b>], plan: &[usize]) -> Option<Applied<'b>> {
        let mut applied = Applied::of(Vec::new());
        let mut seen = HashSet::new();
        let mut pending: Vec<Item<'b>> = items.iter().rev().copied().collect();
        while let Some(item) = pending.pop() {
            let Some(keywords) = item.keywords() else {
                if item.schema == &Value::Bool(false) {
                    return None;
                }
                continue;
            };
            if !seen.insert(item.address()) {
                continue;
            }
            if !self.step() {
                return None;
            }
            let target = item.target();
            pending.extend(target);
            if target.is_some() && !item.bundle.draft.is_modern() {
                continue;
            }
            applied.items.push((item, keywords));
            let list = |keyword: &str| {
                let members = keywords.get(keyword).and_then(Value::as_array);
                members.map(|members| members.iter().map(|member| item.with(member)))
            };
            pending.extend(list("allOf").into_iter().flatten());
            for keyword in ["anyOf", "oneOf"] {
                let Some(members) = list(keyword) else {
                    continue;
                };
                let mut members: Vec<Item<'b>> = members.collect();
                members.sort_by_key(|member| !self.preferred.contains(&member.address()));
                pending.extend(applied.choose(plan, &members));
            }
            if let Some(condition) = keywords.get("if") {
                let branch = |keyword: &str| keywords.get(keyword).map(|schema| item.with(schema));
                if applied.choose(plan, &[false, true]) == Some(true) {
                    pending.push(item.with(condition));
                    pending.extend(branch("then"));
                } else {
                    pending.extend(branch("else"));
                }
            }
        }
        Some(applied)
    }

    /// The plans to try where there are alternatives: each at its first branch, then one at another, then two.
    pub(super) fn plans(widths: &[usize]) -> Vec<Vec<usize>> {
        const MOST: usize = 80;
        let mut plans = vec![Vec::new()];
        let singles: Vec<(usize, usize)> = widths
            .iter()
            .enumerate()
            .flat_map(|(at, &width)| (1..width).map(move |branch| (at, branch)))
            .take(MOST)
            .collect();
        let plan = |deviations: &[(usize, usize)]| {
            let mut plan = vec![0; widths.len()];
            for &(at, branch) in deviations {
                plan[at] = branch;
            }
            plan
        };
        plans.extend(singles.iter().map(|&single| plan(&[single])));
        for (position, &one) in singles.iter().enumerate() {
            for &other in &singles[position + 1..] {
                if plans.len() > MOST {
                    return plans;
                }
                if one.0 != other.0 {
                    plans.push(plan(&[one, other]));
                }
            }
        }
        plans
    }

    /// Makes a value that some schemas accept together.
    pub(super) fn make<'b>(
        &mut self,
        items: &[Item<'b>],
        shape: &Shape<'b>,
        depth: usize,
    ) -> Option<Value> {
        /// No witness is deeper; it keeps the recursion short.
        const DEEPEST: usize = 40;
        if depth > DEEPEST || !self.step() {
            return None;
        }
        let mut items = items.to_vec();
        items.extend(&shape.also);
        let mut passed = shape.variant;
        let mut plans = vec![Vec::new()];
        let mut next = 0;
        let mut known: HashSet<Box<str>> = HashSet::new();
        while let Some(plan) = plans.get(next) {
            let applied = self.apply(&items, plan);
            if next == 0 {
                let widths = applied.as_ref().map(|applied| applied.widths.clone());
                plans = Self::plans(&widths.unwrap_or_default());
            }
            next += 1;
            let Some(applied) = applied else { continue };
            let values = self.values(&applied, shape, passed, depth);
            for value in values {
                let is_right = items.iter().all(|item| self.fits(&value, *item))
                    && !shape.not.iter().any(|item| self.fits(&value, *item));
                if !is_right {
                    continue;
                }
                if passed == 0 {
                    return Some(value);
                }
                if known.insert(crate::json_schema::value_key::value_key(&value)) {
                    passed -= 1;
                }
            }
            if self.steps == 0 {
                return None;
            }
        }
        None
    }

    /// Candidates for a value where some schemas apply, smallest first.
    fn values<'b>(
        &mut self,
        applied: &Applied<'b>,
        shape: &Shape<'b>,
        variants: usize,
        depth: usize,
    ) -> Vec<Value> {
        if let Some(value) = &shape.exactly {
            return vec![value.clone()];
        }
        if shape.below.is_empty() && shape.present.is_empty() {
            let fixed = applied.fixed();
            if !fixed.is_empty() {
                let is_right = |value: &Value| shape.of.is_none_or(|of| of == Type::of(value));
                return fixed.into_iter().filter(is_right).collect();
            }
        }
        let types: Vec<Type> = match shape.of {
            Some(of) => vec![of],
            None => Type::ALL.to_vec(),
        };
        let mut values = Vec::new();
        for of in types.into_iter().filter(|of| applied.permits(*of)) {
            match of {
                Type::Null => values.push(Value::Null),
                Type::Boolean => values.extend([Value::Bool(false), Value::Bool(true)]),
                Type::Integer | Type::Fraction => {
                    values.extend(super::numbers::numbers(applied, of));
                }
                Type::String => values.extend(texts(applied, shape.length, variants)),
                Type::Array => values.extend(self.array(applied, shape, depth)),
                Type::Object => values.extend(self.object(applied, shape, depth)),
            }
        }
        values
    }
}

impl<'b> Applied<'b> {
    /// Schemas whose alternatives do not matter.
    pub(super) const fn of(items: Vec<(Item<'b>, &'b Map<String, Value>)>) -> Self {
        Self {
            items,
            widths: Vec::new(),
        }
    }

    /// Chooses the branch that the plan has for the next alternative.
    fn choose<T: Copy>(&mut self, plan: &[usize], branches: &[T]) -> Option<T> {
        let at = self.widths.len();
        self.widths.push(branches.len());
        branches.get(plan.get(at).copied().unwrap_or(0)).copied()
    }

    /// The values of the first `enum` or `const`.
    fn fixed(&self) -> Vec<Value> {
        for (_, keywords) in &self.items {
            if let Some(value) = keywords.get("const") {
                return vec![value.clone()];
            }
            if let Some(Value::Array(values)) = keywords.get("enum") {
                let mut values = values.clone();
                values.truncate(1_000);
                return values;
            }
        }
        Vec::new()
    }

    fn permits(&self, of: Type) -> bool {
        self.items.iter().all(|(_, keywords)| {
            let is_permitted = |name: &Value| name.as_str().is_none_or(|name| of.is_named(name));
            match keywords.get("type") {
                Some(Value::Array(names)) => names.iter().any(is_permitted),
                Some(name) => is_permitted(name),
                None => true,
            }
        })
    }

    /// The largest of what a keyword says anywhere.
    pub(super) fn largest(&self, keyword: &str) -> usize {
        let sizes = self.sizes(keyword);
        sizes.max().unwrap_or(0)
    }

    /// The smallest of what a keyword says anywhere.
    pub(super) fn smallest(&self, keyword: &str) -> usize {
        let sizes = self.sizes(keyword);
        sizes.min().unwrap_or(usize::MAX)
    }

    fn sizes(&self, keyword: &str) -> impl Iterator<Item = usize> {
        self.items
            .iter()
            .filter_map(move |(_, keywords)| super::fits::size_of(keywords, keyword))
    }
}

impl Type {
    /// In the order in which they are tried.
    pub(super) const ALL: [Self; 7] = [
        Self::Null,
        Self::Boolean,
        Self::Integer,
        Self::String,
        Self::Array,
        Self::Object,
        Self::Fraction,
    ];

    fn is_named(self, name: &str) -> bool {
        matches!(
            (self, name),
            (Self::Null, "null")
                | (Self::Boolean, "boolean")
                | (Self::Integer, "integer" | "number")
                | (Self::Fraction, "number")
                | (Self::String, "string")
                | (Self::Array, "array")
                | (Self::Object, "object")
        )
    }

    fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Boolean,
            Value::Number(number) if number.is_i64() || number.is_u64() => Self::Integer,
            Value::Number(_) => Self::Fraction,
            Value::String(_) => Self::String,
            Value::Array(_) => Self::Array,
            Value::Object(_) => Self::Object,
        }
    }
}

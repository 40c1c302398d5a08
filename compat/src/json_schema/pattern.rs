//! Regular expressions of schemas. The engine is the one the `jsonschema` crate uses, with its ECMA 262 translation.
//!
//! Two things are bounded: compiling (the size of the automaton, and all patterns of a schema together) and matching
//! (the backtracking that look-around and back-references need; everything else is linear).

use std::{collections::HashSet, fmt};

use jsonschema::{PatternOptions, Retrieve, Uri, Validator};
use serde_json::{Value, json};

use crate::SchemaError;

/// A compiled pattern, which may match anywhere in a text.
pub(super) struct Pattern(Validator);

impl Pattern {
    /// Compiles a pattern whose automaton stays within a size.
    fn compile(pattern: &str, size: usize) -> Option<Self> {
        /// A match that needs more steps back counts as none.
        const BACKTRACKING: usize = 2_000;
        let options = PatternOptions::fancy_regex()
            .backtrack_limit(BACKTRACKING)
            .size_limit(size);
        jsonschema::draft7::options()
            .with_retriever(Refuse)
            .with_pattern_options(options)
            .build(&json!({ "pattern": pattern }))
            .ok()
            .map(Self)
    }

    /// Compiles a pattern that a schema was accepted with.
    pub(super) fn accepted(pattern: &str) -> Option<Self> {
        Self::compile(pattern, Tier::Large.size())
    }

    /// Whether it matches somewhere in a text.
    pub(super) fn finds(&self, text: &str) -> bool {
        self.0.is_valid(&Value::String(text.to_owned()))
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pattern")
    }
}

/// Sizes of automata in bytes, and what one costs of the budget that all patterns of a schema share.
#[derive(Clone, Copy)]
enum Tier {
    Small,
    Medium,
    Large,
}

impl Tier {
    const fn size(self) -> usize {
        match self {
            Self::Small => 1 << 17,
            Self::Medium => 2 << 20,
            Self::Large => 20 << 20,
        }
    }

    const fn cost(self) -> u32 {
        match self {
            Self::Small => 1,
            Self::Medium => 20,
            Self::Large => 500,
        }
    }
}

/// Checks the patterns of one schema, each distinct one once.
#[derive(Default)]
pub(super) struct PatternCheck<'a> {
    seen: HashSet<&'a str>,
    spent: u32,
}

impl<'a> PatternCheck<'a> {
    /// Refuses a pattern that is no regular expression, or too large a one. `place` is where it stands.
    pub(super) fn check(
        &mut self,
        pattern: &'a str,
        place: &dyn Fn() -> String,
    ) -> Result<(), SchemaError> {
        /// Small patterns a schema may have; large ones count as many.
        const MOST: u32 = 5_000;
        if !self.seen.insert(pattern) {
            return Ok(());
        }
        for tier in [Tier::Small, Tier::Medium, Tier::Large] {
            self.spent += tier.cost();
            if self.spent > MOST {
                return Err(SchemaError(format!(
                    "the schema has too many patterns; at {} the limit of {MOST} is passed, where a large one counts as {}",
                    place(),
                    Tier::Large.cost()
                )));
            }
            if Pattern::compile(pattern, tier.size()).is_some() {
                return Ok(());
            }
        }
        Err(SchemaError(format!(
            "the pattern {} at {} is not a regular expression, or is too large a one",
            super::text::quoted(pattern),
            place()
        )))
    }
}

/// Fetches nothing. `jsonschema` asks it for what a schema refers to and it does not have; what it is given here refers to
/// nothing but meta-schemas, which it has.
pub(super) struct Refuse;

impl Retrieve for Refuse {
    fn retrieve(
        &self,
        uri: &Uri<String>,
    ) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        Err(format!("nothing is fetched, so {uri} cannot be resolved").into())
    }
}

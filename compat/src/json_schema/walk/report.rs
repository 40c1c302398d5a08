//! Turns what the walk found into differences with paths.
//!
//! Pairs keep what they found relative to themselves, and many paths may lead to one pair: their number can double with
//! every layer of a schema. So a pair is written out wherever it is met until a generous limit is passed, and from then
//! on only where it was not written out before. Every kind of difference is thus reported at least once, and the verdict
//! never depends on the limit.

use dovetail_model::{CompatibilityPolicy, SchemaType};

use super::engine::{Item, NodeRef, Pair, PairId, Side, Tail, Walk};
use crate::{
    Difference, Rule, TooComplex, Verdict,
    json_schema::{JsonSchema, rules},
};

/// Everything in which the reader (the update) differs from the writer (the original).
pub(crate) fn differences(
    reader: &JsonSchema,
    writer: &JsonSchema,
) -> Result<Vec<Difference>, TooComplex> {
    let mut walk = Walk::new(&writer.model, &reader.model, CompatibilityPolicy::Strict);
    let root = walk.run()?;
    let mut found = Report::of(&walk, root)?;
    if !found.is_empty() && !walk.is_compatible(root) {
        pass_if_lenient(&mut found, reader, writer)?;
    }
    Ok(found)
}

/// Alternatives and negations are judged by what they contain, so the lenient policy may find partners for them that the
/// strict one does not. Where it finds the whole schema compatible, what only the strict policy minds is marked so.
fn pass_if_lenient(
    found: &mut [Difference],
    reader: &JsonSchema,
    writer: &JsonSchema,
) -> Result<(), TooComplex> {
    let is_judgement = |difference: &Difference| judgement(difference.rule).is_some();
    let can_pass = found.iter().all(|difference| {
        difference.rule.verdict != Verdict::Incompatible || is_judgement(difference)
    });
    if !can_pass || !found.iter().any(is_judgement) {
        return Ok(());
    }
    let mut lenient = Walk::new(&writer.model, &reader.model, CompatibilityPolicy::Lenient);
    let root = lenient.run()?;
    if lenient.is_compatible(root) {
        for difference in found {
            difference.rule = judgement(difference.rule).unwrap_or(difference.rule);
        }
    }
    Ok(())
}

/// The rows that say no more than that something inside is incompatible, as the lenient policy sees them.
fn judgement(rule: &'static Rule) -> Option<&'static Rule> {
    macro_rules! lenient {
        ($($id:ident)*) => {
            $(
                if rule == &rules::$id {
                    static LENIENT: Rule = Rule {
                        id: rules::$id.id,
                        verdict: Verdict::IncompatibleIfStrict,
                        message: rules::$id.message,
                    };
                    return Some(&LENIENT);
                }
            )*
        };
    }
    lenient!(TYPE_CHANGED COMBINED_TYPE_SUBSCHEMAS_CHANGED NOT_TYPE_EXTENDED);
    None
}

struct Report<'w, 'a> {
    walk: &'w Walk<'a>,
    /// Pairs with a difference in them or below.
    differing: Vec<bool>,
    written: Vec<bool>,
    path: String,
    /// Characters of all paths gone so far, also those on which nothing was found.
    walked: usize,
    /// Characters of all that was found so far.
    length: usize,
    found: Vec<Difference>,
}

/// A pair that is being written out.
struct Frame {
    pair: PairId,
    next: usize,
    /// How long the path was before.
    before: usize,
}

impl<'w, 'a> Report<'w, 'a> {
    fn of(walk: &'w Walk<'a>, root: PairId) -> Result<Vec<Difference>, TooComplex> {
        let mut report = Report {
            walk,
            differing: differing(walk),
            written: vec![false; walk.len()],
            path: String::from("#/"),
            walked: 0,
            length: 0,
            found: Vec::new(),
        };
        report.write(root)?;
        Ok(report.found)
    }

    fn write(&mut self, root: PairId) -> Result<(), TooComplex> {
        let mut stack = Vec::new();
        let mut on_stack = vec![false; self.walk.len()];
        self.enter(&mut stack, &mut on_stack, &Tail::Here, root);
        while let Some(frame) = stack.last_mut() {
            let pair = self.walk.get(frame.pair);
            let Some(item) = pair.items.get(frame.next) else {
                on_stack[Walk::position(frame.pair)] = false;
                self.path.truncate(frame.before);
                stack.pop();
                continue;
            };
            frame.next += 1;
            match item {
                Item::Found {
                    rule,
                    tail,
                    detail,
                    nodes,
                } => self.add(pair, rule, tail, detail, *nodes)?,
                Item::Below { tail, pair } => self.enter(&mut stack, &mut on_stack, tail, *pair),
            }
        }
        Ok(())
    }

    fn enter(&mut self, stack: &mut Vec<Frame>, on_stack: &mut [bool], tail: &Tail, pair: PairId) {
        /// Characters of paths after which no pair is written out twice.
        const GENEROUS: usize = 1 << 20;
        let position = Walk::position(pair);
        let is_known = self.written[position] && self.walked > GENEROUS;
        if !self.differing[position] || on_stack[position] || is_known {
            return;
        }
        self.written[position] = true;
        on_stack[position] = true;
        let before = self.path.len();
        push_tail(&mut self.path, tail);
        self.walked += self.path.len();
        stack.push(Frame {
            pair,
            next: 0,
            before,
        });
    }

    fn add(
        &mut self,
        pair: &Pair,
        rule: &'static Rule,
        tail: &Tail,
        detail: &str,
        nodes: Option<(NodeRef, NodeRef)>,
    ) -> Result<(), TooComplex> {
        /// Beyond this, nobody reads them, and memory is at stake.
        const LONGEST: usize = 1 << 26;
        let before = self.path.len();
        push_tail(&mut self.path, tail);
        self.length += self.path.len();
        if self.length > LONGEST {
            return Err(TooComplex(
                "the differences between two JSON Schemas are too many to list",
            ));
        }
        // Under `not` the sides are swapped, but what is found there is not listed.
        debug_assert_eq!(
            (pair.original.side, pair.update.side),
            (Side::Writer, Side::Reader)
        );
        let (writer_place, reader_place) = match nodes {
            Some((original, update)) => (self.place(original), self.place(update)),
            None => (
                self.place_of_keyword(pair.original, tail),
                self.place_of_keyword(pair.update, tail),
            ),
        };
        self.length += detail.len() + writer_place.len() + reader_place.len();
        self.found.push(Difference {
            rule,
            schema_type: SchemaType::Json,
            path: self.path.clone(),
            detail: detail.to_owned(),
            additional_info: None,
            reader_place,
            writer_place,
        });
        self.path.truncate(before);
        Ok(())
    }

    /// The place of a node in its own text.
    fn place(&self, node: NodeRef) -> String {
        self.walk.node(node).place.to_string()
    }

    /// The place of a keyword of a node, or of the node where the keyword is not written.
    fn place_of_keyword(&self, node: NodeRef, tail: &Tail) -> String {
        let mut place = self.place(node);
        if let Tail::Keyword(keyword) = tail {
            let written = self.walk.node(node).written;
            // 2020-12 calls the items behind a tuple simply `items`.
            let spellings = match *keyword {
                "additionalItems" => ["additionalItems", "items"],
                other => [other, other],
            };
            if let Some(keyword) = spellings.into_iter().find(|name| written.contains(name)) {
                place.push('/');
                place.push_str(keyword);
            }
        }
        place
    }
}

/// Marks the pairs that lead to a difference, from the differences upwards.
fn differing(walk: &Walk<'_>) -> Vec<bool> {
    let mut parents: Vec<Vec<usize>> = vec![Vec::new(); walk.len()];
    let mut differing = vec![false; walk.len()];
    let mut pending = Vec::new();
    for (position, pair) in walk.pairs().enumerate() {
        for item in &pair.items {
            match item {
                Item::Found { .. } => differing[position] = true,
                Item::Below { pair, .. } => parents[Walk::position(*pair)].push(position),
            }
        }
        if differing[position] {
            pending.push(position);
        }
    }
    while let Some(position) = pending.pop() {
        for &parent in &parents[position] {
            if !differing[parent] {
                differing[parent] = true;
                pending.push(parent);
            }
        }
    }
    differing
}

fn push_tail(path: &mut String, tail: &Tail) {
    match tail {
        Tail::Here => {}
        Tail::Keyword(keyword) => push(path, keyword),
        Tail::Named(keyword, name) => {
            push(path, keyword);
            push(path, name);
        }
        Tail::Indexed(keyword, position) => {
            push(path, keyword);
            push(path, &position.to_string());
        }
    }
}

/// Names are not escaped in paths of the protocol.
fn push(path: &mut String, segment: &str) {
    if path.len() > "#/".len() {
        path.push('/');
    }
    path.push_str(segment);
}

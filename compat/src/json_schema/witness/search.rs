//! The search for the shortest document that shows a difference.

use jsonschema::{ValidationError, error::ValidationErrorKind, paths::Location};
use serde_json::Value;

use super::{
    bundle::Bundle,
    containment,
    maker::{Item, Maker, Shape, Step},
    route::Route,
};
use crate::{
    Difference,
    explain::{Outcome, Witness},
    json_schema::{JsonSchema, text::push_segment},
};

/// A document that shows something, and how well.
struct Shown {
    document: Value,
    text: String,
    message: String,
    aim: Aim,
}

/// How well what the reader minds about a document is the difference that was to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Aim {
    /// It minds something around the place.
    Around,
    /// It minds the very place.
    Place,
    /// It minds the place, by the keyword that differs.
    Keyword,
}

/// What is to be shown.
#[derive(Debug, Default)]
struct Wanted<'d> {
    /// The keyword that differs, where the path of the difference ends in one, or in a name below one.
    keyword: Option<&'d str>,
    /// A member became required.
    is_requirement: bool,
}

impl<'d> Wanted<'d> {
    fn of(difference: &'d Difference) -> Self {
        const KEYWORDS: [&str; 22] = [
            "additionalItems",
            "additionalProperties",
            "const",
            "contains",
            "dependencies",
            "enum",
            "exclusiveMaximum",
            "exclusiveMinimum",
            "maxContains",
            "maxItems",
            "maxLength",
            "maxProperties",
            "maximum",
            "minContains",
            "minItems",
            "minLength",
            "minProperties",
            "minimum",
            "multipleOf",
            "pattern",
            "required",
            "uniqueItems",
        ];
        let mut ends = difference.path.rsplit('/').take(2);
        Self {
            keyword: ends.find(|end| KEYWORDS.contains(end)),
            is_requirement: difference.rule.id.starts_with("REQUIRED_"),
        }
    }

    /// The best that can be hoped for.
    const fn aim(&self) -> Aim {
        if self.keyword.is_some() || self.is_requirement {
            Aim::Keyword
        } else {
            Aim::Place
        }
    }
}

/// The shortest document found that the writer's schema accepts and the reader's rejects where the difference is; `None`
/// where none was found and confirmed.
pub(crate) fn witness(
    reader: &JsonSchema,
    writer: &JsonSchema,
    difference: &Difference,
) -> Option<Witness> {
    let (reader_bundle, writer_bundle) = (reader.bundle()?, writer.bundle()?);
    let route = Route::follow(&writer.model, &difference.path).unwrap_or_default();
    let maker = Maker::new(route.addresses(writer_bundle));
    let mut search = Search::new(reader_bundle, writer_bundle, maker);
    search.wanted = Wanted::of(difference);
    search.along(&route.steps);
    search.finish()
}

/// A search in progress.
pub(super) struct Search<'b> {
    reader: &'b Bundle,
    writer: &'b Bundle,
    maker: Maker,
    wanted: Wanted<'b>,
    /// Documents held against the validators.
    tries: usize,
    best: Option<Shown>,
}

impl<'b> Search<'b> {
    pub(super) fn new(reader: &'b Bundle, writer: &'b Bundle, maker: Maker) -> Self {
        Self {
            reader,
            writer,
            maker,
            wanted: Wanted::default(),
            tries: 0,
            best: None,
        }
    }

    /// The best that was found.
    pub(super) fn finish(self) -> Option<Witness> {
        let shown = self.best?;
        Some(Witness {
            value: shown.document,
            bytes: shown.text.into_bytes(),
            outcome: Outcome::Fails(shown.message),
        })
    }

    /// Looks at the end of a way, and where nothing is found there, one step before it, because what is forbidden is
    /// minded by what contains it; for what is required, which is minded there as well, the other way round. At last, the
    /// set algebra is asked.
    pub(super) fn along(&mut self, steps: &[Step]) {
        /// Documents tried at one place.
        const MOST: usize = 300;
        let mut ends = [(steps.len(), 1), (steps.len().saturating_sub(1), 2)];
        if self.wanted.is_requirement {
            ends.reverse();
        }
        for (end, below) in ends {
            let way = steps;
            let steps = &steps[..end];
            self.maker.refill(100_000);
            let writer = self.maker.reach(Item::root(self.writer), steps);
            let reader = self.maker.reach(Item::root(self.reader), steps);
            let shapes = self.maker.shapes(&writer, &reader, below);
            self.tries = 0;
            for shape in shapes {
                if self.tries > MOST
                    || self.maker.is_exhausted()
                    || self
                        .best
                        .as_ref()
                        .is_some_and(|best| self.tries > 100 && best.aim >= Aim::Place)
                {
                    break;
                }
                self.try_shape(shape, steps, way);
            }
            if self.best.is_some() {
                return;
            }
        }
        for document in containment::broken_documents(self.reader, self.writer, steps) {
            self.consider(document, steps);
        }
    }

    /// Tries a shape at the end of some steps, which is at the end of the way or close to it.
    fn try_shape(&mut self, shape: Shape<'b>, steps: &[Step], way: &[Step]) {
        /// What one document may cost.
        const STEPS: u32 = 5_000;
        let whole = steps
            .iter()
            .rev()
            .fold(shape, |shape, step| shape.under(step.clone()));
        self.maker.refill(STEPS);
        self.tries += 1;
        if let Some(document) = self.maker.make(&[Item::root(self.writer)], &whole, 0) {
            self.consider(document, way);
        }
    }

    /// Keeps a document if it shows the difference, and does so better than those before.
    fn consider(&mut self, document: Value, steps: &[Step]) {
        let Ok(text) = serde_json::to_string(&document) else {
            return;
        };
        let is_no_better = self
            .best
            .as_ref()
            .is_some_and(|best| best.aim >= self.wanted.aim() && best.text.len() <= text.len());
        let is_cheap = |maker: &mut Maker, bundle| maker.is_cheap(&document, bundle);
        if is_no_better
            || !is_cheap(&mut self.maker, self.writer)
            || !is_cheap(&mut self.maker, self.reader)
            || !self.writer.accepts(&document)
        {
            return;
        }
        let Some((message, aim)) = verdict(self.reader, &document, steps, &self.wanted) else {
            return;
        };
        let is_better = self.best.as_ref().is_none_or(|best| {
            (aim, std::cmp::Reverse(text.len())) > (best.aim, std::cmp::Reverse(best.text.len()))
        });
        if is_better {
            self.best = Some(Shown {
                document,
                text,
                message,
                aim,
            });
        }
    }
}

/// What the reader minds about a document at the end of a way, and how well that shows what is wanted.
fn verdict(
    reader: &Bundle,
    document: &Value,
    steps: &[Step],
    wanted: &Wanted<'_>,
) -> Option<(String, Aim)> {
    let pointer = pointer(steps);
    let is_item = matches!(steps.last(), Some(Step::Index(_)));
    let mut best: Option<(&ValidationError<'_>, Aim)> = None;
    let errors = reader.errors(document);
    for error in &errors {
        if let Some(aim) = aim(error, &pointer, is_item, wanted)
            && best.is_none_or(|(_, known)| aim > known)
        {
            best = Some((error, aim));
        }
    }
    best.map(|(error, aim)| (message(error), aim))
}

/// How well an error shows what is wanted at a place; an item at the end of a way stands for all of its array.
fn aim(
    error: &ValidationError<'_>,
    pointer: &str,
    is_item: bool,
    wanted: &Wanted<'_>,
) -> Option<Aim> {
    let place = error.instance_path().as_str();
    let parent = pointer.rfind('/').map(|end| &pointer[..end]);
    if wanted.is_requirement
        && parent == Some(place)
        && let ValidationErrorKind::Required { property } = error.kind()
    {
        let name = property.as_str().unwrap_or_default();
        let mut required = place.to_owned();
        push_segment(&mut required, name);
        return Some(if required == pointer {
            Aim::Keyword
        } else {
            Aim::Around
        });
    }
    if is_above(pointer, place) {
        let is_named = wanted.keyword == Some(error.kind().keyword());
        return Some(if is_named { Aim::Keyword } else { Aim::Place });
    }
    let is_around = parent
        .is_some_and(|parent| place == parent || (is_item && is_above(parent, place)))
        || (is_combination(error.kind()) && is_above(place, pointer));
    is_around.then_some(Aim::Around)
}

/// Whether one place contains another.
fn is_above(place: &str, pointer: &str) -> bool {
    pointer
        .strip_prefix(place)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Errors that are reported where several schemas are combined, not where one of them fails.
fn is_combination(kind: &ValidationErrorKind) -> bool {
    matches!(
        kind,
        ValidationErrorKind::AnyOf { .. }
            | ValidationErrorKind::OneOfNotValid { .. }
            | ValidationErrorKind::OneOfMultipleValid { .. }
            | ValidationErrorKind::Not { .. }
            | ValidationErrorKind::Contains
            | ValidationErrorKind::UnevaluatedItems { .. }
            | ValidationErrorKind::UnevaluatedProperties { .. }
    )
}

fn pointer(steps: &[Step]) -> String {
    let mut pointer = String::new();
    for step in steps {
        match step {
            Step::Key(name) => push_segment(&mut pointer, name),
            Step::Index(position) => push_segment(&mut pointer, &position.to_string()),
        }
    }
    pointer
}

/// A sentence with its place, cut where it repeats a long document.
fn message(error: &ValidationError<'_>) -> String {
    const LONGEST: usize = 300;
    let text = error.to_string();
    let mut cut: String = text.chars().take(LONGEST).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    let place: &Location = error.instance_path();
    match place.as_str() {
        "" => format!("at the root: {cut}"),
        place => format!("at {place}: {cut}"),
    }
}

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
    /// Whether the reader minds the very place, and not only something around it.
    is_exact: bool,
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
    search.along(&route.steps);
    search.finish()
}

/// A search in progress.
pub(super) struct Search<'b> {
    reader: &'b Bundle,
    writer: &'b Bundle,
    maker: Maker,
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
    /// minded by what contains it. At last, the set algebra is asked.
    pub(super) fn along(&mut self, steps: &[Step]) {
        /// Documents tried at one place.
        const MOST: usize = 300;
        for (end, below) in [(steps.len(), 1), (steps.len().saturating_sub(1), 2)] {
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
                        .is_some_and(|best| self.tries > 100 && best.is_exact)
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
            .is_some_and(|best| best.is_exact && best.text.len() <= text.len());
        let is_cheap = |maker: &mut Maker, bundle| maker.is_cheap(&document, bundle);
        if is_no_better
            || !is_cheap(&mut self.maker, self.writer)
            || !is_cheap(&mut self.maker, self.reader)
            || !self.writer.accepts(&document)
        {
            return;
        }
        let Some((message, is_exact)) = verdict(self.reader, &document, steps) else {
            return;
        };
        let is_better = self.best.as_ref().is_none_or(|best| {
            (is_exact, std::cmp::Reverse(text.len()))
                > (best.is_exact, std::cmp::Reverse(best.text.len()))
        });
        if is_better {
            self.best = Some(Shown {
                document,
                text,
                message,
                is_exact,
            });
        }
    }
}

/// What the reader minds about a document at the end of a way, and whether it is at the very end.
fn verdict(reader: &Bundle, document: &Value, steps: &[Step]) -> Option<(String, bool)> {
    let pointer = pointer(steps);
    let parent = pointer.rfind('/').map(|end| &pointer[..end]);
    // The item at the end stands for all of its array.
    let is_item = matches!(steps.last(), Some(Step::Index(_)));
    let errors = reader.errors(document);
    let exact = |error: &&ValidationError<'_>| {
        let place = error.instance_path().as_str();
        place == pointer
            || place
                .strip_prefix(pointer.as_str())
                .is_some_and(|rest| rest.starts_with('/'))
    };
    let around = |error: &&ValidationError<'_>| {
        let place = error.instance_path().as_str();
        parent.is_some_and(|parent| place == parent || (is_item && is_above(parent, place)))
            || (is_combination(error.kind()) && is_above(place, &pointer))
    };
    let found = errors.iter().find(exact);
    let is_exact = found.is_some();
    let error = found.or_else(|| errors.iter().find(around))?;
    Some((message(error), is_exact))
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

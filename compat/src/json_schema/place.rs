//! Where a schema stands: the name of its text and a JSON pointer in it.
//!
//! A place shares all but its last segment with the place around it, because a text can have a very long name around very
//! many schemas. It is only written out for people.

use std::{fmt, sync::Arc};

use super::text::push_segment;

/// A place in one of the texts.
#[derive(Clone)]
pub(super) struct Place(Arc<Inner>);

enum Inner {
    /// The root of a text: its name, or none for the submitted one.
    Root(Option<Arc<str>>),
    Below(Place, Box<str>),
}

impl Place {
    pub(super) fn root(document: Option<Arc<str>>) -> Self {
        Self(Arc::new(Inner::Root(document)))
    }

    /// A place below this one.
    pub(super) fn below(&self, segment: &str) -> Self {
        Self(Arc::new(Inner::Below(self.clone(), segment.into())))
    }

    /// Whether this is the submitted text as a whole.
    pub(super) fn is_submitted_root(&self) -> bool {
        matches!(*self.0, Inner::Root(None))
    }

    /// The place in a sentence, with what a pointer adds to it.
    pub(super) fn in_words(&self, pointer: &str) -> String {
        let place = format!("{self}{pointer}");
        if place.is_empty() {
            "the root".to_owned()
        } else {
            place
        }
    }
}

/// A JSON pointer, behind the name of the text and `#` where that is not the submitted one.
impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut segments = Vec::new();
        let mut place = self;
        let document = loop {
            match &*place.0 {
                Inner::Root(document) => break document,
                Inner::Below(around, segment) => {
                    segments.push(segment);
                    place = around;
                }
            }
        };
        if let Some(name) = document {
            write!(f, "{name}#")?;
        }
        let mut pointer = String::new();
        for segment in segments.into_iter().rev() {
            push_segment(&mut pointer, segment);
        }
        f.write_str(&pointer)
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

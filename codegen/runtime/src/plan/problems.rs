//! What a reader cannot read.

use alloc::{borrow::ToOwned, string::String, vec::Vec};
use core::fmt;

use crate::schema::SchemaError;

/// Something that the reader's schema cannot read of what the writer may write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The place in the reader's schema, as a JSON pointer.
    pub reader: String,
    /// The place in the writer's schema, as a JSON pointer.
    pub writer: String,
    /// What is wrong.
    pub message: String,
}

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PlanError {
    /// One of the texts is no schema.
    Schema(SchemaError),
    /// No value that the writer can write is one that the reader can read.
    Unreadable(Vec<Problem>),
    /// The schemas have too many pairs of types that can meet.
    TooComplex,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = |place: &str| {
            if place.is_empty() {
                "the root".to_owned()
            } else {
                place.to_owned()
            }
        };
        write!(
            f,
            "{} (reader at {}, writer at {})",
            self.message,
            root(&self.reader),
            root(&self.writer)
        )
    }
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Schema(error) => write!(f, "the writer's schema cannot be used: {error}"),
            Self::Unreadable(problems) => {
                f.write_str("the reader's schema cannot read what the writer's writes: ")?;
                for (index, problem) in problems.iter().enumerate() {
                    let separator = if index > 0 { "; " } else { "" };
                    write!(f, "{separator}{problem}")?;
                }
                Ok(())
            }
            Self::TooComplex => f.write_str(
                "the reader's and the writer's schema have too many pairs of types that can meet",
            ),
        }
    }
}

impl core::error::Error for PlanError {}

impl From<SchemaError> for PlanError {
    fn from(error: SchemaError) -> Self {
        Self::Schema(error)
    }
}

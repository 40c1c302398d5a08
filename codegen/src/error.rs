//! What went wrong, and what one should know though it went well.

use std::fmt;

/// Why no types were made: every problem of every unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// The problems, in the order of the units; never empty.
    pub problems: Vec<Problem>,
}

/// One thing that is wrong with a schema, or that one should know about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The name of the unit.
    pub unit: String,
    /// The place in the unit's text as a JSON pointer; for texts that are no JSON, a line and column.
    pub place: String,
    /// What is wrong and what to do about it.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.place.is_empty() {
            write!(f, "{}: {}", self.unit, self.message)
        } else {
            write!(f, "{}, at {}: {}", self.unit, self.place, self.message)
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Error {}

//! The seven compatibility levels, and what each asks for.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// What a new version of a subject owes to the versions before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CompatibilityLevel {
    /// Anything goes, even another format.
    None,
    /// The new schema reads what the newest version wrote.
    #[default]
    Backward,
    /// The new schema reads what every live version wrote.
    BackwardTransitive,
    /// The newest version reads what the new schema writes.
    Forward,
    /// Every live version reads what the new schema writes.
    ForwardTransitive,
    /// Backward and forward against the newest version.
    Full,
    /// Backward and forward against every live version.
    FullTransitive,
}

/// Who has to be able to read whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Direction {
    /// The new schema reads data written with the previous one.
    Backward,
    /// The previous schema reads data written with the new one.
    Forward,
}

/// How strictly JSON Schema changes to content models are judged. Other formats know no difference.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum CompatibilityPolicy {
    /// Every document that was valid must stay valid.
    #[default]
    Strict,
    /// Adding and removing properties is allowed even where the content model is open or closed.
    Lenient,
}

/// A level that is none of the seven.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "Invalid compatibility level. Valid values are none, backward, backward_transitive, forward, \
     forward_transitive, full, full_transitive"
)]
pub struct UnknownLevel;

impl CompatibilityLevel {
    /// Every level, weakest first.
    pub const ALL: [Self; 7] = [
        Self::None,
        Self::Backward,
        Self::BackwardTransitive,
        Self::Forward,
        Self::ForwardTransitive,
        Self::Full,
        Self::FullTransitive,
    ];

    /// The protocol's spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "NONE",
            Self::Backward => "BACKWARD",
            Self::BackwardTransitive => "BACKWARD_TRANSITIVE",
            Self::Forward => "FORWARD",
            Self::ForwardTransitive => "FORWARD_TRANSITIVE",
            Self::Full => "FULL",
            Self::FullTransitive => "FULL_TRANSITIVE",
        }
    }

    /// The directions to check, in the order in which their findings are reported: forward first.
    pub const fn directions(self) -> &'static [Direction] {
        match self {
            Self::None => &[],
            Self::Backward | Self::BackwardTransitive => &[Direction::Backward],
            Self::Forward | Self::ForwardTransitive => &[Direction::Forward],
            Self::Full | Self::FullTransitive => &[Direction::Forward, Direction::Backward],
        }
    }

    /// Whether every live version counts, or only the newest.
    pub const fn is_transitive(self) -> bool {
        matches!(
            self,
            Self::BackwardTransitive | Self::ForwardTransitive | Self::FullTransitive
        )
    }
}

impl fmt::Display for CompatibilityLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for CompatibilityLevel {
    type Err = UnknownLevel;

    /// Accepts any mixture of upper and lower case, as clients send it.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|level| level.as_str().eq_ignore_ascii_case(text))
            .ok_or(UnknownLevel)
    }
}

//! Versions and schema ids: a position inside a subject, and the identity of a schema inside a context.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A position inside a subject, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(u32);

/// The identity of a schema inside its context, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SchemaId(u32);

/// A version as a path names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VersionSpec {
    /// `latest` or `-1`: the newest live version.
    Latest,
    /// A number.
    Number(Version),
}

/// A path segment that names no version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "The specified version '{0}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string \"latest\""
)]
pub struct InvalidVersion(pub String);

macro_rules! positive_i32 {
    ($type:ident) => {
        impl $type {
            /// The first one given out.
            pub const FIRST: Self = Self(1);

            /// Accepts 1 to 2^31-1, the range that clients can hold.
            pub fn new(number: i64) -> Option<Self> {
                let number = i32::try_from(number).ok()?;
                u32::try_from(number)
                    .ok()
                    .filter(|number| *number > 0)
                    .map(Self)
            }

            /// The number.
            pub const fn get(self) -> u32 {
                self.0
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

positive_i32!(Version);
positive_i32!(SchemaId);

impl FromStr for VersionSpec {
    type Err = InvalidVersion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let trimmed = text.trim();
        if trimmed.eq_ignore_ascii_case("latest") || trimmed == "-1" {
            return Ok(Self::Latest);
        }
        let digits = !trimmed.is_empty() && trimmed.bytes().all(|byte| byte.is_ascii_digit());
        digits
            .then(|| trimmed.parse().ok().and_then(Version::new))
            .flatten()
            .map(Self::Number)
            .ok_or_else(|| InvalidVersion(text.chars().take(64).collect()))
    }
}

impl fmt::Display for VersionSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Latest => f.write_str("-1"),
            Self::Number(version) => version.fmt(f),
        }
    }
}

//! What can go wrong when bytes are read, values are written and plans are made.

use alloc::boxed::Box;
use core::fmt;

/// Why bytes could not be read or a value could not be written.
///
/// It is one word wide, so that results stay in registers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(Box<Inner>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Inner {
    cause: Cause,
    /// Bytes read before it went wrong; nothing where a value was being written.
    offset: Option<usize>,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Cause {
    /// The bytes end inside a value.
    EndOfInput,
    /// This many bytes are left behind the value.
    TrailingBytes(usize),
    /// A number has more than ten bytes or more than 64 bits.
    Varint,
    /// An `int` is outside of its range.
    IntRange(i64),
    /// A boolean is neither 0 nor 1 but this.
    Boolean(u8),
    /// A string or a key of a map is not UTF-8.
    Utf8,
    /// A length is negative or larger than memory.
    Length(i64),
    /// A union has no branch of this index.
    Branch(i64),
    /// An enum has no symbol of this index.
    Symbol(i64),
    /// The value nests deeper than the limit allows.
    Depth,
    /// The value needs more memory or more work than the limit allows.
    Budget,
    /// A value is none of its logical type, or its logical type has no such value.
    Logical(&'static str),
    /// The reader's schema cannot read what the writer wrote here.
    Unreadable(Box<str>),
    /// The bytes do not start as they must.
    Header(&'static str),
    /// The fingerprint is that of another schema.
    Fingerprint {
        /// The fingerprint that was expected.
        expected: u64,
        /// The fingerprint in the bytes.
        found: u64,
    },
}

impl Error {
    #[cold]
    #[inline(never)]
    pub(crate) fn at(cause: Cause, offset: usize) -> Self {
        Self(Box::new(Inner {
            cause,
            offset: Some(offset),
        }))
    }

    #[cold]
    #[inline(never)]
    pub(crate) fn without_offset(cause: Cause) -> Self {
        Self(Box::new(Inner {
            cause,
            offset: None,
        }))
    }

    /// A value that its logical type does not allow.
    #[cold]
    pub fn logical(what: &'static str) -> Self {
        Self::without_offset(Cause::Logical(what))
    }

    /// What went wrong.
    pub fn cause(&self) -> &Cause {
        &self.0.cause
    }

    /// How many bytes had been read when it went wrong; nothing where a value was being written.
    pub fn offset(&self) -> Option<usize> {
        self.0.offset
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.cause.fmt(f)?;
        match self.0.offset {
            Some(offset) => write!(f, " (at byte {offset})"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EndOfInput => f.write_str("the bytes end inside a value"),
            Self::TrailingBytes(count) => write!(f, "{count} bytes are left behind the value"),
            Self::Varint => f.write_str("a number does not end within 64 bits"),
            Self::IntRange(value) => write!(f, "the int {value} does not fit into 32 bits"),
            Self::Boolean(byte) => write!(f, "a boolean is neither 0 nor 1 but {byte}"),
            Self::Utf8 => f.write_str("a string is not UTF-8"),
            Self::Length(length) => write!(f, "no bytes or items can be {length} long"),
            Self::Branch(index) => write!(f, "the union has no branch {index}"),
            Self::Symbol(index) => write!(f, "the enum has no symbol {index}"),
            Self::Depth => {
                f.write_str("the value nests too deep; raise `Limits::depth` if it is one of yours")
            }
            Self::Budget => f.write_str(
                "the value is too large in memory; raise `Limits::memory` if it is one of yours",
            ),
            Self::Logical(what) | Self::Header(what) => f.write_str(what),
            Self::Unreadable(why) => f.write_str(why),
            Self::Fingerprint { expected, found } => write!(
                f,
                "the bytes were written with the schema of fingerprint {found:016x}, not {expected:016x}"
            ),
        }
    }
}

impl core::error::Error for Error {}

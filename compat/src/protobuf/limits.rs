//! The bounds of a `.proto` text. protox aborts the process on deep option values and long option names, and takes
//! quadratic time on long packages, so everything is bounded before it sees the text.

/// Bytes of one text.
pub(super) const MAX_BYTES: usize = 4 * 1024 * 1024;
/// Tokens of one text.
pub(super) const MAX_TOKENS: usize = 120_000;
/// Tokens of a text and everything it imports.
pub(super) const MAX_TOTAL_TOKENS: usize = 360_000;
/// Open brackets of any kind.
pub(super) const MAX_NESTING: usize = 64;
/// Dots in one name: a package, a type, the path of an option.
pub(super) const MAX_NAME_PARTS: usize = 128;
/// Bytes of one identifier.
pub(super) const MAX_IDENTIFIER: usize = 1_024;
/// Files on one import path, the text itself included.
pub(super) const MAX_IMPORT_DEPTH: usize = 100;
/// Tokens up to which an error of protox gets its place in the text: finding it takes quadratic time.
pub(super) const MAX_PLACED_TOKENS: usize = 5_000;
/// Bytes of one name with its dots, and the words around it.
pub(super) const MAX_NAME_BYTES: usize = 2_048;
/// Bytes of all full names of one text together: of what it declares, and of what it refers to.
pub(super) const MAX_FULL_NAMES: usize = 16 * 1024 * 1024;

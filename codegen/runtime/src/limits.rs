//! What a value may cost.

/// What one value that is read may cost. Bytes may come from anyone; these bounds keep a small payload from using much
/// memory, much time or the whole stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How many recursive types may be inside one another.
    pub depth: u32,
    /// How much of the stack recursive types may hold, as the sum of their sizes in bytes.
    pub stack: usize,
    /// Memory for the items of arrays and maps, in bytes; what has to be read twice counts as well.
    pub memory: usize,
}

impl Limits {
    /// The limits that hold where none are given.
    pub const DEFAULT: Self = Self {
        depth: 200,
        stack: 128 << 10,
        memory: 256 << 20,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

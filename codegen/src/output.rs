//! What comes out.

use crate::{Problem, known::Known};

/// Generated modules and what one should know about them.
#[derive(Debug, Clone, Default)]
pub struct Output {
    /// One module for each unit, in their order.
    pub modules: Vec<Module>,
    /// Names that had to change, defaults that were left out, and the like.
    pub warnings: Vec<Problem>,
    /// What options could have been about.
    pub(crate) known: Known,
}

/// A module of Rust code.
///
/// It may name its sibling modules through `super::`, so all modules of one output belong side by side in one parent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Module {
    /// What the module is to be called: a valid identifier, different from its siblings'.
    pub name: String,
    /// The path, inside the module, of the type that stands for the schema: `Order`. Nothing where there is none.
    pub root: Option<String>,
    /// The formatted text of the module's file.
    pub source: String,
}

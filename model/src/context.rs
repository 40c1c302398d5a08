//! Contexts: the namespaces subjects live in.

use std::{
    fmt,
    sync::{Arc, LazyLock},
};

use serde::{Deserialize, Serialize};

/// A namespace of subjects with ids of its own, spelled with its leading dot: `.` is the default one, `.staging` another.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Context(Arc<str>);

impl Context {
    /// The context of every name that does not say otherwise.
    pub const DEFAULT: &'static str = ".";
    /// The level above all contexts: it holds settings, never subjects.
    pub const GLOBAL: &'static str = ".__GLOBAL";

    /// Takes a spelling that starts with a dot, such as the database and [`crate::QualifiedSubject`] give it.
    pub fn new(spelling: &str) -> Self {
        debug_assert!(spelling.starts_with('.'), "a context starts with a dot");
        if spelling == Self::DEFAULT {
            return Self::default();
        }
        Self(spelling.into())
    }

    /// The level above all contexts.
    pub fn global() -> Self {
        Self::new(Self::GLOBAL)
    }

    /// The spelling, with its dot.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the context of unqualified names.
    pub fn is_default(&self) -> bool {
        &*self.0 == Self::DEFAULT
    }

    /// Whether this is the level above all contexts.
    pub fn is_global(&self) -> bool {
        &*self.0 == Self::GLOBAL
    }
}

impl Default for Context {
    fn default() -> Self {
        // Nearly every request and every row is in it, so they share one.
        static SHARED: LazyLock<Context> = LazyLock::new(|| Context(Context::DEFAULT.into()));
        SHARED.clone()
    }
}

impl fmt::Display for Context {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

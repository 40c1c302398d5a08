//! Full names.

use alloc::format;
use alloc::sync::Arc;

/// A full name that knows where its simple part starts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Name {
    full: Arc<str>,
    simple_at: usize,
}

impl Name {
    /// Reads `name` inside a namespace. A dot in the name makes it a full name, and a leading dot one without namespace.
    pub fn new(name: &str, namespace: Option<&str>) -> Self {
        let (namespace, simple) = match name.rsplit_once('.') {
            Some((namespace, simple)) => (Some(namespace), simple),
            None => (namespace, name),
        };
        match namespace.filter(|namespace| !namespace.is_empty()) {
            Some(namespace) => Self {
                full: format!("{namespace}.{simple}").into(),
                simple_at: namespace.len() + 1,
            },
            None => Self {
                full: simple.into(),
                simple_at: 0,
            },
        }
    }

    /// The full name.
    pub fn full(&self) -> &str {
        &self.full
    }

    /// What stands behind the last dot.
    pub fn simple(&self) -> &str {
        &self.full[self.simple_at..]
    }

    /// What stands before it.
    pub fn namespace(&self) -> Option<&str> {
        self.simple_at.checked_sub(1).map(|dot| &self.full[..dot])
    }
}

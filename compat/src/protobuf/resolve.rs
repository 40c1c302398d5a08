//! What a name in a text refers to. The text has been compiled, so every name means something; the innermost scope
//! that declares it wins (language specification, "Packages and Name Resolution").

use std::collections::{HashMap, HashSet};

use prost_reflect::DescriptorPool;

/// The full names that a text can see.
#[derive(Debug, Default)]
pub(super) struct Names {
    types: HashSet<String>,
    /// Extensions, and whether they are repeated.
    extensions: HashMap<String, bool>,
}

impl Names {
    /// The names of a compiled text and its imports.
    pub(super) fn of(pool: &DescriptorPool) -> Self {
        let messages = pool
            .all_messages()
            .filter(|message| !message.is_map_entry())
            .map(|message| message.full_name().to_owned());
        let enums = pool.all_enums().map(|one| one.full_name().to_owned());
        let extensions = pool
            .all_extensions()
            .map(|extension| (extension.full_name().to_owned(), extension.is_list()));
        Self {
            types: messages.chain(enums).collect(),
            extensions: extensions.collect(),
        }
    }

    /// The full name of a type with a leading dot; what is no type (a scalar's keyword) comes back as it is.
    pub(super) fn type_(&self, name: &str, scope: &str) -> String {
        let found = resolve(name, scope, |full| self.types.contains(full));
        found.map_or_else(|| name.to_owned(), |full| format!(".{full}"))
    }

    /// The full name of an extension and whether it is repeated.
    pub(super) fn extension(&self, name: &str, scope: &str) -> Option<(String, bool)> {
        let full = resolve(name, scope, |full| self.extensions.contains_key(full))?;
        let repeated = self.extensions.get(&full).copied()?;
        Some((full, repeated))
    }
}

fn resolve(name: &str, scope: &str, known: impl Fn(&str) -> bool) -> Option<String> {
    if let Some(full) = name.strip_prefix('.') {
        return known(full).then(|| full.to_owned());
    }
    let mut scope = scope;
    while !scope.is_empty() {
        let full = format!("{scope}.{name}");
        if known(&full) {
            return Some(full);
        }
        scope = scope.rsplit_once('.').map_or("", |(outer, _)| outer);
    }
    known(name).then(|| name.to_owned())
}

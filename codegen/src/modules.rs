//! Names of modules and how any name becomes an identifier.

use std::collections::BTreeSet;

use proc_macro2::Span;
use syn::Ident;

use crate::names::{snake, token};

/// Names of modules that stand side by side. The first who asks for a name gets it, later ones get `_2`, `_3`.
#[derive(Debug, Clone, Default)]
pub(crate) struct Modules {
    taken: BTreeSet<String>,
}

impl Modules {
    /// Starts with names that are not free.
    pub(crate) fn new(taken: &BTreeSet<String>) -> Self {
        let bare = |name: &String| name.trim_start_matches("r#").to_owned();
        Self {
            taken: taken.iter().map(bare).collect(),
        }
    }

    /// A free identifier close to the name of a unit.
    pub(crate) fn take(&mut self, name: &str) -> String {
        let mut stem = snake(name);
        if stem.is_empty() || stem.starts_with(|first: char| first.is_numeric()) {
            stem.insert(0, '_');
        }
        if stem == "mod" || stem == "_" {
            // `mod.rs` is the file that brings in the others.
            stem.push('_');
        }
        let mut found = stem.clone();
        let mut number = 2;
        while !self.taken.insert(found.clone()) {
            found = format!("{stem}_{number}");
            number += 1;
        }
        ident(&found).to_string()
    }
}

/// A name as an identifier; keywords are written raw, and the few that cannot be get an underscore.
pub(crate) fn ident(name: &str) -> Ident {
    let name = name.trim_start_matches("r#");
    match name {
        "self" | "Self" | "super" | "crate" => Ident::new(&format!("{name}_"), Span::call_site()),
        _ => token(name),
    }
}

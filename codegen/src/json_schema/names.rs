//! Names of types, chosen here so that typify has none to choose: two types never get one name.

use std::collections::{BTreeMap, BTreeSet};

use crate::names::upper_camel;

/// The longest name of a type; longer ones are cut.
const MAX_LENGTH: usize = 80;

/// What generated code names without a path.
const PRELUDE: [&str; 18] = [
    "Self",
    "Option",
    "Some",
    "None",
    "Result",
    "Ok",
    "Err",
    "Vec",
    "String",
    "Box",
    "From",
    "TryFrom",
    "Into",
    "Default",
    "Clone",
    "ToString",
    "Iterator",
    "PartialEq",
];

pub(super) struct Names<'a> {
    renames: &'a BTreeMap<String, String>,
    taken: BTreeSet<String>,
    /// What could have been called otherwise.
    pub(super) renamed: BTreeSet<String>,
}

impl<'a> Names<'a> {
    pub(super) fn new(renames: &'a BTreeMap<String, String>) -> Self {
        Self {
            renames,
            taken: PRELUDE.iter().map(|name| (*name).to_owned()).collect(),
            renamed: BTreeSet::new(),
        }
    }

    /// A free name for a type, close to what is wanted.
    pub(super) fn take(&mut self, wanted: &str) -> String {
        let mut stem: String = upper_camel(&ascii(wanted))
            .chars()
            .take(MAX_LENGTH)
            .collect();
        if !stem.starts_with(|first: char| first.is_ascii_alphabetic()) {
            stem.insert(0, 'X');
        }
        self.renamed.insert(stem.clone());
        if let Some(renamed) = self.renames.get(&stem) {
            stem.clone_from(renamed);
        }
        // Fixed under another change of case: `Abc1d` and `Abc1D` are one name to typify.
        let mut name = upper_camel(&stem);
        let mut number = 2;
        while !self.taken.insert(name.clone()) {
            name = format!("{stem}{number}");
            number += 1;
        }
        name
    }
}

/// Letters and digits that are safe in any position, everything else as a separator.
fn ascii(text: &str) -> String {
    let plain = |character: char| {
        if character.is_ascii_alphanumeric() {
            character
        } else {
            '_'
        }
    };
    text.chars().map(plain).collect()
}

/// Whether a title can name a type.
pub(super) fn is_name(title: &str) -> bool {
    title.len() <= 40
        && title.starts_with(|first: char| first.is_ascii_alphabetic())
        && title.split_whitespace().count() <= 4
        && title
            .chars()
            .all(|one| one.is_ascii_alphanumeric() || " _-.".contains(one))
}

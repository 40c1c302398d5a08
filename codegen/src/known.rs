//! Keys of options that are about nothing: a typing error there would go unseen.

use std::collections::BTreeSet;

use crate::{Options, Problem};

/// The names that keys of options can be.
#[derive(Debug, Clone, Default)]
pub(crate) struct Known {
    /// Types that can be replaced, and can have derives and attributes.
    pub(crate) types: BTreeSet<String>,
    /// What can only have derives and attributes.
    pub(crate) attributed: BTreeSet<String>,
    /// Types, fields and symbols that can have another name.
    pub(crate) renamed: BTreeSet<String>,
    /// Types that keep their names whatever options say.
    pub(crate) kept: BTreeSet<String>,
}

impl Known {
    pub(crate) fn extend(&mut self, other: Self) {
        self.types.extend(other.types);
        self.attributed.extend(other.attributed);
        self.renamed.extend(other.renamed);
        self.kept.extend(other.kept);
    }

    /// A warning for each key that is about nothing.
    pub(crate) fn warnings(&self, options: &Options) -> Vec<Problem> {
        let mut warnings = Vec::new();
        let typed = |key: &String| key == "*" || self.types.contains(key);
        let attributed = |key: &String| typed(key) || self.attributed.contains(key);
        let derives = options.derives.keys().filter(|key| !attributed(key));
        let attributes = options.attributes.keys().filter(|key| !attributed(key));
        let replacements = options.replacements.keys();
        let replacements = replacements.filter(|key| !self.types.contains(*key));
        let renames = options.renames.keys();
        let renames = renames.filter(|key| !self.renamed.contains(*key));
        warnings.extend(derives.map(|key| self.warning("derives", key)));
        warnings.extend(attributes.map(|key| self.warning("attributes", key)));
        warnings.extend(replacements.map(|key| self.warning("replacements", key)));
        warnings.extend(renames.map(|key| self.warning("renames", key)));
        warnings
    }

    fn warning(&self, option: &str, key: &str) -> Problem {
        let of = if option == "renames" {
            &self.renamed
        } else {
            &self.types
        };
        let message = if option == "renames" && self.kept.contains(key) {
            format!("\"{key}\" is a type of Protobuf, and those keep their names")
        } else {
            let hint = alike(key, of).map(|known| format!("; there is \"{known}\""));
            format!(
                "\"{key}\" is nothing that is made here, so it has no effect{}",
                hint.unwrap_or_default()
            )
        };
        Problem {
            unit: "options".to_owned(),
            place: option.to_owned(),
            message,
        }
    }
}

/// The known name that a key was probably meant to be: the same but for case, or the same at the end, or one letter apart.
fn alike<'a>(key: &str, known: &'a BTreeSet<String>) -> Option<&'a String> {
    let last = |name: &str| name.rsplit('.').next().unwrap_or(name).to_lowercase();
    let same_end = |one: &&String| last(one) == last(key);
    let same = |one: &&String| one.eq_ignore_ascii_case(key);
    let mut one_apart = known.iter().filter(|one| is_one_apart(key, one));
    let found = known.iter().find(same).or_else(|| one_apart.next());
    found.or_else(|| known.iter().find(same_end))
}

/// Whether one character was left out, added, or is another.
fn is_one_apart(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let start = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[start..], &other[start..]);
    match one.len().cmp(&other.len()) {
        std::cmp::Ordering::Equal => one.get(1..) == other.get(1..),
        std::cmp::Ordering::Less => Some(one) == other.get(1..),
        std::cmp::Ordering::Greater => one.get(1..) == Some(other),
    }
}

//! Names: a simple name inside an optional namespace, and which characters they may have (specification, "Names").
//!
//! The specification allows ASCII only; Java's default validator allows letters and digits of every script, and schemas
//! that use them exist, so the wider rule holds here.

use std::sync::Arc;

/// A full name that knows where its simple part starts.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Name {
    full: Arc<str>,
    simple_at: usize,
}

/// How closely names and defaults are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Strictness {
    /// As the specification has it.
    #[default]
    Strict,
    /// Any name that is not empty, and any default: for what other registries took once.
    Lax,
}

impl Strictness {
    /// Reads `name` inside a namespace.
    pub(super) fn name(self, name: &str, namespace: Option<&str>) -> Result<Name, String> {
        match self {
            Self::Strict => Name::new(name, namespace),
            Self::Lax if name.is_empty() || name.ends_with('.') => {
                Err("a name is empty".to_owned())
            }
            Self::Lax => Ok(Name::unchecked(name, namespace)),
        }
    }

    /// Checks one part of a name, a field's name or a symbol.
    pub(super) fn check(self, name: &str) -> Result<(), String> {
        match self {
            Self::Strict => check_name(name),
            Self::Lax if name.is_empty() => Err("a name is empty".to_owned()),
            Self::Lax => Ok(()),
        }
    }
}

impl Name {
    /// Reads `name` inside a namespace. A dot in the name makes it a full name, and a leading dot one without namespace.
    pub(super) fn new(name: &str, namespace: Option<&str>) -> Result<Self, String> {
        let name = Self::unchecked(name, namespace);
        check_name(name.simple())?;
        Ok(name)
    }

    /// The same for a name whose characters were checked, or do not matter.
    pub(super) fn unchecked(name: &str, namespace: Option<&str>) -> Self {
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

    pub(super) fn full(&self) -> &str {
        &self.full
    }

    pub(super) fn simple(&self) -> &str {
        &self.full[self.simple_at..]
    }

    pub(super) fn namespace(&self) -> Option<&str> {
        self.simple_at.checked_sub(1).map(|dot| &self.full[..dot])
    }

    /// Checks the parts of the namespace, which only the names of definitions must pass.
    pub(super) fn check_namespace(&self) -> Result<(), String> {
        self.namespace()
            .map_or(Ok(()), |namespace| {
                namespace.split('.').try_for_each(check_name)
            })
            .map_err(|wrong| format!("the namespace of \"{}\": {wrong}", self.full))
    }

    /// How the name is spelled where `namespace` is inherited. A simple name that reads like a built-in type stays full.
    pub(super) fn relative_to(&self, namespace: Option<&str>) -> &str {
        let inherited = self.namespace().is_some() && self.namespace() == namespace;
        if inherited && !BUILT_IN.contains(&self.simple()) {
            self.simple()
        } else {
            &self.full
        }
    }
}

/// The names of all types, primitive and complex.
const BUILT_IN: [&str; 14] = [
    "record", "enum", "array", "map", "union", "fixed", "string", "bytes", "int", "long", "float",
    "double", "boolean", "null",
];

/// Checks one part of a name, a field's name or a symbol.
pub(super) fn check_name(name: &str) -> Result<(), String> {
    let mut characters = name.chars();
    let Some(first) = characters.next() else {
        return Err("a name is empty".to_owned());
    };
    if !(is_letter(first) || first == '_') {
        return Err(format!(
            "the name \"{name}\" starts with {first:?}; names start with a letter or an underscore"
        ));
    }
    match characters
        .find(|&character| !(is_letter(character) || is_digit(character) || character == '_'))
    {
        Some(character) => Err(format!(
            "the name \"{name}\" contains {character:?}; names consist of letters, digits and underscores"
        )),
        None => Ok(()),
    }
}

/// Java looks at UTF-16 units, so it takes no letter outside the basic plane. Marks that modify letters count as letters
/// here but not there; telling them apart needs tables that this is not worth.
fn is_letter(character: char) -> bool {
    character.is_alphabetic()
        && in_basic_plane(character)
        && !matches!(character, '\u{2160}'..='\u{2188}' | '\u{24B6}'..='\u{24E9}')
}

/// Decimal digits; not superscripts, fractions and circled numbers.
fn is_digit(character: char) -> bool {
    let number_form = matches!(character, '²' | '³' | '¹' | '¼'..='¾' | '\u{2070}'..='\u{218F}' | '\u{2460}'..='\u{24FF}' | '\u{2776}'..='\u{2793}');
    character.is_numeric() && in_basic_plane(character) && !number_form
}

fn in_basic_plane(character: char) -> bool {
    u32::from(character) <= 0xFFFF
}

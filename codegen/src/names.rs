//! Rust identifiers from names of schemas: in Rust's cases, never a keyword, never twice in one scope.

use std::{collections::HashMap, fmt::Write as _};

use proc_macro2::{Ident, Span};

/// The identifiers of one scope: the types of a module, the fields of a struct, the variants of an enum.
///
/// Who comes first keeps its name; who comes later gets a number. So what is appended to a schema never renames what was
/// there before.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    taken: HashMap<String, String>,
}

/// An identifier that had to differ from the usual one, because another name came first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Clash {
    /// The name that came first.
    pub(crate) first: String,
}

impl Scope {
    /// Takes an identifier for a name of a schema, or the next one that is free.
    pub(crate) fn take(&mut self, wanted: &str, name: &str) -> (String, Option<Clash>) {
        let mut identifier = wanted.to_owned();
        let mut number = 1;
        let mut clash = None;
        while let Some(first) = self.taken.get(&identifier) {
            clash.get_or_insert_with(|| Clash {
                first: first.clone(),
            });
            number += 1;
            identifier = format!("{wanted}_{number}");
        }
        self.taken.insert(identifier.clone(), name.to_owned());
        (identifier, clash)
    }
}

/// The identifier for the name of a type or a variant.
pub(crate) fn type_identifier(name: &str) -> String {
    identifier(&upper_camel(name), "X")
}

/// The identifier for the name of a field, a function or a module.
pub(crate) fn value_identifier(name: &str) -> String {
    identifier(&snake(name), "x")
}

/// An identifier as a token, in its raw form if it is a keyword.
pub(crate) fn token(identifier: &str) -> Ident {
    // A keyword since the edition of 2024, which `syn` takes for a plain name.
    if identifier == "gen" {
        return Ident::new_raw(identifier, Span::call_site());
    }
    syn::parse_str::<Ident>(identifier)
        .unwrap_or_else(|_| Ident::new_raw(identifier, Span::call_site()))
}

/// What is no identifier, not even in its raw form, becomes one.
fn identifier(text: &str, prefix: &str) -> String {
    if matches!(text, "self" | "Self" | "super" | "crate" | "_") {
        return format!("{text}_");
    }
    if is_identifier(text) {
        return text.to_owned();
    }
    let mut spelled = String::new();
    for character in text.chars() {
        if is_identifier(&format!("x{character}")) {
            spelled.push(character);
        } else {
            let _ = write!(spelled, "u{:x}", u32::from(character));
        }
    }
    if is_identifier(&spelled) {
        spelled
    } else if spelled.is_empty() {
        prefix.to_owned()
    } else {
        format!("{prefix}{spelled}")
    }
}

/// Whether a text is an identifier, keywords among them.
fn is_identifier(text: &str) -> bool {
    syn::parse_str::<Ident>(text).is_ok() || syn::parse_str::<Ident>(&format!("r#{text}")).is_ok()
}

/// A name in the case of types: `order_placed` and `orderPlaced` become `OrderPlaced`.
pub(crate) fn upper_camel(name: &str) -> String {
    words(name)
        .iter()
        .flat_map(|word| {
            let mut characters = word.chars();
            let first = characters.next().into_iter().flat_map(char::to_uppercase);
            let rest: String = characters.as_str().to_lowercase();
            first.chain(rest.chars().collect::<Vec<_>>())
        })
        .collect()
}

/// A name in the case of fields and modules: `orderPlaced` and `ORDER_PLACED` become `order_placed`.
pub(crate) fn snake(name: &str) -> String {
    words(name).join("_").to_lowercase()
}

/// The words of a name: what stands between separators, and what a change of case sets apart.
fn words(name: &str) -> Vec<String> {
    let characters: Vec<char> = name.chars().collect();
    let mut words = Vec::new();
    let mut word = String::new();
    for (index, &character) in characters.iter().enumerate() {
        if !character.is_alphanumeric() {
            words.push(std::mem::take(&mut word));
            continue;
        }
        let before = index.checked_sub(1).map(|before| characters[before]);
        let after = characters.get(index + 1);
        let starts_word = character.is_uppercase()
            && before.is_some_and(|before| {
                before.is_lowercase()
                    || before.is_numeric()
                    || (before.is_uppercase() && after.is_some_and(|after| after.is_lowercase()))
            });
        if starts_word {
            words.push(std::mem::take(&mut word));
        }
        word.push(character);
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::{Scope, snake, token, type_identifier, upper_camel, value_identifier};

    #[test]
    fn who_comes_later_gets_a_number() {
        let mut scope = Scope::default();
        assert_eq!(
            scope.take("foo_bar", "fooBar"),
            ("foo_bar".to_owned(), None)
        );
        let (identifier, clash) = scope.take("foo_bar", "foo_bar");
        assert_eq!(identifier, "foo_bar_2");
        assert_eq!(clash.unwrap().first, "fooBar");
        assert_eq!(scope.take("foo_bar", "FooBar").0, "foo_bar_3");
    }

    #[test]
    fn every_name_becomes_an_identifier() {
        for (name, expected) in [
            ("self", "self_"),
            ("1st", "x1st"),
            ("--", "x"),
            ("straße", "straße"),
            ("x²", "xub2"),
            ("type", "type"),
        ] {
            assert_eq!(value_identifier(name), expected);
        }
        assert_eq!(type_identifier("self"), "Self_");
        assert_eq!(token("type").to_string(), "r#type");
        assert_eq!(token("kind").to_string(), "kind");
    }

    #[test]
    fn words_are_told_apart_by_case_and_separators() {
        for (name, camel, underscored) in [
            ("order_placed", "OrderPlaced", "order_placed"),
            ("orderPlaced", "OrderPlaced", "order_placed"),
            ("HTTPServer", "HttpServer", "http_server"),
            ("ORDER_PLACED", "OrderPlaced", "order_placed"),
            ("orders-value", "OrdersValue", "orders_value"),
            ("sha256", "Sha256", "sha256"),
            ("v2Beta", "V2Beta", "v2_beta"),
            ("__x", "X", "x"),
        ] {
            assert_eq!(upper_camel(name), camel, "{name}");
            assert_eq!(snake(name), underscored, "{name}");
        }
    }
}

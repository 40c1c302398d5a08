//! Rust identifiers from names of schemas.

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
    use super::{snake, upper_camel};

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

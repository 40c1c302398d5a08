//! Where protox finds files: what it brings itself, the texts of the units, and the files that need no reference.

use std::{collections::BTreeMap, sync::Arc};

use protox::file::{File, FileResolver, GoogleFileResolver};

/// The deepest nesting of brackets that is read; deeper texts would overflow the parser's stack.
const MAX_NESTING: usize = 64;

/// Texts by the name they are imported under.
#[derive(Debug, Clone, Default)]
pub(super) struct Sources {
    pub(super) texts: BTreeMap<String, Arc<str>>,
}

impl FileResolver for Sources {
    fn open_file(&self, name: &str) -> Result<File, protox::Error> {
        // What protox brings wins: registered copies of it are often newer than what it reads.
        if let Ok(file) = GoogleFileResolver::new().open_file(name) {
            return Ok(file);
        }
        match self
            .texts
            .get(name)
            .map(|text| &**text)
            .or_else(|| bundled(name))
        {
            Some(text) => File::from_source(name, text),
            None => Err(protox::Error::file_not_found(name)),
        }
    }
}

/// Refuses a text that would overflow the parser, or that it would call a syntax error for being newer than it is.
pub(super) fn refuse(text: &str) -> Result<(), String> {
    let tokens = crate::local::tokens(text);
    let mut depth = 0_usize;
    for token in &tokens {
        match token.as_str() {
            "{" | "[" | "<" => depth += 1,
            "}" | "]" | ">" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_NESTING {
            return Err(format!("it nests brackets more than {MAX_NESTING} deep"));
        }
    }
    if tokens.first().is_some_and(|token| token == "edition") {
        return Err(
            "it is written in an edition; types can be generated from proto2 and proto3".to_owned(),
        );
    }
    Ok(())
}

macro_rules! bundled {
    ($($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../../compat/src/protobuf/bundled/", $path)))),*]
    };
}

/// The files that the registry lets a schema import without a reference, beside those that protox brings.
const BUNDLED: &[(&str, &str)] = bundled![
    "confluent/meta.proto",
    "confluent/type/decimal.proto",
    "confluent/type/variant.proto",
    "google/type/calendar_period.proto",
    "google/type/color.proto",
    "google/type/date.proto",
    "google/type/datetime.proto",
    "google/type/dayofweek.proto",
    "google/type/decimal.proto",
    "google/type/expr.proto",
    "google/type/fraction.proto",
    "google/type/interval.proto",
    "google/type/latlng.proto",
    "google/type/localized_text.proto",
    "google/type/money.proto",
    "google/type/month.proto",
    "google/type/phone_number.proto",
    "google/type/postal_address.proto",
    "google/type/quaternion.proto",
    "google/type/timeofday.proto",
];

fn bundled(name: &str) -> Option<&'static str> {
    let found = BUNDLED.iter().find(|(path, _)| *path == name);
    found.map(|(_, text)| *text)
}

//! typify, contained: whatever it cannot do costs one definition its type, never the build.

use std::collections::BTreeMap;

use schemars::schema::Schema;
use serde_json::{Value, json};
use syn::Item;
use typify_impl::{TypeSpace, TypeSpaceSettings};

use super::{review, translate::Translated, weaken::weaken};
use crate::{Map, Options, Time, clash::clash, contained::caught};

/// How much is tried to find out which definitions are at fault, counted in definitions that typify reads. What is left
/// over then is made weaker.
const MAX_WORK: usize = 12_000;

/// The types of a schema.
pub(super) struct Generated {
    pub(super) items: Vec<Item>,
    /// What could not be made as it should.
    pub(super) warnings: Vec<String>,
}

/// Makes types of all definitions. The error is a place and what is wrong there.
pub(super) fn generate(
    translated: &Translated,
    options: &Options,
) -> Result<Generated, (String, String)> {
    for (name, path) in &options.replacements {
        if let Err(error) = syn::parse_str::<syn::Type>(path) {
            let message = format!("{path:?}, which is to replace {name}, is no type: {error}");
            return Err((String::new(), message));
        }
    }
    let mut search = Search {
        translated,
        options,
        chosen: BTreeMap::new(),
        work: 0,
    };
    let mut warnings = Vec::new();
    let everything: Vec<&String> = translated.definitions.keys().collect();
    let mut failed = Vec::new();
    search.accept(&everything, &|schema| schema.clone(), &mut failed);
    let mut lost = Vec::new();
    for (name, reason) in &failed {
        let mut again = Vec::new();
        search.accept(&[*name], &weaken, &mut again);
        if again.is_empty() {
            warnings.push(format!(
                "{name} is made without its lists and alternatives: {reason}"
            ));
        } else {
            lost.push(*name);
            warnings.push(format!("{name} is any JSON value: {reason}"));
        }
    }
    let items = search.run(&BTreeMap::new()).map_err(|reason| {
        let message = format!("it cannot be made into types: {reason}");
        (String::new(), message)
    })?;
    Ok(Generated {
        items: review::tidy(items, options),
        warnings,
    })
}

struct Search<'a> {
    translated: &'a Translated,
    options: &'a Options,
    /// The definitions that work together, as they are made.
    chosen: BTreeMap<&'a String, Value>,
    work: usize,
}

impl<'a> Search<'a> {
    /// Adds the definitions that work with those chosen before, and lists the others with why they do not.
    fn accept(
        &mut self,
        names: &[&'a String],
        made: &dyn Fn(&Value) -> Value,
        failed: &mut Vec<(&'a String, String)>,
    ) {
        if names.is_empty() {
            return;
        }
        let more: BTreeMap<&String, Value> = names
            .iter()
            .map(|name| (*name, made(&self.translated.definitions[*name])))
            .collect();
        let may_try = self.work < MAX_WORK;
        let run = if may_try {
            self.work += self.translated.definitions.len();
            self.run(&more)
        } else {
            Err("there is too much in this schema that cannot be made into types".to_owned())
        };
        match (run, names) {
            (Ok(_), _) => self.chosen.extend(more),
            (Err(reason), [one]) => failed.push((one, reason)),
            (Err(reason), _) if !may_try => {
                failed.extend(names.iter().map(|name| (*name, reason.clone())));
            }
            (Err(_), _) => {
                let (first, second) = names.split_at(names.len() / 2);
                self.accept(first, made, failed);
                self.accept(second, made, failed);
            }
        }
    }

    /// The items of the definitions chosen so far and some more; all others are any value.
    fn run(&self, more: &BTreeMap<&String, Value>) -> Result<Vec<Item>, String> {
        let definitions = self.translated.definitions.keys().map(|name| {
            let schema = more.get(name).or_else(|| self.chosen.get(name));
            (name.as_str(), schema.cloned().unwrap_or_else(any))
        });
        let definitions: Vec<(&str, Value)> = definitions.collect();
        let options = self.options;
        let items = caught(|| items(&definitions, options))??;
        clash(&items)?;
        let root = &self.translated.root;
        let has_root = items.iter().any(|item| match item {
            Item::Struct(one) => one.ident == root,
            Item::Enum(one) => one.ident == root,
            _ => false,
        });
        if has_root {
            Ok(items)
        } else {
            Err("no type stands for the whole schema".to_owned())
        }
    }
}

fn any() -> Value {
    json!({ "description": "Any JSON value: the schema says more than a type can hold." })
}

fn items(definitions: &[(&str, Value)], options: &Options) -> Result<Vec<Item>, String> {
    let schemas = definitions
        .iter()
        .map(|(name, schema)| {
            let schema: Schema = serde_json::from_value(schema.clone())
                .map_err(|error| format!("{name}: {error}"))?;
            Ok((*name, schema))
        })
        .collect::<Result<Vec<_>, String>>()?;
    let mut space = TypeSpace::new(&settings(options));
    space
        .add_ref_types(schemas)
        .map_err(|error| error.to_string())?;
    let file: syn::File = syn::parse2(space.to_stream()).map_err(|error| error.to_string())?;
    Ok(file.items)
}

fn settings(options: &Options) -> TypeSpaceSettings {
    let mut settings = TypeSpaceSettings::default();
    settings.with_derive("PartialEq".to_owned());
    if options.map == Map::BTreeMap {
        settings.with_map_type("::std::collections::BTreeMap");
    }
    for (name, path) in &options.replacements {
        settings.with_replacement(name, path, [].into_iter());
    }
    let string = |format: &str| {
        let schema = json!({ "type": "string", "format": format });
        serde_json::from_value(schema).unwrap_or_default()
    };
    match options.time {
        Time::Chrono => {
            // The offset is part of what was said, so it is kept.
            let offset = "::chrono::DateTime<::chrono::FixedOffset>";
            settings.with_conversion(string("date-time"), offset, [].into_iter());
        }
        Time::Jiff => {
            settings.with_conversion(string("date"), "::jiff::civil::Date", [].into_iter());
        }
        Time::Runtime => {}
    }
    settings
}

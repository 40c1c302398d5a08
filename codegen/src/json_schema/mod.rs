//! Types from JSON Schema: this module makes a schema plain, typify makes the types, and nothing typify cannot do stops a
//! build.
//!
//! A schema is first translated ([`translate`]): references of all documents become definitions under names of ours, the
//! drafts become one, and what only constrains values is left out, because types cannot hold it. Then the definitions are
//! generated ([`generated`]), contained: a definition that fails is made weaker, and at last a newtype over any JSON
//! value, with a warning.

mod documents;
mod generated;
mod kinds;
mod names;
mod review;
mod shapes;
mod translate;
mod union;
mod uri;
mod weaken;

use std::collections::BTreeSet;

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Ident, Item};

use crate::{
    Error, Module, Options, Output, Problem, SchemaText, Unit, contained::contained, emit,
    known::Known, modules::Modules,
};

/// The largest schema that is read, its references included.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// Makes types of JSON Schemas; `taken` are names of modules that are not free. Every problem is in the error.
pub(crate) fn generate(
    units: &[Unit],
    options: &Options,
    taken: &BTreeSet<String>,
) -> Result<Output, Error> {
    let mut names = Modules::new(taken);
    let mut output = Output::default();
    let mut problems = Vec::new();
    for unit in units {
        let name = names.take(&unit.name);
        let made = contained(|| {
            let mut notes = Notes::default();
            module(unit, &name, options, &mut notes).map(|module| (module, notes))
        });
        let gave_up = |panic: String| {
            let message = format!("it cannot be made into types: {panic}");
            Err(problem(unit, "", message))
        };
        match made.unwrap_or_else(gave_up) {
            Ok((module, notes)) => {
                output.modules.push(module);
                output.warnings.extend(notes.warnings);
                output.known.extend(notes.known);
            }
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() {
        Ok(output)
    } else {
        Err(Error { problems })
    }
}

/// What is learned on the way.
#[derive(Default)]
struct Notes {
    warnings: Vec<Problem>,
    known: Known,
}

fn module(
    unit: &Unit,
    name: &str,
    options: &Options,
    notes: &mut Notes,
) -> Result<Module, Problem> {
    let mut items = types(unit, &unit.schema, options, notes)?;
    for text in &unit.also {
        let version = text.registered.as_ref().map_or(0, |found| found.version);
        let head = format!(" Version {version} of the same subject.");
        let version = Ident::new(&format!("v{version}"), Span::call_site());
        let older = types(unit, text, options, notes)?;
        items.extend(quote!(#[doc = #head] pub mod #version { #older }));
    }
    emit::module(name, &items).map_err(|message| problem(unit, "", message))
}

/// The types of one text, and what they say about it.
fn types(
    unit: &Unit,
    text: &SchemaText,
    options: &Options,
    notes: &mut Notes,
) -> Result<TokenStream, Problem> {
    let bytes: usize = text.references.iter().map(|one| one.text.len()).sum();
    if bytes + text.text.len() > MAX_BYTES {
        let message = format!("it has more than {MAX_BYTES} bytes, its references included");
        return Err(problem(unit, "", message));
    }
    let failed = |(place, message): (String, String)| problem(unit, &place, message);
    let documents = documents::Documents::read(text).map_err(failed)?;
    let translated = translate::translate(&documents, &unit.name, options);
    let made = generated::generate(&translated, options).map_err(failed)?;
    let said = translated.notes.into_iter();
    let said = said.map(|note| problem(unit, &note.place, note.message));
    notes.warnings.extend(said);
    let said = made.warnings.into_iter();
    let said = said.map(|message| problem(unit, "", message));
    notes.warnings.extend(said);
    notes.known.renamed.extend(translated.renamed);
    notes.known.types.extend(translated.definitions.into_keys());
    let names = made.items.iter().filter_map(|item| match item {
        Item::Struct(one) => Some(one.ident.to_string()),
        Item::Enum(one) => Some(one.ident.to_string()),
        _ => None,
    });
    notes.known.types.extend(names);
    let (schema, hash) = (&*text.text, emit::hash(&text.text));
    let (constants, items) = (emit::registration(text), made.items);
    let root = Ident::new(&translated.root, Span::call_site());
    let registered = text
        .registered
        .as_ref()
        .map(|found| emit::registered(&root, found));
    Ok(quote! {
        /// The text of the schema, byte for byte as it is registered.
        pub const SCHEMA: &str = #schema;
        /// The SHA-256 of the text.
        pub const SHA256: [u8; 32] = #hash;
        #constants
        #(#items)*
        impl ::dovetail_runtime::JsonType for #root {
            const SCHEMA: &'static str = self::SCHEMA;
            const SHA256: [u8; 32] = self::SHA256;
        }
        #registered
    })
}

fn problem(unit: &Unit, place: &str, message: String) -> Problem {
    Problem {
        unit: unit.name.clone(),
        place: place.to_owned(),
        message,
    }
}

//! Which files make a tree of packages together, and what each unit shows of its tree.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use proc_macro2::{Span, TokenStream};
use prost_reflect::prost_types::{self, FileDescriptorProto};
use protox::file::File;
use quote::quote;
use syn::Ident;

use super::{
    problem,
    sources::{Sources, refuse},
    tree::Compiled,
};
use crate::{
    Error, Module, Output, Problem, Registration, SchemaText, Unit, emit,
    modules::{Modules, ident},
    names,
};

/// The module that holds what several units share.
const SHARED: &str = "protobuf";

/// Which trees there are, and which of them each text is in.
pub(super) struct Plan {
    pub(super) trees: Vec<Tree>,
    warnings: Vec<Problem>,
    /// For each unit the places of its schema and of its other versions.
    places: Vec<Vec<Place>>,
}

/// Files that fit together.
#[derive(Default)]
pub(super) struct Tree {
    pub(super) sources: Sources,
    /// Every symbol of a file with the file that declares it.
    symbols: BTreeMap<String, String>,
    /// The unit a file came with first.
    pub(super) origins: BTreeMap<String, String>,
    /// The registration of a file that is a unit's own.
    pub(super) registered: BTreeMap<String, Registration>,
}

/// Where a text is: which tree, and under which name.
struct Place {
    tree: usize,
    root: String,
}

/// The files of one text.
struct Closure {
    root: String,
    texts: BTreeMap<String, Arc<str>>,
    symbols: BTreeMap<String, String>,
}

/// Puts every text into a tree.
pub(super) fn plan(units: &[Unit]) -> Result<Plan, Error> {
    let imported = imported_names(units);
    let mut plan = Plan {
        trees: vec![Tree::default()],
        warnings: Vec::new(),
        places: Vec::new(),
    };
    let mut problems = Vec::new();
    for unit in units {
        let mut places = Vec::new();
        for text in std::iter::once(&unit.schema).chain(&unit.also) {
            match Closure::of(unit, text, &imported)
                .and_then(|closure| plan.place(unit, text, closure))
            {
                Ok(place) => places.push(place),
                Err(problem) => problems.push(problem),
            }
        }
        plan.places.push(places);
    }
    if problems.is_empty() {
        Ok(plan)
    } else {
        Err(Error { problems })
    }
}

/// What texts are called by those who import them.
fn imported_names(units: &[Unit]) -> BTreeMap<Arc<str>, String> {
    let texts = units
        .iter()
        .flat_map(|unit| std::iter::once(&unit.schema).chain(&unit.also));
    let mut names: BTreeMap<Arc<str>, String> = BTreeMap::new();
    for reference in texts.flat_map(|text| &text.references) {
        let name = names
            .entry(reference.text.clone())
            .or_insert_with(|| reference.name.clone());
        if reference.name < *name {
            name.clone_from(&reference.name);
        }
    }
    names
}

impl Plan {
    fn place(
        &mut self,
        unit: &Unit,
        text: &SchemaText,
        closure: Closure,
    ) -> Result<Place, Problem> {
        let root = closure.root.clone();
        let is_other_version = !std::ptr::eq(text, &raw const unit.schema);
        let tree = match self.trees[0].conflict(&closure) {
            None => 0,
            Some(conflict) => {
                if text.registered.is_none() {
                    return Err(problem(&unit.name, "", conflict));
                }
                if !is_other_version {
                    self.warnings.push(problem(
                        &unit.name,
                        "",
                        format!(
                            "{conflict}; so this subject gets types of its own for all it imports"
                        ),
                    ));
                }
                self.trees.push(Tree::default());
                self.trees.len() - 1
            }
        };
        self.trees[tree].add(&unit.name, closure);
        if let Some(registered) = &text.registered {
            let earlier = self.trees[tree]
                .registered
                .entry(root.clone())
                .or_insert_with(|| registered.clone());
            if earlier.subject != registered.subject {
                let message = format!(
                    "its text is also that of {}, whose name and version its messages carry",
                    earlier.subject
                );
                self.warnings.push(problem(&unit.name, "", message));
            }
        }
        Ok(Place { tree, root })
    }
}

impl Tree {
    /// Why files do not fit into the tree.
    fn conflict(&self, closure: &Closure) -> Option<String> {
        let origin = |file: &str| {
            self.origins
                .get(file)
                .map_or("another unit", String::as_str)
        };
        for (name, text) in &closure.texts {
            let known = self.sources.texts.get(name);
            if known.is_some_and(|known| known != text) {
                return Some(format!(
                    "\"{name}\" is another text here than in {}",
                    origin(name)
                ));
            }
        }
        closure.symbols.iter().find_map(|(symbol, file)| {
            let other = self.symbols.get(symbol).filter(|other| *other != file)?;
            Some(format!(
                "{symbol} is declared twice: in \"{file}\" and in \"{other}\" of {}",
                origin(other)
            ))
        })
    }

    fn add(&mut self, unit: &str, closure: Closure) {
        for name in closure.texts.keys() {
            let origin = self.origins.entry(name.clone());
            origin.or_insert_with(|| unit.to_owned());
        }
        self.sources.texts.extend(closure.texts);
        self.symbols.extend(closure.symbols);
    }
}

impl Closure {
    fn of(
        unit: &Unit,
        text: &SchemaText,
        imported: &BTreeMap<Arc<str>, String>,
    ) -> Result<Self, Problem> {
        let mut texts: BTreeMap<String, Arc<str>> = BTreeMap::new();
        for reference in &text.references {
            let known = texts
                .entry(reference.name.clone())
                .or_insert_with(|| reference.text.clone());
            if *known != reference.text {
                let message = format!(
                    "two different references are called \"{}\"; an import can mean one of them",
                    reference.name
                );
                return Err(problem(&unit.name, "", message));
            }
        }
        let mut root = match imported.get(&text.text) {
            Some(name) if !texts.contains_key(name) => name.clone(),
            _ => format!("{}.proto", names::snake(&unit.name)),
        };
        while texts.contains_key(&root) {
            root.insert(0, '_');
        }
        texts.insert(root.clone(), text.text.clone());
        let mut closure = Self {
            root,
            texts,
            symbols: BTreeMap::new(),
        };
        closure.add_symbols(unit)?;
        Ok(closure)
    }

    fn add_symbols(&mut self, unit: &Unit) -> Result<(), Problem> {
        for (name, text) in &self.texts {
            let inside = |message: String| {
                let place = if *name == self.root { "" } else { name };
                problem(&unit.name, place, message)
            };
            refuse(text).map_err(inside)?;
            let file = File::from_source(name, text)
                .map_err(|error| inside(super::compile::describe(&error)))?;
            for symbol in symbols(file.file_descriptor_proto()) {
                if let Some(other) = self.symbols.insert(symbol.clone(), name.clone()) {
                    return Err(inside(format!(
                        "{symbol} is declared twice: in \"{name}\" and in \"{other}\""
                    )));
                }
            }
        }
        Ok(())
    }
}

/// The full names of what a file declares at its top.
fn symbols(file: &FileDescriptorProto) -> Vec<String> {
    let messages = file
        .message_type
        .iter()
        .map(prost_types::DescriptorProto::name);
    let enums = file
        .enum_type
        .iter()
        .map(prost_types::EnumDescriptorProto::name);
    let services = file
        .service
        .iter()
        .map(prost_types::ServiceDescriptorProto::name);
    let all = messages.chain(enums).chain(services);
    all.map(|name| match file.package() {
        "" => name.to_owned(),
        package => format!("{package}.{name}"),
    })
    .collect()
}

/// The module of each unit, and the one that holds the shared tree.
pub(super) fn modules(
    units: &[Unit],
    plan: &Plan,
    compiled: &[Compiled],
    taken: &BTreeSet<String>,
) -> Result<Output, Error> {
    let mut names = Modules::new(taken);
    let shared = names.take(SHARED);
    let mut output = Output {
        modules: Vec::new(),
        warnings: plan.warnings.clone(),
        ..Output::default()
    };
    for tree in compiled {
        output.known.extend(tree.known.clone());
    }
    if !plan.trees[0].sources.texts.is_empty() {
        output.modules.push(module(&shared, &compiled[0].items)?);
    }
    for (unit, places) in units.iter().zip(&plan.places) {
        let name = names.take(&unit.name);
        let texts = std::iter::once(&unit.schema).chain(&unit.also);
        let mut items = TokenStream::new();
        for (at, (text, place)) in texts.zip(places).enumerate() {
            let tree = &compiled[place.tree];
            let up = if at == 0 {
                quote!(super)
            } else {
                quote!(super::super)
            };
            let shown = show(text, place, tree, &ident(&shared), &up);
            if at == 0 {
                items.extend(shown);
            } else {
                let version = text.registered.as_ref().map_or(0, |found| found.version);
                let version = Ident::new(&format!("v{version}"), Span::call_site());
                let head = format!(
                    " Version {} of the same subject.",
                    version.to_string().trim_start_matches('v')
                );
                items.extend(quote!(#[doc = #head] pub mod #version { #shown }));
            }
        }
        output.modules.push(module(&name, &items)?);
    }
    Ok(output)
}

/// What a module says about its text, and the types of its file.
fn show(
    text: &SchemaText,
    place: &Place,
    tree: &Compiled,
    shared: &Ident,
    up: &TokenStream,
) -> TokenStream {
    let constants = emit::registration(text);
    let (base, own) = if place.tree == 0 {
        (quote!(#up::#shared), TokenStream::new())
    } else {
        let items = &tree.items;
        let own = quote! {
            /// Every package that this version needs.
            pub mod packages { #items }
        };
        (quote!(self::packages), own)
    };
    let (schema, hash) = tree.constants(&place.root);
    let types = tree
        .exports(&place.root)
        .iter()
        .map(|path| quote!(pub use #base::#path;));
    quote! {
        /// The text of the schema, byte for byte as it is registered.
        pub const SCHEMA: &str = #base::#schema;
        /// The SHA-256 of the text.
        pub const SHA256: [u8; 32] = #base::#hash;
        #constants
        pub use #base::FILE_DESCRIPTOR_SET;
        #(#types)*
        #own
    }
}

fn module(name: &str, items: &TokenStream) -> Result<Module, Error> {
    emit::module(name, items).map_err(|message| Error {
        problems: vec![problem(name, "", message)],
    })
}

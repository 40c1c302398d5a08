//! Files: what was printed, in modules inside modules.

use std::{
    collections::{BTreeMap, HashMap},
    fmt::Write as _,
};

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    Notes,
    emit::{self, Context},
    items::Items,
    texts::Text,
    ty::ItemId,
};
use crate::{Module, Options, Unit, names::token};

/// What stands in a module.
#[derive(Default)]
struct Tree {
    items: TokenStream,
    modules: BTreeMap<String, Self>,
}

pub(super) fn modules(
    units: &[Unit],
    texts: &[Text<'_>],
    items: &Items,
    options: &Options,
    notes: &mut Notes,
) -> Vec<Module> {
    let context = Context::new(texts, items, options);
    let types = NamedTypes::new(items);
    let mut root = Tree::default();
    for (index, text) in texts.iter().enumerate() {
        let top = emit::root(&context, index);
        let reexport = reexport(&context, &types, index);
        let is_newest = text.module.len() == 1;
        let versions = is_newest.then(|| emit::versions(&context, index));
        root.at(&text.module)
            .items
            .extend(quote!(#reexport #top #versions));
    }
    for (id, item) in items.all.iter().enumerate() {
        let tokens = context.item(id, notes);
        root.at(&item.module).items.extend(tokens);
    }
    for used in &items.uses {
        let item = &items.all[used.item];
        let names = (&*item.identifier, &*used.identifier);
        let twins = (
            context.twins.name(&item.module, names.0),
            context.twins.name(&used.module, names.1),
        );
        let has_twin = context.twins.has(used.item);
        for (there, here) in [names].into_iter().chain(has_twin.then_some(twins)) {
            let path = emit::relative(&used.module, &item.module, there);
            let name = (there != here).then(|| {
                let name = token(here);
                quote!(as #name)
            });
            root.at(&used.module)
                .items
                .extend(quote!(pub use #path #name;));
        }
    }
    let first: HashMap<usize, usize> = texts
        .iter()
        .enumerate()
        .filter(|(_, text)| text.module.len() == 1)
        .map(|(index, text)| (text.unit, index))
        .collect();
    let mut modules = Vec::new();
    for (number, unit) in units.iter().enumerate() {
        let Some(&index) = first.get(&number) else {
            continue;
        };
        let name = texts[index].module[0].clone();
        let tree = root.modules.remove(&name).unwrap_or_default();
        match file(&tree.tokens()) {
            Ok(body) => modules.push(Module {
                source: format!("{}{body}", header(texts, number)),
                root: root_path(&context, &types, index),
                name: token(&name).to_string(),
            }),
            Err(wrong) => notes.problem(
                &unit.name,
                String::new(),
                format!(
                    "the generated code is no Rust, which is a mistake of the generator: {wrong}"
                ),
            ),
        }
    }
    modules
}

impl Tree {
    fn at(&mut self, path: &[String]) -> &mut Self {
        path.iter().fold(self, |tree, module| {
            tree.modules.entry(module.clone()).or_default()
        })
    }

    fn tokens(&self) -> TokenStream {
        let items = &self.items;
        let modules = self.modules.iter().map(|(name, tree)| {
            let name = token(name);
            let tokens = tree.tokens();
            quote!(pub mod #name { #tokens })
        });
        quote!(#items #(#modules)*)
    }
}

/// A type as a module has it: the module, the name there, and the item.
type Named<'a> = (&'a [String], &'a str, ItemId);

/// The types of all modules, by the module at the top that they are in.
struct NamedTypes<'a>(HashMap<&'a str, Vec<Named<'a>>>);

impl<'a> NamedTypes<'a> {
    fn new(items: &'a Items) -> Self {
        let own = items.all.iter().enumerate();
        let own = own.map(|(id, item)| (&*item.module, &*item.identifier, id));
        let used = items.uses.iter();
        let used = used.map(|used| (&*used.module, &*used.identifier, used.item));
        let mut found: HashMap<&str, Vec<Named<'_>>> = HashMap::new();
        for named in own.chain(used) {
            if let Some(top) = named.0.first() {
                found.entry(top).or_default().push(named);
            }
        }
        Self(found)
    }

    /// Every type of a text's module and those inside it.
    fn of(&self, text: &Text<'_>) -> impl Iterator<Item = Named<'a>> {
        let top = text.module.first();
        let found = top.and_then(|top| self.0.get(top.as_str()));
        let prefix = text.module.clone();
        let found = found.into_iter().flatten().copied();
        found.filter(move |(module, ..)| module.starts_with(&prefix))
    }
}

/// Where the root type of a text is found inside its module.
fn root_path(context: &Context<'_>, types: &NamedTypes<'_>, index: usize) -> Option<String> {
    let text = &context.texts[index];
    let root = context.items.roots[index];
    let here = types.of(text).find(|(.., id)| *id == root);
    let (module, identifier, _) = here?;
    if !reexport(context, types, index).is_empty() {
        return Some(identifier.to_owned());
    }
    let inner = module[text.module.len()..].iter().map(String::as_str);
    let path: Vec<String> = inner
        .chain([identifier])
        .map(|part| token(part).to_string())
        .collect();
    Some(path.join("::"))
}

/// The root type of a text, where its module begins, unless it is there already or another type has its name.
fn reexport(context: &Context<'_>, types: &NamedTypes<'_>, index: usize) -> TokenStream {
    let text = &context.texts[index];
    let root = context.items.roots[index];
    let Some((module, identifier, _)) = types.of(text).find(|(.., id)| *id == root) else {
        return TokenStream::new();
    };
    let is_taken = types
        .of(text)
        .any(|(module, other, _)| module == text.module && other == identifier);
    if is_taken {
        return TokenStream::new();
    }
    let path = emit::relative(&text.module, module, identifier);
    let twin = context.twins.name(module, identifier);
    let is_taken = !context.twins.has(root)
        || context.twins.is_taken(&text.module, twin)
        || types
            .of(text)
            .any(|(module, other, _)| module == text.module && other == twin);
    let twin = (!is_taken).then(|| {
        let path = emit::relative(&text.module, module, twin);
        quote!(pub use #path;)
    });
    quote!(pub use #path; #twin)
}

fn file(tokens: &TokenStream) -> Result<String, syn::Error> {
    syn::parse2(tokens.clone()).map(|file| prettyplease::unparse(&file))
}

/// What the file was made of; the line before, which whoever writes the file puts there, says by whom.
fn header(texts: &[Text<'_>], unit: usize) -> String {
    let mut lines = String::new();
    for text in texts.iter().filter(|text| text.unit == unit) {
        let from = match &text.source.registered {
            Some(it) => format!(
                "subject {}, version {}, id {}",
                it.subject, it.version, it.id
            ),
            None => text.label.clone(),
        };
        let from = from.replace(char::is_control, " ");
        let fingerprint = text.schema.rabin();
        let _ = writeln!(lines, "// {from}, fingerprint {fingerprint:016x}");
    }
    lines.push('\n');
    lines
}

//! From items to tokens.

mod borrowed;
mod builders;
mod convert;
mod defaults;
mod docs;
mod enums;
mod fixed;
mod paths;
mod records;
mod roots;
mod serde;
mod traits;
mod unions;

pub(super) use docs::docs;
pub(super) use paths::relative;
pub(super) use roots::{root, versions};

use std::collections::{BTreeMap, HashMap};

use proc_macro2::TokenStream;
use quote::quote;

use super::{
    Notes,
    items::{Body, Item, Items},
    texts::Text,
    twins::Twins,
    ty::ItemId,
};
use crate::{Options, names::token};

/// What printing needs to know.
pub(super) struct Context<'a> {
    pub(super) texts: &'a [Text<'a>],
    pub(super) items: &'a Items,
    pub(super) options: &'a Options,
    /// The path of the runtime.
    pub(super) rt: TokenStream,
    /// Where strings, vectors and boxes are.
    pub(super) alloc: TokenStream,
    traits: traits::Traits,
    /// The types that borrow.
    pub(super) twins: Twins,
    /// The texts by their modules.
    by_module: HashMap<&'a [String], usize>,
}

impl<'a> Context<'a> {
    pub(super) fn new(texts: &'a [Text<'a>], items: &'a Items, options: &'a Options) -> Self {
        let rt: TokenStream = options
            .runtime
            .parse()
            .unwrap_or_else(|_| quote!(::dovetail_runtime));
        let mut context = Self {
            texts,
            items,
            options,
            alloc: if options.no_std {
                quote!(#rt::alloc)
            } else {
                quote!(::std)
            },
            rt,
            traits: traits::Traits::new(texts, items, options),
            twins: Twins::default(),
            by_module: texts.iter().map(|text| &*text.module).zip(0..).collect(),
        };
        if options.borrowed {
            context.twins = Twins::new(items, |id| context.replacement(id).is_some());
        }
        context
    }

    /// Everything of an item.
    pub(super) fn item(&self, id: ItemId, notes: &mut Notes) -> TokenStream {
        let item = &self.items.all[id];
        if let Some(path) = self.replacement(id) {
            return replaced(self, id, path, notes);
        }
        let own = match &item.body {
            Body::Record(fields) => records::record(self, id, fields, notes),
            Body::Enum(symbols) => enums::enumeration(self, id, symbols),
            Body::Fixed(size) => fixed::fixed(self, id, *size),
            Body::Union(union) => unions::union(self, id, union),
            Body::Root(ty) => roots::wrapper(self, id, ty),
        };
        let twin = borrowed::twin(self, id, notes);
        quote!(#own #twin)
    }

    /// What the options have in place of an item.
    fn replacement(&self, id: ItemId) -> Option<&'a str> {
        let (item, text) = self.named_item(id);
        if item.is_wrapper || matches!(item.body, Body::Union(_)) {
            return None;
        }
        let full = text.schema.kind(item.node).full_name();
        self.options.replacements.get(full).map(String::as_str)
    }

    fn named_item(&self, id: ItemId) -> (&'a Item, &'a Text<'a>) {
        let item = &self.items.all[id];
        (item, &self.texts[item.text])
    }

    /// Derives and attributes of a type: the given traits, and what the options ask for.
    fn attributes(&self, full_name: &str, derives: &[&str]) -> TokenStream {
        self.attributes_of(&["*", full_name], derives)
    }

    /// The given traits, and what the options ask for under any of the names.
    fn attributes_of(&self, names: &[&str], derives: &[&str]) -> TokenStream {
        let asked = |map: &BTreeMap<String, Vec<String>>| -> Vec<TokenStream> {
            let texts = names.iter().filter_map(|name| map.get(*name));
            let parsed = texts.flatten().filter_map(|text| text.parse().ok());
            parsed.collect()
        };
        let derives = derives.iter().filter_map(|name| name.parse().ok());
        let derives: Vec<TokenStream> = derives.chain(asked(&self.options.derives)).collect();
        let attributes = asked(&self.options.attributes);
        quote! {
            #[derive(#(#derives),*)]
            #(#attributes)*
        }
    }
}

/// The name of an item for a type that somebody else wrote.
fn replaced(context: &Context<'_>, id: ItemId, path: &str, notes: &mut Notes) -> TokenStream {
    let (item, text) = context.named_item(id);
    let place = text.schema.pointer(item.node);
    if context.items.roots.contains(&id) {
        let message =
            "the type of a whole schema cannot be replaced, only those that it is made of";
        notes.problem(&text.label, place, message.to_owned());
        return TokenStream::new();
    }
    match syn::parse_str::<syn::Type>(path) {
        Ok(path) => {
            let identifier = token(&item.identifier);
            quote!(pub type #identifier = #path;)
        }
        Err(error) => {
            let message = format!("{path:?}, which is to replace it, is no type: {error}");
            notes.problem(&text.label, place, message);
            TokenStream::new()
        }
    }
}

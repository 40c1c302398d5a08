//! From items to tokens.

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
    ty::ItemId,
};
use crate::Options;

/// What printing needs to know.
pub(super) struct Context<'a> {
    pub(super) texts: &'a [Text<'a>],
    pub(super) items: &'a Items,
    pub(super) options: &'a Options,
    /// The path of the runtime.
    pub(super) rt: TokenStream,
    traits: traits::Traits,
    /// The texts by their modules.
    by_module: HashMap<&'a [String], usize>,
}

impl<'a> Context<'a> {
    pub(super) fn new(texts: &'a [Text<'a>], items: &'a Items, options: &'a Options) -> Self {
        Self {
            texts,
            items,
            options,
            rt: options
                .runtime
                .parse()
                .unwrap_or_else(|_| quote!(::dovetail_runtime)),
            traits: traits::Traits::new(items, options),
            by_module: texts.iter().map(|text| &*text.module).zip(0..).collect(),
        }
    }

    /// Everything of an item.
    pub(super) fn item(&self, id: ItemId, notes: &mut Notes) -> TokenStream {
        let item = &self.items.all[id];
        match &item.body {
            Body::Record(fields) => records::record(self, id, fields, notes),
            Body::Enum(symbols) => enums::enumeration(self, id, symbols),
            Body::Fixed(size) => fixed::fixed(self, id, *size),
            Body::Union(union) => unions::union(self, id, union),
            Body::Root(ty) => roots::wrapper(self, id, ty),
        }
    }

    fn named_item(&self, id: ItemId) -> (&'a Item, &'a Text<'a>) {
        let item = &self.items.all[id];
        (item, &self.texts[item.text])
    }

    /// Derives and attributes of a type: the given traits, and what the options ask for.
    fn attributes(&self, full_name: &str, derives: &[&str]) -> TokenStream {
        let asked = |map: &BTreeMap<String, Vec<String>>| -> Vec<TokenStream> {
            let texts = ["*", full_name]
                .into_iter()
                .filter_map(|name| map.get(name));
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

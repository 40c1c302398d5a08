//! Enums: a Rust enum with tables of its variants and symbols.

use dovetail_runtime::schema::Kind;
use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{Context, docs};
use crate::{avro::ty::ItemId, names::token};

pub(super) fn enumeration(context: &Context<'_>, id: ItemId, variants: &[String]) -> TokenStream {
    let (item, text) = context.named_item(id);
    let Kind::Enum(symbols) = text.schema.kind(item.node) else {
        return TokenStream::new();
    };
    let rt = &context.rt;
    let full = symbols.named.name.full();
    let derives = [
        "Clone",
        "Copy",
        "Debug",
        "PartialEq",
        "Eq",
        "Hash",
        "PartialOrd",
        "Ord",
    ];
    let attributes = context.attributes(full, &derives);
    let doc = docs(symbols.named.doc.as_deref());
    let identifier = token(&item.identifier);
    let names = &symbols.symbols;
    let listed = variants.iter().zip(names).map(|(variant, symbol)| {
        let serde = context.serde_symbol(symbol, variant);
        let variant = token(variant);
        quote!(#serde #variant)
    });
    let listed: Vec<_> = listed.collect();
    let variants: Vec<_> = variants.iter().map(|variant| token(variant)).collect();
    let serde = context.serde_derives(Some(symbols.named.name.simple()));
    let default = symbols.default.as_ref().and_then(|default| {
        let known = names.iter().position(|symbol| symbol == default)?;
        let variant = &variants[known];
        Some(quote! {
            /// The symbol that stands for those a reader does not know.
            impl ::core::default::Default for #identifier {
                fn default() -> Self {
                    Self::#variant
                }
            }
        })
    });
    let count = Literal::usize_unsuffixed(names.len());
    quote! {
        #doc
        #attributes
        #serde
        pub enum #identifier { #(#listed),* }

        #default

        #rt::enumeration! { #identifier[#count] { #(#variants = #names;)* } }
    }
}

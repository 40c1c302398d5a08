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
    let variants: Vec<_> = variants.iter().map(|variant| token(variant)).collect();
    let names = &symbols.symbols;
    let count = Literal::usize_unsuffixed(names.len());
    quote! {
        #doc
        #attributes
        pub enum #identifier { #(#variants),* }

        impl #identifier {
            /// Every variant, in the order of the schema.
            pub const ALL: [Self; #count] = [#(Self::#variants),*];
            /// The symbol of every variant, in the order of the schema.
            pub const SYMBOLS: [&'static str; #count] = [#(#names),*];

            /// The symbol as the schema spells it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                Self::SYMBOLS[self as usize]
            }
        }

        impl ::core::fmt::Display for #identifier {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl ::core::str::FromStr for #identifier {
            type Err = #rt::UnknownSymbol;

            fn from_str(symbol: &str) -> ::core::result::Result<Self, Self::Err> {
                #rt::symbol(symbol, &Self::SYMBOLS, &Self::ALL)
            }
        }

        impl #rt::Codec for #identifier {
            type Value = Self;

            fn write(
                value: &Self,
                out: &mut ::std::vec::Vec<u8>,
            ) -> ::core::result::Result<(), #rt::Error> {
                #rt::write::count(*value as usize, out);
                ::core::result::Result::Ok(())
            }

            fn read(input: &mut #rt::Reader<'_>) -> ::core::result::Result<Self, #rt::Error> {
                let index = input.symbol()?;
                Self::ALL.get(index).copied().ok_or_else(|| input.no_symbol(index))
            }

            fn resolve(
                at: #rt::At<'_>,
                input: &mut #rt::Reader<'_>,
            ) -> ::core::result::Result<Self, #rt::Error> {
                let index = at.symbol(input)?;
                Self::ALL.get(index).copied().ok_or_else(|| input.no_symbol(index))
            }
        }
    }
}

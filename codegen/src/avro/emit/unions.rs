//! Unions of several branches: an enum with a variant for each.

use std::collections::HashMap;

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::Context;
use crate::{
    avro::{items::Union, ty::ItemId},
    names::{self, token},
};

pub(super) fn union(context: &Context<'_>, id: ItemId, union: &Union) -> TokenStream {
    let (item, text) = context.named_item(id);
    let identifier = token(&item.identifier);
    let attributes = context.attributes(&item.identifier, &context.traits.derives(id));
    let variants = union.variants.iter().map(|variant| {
        let name = token(&variant.identifier);
        let ty = context.ty(&item.module, &variant.ty);
        let doc = format!(
            " The branch `{}`.",
            text.schema.kind(variant.node).full_name()
        );
        quote!(#[doc = #doc] #name(#ty))
    });
    let structure = quote! {
        #attributes
        pub enum #identifier { #(#variants),* }
    };
    let conversions = conversions(context, id, union);
    let codec = codec(context, id, union);
    let serde = context.serde_union(id, union);
    quote!(#structure #conversions #codec #serde)
}

/// `From` where a type belongs to one variant only, and a look into each variant.
fn conversions(context: &Context<'_>, id: ItemId, union: &Union) -> TokenStream {
    let item = &context.items.all[id];
    let identifier = token(&item.identifier);
    let types = union.variants.iter();
    let types: Vec<_> = types
        .map(|variant| context.ty(&item.module, &variant.ty))
        .collect();
    let mut count: HashMap<String, usize> = HashMap::new();
    for ty in &types {
        *count.entry(ty.to_string()).or_default() += 1;
    }
    let from = union.variants.iter().zip(&types);
    let from = from
        .filter(|(_, ty)| count[&ty.to_string()] == 1)
        .map(|(variant, ty)| {
            let name = token(&variant.identifier);
            quote! {
                impl ::core::convert::From<#ty> for #identifier {
                    fn from(value: #ty) -> Self {
                        Self::#name(value)
                    }
                }
            }
        });
    let looks = looks(union, &types);
    quote! {
        impl #identifier { #looks }
        #(#from)*
    }
}

/// A look into each variant, of the given types.
pub(super) fn looks(union: &Union, types: &[TokenStream]) -> TokenStream {
    let mut scope = names::Scope::default();
    let looks = union.variants.iter().zip(types).map(|(variant, ty)| {
        let name = token(&variant.identifier);
        let wanted = format!("as_{}", names::snake(&variant.identifier));
        let function = token(&scope.take(&wanted, &variant.identifier).0);
        let doc = format!(" The value, if it is a `{}`.", variant.identifier);
        let body = if union.variants.len() == 1 {
            quote! {
                let Self::#name(value) = self;
                ::core::option::Option::Some(value)
            }
        } else {
            quote! {
                match self {
                    Self::#name(value) => ::core::option::Option::Some(value),
                    _ => ::core::option::Option::None,
                }
            }
        };
        quote! {
            #[doc = #doc]
            #[must_use]
            pub const fn #function(&self) -> ::core::option::Option<&#ty> {
                #body
            }
        }
    });
    quote!(#(#looks)*)
}

/// The index of null.
pub(super) fn null(union: &Union) -> TokenStream {
    union.null.map_or_else(
        || quote!(::core::option::Option::None),
        |null| {
            let null = Literal::u32_unsuffixed(null);
            quote!(::core::option::Option::Some(#null))
        },
    )
}

fn codec(context: &Context<'_>, id: ItemId, union: &Union) -> TokenStream {
    let rt = &context.rt;
    let item = &context.items.all[id];
    let identifier = token(&item.identifier);
    let null = null(union);
    let variants = union.variants.iter().map(|variant| {
        let index = Literal::u32_unsuffixed(variant.index);
        let name = token(&variant.identifier);
        let codec = context.codec(&item.module, &variant.ty);
        quote!(#index #name: #codec;)
    });
    quote!(#rt::union! { #identifier(#null) { #(#variants)* } })
}

//! Unions of several branches: an enum with a variant for each.

use std::collections::HashMap;

use proc_macro2::{Literal, TokenStream};
use quote::{format_ident, quote};

use super::Context;
use crate::{
    avro::{
        items::{Union, Variant},
        ty::ItemId,
    },
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
    quote!(#structure #conversions #codec)
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
    let mut scope = names::Scope::default();
    let looks = union.variants.iter().zip(&types).map(|(variant, ty)| {
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
    quote! {
        impl #identifier { #(#looks)* }
        #(#from)*
    }
}

fn codec(context: &Context<'_>, id: ItemId, union: &Union) -> TokenStream {
    let rt = &context.rt;
    let item = &context.items.all[id];
    let identifier = token(&item.identifier);
    let null = union.null.map_or_else(
        || quote!(::core::option::Option::None),
        |null| quote!(::core::option::Option::Some(#null)),
    );
    let of_each = |make: &dyn Fn(&Variant, TokenStream) -> TokenStream| -> TokenStream {
        let variants = union.variants.iter();
        let each = variants.map(|variant| make(variant, context.codec(&item.module, &variant.ty)));
        each.collect()
    };
    let write = of_each(&|variant, codec| {
        let name = token(&variant.identifier);
        let index = Literal::i64_unsuffixed(variant.index.into());
        quote! {
            Self::#name(value) => {
                #rt::write::long(#index, out);
                <#codec as #rt::Codec>::write(value, out)
            }
        }
    });
    let arms = |call: &str, arguments: &TokenStream| {
        let call = format_ident!("{call}");
        of_each(&|variant, codec| {
            let name = token(&variant.identifier);
            let index = Literal::u32_unsuffixed(variant.index);
            quote!(#index => <#codec as #rt::Codec>::#call(#arguments).map(Self::#name),)
        })
    };
    let read = arms("read", &quote!(input));
    let resolve = arms("resolve", &quote!(at, input));
    quote! {
        impl #rt::codec::UnionType for #identifier {
            const NULL: ::core::option::Option<u32> = #null;

            fn write_branch(
                &self,
                out: &mut ::std::vec::Vec<u8>,
            ) -> ::core::result::Result<(), #rt::Error> {
                match self { #write }
            }

            fn read_branch(
                index: u64,
                input: &mut #rt::Reader<'_>,
            ) -> ::core::result::Result<Self, #rt::Error> {
                match index {
                    #read
                    other => ::core::result::Result::Err(input.no_branch(other)),
                }
            }

            fn resolve_branch(
                index: u32,
                at: #rt::At<'_>,
                input: &mut #rt::Reader<'_>,
            ) -> ::core::result::Result<Self, #rt::Error> {
                match index {
                    #resolve
                    other => ::core::result::Result::Err(input.no_branch(other.into())),
                }
            }
        }
    }
}

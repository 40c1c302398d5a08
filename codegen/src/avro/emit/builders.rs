//! Builders of records: for those with so many fields that a call with all of them could not be read.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::Ident;

use super::Context;
use crate::{
    avro::ty::{ItemId, Ty},
    names::{Scope, token},
};

/// The builder of a record, with the default of each field that has one.
pub(super) fn builder(
    context: &Context<'_>,
    id: ItemId,
    fields: &[(String, Ty)],
    defaults: &[Option<TokenStream>],
) -> TokenStream {
    if !context.options.builders {
        return TokenStream::new();
    }
    let rt = &context.rt;
    let item = &context.items.all[id];
    let record = token(&item.identifier);
    let builder = name(context, &item.identifier);
    let mut scope = Scope::default();
    scope.take("build", "build");
    let mut members = TokenStream::new();
    let mut setters = TokenStream::new();
    let mut values = TokenStream::new();
    for ((name, ty), default) in fields.iter().zip(defaults) {
        let member = token(name);
        let setter = token(&scope.take(name, name).0);
        let ty = context.ty(&item.module, ty);
        members.extend(quote!(#member: ::core::option::Option<#ty>,));
        let doc = format!(" Sets `{name}`.");
        setters.extend(quote! {
            #[doc = #doc]
            #[must_use]
            pub fn #setter(mut self, value: impl ::core::convert::Into<#ty>) -> Self {
                self.#member = ::core::option::Option::Some(value.into());
                self
            }
        });
        let otherwise = default.as_ref().map_or_else(
            || {
                let message = format!(
                    "the builder of {} was given no {name}, which has no default",
                    item.identifier
                );
                quote!(return ::core::result::Result::Err(#rt::Error::logical(#message)))
            },
            Clone::clone,
        );
        values.extend(quote! {
            #member: match self.#member {
                ::core::option::Option::Some(value) => value,
                ::core::option::Option::None => #otherwise,
            },
        });
    }
    let made = format!(" Makes a [`{}`] field by field.", item.identifier);
    quote! {
        #[doc = #made]
        #[derive(Clone, Debug, Default)]
        pub struct #builder { #members }

        impl #record {
            /// A builder in which nothing is set.
            #[must_use]
            pub fn builder() -> #builder {
                #builder::default()
            }
        }

        impl #builder {
            #setters

            /// The record, with the schema's defaults for what was not set. A field that was not set and has no default is an
            /// error.
            pub fn build(self) -> ::core::result::Result<#record, #rt::Error> {
                ::core::result::Result::Ok(#record { #values })
            }
        }
    }
}

/// A name that no type has.
fn name(context: &Context<'_>, record: &str) -> Ident {
    let mut name = format_ident!("{}Builder", record);
    let types = &context.items.all;
    while types.iter().any(|item| name == item.identifier) {
        name = format_ident!("{}_", name);
    }
    name
}
